"""Folds for rows with any number of labels: groups whole, every label everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lissom.data import label_folds

MARKS = arrays(
    np.float32, st.tuples(st.integers(1, 60), st.integers(1, 6)), elements=st.sampled_from([0, 1])
)


@given(MARKS, st.integers(2, 6), st.integers(0, 9), st.integers(1, 20))
def test_folds_share_no_group_leave_none_empty_and_repeat(
    marks: np.ndarray, k: int, seed: int, most: int
) -> None:
    groups = np.arange(len(marks)) % most
    found = label_folds(marks, groups, k, seed)
    assert all(len(set(found[groups == group])) == 1 for group in set(groups.tolist()))
    assert set(found.tolist()) == set(range(min(k, len(set(groups.tolist())))))
    assert (found == label_folds(marks, groups, k, seed)).all()


@pytest.mark.parametrize("seed", range(3))
def test_every_label_is_in_every_fold_the_rarest_too(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = np.array([0.5, 0.3, 0.1, 0.05, 0.02, 0.012])
    marks = (rng.random((1500, 6)) < shares).astype(np.float32)
    found = label_folds(marks, np.arange(1500), 5, seed)
    counts = np.stack([marks[found == fold].sum(axis=0) for fold in range(5)])
    even = marks.sum(axis=0) / 5
    assert (np.abs(counts - even) <= np.maximum(2, 0.1 * even)).all()
    assert np.ptp(np.bincount(found)) < 60


def test_dealing_by_the_rarest_first_beats_dealing_by_chance() -> None:
    rng = np.random.default_rng(5)
    marks = (rng.random((400, 8)) < 0.03).astype(np.float32)
    found = label_folds(marks, np.arange(400), 5, 0)
    chance = rng.integers(0, 5, 400)

    def worst(folds: np.ndarray) -> float:
        counts = np.stack([marks[folds == fold].sum(axis=0) for fold in range(5)])
        return float(np.abs(counts - marks.sum(axis=0) / 5).max())

    assert worst(found) <= 2 < worst(chance)


def test_no_rows_have_no_folds() -> None:
    assert len(label_folds(np.zeros((0, 3), np.float32), np.zeros(0, np.int64), 5, 0)) == 0


def test_rows_without_labels_are_spread_by_number() -> None:
    found = label_folds(np.zeros((10, 2), np.float32), np.arange(10), 5, 1)
    assert np.bincount(found).tolist() == [2] * 5
