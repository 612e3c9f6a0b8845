"""A promise is broken no more often than it says, and not made where it cannot be backed."""

from __future__ import annotations

import numpy as np
import pytest
from made import answers, draw, say

from lissom.evidence import Evidence, NotMeasured
from lissom.examine.expected_error import expected_error
from lissom.examine.promise import find_threshold, measure_promise
from lissom.examine.sets import measure_sets, measure_venn_abers, set_threshold, venn_abers

RUNS = 120


def sharp(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are true, and whether each answer was right."""
    sure = 0.5 + 0.5 * rng.beta(2.0, 0.7, n)
    return sure, rng.random(n) < sure


def true_precision(least: float) -> float:
    sure, _ = sharp(100_000, np.random.default_rng(99))
    return float(sure[sure >= least].mean())


@pytest.mark.parametrize(("n", "precision"), [(150, 0.9), (600, 0.95)])
def test_a_promise_is_broken_in_at_most_one_run_of_twenty(n: int, precision: float) -> None:
    rng = np.random.default_rng(0)
    known = {k / 100: true_precision(k / 100) for k in range(50, 100)}
    made = broken = 0
    for _ in range(RUNS):
        found = find_threshold(*sharp(n, rng), precision=precision)
        if found is not None:
            made += 1
            broken += known[min(max(round(found.least, 2), 0.5), 0.99)] < precision - 0.005
    assert made > RUNS / 10
    assert broken <= 0.05 * RUNS


def test_too_few_rows_back_no_promise() -> None:
    sure = np.linspace(0.6, 1, 30)
    assert find_threshold(sure, np.ones(30, np.bool_), precision=0.95) is None
    names = [
        item.name
        for item in measure_promise(say([0, 1] * 15, [0, 1] * 15, 2), rng(), precision=0.95)
    ]
    assert names == ["promise.answered_share", "promise.precision", "promise.threshold"]


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_a_promise_is_counted_on_rows_that_did_not_choose_it() -> None:
    figures = {
        item.name: item for item in measure_promise(draw(3000, 3, seed=2), rng(), precision=0.9)
    }
    kept, right = figures["promise.answered_share"], figures["promise.precision"]
    assert isinstance(kept, Evidence)
    assert isinstance(right, Evidence)
    assert 0.1 < kept.value < 0.9
    assert right.high is not None
    assert right.high >= 0.9
    assert "other half" in right.method
    lost = measure_promise(draw(300, 3, seed=2, truth=1.0), rng(), precision=0.999)
    assert all(isinstance(item, NotMeasured) for item in lost)


def test_sets_hold_the_answer_as_often_as_they_should() -> None:
    figures = {item.name: item for item in measure_sets(draw(3000, 5, seed=4), rng())}
    held, size = figures["sets.coverage"], figures["sets.size"]
    assert isinstance(held, Evidence)
    assert isinstance(size, Evidence)
    assert held.value == pytest.approx(0.9, abs=0.02)
    assert 1 < size.value < 5
    worst = figures["sets.worst_class_coverage"]
    assert isinstance(worst, Evidence)
    assert worst.value <= held.value


def test_sets_need_rows_and_probabilities() -> None:
    assert all(isinstance(item, NotMeasured) for item in measure_sets(draw(39, 3, seed=1), rng()))
    assert set_threshold(np.array([[0.5, 0.5]] * 5), np.zeros(5, np.int64)) == 0


def test_one_of_the_two_probabilities_is_calibrated() -> None:
    made = draw(4000, 2, seed=7, truth=4.0)
    half = np.arange(4000) < 2000
    low, high = venn_abers(made.sureness[half], made.right[half], made.sureness[~half])
    assert ((low <= high) & (low >= 0) & (high <= 1)).all()
    middle = high / (1 - low + high)
    right = made.right[~half]
    boastful = expected_error(made.sureness[~half], right)
    mended = expected_error(middle, right)
    assert mended.value < boastful.value / 2
    (width,) = measure_venn_abers(made, rng())
    assert isinstance(width, Evidence)
    assert 0 < width.value < 0.1


def test_the_width_grows_as_rows_get_fewer() -> None:
    widths = []
    for n in (80, 800):
        (figure,) = measure_venn_abers(draw(n, 2, seed=5), rng())
        assert isinstance(figure, Evidence)
        widths.append(figure.value)
    assert widths[0] > 2 * widths[1]


def test_the_calibration_error_is_without_its_bias_and_its_interval_holds() -> None:
    chance = np.random.default_rng(8)
    values, held = [], 0
    for _ in range(200):
        sure = chance.uniform(0.5, 1, 200)
        found = expected_error(sure, chance.random(200) < sure)
        values.append(found.value)
        held += found.low <= 0.0
        assert found.plain > 0.02
    assert np.mean(values) < 0.03
    assert held >= 0.92 * 200


def test_rows_with_one_probability_share_a_bin() -> None:
    said = np.array([[0.8, 0.2]] * 100)
    made = answers(np.array([0] * 60 + [1] * 40), said)
    turned = answers(np.array([1] * 40 + [0] * 60), said)
    one, other = (expected_error(item.sureness, item.right) for item in (made, turned))
    assert one == other
    assert one.plain == pytest.approx(0.2)
