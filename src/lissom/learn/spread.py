"""Labels that spread over a graph of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CHUNK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest rows of each row, the nearest first; a row is no neighbour of itself.

    Args:
        rows: (rows, neighbours) their numbers.
        closeness: (rows, neighbours) their cosines, in [-1, 1].
    """

    rows: NDArray[np.int32]
    closeness: NDArray[np.float32]


def find_nearest(vectors: NDArray[np.float32], neighbours: int) -> Nearest:
    """Return the nearest rows of each row by cosine.

    Args:
        vectors: (rows, dimensions) of length 1.
        neighbours: how many; fewer where rows are fewer.

    >>> find_nearest(np.float32([[1, 0], [0.8, 0.6], [0, 1]]), 1).rows.ravel().tolist()
    [1, 0, 1]
    """
    count = len(vectors)
    most = min(neighbours, count - 1)
    nearest = np.zeros((count, max(most, 0)), np.int32)
    closeness = np.zeros((count, max(most, 0)), np.float32)
    for start in range(0, count if most > 0 else 0, _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -1
        best = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
        found = np.take_along_axis(cosines, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        nearest[start : start + _CHUNK] = np.take_along_axis(best, order, axis=1)
        closeness[start : start + _CHUNK] = np.take_along_axis(found, order, axis=1)
    return Nearest(nearest, closeness)


def neighbour_graphs(
    vectors: NDArray[np.float32], neighbours: Sequence[int]
) -> list[sparse.csr_matrix]:
    """Return a symmetric, normalised graph of nearest neighbours for each number of them.

    Args:
        vectors: (rows, dimensions) of length 1.
        neighbours: edges that start at each row, for each graph; fewer where rows are fewer.

    Returns:
        For each number, (rows, rows) D^-1/2 W D^-1/2 with W = max(cosine, 0)**3 over the nearest
        rows. The power makes a few near neighbours count more than many far ones.

    >>> graph, = neighbour_graphs(np.eye(3, dtype=np.float32), [1])
    >>> graph.shape
    (3, 3)
    """
    nearest = find_nearest(vectors, max(neighbours))
    return [join_neighbours(nearest, k) for k in neighbours]


def join_neighbours(nearest: Nearest, neighbours: int) -> sparse.csr_matrix:
    """Return one graph of those that `neighbour_graphs` describes."""
    rows, closeness = nearest.rows[:, :neighbours], nearest.closeness[:, :neighbours]
    count, k = rows.shape
    edges = np.clip(closeness, 0, 1) ** 3
    starts = np.arange(0, count * k + 1, k) if k else np.zeros(count + 1, np.int64)
    graph = sparse.csr_matrix((edges.ravel(), rows.ravel(), starts), shape=(count, count))
    graph = graph.maximum(graph.T)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = sparse.diags((1 / np.sqrt(np.maximum(degree, 1e-9))).astype(np.float32))
    return (scale @ graph @ scale).tocsr().astype(np.float32)


def spread_labels(
    graph: sparse.csr_matrix,
    start: NDArray[np.float32],
    *,
    spread: float,
    steps: int = 30,
    wanted: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return class shares for each row after labels have spread.

    Args:
        graph: from `neighbour_graphs`.
        start: (rows, classes) what each row brings: 1 at its label, or a weaker opinion.
        spread: share that comes from neighbours at each step, in (0, 1).
        steps: steps taken; 0.8**30 is 0.1 %.
        wanted: (classes,) mass that each class is brought to, above 0; None for equal mass.

    Returns:
        (rows, classes); each row sums to 1, or is 0 where nothing arrived; classes were brought to
        the wanted mass before that.

    Source: Zhou, Bousquet, Lal, Weston, Schölkopf (2003), NIPS, "Learning with local and global
    consistency"; class mass normalisation, Zhu, Ghahramani, Lafferty (2003), ICML.
    """
    mass = start.copy()
    for _ in range(steps):
        mass = spread * (graph @ mass) + (1 - spread) * start
    mass = mass / np.maximum(mass.sum(axis=0, keepdims=True), 1e-9)
    if wanted is not None:
        mass = mass * wanted
    shares: NDArray[np.float32] = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    return shares
