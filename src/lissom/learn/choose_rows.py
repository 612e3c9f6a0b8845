"""Which rows a person should label next, because their labels teach most."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn.spread import Nearest


@dataclass(frozen=True, slots=True)
class Choosing:
    """How rows are chosen.

    Args:
        neighbours: rows that a label is taken to speak for, beside its own.
        power: how fast it speaks less for a row that is less alike.
        settled: labels per class from which doubt counts more and more: few labels are best spent
            on what is typical, many on what is uncertain.
        sharpest: the highest power that doubt is raised to.
    """

    neighbours: int = 30  # 20 and 50 differed by less than the draws
    power: float = 4.0  # 3 and 6 likewise
    settled: float = 2.5
    sharpest: float = 4.0  # always 4 was worse with few labels per class, always 1 with many


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is known of the rows before any is chosen.

    Args:
        nearest: neighbours of each row, at least `Choosing.neighbours` where there are as many.
        groups: (rows,) rows with one number are near copies of each other.
        labelled: rows that have a label, or will have one.
        free: rows that may be chosen; what is not free still counts as a row to speak for.
    """

    nearest: Nearest
    groups: NDArray[np.int64]
    labelled: NDArray[np.int64]
    free: NDArray[np.int64]


def choose_rows(
    ground: Ground, doubt: NDArray[np.float32], count: int, how: Choosing
) -> NDArray[np.int64]:
    """Choose rows whose labels speak for the most doubt that no label speaks for yet.

    A label speaks for its row and, by how alike they are, for the nearest rows. Each row that is
    taken is the one that adds most; so the rows are typical (many rows are near them), uncertain
    (those rows are in doubt) and unlike each other and the labelled ones (what is spoken for counts
    no more). Greedy choice comes within 1 - 1/e of the best set there is.

    Args:
        ground: the rows. Of near copies at most one is taken, and none when one is labelled.
        doubt: (rows,) how unsure the present model is, in [0, 1]; all 1 when there is none. See
            `sharpen`.
        count: rows wanted; fewer come back when there are no more.
        how: settings.

    Returns:
        Rows in the order in which they were taken: the first few are always the best few.

    Source: facility location, Nemhauser, Wolsey, Fisher (1978), Math. Program. 14; weighed by
    doubt, Wei, Iyer, Bilmes (2015), ICML, "Submodularity in data subset selection and active
    learning"; taken lazily, Minoux (1978).

    >>> from lissom.learn.spread import find_nearest
    >>> two_heaps = find_nearest(np.float32([[1, 0], [0.99, 0.14], [0, 1], [0.14, 0.99]]), 2)
    >>> rows = np.arange(4)
    >>> ground = Ground(two_heaps, rows, rows[:0], rows)
    >>> choose_rows(ground, np.ones(4, np.float32), 2, Choosing()).tolist()
    [1, 2]
    """
    alike = _likeness(ground.nearest, how)
    spoken = np.zeros(len(doubt), np.float32)
    for row in ground.labelled:
        _speak(alike, int(row), spoken)
    groups = ground.groups
    closed = set(groups[ground.labelled].tolist())
    gains = _gains(alike, doubt, spoken)
    waiting = [(-float(gains[row]), int(row)) for row in ground.free]
    heapq.heapify(waiting)
    chosen: list[int] = []
    while waiting and len(chosen) < count:
        _, row = heapq.heappop(waiting)
        if groups[row] in closed:
            continue
        # What was gained when it was last looked at can only have shrunk since.
        near, likeness = _neighbours(alike, row)
        gain = float((doubt[near] * np.maximum(likeness - spoken[near], 0)).sum())
        if waiting and -gain > waiting[0][0] + _TIE:
            heapq.heappush(waiting, (-gain, row))
            continue
        chosen.append(row)
        closed.add(int(groups[row]))
        _speak(alike, row, spoken)
    return np.array(chosen, np.int64)


def sharpen(
    doubt: NDArray[np.float32], labels: int, classes: int, how: Choosing
) -> NDArray[np.float32]:
    """Make the rows in most doubt stand out as labels become many.

    Args:
        doubt: (rows,) in [0, 1].
        labels: how many there are.
        classes: how many have a label.
        how: settings.

    Source: Hacohen, Dekel, Weinshall (2022), ICML: low budgets want typical rows, high ones
    uncertain rows; the passage from one to the other is ours.

    >>> doubt = np.float32([0.5])
    >>> [float(sharpen(doubt, labels, 2, Choosing())[0]) for labels in (0, 10, 400)]
    [0.5, 0.25, 0.0625]
    """
    power = min(max(labels / max(classes, 1) / how.settled, 1.0), how.sharpest)
    return np.power(doubt, np.float32(power))


_TIE = 1e-9
"""Gains that differ by less are equal, and the row that comes first is taken."""


def _likeness(nearest: Nearest, how: Choosing) -> sparse.csr_matrix:
    rows, found = nearest.rows, nearest.closeness
    kept = min(how.neighbours, rows.shape[1])
    count = len(rows)
    values = np.clip(found[:, :kept], 0, 1) ** np.float32(how.power)
    starts = np.arange(0, count * kept + 1, kept) if kept else np.zeros(count + 1, np.int64)
    shape = (count, count)
    alike = sparse.csr_matrix((values.ravel(), rows[:, :kept].ravel(), starts), shape=shape)
    own = sparse.identity(count, np.float32, "csr")
    return (alike.maximum(alike.T) + own).tocsr()


def _neighbours(
    alike: sparse.csr_matrix, row: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    part = slice(alike.indptr[row], alike.indptr[row + 1])
    return alike.indices[part], alike.data[part]


def _speak(alike: sparse.csr_matrix, row: int, spoken: NDArray[np.float32]) -> None:
    near, likeness = _neighbours(alike, row)
    spoken[near] = np.maximum(spoken[near], likeness)


def _gains(
    alike: sparse.csr_matrix, doubt: NDArray[np.float32], spoken: NDArray[np.float32]
) -> NDArray[np.float64]:
    owners = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    added = doubt[alike.indices] * np.maximum(alike.data - spoken[alike.indices], 0)
    gains = np.bincount(owners, weights=added, minlength=alike.shape[0])
    return gains.astype(np.float64)
