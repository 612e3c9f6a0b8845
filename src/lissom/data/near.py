"""Rows that say the same: copies, copies in other clothes, and near copies.

A near copy shares at least 75 % of its character 4-grams (Jaccard, after normalising). Measured on
banking77, whose customers ask alike without copying: that joins a text with itself plus a typo, a
greeting or another number, and leaves paraphrases ("what is my card pin", "what's my pin") apart.
Under 4 words, or 20 characters, one changed letter can be another question, so short texts
are joined only when they are equal after normalising.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.data.minhash import BANDS, candidates, check_pairs, sketch
from lissom.data.packed import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lissom.data.packed import Packed, Texts

    Ends = tuple[NDArray[np.int64], NDArray[np.int64]]
    Links = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]

THRESHOLD = 0.75
_LARGEST_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Room:
    """Where and with what a search works.

    Args:
        folder: for what need not be in memory; None to keep it there.
        threads: cores to use.
        tell: hears (texts done, texts in all).
    """

    folder: Path | None = None
    threads: int = 1
    tell: Callable[[int, int], None] = lambda _done, _total: None


HERE = Room()


def near_groups(texts: Sequence[str], also: Sequence[str | None] = ()) -> NDArray[np.int64]:
    """Number the groups of rows that must stay on one side of a split.

    Rows are together when their texts are equal after `normalise`, when they are near copies, or
    when `also` says so. Which rows are together does not depend on their order. Near copies are
    followed from text to text, but a chain of more than 50 different texts is cut back to stars,
    in which each text is a near copy of the one in the middle: otherwise a template could pull
    half a file into one group. Blank texts stay alone.

    Args:
        texts: one per row.
        also: the user's own group per row, or () for none; None or "" joins nothing.

    Returns:
        One number per row, counting from 0 in order of first appearance.

    >>> near_groups(["Where is it?", "where is it", "Thanks"], ["a", None, "a"]).tolist()
    [0, 0, 0]
    """
    found = _Search(pack(texts), len(texts), HERE)
    joined = _Union(len(found))
    for i, j in _without_chains(len(found), found.links()):
        joined.join(i, j)
    parent = joined.roots()
    rows = _Union(len(texts))
    first: dict[tuple[str, object], int] = {}
    for row in np.flatnonzero(~found.packed.is_blank).tolist():
        rows.join(first.setdefault(("text", int(parent[found.of_row[row]])), row), row)
    for row, group in enumerate(also):
        if group:
            rows.join(first.setdefault(("group", group), row), row)
    _, where, inverse = np.unique(rows.roots(), return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(where))
    numbers: NDArray[np.int64] = order[inverse].astype(np.int64)
    return numbers


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows that are copies of each other.

    Args:
        left: positions in the first list of texts.
        right: positions in the second, or in the first too.
        similarity: Jaccard of their character 4-grams, 1.0 when equal after `normalise`.
        is_equal: they are equal after `normalise`; else they may still have the same 4-grams.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    similarity: NDArray[np.float64]
    is_equal: NDArray[np.bool_]


def near_pairs(texts: Texts, others: Texts | None = None, *, room: Room = HERE) -> Pairs:
    """Find copies and near copies, each with one partner that shows it.

    Within one list, every later copy is paired with the first row of its text, and every near
    copy text with another text. Between two lists, each of `texts` is paired with its
    closest of `others`. This names every row concerned without listing n * n pairs of a
    template.

    Args:
        texts: a list, or a column of text (a null counts as "").
        others: likewise, or None to look within `texts`.
        room: where the work is done.

    >>> pairs = near_pairs(["a b", "x y"], ["X, Y!"])
    >>> pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist()
    ([1], [0], [1.0])
    """
    if others is None:
        return find_copies(texts, room=room).within
    return find_copies(others, texts, room=room).across


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """What two lists of texts have in common, and what one has in common with itself.

    Args:
        within: pairs of the first list.
        across: pairs of the second list (left) and the first (right).
        same: (rows of the first list,) rows with one number have one text; -1 where it is blank.
    """

    within: Pairs
    across: Pairs
    same: NDArray[np.int64]


def find_copies(texts: Texts, others: Texts = (), *, room: Room = HERE) -> Copies:
    """Find what `near_pairs` finds within `texts`, and of `others` in `texts`, in one go.

    Time and memory grow with the number of texts, not with its square: about 300 bytes a text,
    its characters apart where `room` has a folder.

    >>> found = find_copies(["a b", "A b", "c"], ["C!"])
    >>> found.within.right.tolist(), found.across.right.tolist()
    ([1], [2])
    """
    found = _Search(pack(texts, others, folder=room.folder), len(texts), room)
    first = found.first_in(0, found.cut) >= 0
    second = found.first_in(found.cut, len(found.of_row)) >= 0
    within, across = found.shown(first, second)
    same = np.where(found.packed.is_blank, -1, found.of_row)[: found.cut]
    return Copies(_inside(found, within), _across(found, across), same)


class _Search:
    """The different texts of two lists and their sketches.

    They are numbered in the order of their digests, which is free of the order of rows.
    """

    def __init__(self, packed: Packed, cut: int, room: Room) -> None:
        """Sketch every different text that is long enough; rows before `cut` are the first list."""
        self.packed, self.cut = packed, cut
        _, first, of_row = np.unique(packed.digests, return_index=True, return_inverse=True)
        self.first, self.of_row = first.astype(np.int64), of_row.astype(np.int64)
        self.long = np.flatnonzero(packed.is_long[self.first])
        self.rows = self.first[self.long]
        self.sketches = sketch(packed, self.rows, threads=room.threads, tell=room.tell)

    def __len__(self) -> int:
        """Count the different texts."""
        return len(self.first)

    def first_in(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the first row in [start, stop) of each text, counted from `start`; -1 for none."""
        found = np.full(len(self), -1, np.int64)
        found[self.of_row[start:stop][::-1]] = np.arange(stop - start - 1, -1, -1)
        return found

    def check(self, ends: Ends) -> Links:
        """Return the pairs that are near copies, by the numbers of their texts."""
        found = check_pairs(self.packed, self.rows, self.sketches, ends, THRESHOLD)
        return _joined((self.long[left], self.long[right], value) for left, right, value in found)

    def links(self) -> Links:
        """Return all near copies that the bands show."""
        found = [_one_number(self, candidates(self.sketches, band)) for band in range(BANDS)]
        return self.check(_two_numbers(self, found))

    def shown(self, members: NDArray[np.bool_], others: NDArray[np.bool_]) -> tuple[Links, Links]:
        """Return near copies among members, and all of members and others.

        Among members the search ends when each text that has a near copy was shown with one: a
        template with a hundred thousand fillings is looked at once, not in every band.

        Args:
            members: (different texts,) which ones stand in the first list.
            others: likewise, in the second.
        """
        members, others = members[self.long], others[self.long]
        has_partner = np.zeros(len(self.long), np.bool_)
        within: list[Links] = []
        across: list[NDArray[np.int64]] = []
        for band in range(BANDS):
            i, j = candidates(self.sketches, band)
            news = members[i] & members[j] & ~(has_partner[i] & has_partner[j])
            links = self.check((i[news], j[news]))
            has_partner[np.searchsorted(self.long, np.concatenate(links[:2]))] = True
            within.append(links)
            meet = (members[i] & others[j]) | (others[i] & members[j])
            across.append(_one_number(self, (i[meet], j[meet])))
        return _joined(within), self.check(_two_numbers(self, across))


