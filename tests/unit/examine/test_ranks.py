"""Telling kinds apart agrees with the field, and its bounds hold the truth."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lissom.evidence import wilson
from lissom.examine.ranks import auroc, auroc_bounds, passed


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside, outside = rng.normal(size=70).round(1), rng.normal(0.7, 1.4, 40).round(1)
    truth = [0] * 70 + [1] * 40
    wanted = roc_auc_score(truth, np.concatenate([inside, outside]))
    assert auroc(inside, outside) == pytest.approx(wanted, abs=1e-12)


def test_perfect_separation_still_leaves_room_below() -> None:
    low, high = auroc_bounds(np.arange(40.0), np.arange(100.0, 120.0))
    assert 0.85 < low < 0.99
    assert high == 1
    low, high = auroc_bounds(np.arange(100.0, 140.0), np.arange(20.0))
    assert low == 0
    assert 0.01 < high < 0.15


@pytest.mark.parametrize(("n", "spread"), [(20, 1.0), (20, 2.0), (200, 2.0)])
def test_auroc_bounds_hold_the_truth_even_for_kinds_that_spread_differently(
    n: int, spread: float
) -> None:
    rng = np.random.default_rng(1)
    truth = NormalDist().cdf(1.5 / (1 + spread**2) ** 0.5)
    held = 0
    for _ in range(300):
        low, high = auroc_bounds(rng.normal(size=200), rng.normal(1.5, spread, n))
        held += low <= truth <= high
    assert held >= 0.92 * 300


def test_what_passes_is_counted_at_the_threshold_that_keeps_the_share() -> None:
    inside = np.arange(100.0)
    share, low, high = passed(inside, np.array([94.0, 94.5, 10.0, 200.0]))
    assert share == 0.5  # 94 is the 95th of 100 inside scores
    assert 0 <= low < 0.5 < high <= 1
    assert passed(inside, np.full(10, 500.0))[0] == 0
    assert passed(np.zeros(50), np.zeros(10))[0] == 1


def test_bounds_of_what_passes_hold_the_truth() -> None:
    rng = np.random.default_rng(2)
    truth = NormalDist().cdf(NormalDist().inv_cdf(0.95) - 2.0)
    held = 0
    for _ in range(300):
        _, low, high = passed(rng.normal(size=300), rng.normal(2.0, 1.0, 100))
        held += low <= truth <= high
    assert held >= 0.92 * 300


def test_the_limit_lies_no_further_than_its_order_statistics() -> None:
    inside = np.arange(150.0)
    # 142.5 of 150 are kept, give or take 5.23: the 148th smallest is the last that may be it.
    for value, is_reached in ((146.5, True), (147.5, False)):
        outside = np.r_[np.zeros(10), np.full(10, value)]
        share, _, high = passed(inside, outside)
        assert share == 0.5
        assert (high > wilson(10, 20)[1] + 0.1) == is_reached
