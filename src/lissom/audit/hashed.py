"""Texts as numbers that whoever has the same words can make: hashes of runs of words.

A hash of 64 bits of each run of neighbouring words. The longer a text, the longer its runs, so that
a text of ten words and one of a thousand are each known by some of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import normalise_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

FEWEST_WORDS = 4
"""A text of fewer words is everybody's: it says nothing of where it came from."""

SIZES = ((8, 3), (16, 5), (32, 8), (64, 13))
"""From so many words on, runs of so many words. Shorter runs could be guessed one by one."""

RUNS = tuple(run for _, run in SIZES)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))

# Scripts that set no blanks between words: each letter stands for a word.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Texts as hashes of their words, one after the other.

    Args:
        hashes: (words,) of all texts.
        starts: (texts + 1,) where each text begins.
        texts: (texts,) one hash of each whole text.
    """

    hashes: Hashes
    starts: NDArray[np.int64]
    texts: Hashes

    @property
    def counts(self) -> NDArray[np.int64]:
        """Return (texts,) how many words each has."""
        return np.diff(self.starts)


def hash_words(texts: Sequence[str], known: dict[bytes, int]) -> Words:
    """Return the words of texts as hashes, in order.

    Args:
        texts: any; normalised here, so letter case, signs and look-alike letters do not count.
        known: hashes of words seen before; grows.

    >>> hash_words(["Where is it?", "where is IT"], {}).counts.tolist()
    [3, 3]
    """
    hashes: list[int] = []
    starts, whole = [0], []
    for key in normalise_all(texts):
        for word in key.split() if key.isascii() else _split(key):
            if word not in known:
                known[word] = _hash(word)
            hashes.append(known[word])
        starts.append(len(hashes))
        whole.append(_hash(key))
    return Words(np.array(hashes, np.uint64), np.array(starts), np.array(whole, np.uint64))


def _hash(raw: bytes) -> int:
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "little")


def _split(key: bytes) -> list[bytes]:
    apart = "".join(
        f" {ch} " if any(low <= ord(ch) <= high for low, high in _UNSPACED) else ch
        for ch in key.decode()
    )
    return [word.encode() for word in apart.split()]


def mix(numbers: Hashes) -> Hashes:
    """Scatter numbers so that near ones fall far apart; no two fall on one.

    Source: the finaliser of SplitMix64, Steele, Lea, Flood (2014), OOPSLA.
    """
    first, second, third = _SHIFTS
    numbers = (numbers ^ (numbers >> first)) * _FIRST
    numbers = (numbers ^ (numbers >> second)) * _SECOND
    return numbers ^ (numbers >> third)


def run_lengths(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many words the runs of texts of so many words have; 0 where only all words count.

    >>> run_lengths(np.array([7, 8, 20, 500])).tolist()
    [0, 3, 5, 13]
    """
    found = np.zeros(len(counts), np.int64)
    for least, run in SIZES:
        found[counts >= least] = run
    return found


def hash_runs(words: Words, run: int) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the hash of every run of `run` words, and the text that each stands in.

    Args:
        words: of the texts.
        run: neighbouring words, at least 1.

    Returns:
        (runs,) hashes and (runs,) numbers of texts, both in order; a run that stands twice in a
        text is there twice.
    """
    text = np.repeat(np.arange(len(words.counts)), words.counts)
    count = len(words.hashes) - run + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    whole = text[:count] == text[run - 1 :]
    first = np.flatnonzero(whole)
    found = np.full(len(first), run, np.uint64)
    for at in range(run):
        found = mix(found * _GOLDEN + words.hashes[first + at])
    return found, text[first]


def distinct(hashes: Hashes, texts: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return each hash once for each text, by text and then by hash."""
    order = np.lexsort((hashes, texts))
    hashes, texts = hashes[order], texts[order]
    is_new = np.ones(len(hashes), np.bool_)
    is_new[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    return hashes[is_new], texts[is_new]
