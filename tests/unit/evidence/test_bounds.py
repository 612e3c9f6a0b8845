"""How many may count for an exact bound to stay within a share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lissom.errors import NoRowsError
from lissom.evidence.exact import exact_high, most_within


@given(st.integers(1, 1000), st.floats(0.001, 0.999), st.sampled_from([0.9, 0.95, 0.999]))
def test_the_most_that_may_count_is_the_last_that_an_exact_test_accepts(
    n: int, share: float, level: float
) -> None:
    most = most_within(n, share, level=level)
    assert -1 <= most < n
    if most >= 0:
        assert binom.cdf(most, n, share) <= 1 - level + 1e-9
        assert exact_high(most, n, level=level) <= share + 1e-9
    assert binom.cdf(most + 1, n, share) > 1 - level - 1e-9
    assert most_within(n, 0.0) == -1
    assert most_within(n, 1.0) == n


def test_nothing_cannot_be_bounded() -> None:
    with pytest.raises(NoRowsError):
        exact_high(0, 0)
