"""What the candidates learn from rows whose truth was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from lissom.learn import LEARNERS, UNKNOWN, Learning, Pool, choose, combine
from lissom.learn.spread import neighbour_graphs, spread_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOW = Learning()
_CLASSES = 3


def _pool(
    seed: int, *, labels: int, rows: int = 600, across: bool = False, noise: float = 0.6
) -> tuple[Pool, NDArray[np.int64]]:
    """Make rows in 12 clusters, and their true classes.

    Args:
        seed: of the rows.
        labels: rows of each class that keep their label.
        rows: rows in all.
        across: a row's class has nothing to do with its cluster, only with one direction of the
            vectors that the clusters do not share, so that neighbours are no evidence.
        noise: how wide a cluster is.
    """
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 12, rows)
    centres = rng.normal(size=(12, 48))
    vectors = centres[cluster] + noise * rng.normal(size=(rows, 48))
    truth = cluster % _CLASSES
    if across:
        truth = rng.integers(0, _CLASSES, rows)
        vectors[:, :_CLASSES] = 2 * np.eye(_CLASSES)[truth]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Each class has five words of its own, each row holds one of them and one of ten others.
    words = np.zeros((rows, 25), np.float32)
    # Where clusters cut across classes the words are the cluster's, and no evidence either.
    owner = cluster % _CLASSES if across else truth
    words[np.arange(rows), owner * 5 + rng.integers(0, 5, rows)] = 1
    words[np.arange(rows), 15 + rng.integers(0, 10, rows)] = 1
    targets = np.full(rows, UNKNOWN)
    for kind in range(_CLASSES):
        chosen = rng.choice(np.flatnonzero(truth == kind), labels, replace=False)
        targets[chosen] = kind
    table = sparse.csr_matrix(words)
    return Pool(vectors.astype(np.float32), table, targets, _CLASSES), truth


def _accuracy(name: str, pool: Pool, truth: NDArray[np.int64]) -> float:
    unseen = np.flatnonzero(pool.targets == UNKNOWN)
    said = LEARNERS[name](pool, _HOW).score(pool).argmax(axis=1)
    return float((said == truth)[unseen].mean())


@pytest.mark.parametrize("name", list(LEARNERS))
def test_every_candidate_beats_chance_on_planted_clusters(name: str) -> None:
    pool, truth = _pool(1, labels=12)
    assert _accuracy(name, pool, truth) > 0.75
    # The control: with labels that mean nothing the same measure stays at chance.
    rng = np.random.default_rng(0)
    shuffled = pool.targets.copy()
    rows = pool.labelled
    shuffled[rows] = rng.permutation(shuffled[rows])
    lost = Pool(pool.vectors, pool.table, shuffled, _CLASSES)
    assert _accuracy(name, lost, truth) < 0.6


def test_propagation_beats_the_frozen_encoder_where_clusters_are_clean() -> None:
    gains = []
    for seed in range(4):
        pool, truth = _pool(seed, labels=5, noise=0.9)
        gains.append(_accuracy("propagation", pool, truth) - _accuracy("frozen", pool, truth))
    assert np.mean(gains) > 0.03
    assert min(gains) > -0.01


def _held_out(pool: Pool, names: tuple[str, ...]) -> dict[str, NDArray[np.bool_]]:
    """Score the labelled rows by fits that did not see their labels."""
    rows = pool.labelled
    fold = np.arange(len(rows)) % 5
    right = {name: np.zeros(len(rows), np.bool_) for name in names}
    for part in range(5):
        hidden = pool.targets.copy()
        hidden[rows[fold == part]] = UNKNOWN
        inside = Pool(pool.vectors, pool.table, hidden, pool.classes)
        for name in names:
            said = LEARNERS[name](inside, _HOW).score(pool).argmax(axis=1)
            right[name][fold == part] = (said == pool.targets)[rows[fold == part]]
    return right


def test_the_gate_keeps_the_loss_small_where_clusters_cut_across_classes() -> None:
    lost = []
    for seed in (0, 3, 4, 5):
        pool, truth = _pool(seed, labels=30, across=True)
        plain, spread = (_accuracy(name, pool, truth) for name in ("frozen", "propagation"))
        lost.append(plain - spread)
        choice = choose(_held_out(pool, ("frozen", "propagation")))
        assert choice.weights.get("propagation", 0.0) < 0.4
        learnt = {name: LEARNERS[name](pool, _HOW) for name in choice.weights}
        together = combine(pool, learnt, choice.weights, _HOW).score(pool).argmax(axis=1)
        hidden = pool.targets == UNKNOWN
        assert (together == truth)[hidden].mean() > plain - 0.01
    assert np.mean(lost) > 0.02  # the plant is one: without the gate it would cost


def test_the_gate_lets_propagation_pass_where_clusters_are_clean() -> None:
    pool, _ = _pool(2, labels=40, noise=1.1)
    assert choose(_held_out(pool, ("frozen", "propagation"))).weights["propagation"] > 0.5


@pytest.mark.parametrize("name", list(LEARNERS))
def test_a_class_without_a_labelled_row_is_scored_and_not_chosen(name: str) -> None:
    pool, _ = _pool(4, labels=10)
    targets = np.where(pool.targets == 1, UNKNOWN, pool.targets)
    lacking = Pool(pool.vectors, pool.table, targets, _CLASSES)
    scores = LEARNERS[name](lacking, _HOW).score(lacking)
    assert scores.shape == (600, _CLASSES)
    assert np.isfinite(scores).all()
    assert (scores.argmax(axis=1) != 1).mean() > 0.99


@pytest.mark.parametrize("name", list(LEARNERS))
def test_two_classes_give_two_scores(name: str) -> None:
    pool, truth = _pool(5, labels=15)
    rows = np.flatnonzero(truth < 2)
    two = Pool(pool.vectors[rows], pool.table[rows], pool.targets[rows], 2)
    learnt = LEARNERS[name](two, _HOW).score(two)
    assert learnt.shape == (len(rows), 2)
    assert (learnt.argmax(axis=1) == truth[rows]).mean() > 0.75


@pytest.mark.parametrize("name", list(LEARNERS))
def test_one_class_alone_is_what_is_answered(name: str) -> None:
    pool, _ = _pool(6, labels=10)
    targets = np.where(pool.targets == 2, 2, UNKNOWN)
    only = Pool(pool.vectors, pool.table, targets, _CLASSES)
    scores = LEARNERS[name](only, _HOW).score(only)
    assert np.isfinite(scores).all()
    assert (scores.argmax(axis=1) == 2).all()


@pytest.mark.parametrize("name", list(LEARNERS))
def test_a_part_without_any_label_is_learned_without_failing(name: str) -> None:
    # Two labelled near-copies share a fold, so the other folds hold no label at all.
    pool, _ = _pool(6, labels=10)
    none = Pool(pool.vectors, pool.table, np.full(600, UNKNOWN), _CLASSES)
    scores = LEARNERS[name](none, _HOW).score(none)
    assert scores.shape == (600, _CLASSES)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", list(LEARNERS))
def test_learning_twice_gives_the_same_numbers(name: str) -> None:
    pool, _ = _pool(7, labels=10)
    first, second = (LEARNERS[name](pool, _HOW).score(pool) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_the_names_of_classes_help_when_each_class_has_one_label() -> None:
    gains = []
    for seed in range(3):
        pool, truth = _pool(seed, labels=1, noise=0.9)
        means = np.stack([pool.vectors[truth == kind].mean(axis=0) for kind in range(_CLASSES)])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        told = Pool(pool.vectors, pool.table, pool.targets, _CLASSES, means.astype(np.float32))
        gains.append(_accuracy("propagation", told, truth) - _accuracy("propagation", pool, truth))
    assert np.mean(gains) > 0.05


@pytest.mark.parametrize("rows", [1, 2, 4, 40])
def test_the_graph_of_neighbours_is_symmetric_without_loops(rows: int) -> None:
    pool, _ = _pool(8, labels=1)
    for graph in neighbour_graphs(pool.vectors[:rows], (5, 10)):
        dense = graph.toarray()
        assert dense.shape == (rows, rows)
        assert np.allclose(dense, dense.T)
        assert (dense >= 0).all()
        assert not dense.diagonal().any()
        # The largest eigenvalue of D^-1/2 W D^-1/2 is 1, so spreading cannot run away.
        assert np.linalg.eigvalsh(dense.astype(np.float64)).max() < 1 + 1e-5


def test_the_graph_holds_each_rows_nearest() -> None:
    pool, _ = _pool(9, labels=1, rows=60)
    (graph,) = neighbour_graphs(pool.vectors, (3,))
    cosines = pool.vectors @ pool.vectors.T
    np.fill_diagonal(cosines, -1)
    for row in range(60):
        best = np.argsort(-cosines[row])[:3]
        assert set(best[cosines[row, best] > 0]) <= set(graph[row].indices)


def test_rows_that_heard_something_share_out_to_one() -> None:
    pool, _ = _pool(10, labels=3)
    start = np.zeros((600, _CLASSES), np.float32)
    rows = pool.labelled
    start[rows, pool.targets[rows]] = 1
    (graph,) = neighbour_graphs(pool.vectors, (10,))
    shares = spread_labels(graph, start, spread=0.8)
    assert (shares >= 0).all()
    sums = shares.sum(axis=1)
    heard = sums > 0.5
    assert np.allclose(sums[heard], 1, atol=1e-5)
    assert not sums[~heard].any()
    assert heard.mean() > 0.5
    # With a weak opinion everywhere, as propagation gives, no row is left out.
    assert np.allclose(spread_labels(graph, start + 0.1, spread=0.8).sum(axis=1), 1, atol=1e-5)
