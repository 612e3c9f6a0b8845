"""Graphs of neighbours and the labels that spread over them."""

from __future__ import annotations

import numpy as np
import pytest
from planted import plant
from scipy import sparse

from lissom.learn.spread import neighbour_graphs, spread_labels


def test_every_graph_is_symmetric_and_nobody_neighbours_himself() -> None:
    vectors = plant(50, 4, seed=1, noise=0.4).vectors
    graphs = neighbour_graphs(vectors, [3, 8])
    assert len(graphs) == 2
    for graph in graphs:
        full = graph.toarray()
        np.testing.assert_allclose(full, full.T, atol=1e-7)
        assert not full.diagonal().any()
        assert np.linalg.eigvalsh(full).max() <= 1 + 1e-5
    assert graphs[0].nnz < graphs[1].nnz


def test_the_neighbours_are_the_nearest_rows() -> None:
    vectors = plant(40, 4, seed=2, noise=0.2).vectors
    (graph,) = neighbour_graphs(vectors, [1])
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    nearest = cosines.argmax(axis=1)
    full = graph.toarray()
    assert (full[np.arange(40), nearest] > 0).all()
    assert graph.nnz <= 80


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_more_neighbours_than_rows_are_cut_to_the_rows_there_are(rows: int) -> None:
    vectors = np.eye(rows, 3, dtype=np.float32) * 0.8 + 0.2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    (graph,) = neighbour_graphs(vectors, [10])
    assert graph.shape == (rows, rows)
    assert graph.nnz == rows * (rows - 1)


def test_the_shares_of_each_row_sum_to_one() -> None:
    vectors = plant(60, 3, seed=3, noise=0.3).vectors
    (graph,) = neighbour_graphs(vectors, [5])
    start = np.random.default_rng(0).random((60, 3)).astype(np.float32)
    shares = spread_labels(graph, start, spread=0.8)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares >= 0).all()


def test_a_label_spreads_through_its_own_cluster_and_not_into_another() -> None:
    pool = plant(60, 3, seed=4, noise=0.1)
    (graph,) = neighbour_graphs(pool.vectors, [5])
    start = np.full((60, 3), 0.01, np.float32)
    start[:3] = np.eye(3)
    shares = spread_labels(graph, start, spread=0.8)
    assert (shares.argmax(axis=1) == pool.targets).all()
    cut = spread_labels(sparse.csr_matrix((60, 60), dtype=np.float32), start, spread=0.8)
    assert cut[3:].max() < 0.5


def test_a_row_that_nothing_reaches_has_no_share() -> None:
    alone = sparse.csr_matrix((2, 2), dtype=np.float32)
    start = np.float32([[1, 0], [0, 0]])
    assert spread_labels(alone, start, spread=0.8).tolist() == [[1, 0], [0, 0]]
