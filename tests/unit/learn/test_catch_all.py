"""A class of whatever fits no other: it neither swells over a cluster nor starves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lissom.learn import LEARNERS, UNKNOWN, Learning, Pool
from lissom.learn.pool import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOW = Learning()
OTHER = 3


def scattered(
    seed: int, *, share: float, labels: tuple[int, ...] = (8, 8, 8, 8), beside: int = 0
) -> tuple[Pool, NDArray[np.int64]]:
    """Make three clusters, and ten more whose rows all belong to the catch-all.

    Args:
        seed: of the rows.
        share: of the rows that belong to the catch-all.
        labels: labelled rows of each class, the catch-all's last.
        beside: labelled rows of the catch-all that are moved into the first cluster.
    """
    rng = np.random.default_rng(seed)
    n, size = 600, 24
    truth = np.where(rng.random(n) < share, OTHER, rng.integers(0, 3, n))
    places = rng.standard_normal((10, size))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    centres = np.eye(OTHER, size)[np.minimum(truth, OTHER - 1)]
    loose = truth == OTHER
    centres[loose] = places[rng.integers(0, 10, int(loose.sum()))]
    vectors = centres + 0.12 * rng.standard_normal((n, size))
    targets = np.full(n, UNKNOWN)
    for kind, few in enumerate(labels):
        targets[rng.choice(np.flatnonzero(truth == kind), few, replace=False)] = kind
    near = np.flatnonzero(targets == OTHER)[:beside]
    vectors[near] = np.eye(1, size) + 0.12 * rng.standard_normal((beside, size))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    table = sparse.csr_matrix((n, 1), dtype=np.float32)
    names = np.eye(OTHER + 1, size, dtype=np.float32)
    return Pool(vectors.astype(np.float32), table, targets, OTHER + 1, names), truth


def scores(pool: Pool, *, other: int | None) -> NDArray[np.float32]:
    told = Pool(pool.vectors, pool.table, pool.targets, pool.classes, pool.names, other=other)
    return LEARNERS["propagation"](told, HOW).score(told)


def said(pool: Pool, *, other: int | None) -> NDArray[np.int64]:
    found: NDArray[np.int64] = scores(pool, other=other).argmax(axis=1)
    return found


def test_a_common_catch_all_does_not_starve() -> None:
    for seed in range(3):
        pool, truth = scattered(seed, share=0.75)
        loose, found = truth == OTHER, said(pool, other=OTHER)
        assert (found[loose] == OTHER).mean() > 0.8
        assert (found == truth)[~loose].mean() > 0.9


def test_labels_of_a_catch_all_within_a_cluster_do_not_take_it_over() -> None:
    """Planted: two of its twelve labelled rows stand in the first cluster, beside two others."""
    kept: dict[int | None, list[float]] = {None: [], OTHER: []}
    for seed in range(4):
        pool, truth = scattered(seed, share=0.05, labels=(2, 2, 2, 12), beside=2)
        rows = truth == 0
        for other, found in kept.items():
            found.append(float((said(pool, other=other)[rows] == 0).mean()))
    assert np.mean(kept[OTHER]) > np.mean(kept[None]) + 0.3
    assert min(kept[OTHER]) > 0.2


def test_its_name_is_no_place_among_the_rows() -> None:
    view = View(np.eye(4, dtype=np.float32), np.eye(4, dtype=np.float32), other=1)
    places, classes = view.anchors()
    assert classes.tolist() == [0, 2, 3]
    assert np.array_equal(places, np.eye(4, dtype=np.float32)[[0, 2, 3]])
    assert view.select(np.array([2])).other == 1
    # The name of the catch-all has no part in what is learned: another changes nothing.
    pool, _ = scattered(1, share=0.3)
    names = np.array(pool.names)
    names[OTHER] = names[0]
    renamed = Pool(pool.vectors, pool.table, pool.targets, pool.classes, names)
    assert np.array_equal(scores(pool, other=OTHER), scores(renamed, other=OTHER))
    assert not np.array_equal(scores(pool, other=None), scores(renamed, other=None))


def test_without_a_label_of_it_nothing_is_called_other() -> None:
    pool, _ = scattered(2, share=0.3)
    targets = np.where(pool.targets == OTHER, UNKNOWN, pool.targets)
    bare = Pool(pool.vectors, pool.table, targets, pool.classes, pool.names)
    assert (said(bare, other=OTHER) != OTHER).all()


def test_two_classes_of_which_one_is_the_rest_are_learned_without_failing() -> None:
    pool, truth = scattered(3, share=0.5)
    rows = np.flatnonzero((truth == 0) | (truth == OTHER))
    targets = np.where(pool.targets[rows] == OTHER, 1, pool.targets[rows])
    pair = Pool(pool.vectors[rows], pool.table[rows], targets, 2, other=1)
    found = LEARNERS["propagation"](pair, HOW).score(pair).argmax(axis=1)
    assert (found == (truth[rows] == OTHER)).mean() > 0.7