def _one_number(found: _Search, ends: Ends) -> NDArray[np.int64]:
    return ends[0] * len(found.rows) + ends[1]


def _two_numbers(found: _Search, numbers: list[NDArray[np.int64]]) -> Ends:
    """Return each pair once."""
    pairs = np.unique(np.concatenate(numbers))
    total = max(len(found.rows), 1)
    return pairs // total, pairs % total


def _joined(parts: Iterable[Links]) -> Links:
    left, right, value = zip((_NONE, _NONE, np.zeros(0)), *parts, strict=False)
    return np.concatenate(left), np.concatenate(right), np.concatenate(value)


_NONE = np.zeros(0, np.int64)


def _inside(found: _Search, links: Links) -> Pairs:
    """Pair the rows of the first list."""
    first_row = found.first_in(0, found.cut)
    i, j, value = links
    one, two = first_row[i], first_row[j]
    first = first_row[found.of_row[: found.cut]]
    is_later = (first != np.arange(found.cut)) & ~found.packed.is_blank[: found.cut]
    copies = np.flatnonzero(is_later)
    left = np.concatenate([first[copies], np.minimum(one, two)])
    right = np.concatenate([copies, np.maximum(one, two)])
    similarity = np.concatenate([np.ones(len(copies)), value])
    is_equal = np.arange(len(left)) < len(copies)
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], similarity[order], is_equal[order])


def _across(found: _Search, links: Links) -> Pairs:
    """Pair each row of the second list with its closest of the first."""
    first_row = found.first_in(0, found.cut)
    is_first = first_row >= 0
    is_second = found.first_in(found.cut, len(found.of_row)) >= 0
    i, j, value = links
    i, j, value = np.concatenate([i, j]), np.concatenate([j, i]), np.concatenate([value, value])
    fits = is_second[i] & is_first[j]
    i, j, value = i[fits], first_row[j[fits]], value[fits]
    # The closest is written last and stays; of equally close ones, that of the first row.
    order = np.lexsort((-j, value))
    closest, closeness = first_row.copy(), is_first.astype(np.float64)
    open_ends = order[~is_first[i[order]]]
    closest[i[open_ends]], closeness[i[open_ends]] = j[open_ends], value[open_ends]
    text = found.of_row[found.cut :]
    rows = np.flatnonzero(~found.packed.is_blank[found.cut :] & (closest[text] >= 0))
    text = text[rows]
    return Pairs(rows, closest[text], closeness[text], is_first[text])


class _Union:
    """Sets that are joined two at a time; the lowest member names a set."""

    def __init__(self, total: int) -> None:
        self._parent = list(range(total))

    def find(self, item: int) -> int:
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, left: int, right: int) -> None:
        low, high = sorted((self.find(left), self.find(right)))
        self._parent[high] = low

    def roots(self) -> NDArray[np.int64]:
        return np.array([self.find(i) for i in range(len(self._parent))], np.int64)


def _without_chains(total: int, links: Links) -> Iterable[tuple[int, int]]:
    """Keep the links, but only those to the best linked text where a chain grew too long."""
    pairs = list(zip(links[0].tolist(), links[1].tolist(), strict=True))
    chains = _Union(total)
    for i, j in pairs:
        chains.join(i, j)
    roots = chains.roots()
    size = np.bincount(roots, minlength=total)
    neighbours: dict[int, list[int]] = {}
    for i, j in pairs:
        if size[roots[i]] <= _LARGEST_CHAIN:
            yield i, j
        else:
            neighbours.setdefault(i, []).append(j)
            neighbours.setdefault(j, []).append(i)
    taken: set[int] = set()
    for middle in sorted(neighbours, key=lambda i: (-len(neighbours[i]), i)):
        if middle not in taken:
            free = [j for j in neighbours[middle] if j not in taken]
            taken |= {middle, *free}
            yield from ((middle, j) for j in free)
