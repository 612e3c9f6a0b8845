"""Labels that spread over a graph of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 1024


def neighbour_graph(vectors: NDArray[np.float32], neighbours: int) -> sparse.csr_matrix:
    """Return the symmetric, normalised graph of nearest neighbours.

    Args:
        vectors: (rows, dimensions) of length 1.
        neighbours: edges that start at each row; fewer where there are fewer rows.

    Returns:
        (rows, rows) D^-1/2 W D^-1/2 with W = max(cosine, 0)**3 over the nearest rows. The power
        makes near neighbours count more than many far ones.
    """
    count = len(vectors)
    k = min(neighbours, count - 1)
    if k < 1:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    nearest = np.empty((count, k), np.int32)
    closeness = np.empty((count, k), np.float32)
    for start in range(0, count, _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -1
        best = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        nearest[start : start + _CHUNK] = best
        closeness[start : start + _CHUNK] = np.take_along_axis(cosines, best, axis=1)
    edges = np.clip(closeness, 0, 1) ** 3
    starts = np.arange(0, count * k + 1, k)
    graph = sparse.csr_matrix((edges.ravel(), nearest.ravel(), starts), shape=(count, count))
    graph = graph.maximum(graph.T)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = sparse.diags((1 / np.sqrt(np.maximum(degree, 1e-9))).astype(np.float32))
    return (scale @ graph @ scale).tocsr().astype(np.float32)


def spread_labels(
    graph: sparse.csr_matrix, start: NDArray[np.float32], *, spread: float, steps: int = 30
) -> NDArray[np.float32]:
    """Return class shares for each row after labels have spread.

    Args:
        graph: from `neighbour_graph`.
        start: (rows, classes) what each row brings: 1 at its label, or a weaker opinion.
        spread: share that comes from neighbours at each step, in (0, 1).
        steps: steps taken; 0.8**30 is 0.1 %.

    Returns:
        (rows, classes); each row sums to 1, and classes were brought to equal mass before that.

    Source: Zhou, Bousquet, Lal, Weston, Schölkopf (2003), NIPS, "Learning with local and global
    consistency"; class mass normalisation, Zhu, Ghahramani, Lafferty (2003), ICML.
    """
    mass = start.copy()
    for _ in range(steps):
        mass = spread * (graph @ mass) + (1 - spread) * start
    mass = mass / np.maximum(mass.sum(axis=0, keepdims=True), 1e-9)
    shares: NDArray[np.float32] = mass / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
    return shares
