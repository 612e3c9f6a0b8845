"""Probabilities that mean what they say, and a promise that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import binom

from lissom.learn import Promise, fit_temperature, promise_precision
from lissom.runtime import softmax

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REPEATS, ROWS, GOAL = 400, 300, 0.9
MOST_BROKEN = int(binom.ppf(0.999, REPEATS, 0.05))
"""A promise kept with 95 % confidence is broken in at most 5 % of 400 repeats, 20 of them; chance
lets a sound method go above this bound, 35, once in a thousand such simulations."""


@pytest.mark.parametrize("planted", [0.25, 1.0, 4.0])
def test_a_planted_temperature_is_recovered(planted: float) -> None:
    rng = np.random.default_rng(1)
    calm = rng.normal(0, 2, (6000, 4)).astype(np.float32)
    targets = (softmax(calm).cumsum(axis=1) < rng.random((6000, 1))).sum(axis=1).clip(0, 3)
    found = fit_temperature(calm * np.float32(planted), targets)
    assert found == pytest.approx(planted, rel=0.07)


def test_a_temperature_stays_within_its_range_when_every_answer_is_right_or_wrong() -> None:
    scores = np.tile(np.float32([1, 0]), (50, 1))
    assert 0.02 <= fit_temperature(scores, np.zeros(50, np.int64)) < 0.1
    assert 10 < fit_temperature(scores, np.ones(50, np.int64)) <= 50


def trust_the_share(
    probabilities: NDArray[np.float32], right: NDArray[np.bool_], *, precision: float
) -> Promise:
    """Search as `promise_precision` does, but believe the plain share: the planted fault."""
    order = np.argsort(-probabilities, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    kept = Promise(0.5, None)
    for n in range(45, len(order) + 1, 3):
        if shares[n - 1] < precision:
            break
        kept = Promise(float(probabilities[order[n - 1]]), precision)
    return kept


def count_broken(
    promise: Callable[..., Promise], chance: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[int, int]:
    """Return how many promises were broken, and how many were made.

    Probabilities are even on [0.5, 1]; `chance` says how often such an answer is truly right, so
    the true precision above a threshold is known to the last digit.
    """
    grid = np.linspace(0.5, 1, 20_001)
    true = chance(grid)
    rng = np.random.default_rng(2026)
    broken = made = 0
    for _ in range(REPEATS):
        sureness = rng.uniform(0.5, 1, ROWS)
        right = rng.random(ROWS) < chance(sureness)
        found = promise(sureness.astype(np.float32), right, precision=GOAL)
        if found.precision is not None:
            made += 1
            broken += bool(true[grid >= found.unsure_below].mean() < GOAL)
    return broken, made


def calibrated(sureness: NDArray[np.float64]) -> NDArray[np.float64]:
    return sureness


def level(sureness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every answer is right a little too rarely, however sure: no promise can be kept."""
    return np.full_like(sureness, GOAL - 0.001)


def test_a_promise_by_a_calibrated_model_is_kept_as_often_as_it_says() -> None:
    broken, made = count_broken(promise_precision, calibrated)
    assert made > REPEATS / 4
    assert broken <= MOST_BROKEN


def test_a_promise_that_cannot_be_kept_is_seldom_made() -> None:
    broken, made = count_broken(promise_precision, level)
    assert broken == made
    assert broken <= MOST_BROKEN


@pytest.mark.parametrize("chance", [calibrated, level])
def test_the_same_simulation_catches_a_promise_made_on_the_plain_share(
    chance: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    broken, _ = count_broken(trust_the_share, chance)
    assert broken > 3 * MOST_BROKEN


@pytest.mark.parametrize("goal", [0.8, 0.9, 0.95, 0.98])
def test_one_mistake_at_the_top_does_not_end_the_search(goal: float) -> None:
    sureness = np.linspace(1, 0.6, 600, dtype=np.float32)
    right = np.ones(600, np.bool_)
    right[0] = False
    assert promise_precision(sureness, right, precision=goal).precision == goal
    right[:12] = False
    assert promise_precision(sureness, right, precision=goal).precision is None


def test_rows_that_are_equally_sure_are_tested_together() -> None:
    sureness = np.ones(300, np.float32)
    right = np.arange(300) < 150  # a file sorted by label puts the right ones first
    assert promise_precision(sureness, right, precision=0.9) == Promise(0.5, None)
    assert promise_precision(sureness, right | True, precision=0.9) == Promise(1.0, 0.9)


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_too_few_rows_promise_nothing(rows: int) -> None:
    sureness = np.linspace(1, 0.6, rows, dtype=np.float32)
    assert promise_precision(sureness, np.ones(rows, np.bool_), precision=0.9) == Promise(0.5, None)
