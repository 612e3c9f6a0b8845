"""Intervals of differences hold what was seen, and hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.errors import NoRowsError
from lissom.evidence import difference, paired_difference


def test_a_published_example_of_newcombe_is_met() -> None:
    # Newcombe (1998), table II, case (a): 56/70 - 48/80.
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (20, 20), (0, 1)])
def test_all_or_nothing_still_leaves_room(hits: int, n: int) -> None:
    low, high = difference(hits, n, hits, n)
    assert low < 0 < high
    low, high = paired_difference(0, 0, n)
    assert low < 0 < high


def test_a_model_that_alone_is_right_everywhere_is_ahead_by_all() -> None:
    low, high = paired_difference(30, 0, 30)
    assert 0.7 < low < 1
    assert high == 1
    assert paired_difference(0, 30, 30) == pytest.approx((-1.0, -low))


def test_the_score_at_the_ends_is_the_quantile() -> None:
    """The ends of Tango's interval are where the constrained maximum lies 1.96 errors away."""
    b, c, n = 12, 5, 90
    for end in paired_difference(b, c, n):
        shares = np.linspace(max(0.0, -end) + 1e-9, (1 - end) / 2 - 1e-9, 200_001)
        rest = 1 - 2 * shares - end
        likely = b * np.log(shares + end) + c * np.log(shares) + (n - b - c) * np.log(rest)
        alone = shares[likely.argmax()]
        score = (b - c - n * end) / np.sqrt(n * (2 * alone + end * (1 - end)))
        assert abs(score) == pytest.approx(1.96, abs=1e-3)


def test_no_rows_have_no_difference() -> None:
    with pytest.raises(NoRowsError):
        paired_difference(0, 0, 0)
    with pytest.raises(NoRowsError):
        difference(0, 0, 1, 2)


def test_paired_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    chances = [0.75, 0.12, 0.06, 0.07]
    held = 0
    for counts in rng.multinomial(120, chances, 2000).tolist():
        low, high = paired_difference(counts[1], counts[2], 120)
        held += low <= 0.06 <= high
    assert 0.93 <= held / 2000 <= 0.98


def test_unpaired_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(6)
    first, second = rng.binomial(60, 0.9, 2000), rng.binomial(40, 0.75, 2000)
    bounds = [difference(int(a), 60, int(b), 40) for a, b in zip(first, second, strict=True)]
    held = sum(low <= 0.15 <= high for low, high in bounds)
    assert 0.93 <= held / 2000 <= 0.98
