"""Whether probabilities mean what they say, and what is answered without asking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from made import answers, draw, say

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.examine import (
    Answered,
    draw_abstention,
    draw_calibration,
    measure_abstention,
    measure_calibration,
)
from lissom.examine.calibration import FEWEST, best_temperature, measure_passing
from lissom.examine.expected_error import expected_error

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measure(answered: Answered) -> Measured:
    figure = measure_calibration(answered)[0]
    assert figure.name == "calibration.ece"
    return figure


def calibration_error(sureness: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    return expected_error(sureness, right).plain


def test_a_calibrated_model_has_a_small_error_and_an_overconfident_one_a_large_one() -> None:
    honest, boastful = (measure(draw(2000, 3, seed=1, truth=truth)) for truth in (1.0, 4.0))
    assert isinstance(honest, Evidence)
    assert isinstance(boastful, Evidence)
    assert honest.value < 0.03
    assert boastful.value > 0.1
    assert boastful.low is not None
    assert honest.high is not None
    assert boastful.low > honest.high


def test_an_underconfident_model_has_a_large_error_too() -> None:
    figure = measure(draw(2000, 3, seed=1, truth=0.2))
    assert isinstance(figure, Evidence)
    assert figure.value > 0.1


def test_the_error_is_the_gap_that_was_planted() -> None:
    sureness = np.repeat([0.6, 0.9], 500)
    right = np.tile([True] * 7 + [False] * 3, 100)
    assert calibration_error(sureness, right) == pytest.approx(0.15)
    assert calibration_error(np.full(1000, 0.8), right) == pytest.approx(0.1)


def test_the_error_does_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    sureness, right = rng.uniform(0.3, 1, 500), rng.random(500) < 0.7
    order = rng.permutation(500)
    found = calibration_error(sureness[order], right[order])
    assert found == pytest.approx(calibration_error(sureness, right))


def test_calibration_is_not_measured_on_too_few_rows() -> None:
    for rows in (0, FEWEST - 1):
        figure = measure(cut(rows))
        assert isinstance(figure, NotMeasured)
        assert f"{rows} labelled rows" in figure.reason
    assert isinstance(measure(cut(FEWEST)), Evidence)


def cut(rows: int) -> Answered:
    made = draw(2 * FEWEST, 2, seed=1)
    return answers(made.targets[:rows], made.probabilities[:rows].astype(np.float64))


def test_the_interval_contains_the_error_and_stays_above_zero() -> None:
    for seed in range(4):
        figure = measure(draw(250, 3, seed=seed))
        assert isinstance(figure, Evidence)
        assert figure.low is not None
        assert figure.high is not None
        assert 0 <= figure.low <= figure.value <= figure.high


@pytest.mark.parametrize("rows", [10, 11, 57, 200])
def test_columns_of_the_pictures_are_equally_long_and_count_every_row(rows: int) -> None:
    made = cut(rows)
    (reliability,) = draw_calibration(made)
    (curve,) = draw_abstention(made)
    for picture in (reliability, curve):
        assert len({len(column) for column in picture.columns.values()}) == 1
        assert {picture.x, picture.y, picture.low, picture.high} <= set(picture.columns)
        lows, shares, highs = (
            picture.columns[name] for name in (picture.low, picture.y, picture.high)
        )
        for low, middle, high in zip(lows, shares, highs, strict=True):
            assert float(low) <= float(middle) <= float(high)
    assert sum(int(count) for count in reliability.columns["rows"]) == rows
    assert list(reliability.columns["probability"]) == sorted(reliability.columns["probability"])
    assert curve.columns["answered"][-1] == 1
    assert curve.columns["right"][-1] == pytest.approx(made.right.mean())


def test_too_few_rows_draw_nothing() -> None:
    assert draw_calibration(cut(9)) == ()
    assert draw_abstention(cut(9)) == ()


def test_the_surest_answers_come_first_in_the_curve() -> None:
    said = np.column_stack([np.linspace(0.99, 0.51, 20), np.linspace(0.01, 0.49, 20)])
    targets = np.array([0] * 10 + [1] * 10)
    (curve,) = draw_abstention(answers(targets, said))
    assert curve.columns["right"][9] == 1
    assert curve.columns["right"][-1] == 0.5


def test_the_answered_share_and_its_precision_are_counted_right() -> None:
    made = say([0] * 8 + [1] * 2, [0] * 6 + [1] * 4, 2)  # rows 6 and 7 are wrong
    unsure = np.array([True] + [False] * 6 + [True] * 3)  # six answered, row 6 is wrong
    figures = measure_abstention(replace(made, is_unsure=unsure), threshold=0.7, promised=0.9)
    answered, precision, threshold = figures
    assert isinstance(answered, Evidence)
    assert isinstance(precision, Evidence)
    assert isinstance(threshold, Evidence)
    assert (answered.name, answered.value, answered.n) == ("abstention.answered_share", 0.6, 10)
    assert (precision.name, precision.n) == ("abstention.precision", 6)
    assert precision.value == pytest.approx(5 / 6)
    assert (threshold.value, threshold.low, threshold.high) == (0.7, None, None)
    assert "promise 90%" in precision.method


def test_precision_is_not_measured_where_nothing_was_answered() -> None:
    made = replace(say([0, 1], [0, 1], 2), is_unsure=np.ones(2, np.bool_))
    answered, precision, _ = measure_abstention(made, threshold=0.5, promised=None)
    assert isinstance(answered, Evidence)
    assert answered.value == 0
    assert "no promise could be made" in answered.method
    assert isinstance(precision, NotMeasured)


@pytest.mark.parametrize("power", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_planted_is_found_with_its_error(power: float) -> None:
    found = {item.name: item for item in measure_calibration(draw(3000, 4, seed=3, truth=power))}
    left = found["calibration.temperature_left"]
    assert isinstance(left, Evidence)
    assert left.low is not None
    assert left.high is not None
    assert left.low < power < left.high
    assert left.high / left.low < 1.3


def test_temperature_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(100):
        logs = np.log(draw(150, 3, seed=seed).probabilities.astype(np.float64))
        value, spread = best_temperature(logs, draw(150, 3, seed=seed).targets)
        held += abs(np.log(value)) <= 1.96 * spread
    assert held >= 88


def test_leaning_is_seen_with_few_rows() -> None:
    lean = measure_calibration(say([0] * 40, [0] * 20 + [1] * 20, 2))[1]
    assert isinstance(lean, Evidence)
    assert lean.value == pytest.approx(40)
    assert lean.low is not None
    assert lean.low > 20
    assert isinstance(measure_calibration(cut(0))[1], NotMeasured)


def test_without_probabilities_nothing_is_calibrated() -> None:
    labels = replace(cut(FEWEST), says="label")
    assert all(isinstance(item, NotMeasured) for item in measure_calibration(labels))
    assert draw_calibration(labels) == draw_abstention(labels) == ()
    best = measure_calibration(replace(cut(FEWEST), says="best"))
    assert [type(item) for item in best] == [Evidence, Evidence, NotMeasured]


def test_passing_on_is_counted_only_where_the_model_can() -> None:
    made = say([0] * 8 + [1] * 2, [0] * 6 + [1] * 4, 2)
    unsure = np.array([True] + [False] * 6 + [True] * 3)
    answered, precision = measure_passing(replace(made, is_unsure=unsure))
    assert isinstance(answered, Evidence)
    assert isinstance(precision, Evidence)
    assert (answered.value, precision.n) == (0.6, 6)
    never = measure_passing(replace(made, can_pass=False))
    assert all(isinstance(item, NotMeasured) for item in never)
