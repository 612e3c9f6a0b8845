"""A budget is met by the first point that keeps to it, or the nearest is named."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.shrink import Limits, Moves, Point, Tried, expect_loss, lay_points, nearest


def figure(value: float, low: float | None = None, high: float | None = None) -> Evidence:
    return Evidence("", value, low, high, 1, "ms", "", "")


def tried(size: float, loss: Measured, wait: Measured, speed: Measured) -> Tried:
    return Tried(Point(), figure(size), loss, wait, speed)


ONE = tried(20, figure(0.3, 0, 0.6), figure(4, 3, 5), figure(900, 800, 1000))


@pytest.mark.parametrize(
    ("limits", "is_met"),
    [
        (Limits(), True),
        (Limits(max_mib=20), True),
        (Limits(max_mib=19.9), False),
        (Limits(max_loss=0.6), True),
        (Limits(max_loss=0.59), False),
        (Limits(max_ms=5), True),
        (Limits(max_ms=4.9), False),
        (Limits(min_throughput=800), True),
        (Limits(min_throughput=801), False),
        (Limits(20, 5, 0.6, 801), False),
    ],
)
def test_the_cautious_end_of_a_figure_counts(limits: Limits, is_met: bool) -> None:  # noqa: FBT001 - a parameter
    assert ONE.meets(limits) is is_met


def test_what_was_not_measured_keeps_to_no_limit() -> None:
    absent = NotMeasured("", "none")
    unknown = tried(20, absent, absent, absent)
    assert unknown.meets(Limits(max_mib=20))
    for limits in (Limits(max_loss=9), Limits(max_ms=9e9), Limits(min_throughput=1e-6)):
        assert not unknown.meets(limits)


def test_the_nearest_is_the_one_whose_worst_excess_is_least() -> None:
    far = tried(10, figure(9), figure(1), figure(1))
    near = tried(24, figure(0.6), figure(1), figure(1))
    assert nearest([far, near], Limits(max_mib=20, max_loss=1)) == (near, "max_mib")
    assert nearest([far], Limits(max_mib=20, max_loss=1)) == (far, "max_loss")


def test_a_point_that_was_not_timed_is_judged_by_why_it_was_not() -> None:
    absent = NotMeasured("", "too large")
    untimed, slow = (
        tried(24, figure(0.1), absent, absent),
        tried(10, figure(0.1), figure(9), figure(1)),
    )
    assert nearest([slow, untimed], Limits(max_mib=20, max_ms=5)) == (untimed, "max_mib")


def test_points_begin_with_what_ships_without_a_budget_and_hold_each_one_once() -> None:
    for first in (Point(), Point("float32", 0.0), Point(certify=0.07)):
        points = lay_points(first, Moves((3, 1), is_trimmable=True))
        assert points[0] == first
        kinds = [(one.form, one.certify) for one in points]
        assert len(set(kinds)) == len(kinds)
        rest = [one.certify for one in points[1:]]
        assert rest == sorted(rest)


def test_what_cannot_be_left_out_is_not_tried() -> None:
    names = " ".join(one.name for one in lay_points(Point()))
    assert "layer" not in names
    assert "trimmed" not in names
    some = lay_points(Point(), Moves((2,)))
    assert {one.layers for one in some} == {0, 2}
    assert {one.vocabulary for one in some} == {"all"}


def test_confidence_is_shared_out() -> None:
    points = lay_points(Point())
    levels = [Point(one.weights, one.certify, len(points)).level for one in points]
    assert sum(1 - level for level in levels) == pytest.approx(0.05)


def test_a_planted_loss_is_expected_and_no_difference_costs_next_to_nothing() -> None:
    chances = np.tile(np.float32([0.7, 0.3]), (500, 1))
    full = np.zeros(500, np.int64)
    expected, upper = expect_loss(chances, full, full)
    assert expected == 0
    assert 0 < upper < 0.004
    other = full.copy()
    other[:50] = 1
    expected, upper = expect_loss(chances, full, other)
    assert expected == pytest.approx(0.1 * 0.4)
    assert expected < upper < 0.06
