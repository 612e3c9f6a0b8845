"""A start from names alone, on rows whose truth was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from planted import plant

from lissom.learn import LEARNERS, STARTERS, UNKNOWN, Learning, Pool

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOW = Learning()
learn_names = STARTERS["names"]


def unlabelled(
    *, rows: int = 300, classes: int = 5, seed: int = 1, noise: float = 0.35, tilt: float = 0.6
) -> tuple[Pool, NDArray[np.int64]]:
    """Make clustered rows without labels, and names that only roughly point at their clusters.

    All rows and names share one direction, as embeddings of one language do, and each name is
    tilted towards something else, so that the nearest name is often wrong.
    """
    pool = plant(rows, classes, seed=seed, noise=noise, size=40)
    rng = np.random.default_rng([seed, 1])
    names = np.eye(classes, 40) + tilt * rng.standard_normal((classes, 40)) / np.sqrt(2)
    names += 0.5 * np.eye(1, 40, 39)
    vectors = pool.vectors + 0.8 * np.eye(1, 40, 39, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = (names / np.linalg.norm(names, axis=1, keepdims=True)).astype(np.float32)
    targets = np.full(rows, UNKNOWN)
    return Pool(vectors.astype(np.float32), pool.table, targets, classes, names), pool.targets


def right(pool: Pool, truth: NDArray[np.int64]) -> float:
    return float((learn_names(pool, HOW).score(pool).argmax(axis=1) == truth).mean())


def nearest(pool: Pool, truth: NDArray[np.int64]) -> float:
    assert pool.names is not None
    return float(((pool.vectors @ pool.names.T).argmax(axis=1) == truth).mean())


def test_rows_without_labels_make_names_better_than_the_nearest_name() -> None:
    gains = []
    for seed in range(5):
        pool, truth = unlabelled(seed=seed)
        gains.append(right(pool, truth) - nearest(pool, truth))
    assert np.mean(gains) > 0.1
    assert min(gains) > 0


def test_names_that_mean_nothing_are_no_better_than_chance() -> None:
    """The control: shuffled names find the clusters and call them wrongly."""
    found = []
    for seed in range(5):
        pool, truth = unlabelled(seed=seed, tilt=0.2)
        assert pool.names is not None
        turned = Pool(pool.vectors, pool.table, pool.targets, 5, np.roll(pool.names, 1, axis=0))
        found.append(right(turned, truth))
    assert np.mean(found) < 0.1


def test_a_label_holds_and_helps_its_neighbours() -> None:
    gains = []
    for seed in range(5):
        pool, truth = unlabelled(seed=seed, tilt=1.2)
        targets = pool.targets.copy()
        for number in range(5):
            targets[np.flatnonzero(truth == number)[:3]] = number
        told = Pool(pool.vectors, pool.table, targets, 5, pool.names)
        gains.append(right(told, truth) - right(pool, truth))
    assert np.mean(gains) > 0.05


def test_a_class_that_no_row_is_like_can_still_be_said() -> None:
    pool, truth = unlabelled(classes=4)
    assert pool.names is not None
    rows = np.flatnonzero(truth != 3)
    fewer = pool.select(rows)
    scores = learn_names(fewer, HOW).score(fewer)
    assert np.isfinite(scores).all()
    assert scores[:, 3].max() > -20
    there = pool.select(np.flatnonzero(truth == 3))
    assert (learn_names(fewer, HOW).score(there).argmax(axis=1) == 3).mean() > 0.5


def test_a_catch_all_is_never_said_where_it_has_no_label() -> None:
    pool, truth = unlabelled(classes=4)
    other = Pool(pool.vectors, pool.table, pool.targets, 4, pool.names, other=2)
    assert (learn_names(other, HOW).score(other).argmax(axis=1) != 2).all()
    targets = pool.targets.copy()
    there = truth == 2
    targets[np.flatnonzero(there)[:20]] = 2
    told = Pool(pool.vectors, pool.table, targets, 4, pool.names, other=2)
    said = learn_names(told, HOW).score(told).argmax(axis=1)
    assert (said[there] == 2).mean() > 0.2
    assert (said[~there] == 2).mean() < 0.05


@pytest.mark.parametrize("classes", [2, 3])
def test_few_classes_and_few_rows_are_learned_without_failing(classes: int) -> None:
    pool, _ = unlabelled(rows=classes, classes=classes)
    scores = learn_names(pool, HOW).score(pool)
    assert scores.shape == (classes, classes)
    assert np.isfinite(scores).all()


def test_the_same_rows_twice_give_the_same_numbers() -> None:
    pool, _ = unlabelled()
    first, second = (learn_names(pool, HOW).score(pool) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_a_start_from_names_is_no_candidate_of_the_race() -> None:
    assert set(STARTERS) & set(LEARNERS) == set()
