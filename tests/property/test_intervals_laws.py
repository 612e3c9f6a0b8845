"""Laws of the intervals: what they contain, and how often."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from lissom.errors import NoRowsError
from lissom.evidence import wilson
from lissom.evidence.intervals import bootstrap, median_bounds

RATES = np.arange(0.50, 0.995, 0.01)
FIGURES = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.integers(1, 10_000), st.data(), st.floats(0.5, 0.999))
def test_wilson_stays_within_0_and_1_and_contains_the_share(
    n: int, data: st.DataObject, level: float
) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n, level=level)
    assert 0 <= low <= hits / n <= high <= 1
    assert low < high


@given(st.integers(1, 1000), st.data())
def test_wilson_is_the_same_seen_from_the_other_side(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n)
    assert (1 - high, 1 - low) == pytest.approx(wilson(n - hits, n), abs=1e-12)


@given(st.integers(1, 200), st.data())
def test_wilson_narrows_with_more_rows_and_widens_with_more_confidence(
    n: int, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(0, n))

    def width(times: int, level: float) -> float:
        low, high = wilson(times * hits, times * n, level=level)
        return high - low

    assert width(4, 0.95) < width(1, 0.95) < width(1, 0.99)


def coverage(bounds: list[tuple[float, float]], rate: float) -> float:
    """Return how often the interval holds the true rate: every outcome, times its chance."""
    n = len(bounds) - 1
    chances = binom.pmf(np.arange(n + 1), n, rate)
    return float(sum(chances[k] for k, (low, high) in enumerate(bounds) if low <= rate <= high))


@pytest.mark.parametrize("n", [20, 50, 200])
def test_wilson_holds_the_true_rate_as_often_as_it_says(n: int) -> None:
    bounds = [wilson(hits, n) for hits in range(n + 1)]
    found = [coverage(bounds, rate) for rate in RATES]
    assert 0.93 <= np.mean(found) <= 0.98
    assert min(found) >= 0.90


@pytest.mark.parametrize("n", [20, 50])
def test_the_same_count_catches_the_textbook_interval(n: int) -> None:
    shares = np.arange(n + 1) / n
    half = 1.96 * np.sqrt(shares * (1 - shares) / n)
    textbook = list(zip((shares - half).tolist(), (shares + half).tolist(), strict=True))
    assert min(coverage(textbook, rate) for rate in RATES) < 0.90


@settings(max_examples=40, deadline=None)
@given(st.lists(FIGURES, min_size=2, max_size=40), st.integers(0, 99))
def test_a_resampled_interval_contains_the_mean_of_what_was_resampled(
    figures: list[float], seed: int
) -> None:
    values = np.array(figures)
    low, high = bootstrap(
        lambda rows: float(values[rows].mean()), len(values), np.random.default_rng(seed), draws=200
    )
    slack = 1e-9 * (1 + np.abs(values).max())
    assert low - slack <= values.mean() <= high + slack


def test_a_resampled_interval_holds_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        values = rng.normal(0, 1, 25)
        low, high = bootstrap(lambda rows, of=values: float(of[rows].mean()), 25, rng, draws=200)
        held += low <= 0 <= high
    # 0.90 to 0.99: a sound 93 to 95 % interval leaves this range once in a few hundred seeds.
    assert 180 <= held <= 198


def test_the_same_seed_gives_the_same_resampled_interval() -> None:
    values = np.arange(30.0)

    def once(seed: int) -> tuple[float, float]:
        rng = np.random.default_rng(seed)
        return bootstrap(lambda rows: float(values[rows].mean()), 30, rng)

    assert once(1) == once(1)
    assert once(1) != once(2)


@given(st.lists(FIGURES, min_size=1, max_size=300))
def test_the_bounds_of_a_median_are_two_of_the_values_and_contain_it(figures: list[float]) -> None:
    values = np.sort(figures)
    low, high = median_bounds(values, 0.5)
    assert low in values
    assert high in values
    assert low <= np.median(values) <= high


@given(st.lists(FIGURES, min_size=20, max_size=300))
def test_the_bounds_of_p95_contain_it_from_20_values_on(figures: list[float]) -> None:
    values = np.sort(figures)
    low, high = median_bounds(values, 0.95)
    assert low <= np.quantile(values, 0.95) <= high


@pytest.mark.parametrize(
    ("n", "share"), [(20, 0.5), (50, 0.5), (300, 0.5), (150, 0.95), (300, 0.95)]
)
def test_the_bounds_of_a_percentile_hold_it_about_as_often_as_they_say(
    n: int, share: float
) -> None:
    # On 0, 1, 2, ... a bound is its own place, so the chance follows from counting the values
    # that fall below the true percentile.
    low, high = median_bounds(np.arange(n, dtype=float), share)
    held = binom.cdf(high, n, share) - binom.cdf(low, n, share)
    assert 0.93 <= held <= 0.98


def test_nothing_cannot_be_bounded() -> None:
    with pytest.raises(NoRowsError, match="0 rows"):
        wilson(0, 0)
    with pytest.raises(NoRowsError, match="0 rows"):
        bootstrap(lambda _: 0.0, 0, np.random.default_rng(0))
