"""Temperatures are found again, and a promise is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lissom.learn import fit_temperature, promise_precision
from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.mark.parametrize("planted", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("classes", [2, 7])
def test_a_planted_temperature_is_found_again(planted: float, classes: int) -> None:
    rng = np.random.default_rng(11)
    honest = rng.normal(0, 2, (6000, classes)).astype(np.float32)
    chances = np.cumsum(softmax(honest), axis=1)
    targets = (rng.random((6000, 1)) > chances[:, :-1]).sum(axis=1)
    found = fit_temperature(honest * np.float32(planted), targets)
    assert found == pytest.approx(planted, rel=0.12)


def test_a_temperature_stays_within_its_bounds_when_every_answer_is_right() -> None:
    scores = np.eye(3, dtype=np.float32)[np.arange(60) % 3]
    assert 0.02 <= fit_temperature(scores, np.arange(60) % 3) < 0.2
    assert 5 <= fit_temperature(scores, (np.arange(60) + 1) % 3) <= 50


_REPETITIONS, _LEVEL, _PROMISE = 400, 0.95, 0.9


def _draw(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Draw answers, the surer the more often right; of those above t, 1 - (1 - t)**2 / 6 are."""
    sureness = rng.random(n).astype(np.float32)
    return sureness, rng.random(n) < 1 - 0.5 * (1 - sureness) ** 2


def test_a_promised_precision_is_broken_in_at_most_5_percent_of_repetitions() -> None:
    """Draw labels again and again, and ask how often the promise did not hold.

    The true precision above a threshold is known, so it need not be estimated. Checked by hand
    that the test can fail: with the Clopper-Pearson bound in `promise_precision` replaced by the
    plain share hits / n, 184 of the 400 repetitions break their promise; 35 are allowed.
    """
    rng = np.random.default_rng(20260301)
    broken = made = 0
    for _ in range(_REPETITIONS):
        promise = promise_precision(*_draw(rng, 400), precision=_PROMISE, level=_LEVEL)
        if promise.precision is not None:
            made += 1
            broken += 1 - (1 - promise.unsure_below) ** 2 / 6 < _PROMISE
    assert made > 0.8 * _REPETITIONS, "a promise that is never made is kept, and worth nothing"
    assert broken <= binom.ppf(0.999, _REPETITIONS, 1 - _LEVEL)


def test_answers_that_are_never_that_good_get_no_promise() -> None:
    rng = np.random.default_rng(5)
    false_promises = 0
    for _ in range(200):
        right = rng.random(300) < 0.8
        sureness = rng.random(300).astype(np.float32)
        found = promise_precision(sureness, right, precision=0.95)
        false_promises += found.precision is not None
        if found.precision is None:
            assert found.unsure_below == 0.5
    assert false_promises <= binom.ppf(0.999, 200, 0.05)


@pytest.mark.parametrize("n", [0, 1, 50, 87])
def test_too_few_rows_promise_nothing(n: int) -> None:
    found = promise_precision(np.ones(n, np.float32), np.ones(n, np.bool_), precision=0.95)
    assert found.precision is None


@given(
    n=st.integers(100, 400),
    levels=st.integers(1, 6),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_threshold_lets_through_only_what_was_tested(n: int, levels: int, seed: int) -> None:
    """Ties stand on one side of the threshold, so the answers it lets through are the tested ones.

    A bound found on some of the equally sure rows would say nothing of the others.
    """
    rng = np.random.default_rng(seed)
    sureness = (rng.integers(0, levels, n) / levels).astype(np.float32)
    # In order of the rows, so that among equals the first are right and the last wrong.
    right = np.arange(n) < 0.7 * n
    found = promise_precision(sureness, right, precision=0.8)
    if found.precision is not None:
        let_through = sureness >= found.unsure_below
        assert right[let_through].mean() >= 0.8
