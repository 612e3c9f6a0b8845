"""What the labels so far say, and what they say of rows whose label was hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import hide, plant

from lissom.learn import (
    UNKNOWN,
    Known,
    Learning,
    Pool,
    answer_by,
    find_nearest,
    form_opinion,
    hold_out,
)


def know(pool: Pool) -> Known:
    return Known(pool, find_nearest(pool.vectors, 30), Learning())


def some_folds(pool: Pool, count: int = 5) -> np.ndarray:
    return np.arange(len(pool.targets)) // pool.classes % count


def test_without_a_label_everything_is_in_doubt_and_nothing_is_guessed() -> None:
    pool = plant(30, 3, seed=1, noise=0.2)
    empty = Pool(pool.vectors, pool.table, np.full(30, UNKNOWN), 0)
    opinion = form_opinion(know(empty), None)
    assert (opinion.doubt == 1).all()
    assert (opinion.guesses == UNKNOWN).all()
    assert opinion.chances is None


def test_with_one_class_everything_is_in_doubt_and_that_class_is_guessed() -> None:
    pool = plant(30, 3, seed=1, noise=0.2)
    targets = np.where(np.arange(30) < 4, 0, UNKNOWN)
    opinion = form_opinion(know(Pool(pool.vectors, pool.table, targets, 1)), None)
    assert (opinion.doubt == 1).all()
    assert (opinion.guesses == 0).all()


def test_rows_between_two_heaps_are_in_more_doubt_than_those_inside() -> None:
    pool = plant(90, 3, seed=3, noise=0.1)
    middle = (np.eye(12)[0] + np.eye(12)[1])[None] / np.sqrt(2)
    vectors = np.concatenate([pool.vectors, middle.astype(np.float32)])
    targets = np.append(hide(pool, 5).targets, UNKNOWN)
    opinion = form_opinion(know(Pool(vectors, pool.table, targets, 3)), None)
    assert opinion.doubt[-1] > np.quantile(opinion.doubt[:-1], 0.95)
    assert ((opinion.doubt >= 0) & (opinion.doubt <= 1)).all()


def test_guesses_are_right_and_their_chances_mean_what_they_say() -> None:
    pool = plant(600, 3, seed=4, noise=0.55)
    few = hide(pool, 40)
    known = know(few)
    opinion = form_opinion(known, hold_out(known, some_folds(few)))
    right = opinion.guesses == pool.targets
    assert opinion.chances is not None
    unseen = few.targets == UNKNOWN
    assert right[unseen].mean() > 0.6
    assert abs(opinion.chances[unseen].mean() - right[unseen].mean()) < 0.12


def test_a_label_has_no_part_in_what_is_said_of_its_own_row() -> None:
    pool = hide(plant(120, 3, seed=5, noise=0.4), 12)
    folds = some_folds(pool)
    before = hold_out(know(pool), folds)
    row = int(pool.labelled[7])
    flipped = pool.targets.copy()
    flipped[row] = (flipped[row] + 1) % 3
    other = know(replace(pool, targets=flipped))
    after = hold_out(other, folds)
    if dict(before.weights) == dict(after.weights):
        np.testing.assert_allclose(before.shares[7], after.shares[7], atol=1e-6)
    seen = other.hide_all_but(pool.labelled[folds[pool.labelled] != folds[row]])
    same = know(pool).hide_all_but(pool.labelled[folds[pool.labelled] != folds[row]])
    one, two = (answer_by(known, {"frozen": 1.0})[row] for known in (seen, same))
    np.testing.assert_array_equal(one, two)


def test_shares_sum_to_one_and_follow_the_weights() -> None:
    known = know(hide(plant(60, 3, seed=6, noise=0.3), 4))
    plain = answer_by(known, {"frozen": 1.0})
    spread = answer_by(known, {"propagation": 1.0})
    both = answer_by(known, {"frozen": 0.25, "propagation": 0.75})
    np.testing.assert_allclose(both, 0.25 * plain + 0.75 * spread, atol=1e-6)
    np.testing.assert_allclose(plain.sum(axis=1), 1, atol=1e-5)
    assert np.abs(plain - spread).max() > 0.05


@pytest.mark.parametrize("kept", [[0], [0, 1, 2]])
def test_hidden_labels_are_unknown_and_the_others_stay(kept: list[int]) -> None:
    known = know(plant(9, 3, seed=7, noise=0.2))
    hidden = known.hide_all_but(np.array(kept))
    assert hidden.pool.labelled.tolist() == kept
    assert known.pool.labelled.tolist() == list(range(9))
