"""Which texts may be near copies of which, without comparing each with each.

Every text gets 80 smallest hashes of its pieces. Two texts agree in one of them as often as their
pieces overlap, so texts that agree in four neighbouring ones at once are worth a closer look: 20
such bands find a pair at Jaccard 0.75 with probability 0.9995, at 0.5 with 0.72.

Source: Broder (1997), On the resemblance and containment of documents; Indyk and Motwani (1998)
for the banding; Li and König (2010), WWW, for keeping 8 bits of each hash.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.data.packed import distinct_grams, gram_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from lissom.data.packed import Packed

BANDS, BAND_ROWS = 20, 4
_NEIGHBOURS = 6
_CHUNK_TEXTS = 2048
_CHUNK_PAIRS = 16_384
# Signatures are within 0.15 of the truth for all but a few pairs in ten thousand.
_SLACK = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """What is remembered of each text.

    Args:
        bands: (bands, texts) one number for each band of four hashes.
        marks: (texts, bands * 4) the lowest 8 bits of each hash.
    """

    bands: NDArray[np.uint64]
    marks: NDArray[np.uint8]

    def overlap(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """Guess the Jaccard similarity of pairs; 8 bits agree by accident once in 256."""
        found = np.zeros(len(left))
        for at in range(0, len(left), 100_000):
            some = slice(at, at + 100_000)
            found[some] = (self.marks[left[some]] == self.marks[right[some]]).mean(axis=1)
        return found


def sketch(
    packed: Packed,
    rows: NDArray[np.int64],
    *,
    threads: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Sketches:
    """Return the sketches of some texts.

    Args:
        packed: the texts.
        rows: which ones, each at least 20 characters long.
        threads: cores to use; the result does not depend on it.
        tell: hears (texts done, texts in all).
    """
    # The seed is a constant: groups must be the same on every machine and in every release.
    chance = np.random.default_rng(19970611)
    factors = chance.integers(0, 2**32, BANDS * BAND_ROWS, np.uint32) | np.uint32(1)
    bands = np.zeros((BANDS, len(rows)), np.uint64)
    marks = np.zeros((len(rows), BANDS * BAND_ROWS), np.uint8)

    # In the order of the rows, so that a file is read from its beginning to its end.
    visit = np.argsort(rows)

    def do(start: int) -> int:
        some = visit[start : start + _CHUNK_TEXTS]
        least = _least_hashes(packed, rows[some], factors)
        bands[:, some] = _band_keys(least)
        marks[some] = least.T.astype(np.uint8)
        return len(some)

    starts = range(0, len(rows), _CHUNK_TEXTS)
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        # numpy lets go of the interpreter while it computes, so threads are enough.
        for count in pool.map(do, starts):
            done += count
            tell(done, len(rows))
    return Sketches(bands, marks)


def _least_hashes(
    packed: Packed, rows: NDArray[np.int64], factors: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Return (hashes, texts) smallest values; one odd multiplier makes one order of all pieces."""
    hashes, starts = gram_hashes(packed, rows)
    least = np.empty((len(factors), len(rows)), np.uint32)
    scratch = np.empty_like(hashes)
    for i, factor in enumerate(factors):
        np.multiply(hashes, factor, out=scratch)
        np.minimum.reduceat(scratch, starts[:-1], out=least[i])
    return least


def _band_keys(least: NDArray[np.uint32]) -> NDArray[np.uint64]:
    keys = np.zeros((BANDS, least.shape[1]), np.uint64)
    for column in range(BAND_ROWS):
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys += least[column::BAND_ROWS]
        keys ^= keys >> np.uint64(31)
    return keys


def candidates(sketches: Sketches, band: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair texts that agree on a band: with the first of their bucket and with six neighbours.

    Linear in the texts even where thousands share a bucket.

    Returns:
        (left, right) with left < right; a pair may come twice.
    """
    key = sketches.bands[band]
    total = len(key)
    order = np.argsort(key)
    key = key[order]
    # Most texts share a bucket with nobody. The fast sort leaves equals in an order that differs
    # between processors, so those that do share are sorted once more.
    same = key[1:] == key[:-1]
    crowded = np.flatnonzero(np.r_[same, False] | np.r_[False, same])
    order, key = order[crowded], key[crowded]
    order = order[np.lexsort((order, key))]
    is_new = np.r_[True, key[1:] != key[:-1]][: len(key)]
    at = np.maximum.accumulate(np.where(is_new, np.arange(len(key)), 0))
    bucket = np.cumsum(is_new)
    left, right = [order[at][~is_new]], [order[~is_new]]
    for step in range(1, _NEIGHBOURS + 1):
        together = bucket[step:] == bucket[:-step]
        left.append(order[:-step][together])
        right.append(order[step:][together])
    one, two = np.concatenate(left), np.concatenate(right)
    pairs = np.unique(np.minimum(one, two) * total + np.maximum(one, two))
    return pairs // total, pairs % total


def check_pairs(
    packed: Packed,
    rows: NDArray[np.int64],
    sketches: Sketches,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    threshold: float,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Yield the pairs whose true Jaccard similarity reaches the threshold, a chunk at a time.

    Args:
        packed: the texts.
        rows: the texts that were sketched.
        sketches: of those texts.
        pairs: positions in `rows`.
        threshold: least similarity.
    """
    left, right = pairs
    likely = sketches.overlap(left, right) >= threshold - _SLACK
    left, right = left[likely], right[likely]
    for at in range(0, len(left), _CHUNK_PAIRS):
        one, two = left[at : at + _CHUNK_PAIRS], right[at : at + _CHUNK_PAIRS]
        value = jaccard(packed, rows[one], rows[two])
        good = value >= threshold
        yield one[good], two[good], value[good]


def jaccard(
    packed: Packed, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of pieces that two texts have in common, for each pair.

    >>> from lissom.data.packed import pack
    >>> jaccard(pack(["one text", "one text", "xyz"]), np.array([0, 0]), np.array([1, 2]))
    array([1., 0.])
    """
    if not len(left):
        return np.zeros(0)
    texts, where = np.unique(np.concatenate([left, right]), return_inverse=True)
    keys, starts = distinct_grams(packed, texts)
    sizes = np.diff(starts)
    one, two = where[: len(left)], where[len(left) :]
    both = np.concatenate([_keyed(keys, starts, one), _keyed(keys, starts, two)])
    both.sort()
    twice = both[1:][both[1:] == both[:-1]] >> np.uint64(32)
    shared = np.bincount(twice.astype(np.int64), minlength=len(left))
    value: NDArray[np.float64] = shared / (sizes[one] + sizes[two] - shared)
    return value


def _keyed(
    keys: NDArray[np.uint64], starts: NDArray[np.int64], texts: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return the pieces of these texts, each with the position of its text in the upper half."""
    sizes = starts[texts + 1] - starts[texts]
    ends = np.cumsum(sizes)
    inside = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    taken = keys[np.repeat(starts[texts], sizes) + inside] & np.uint64(0xFFFFFFFF)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), sizes)
    found: NDArray[np.uint64] = (owner << np.uint64(32)) | taken
    return found
