"""Exact tests agree with a library that has been used for decades."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lissom.errors import NoRowsError
from lissom.evidence.exact import at_least, exact_low, fisher, least_detectable, mcnemar
from lissom.evidence.many import benjamini_hochberg, holm, simultaneous


def test_exact_bounds_are_those_of_clopper_and_pearson() -> None:
    rng = np.random.default_rng(0)
    for n in rng.integers(1, 3000, 60).tolist():
        hits = int(rng.integers(0, n + 1))
        wanted = stats.beta.ppf(0.05, hits, n - hits + 1) if hits else 0.0
        assert exact_low(hits, n) == pytest.approx(wanted, abs=1e-9)


def test_tails_are_those_of_the_binomial() -> None:
    rng = np.random.default_rng(1)
    for n in rng.integers(1, 5000, 60).tolist():
        hits, share = int(rng.integers(0, n + 1)), float(rng.random())
        assert at_least(hits, n, share) == pytest.approx(
            stats.binom.sf(hits - 1, n, share), abs=1e-11
        )
    assert at_least(3, 5, 0.0) == 0
    assert at_least(3, 5, 1.0) == 1


def test_fishers_test_is_fishers_test() -> None:
    rng = np.random.default_rng(2)
    for a, b, c, d in rng.integers(0, 60, (60, 4)).tolist():
        wanted = stats.fisher_exact([[a, b], [c, d]]).pvalue
        assert fisher(a, a + b, c, c + d) == pytest.approx(wanted, abs=1e-9)


def test_mcnemars_test_is_a_coin_that_was_thrown() -> None:
    for one, other in [(0, 0), (1, 7), (30, 12), (500, 420)]:
        n = one + other
        wanted = stats.binomtest(one, n).pvalue if n else 1.0
        assert mcnemar(one, other) == pytest.approx(wanted, abs=1e-12)
        assert mcnemar(one, other) == mcnemar(other, one)


def test_a_detectable_difference_is_detected_four_times_in_five() -> None:
    n, apart = 800, 0.12
    gap = least_detectable(n, apart)
    rng = np.random.default_rng(3)
    only = rng.multinomial(n, [(apart + gap) / 2, (apart - gap) / 2, 1 - apart], 3000)
    z = (only[:, 0] - only[:, 1]) / np.sqrt(only[:, 0] + only[:, 1])
    assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.03)
    assert least_detectable(4 * n, apart) == pytest.approx(gap / 2, rel=0.05)


def test_nothing_can_be_promised_of_no_rows() -> None:
    for call in (lambda: exact_low(0, 0), lambda: least_detectable(0, 0.1)):
        with pytest.raises(NoRowsError):
            call()


def test_false_discoveries_are_held_as_the_library_holds_them() -> None:
    rng = np.random.default_rng(4)
    for count in (1, 2, 17, 50):
        p_values = rng.random(count) ** 2
        found = benjamini_hochberg(p_values.tolist())
        assert found == pytest.approx(stats.false_discovery_control(p_values).tolist())


def test_holm_is_never_kinder_than_benjamini_and_never_harder_than_bonferroni() -> None:
    p_values = [0.001, 0.2, 0.013, 0.04, 0.9]
    for one, held, likely in zip(
        p_values, holm(p_values), benjamini_hochberg(p_values), strict=True
    ):
        assert likely <= held <= min(1.0, 5 * one) or held == max(holm(p_values))
        assert held >= one
    assert holm([]) == []
    assert benjamini_hochberg([]) == []


def test_one_false_alarm_among_fifty_is_as_rare_as_it_should_be() -> None:
    rng = np.random.default_rng(7)
    alarms = [min(holm(rng.random(50).tolist())) < 0.05 for _ in range(2000)]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.012)
    assert 1 - simultaneous(50) == pytest.approx(0.001)
