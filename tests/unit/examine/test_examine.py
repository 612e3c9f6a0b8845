"""Figures are the field's own figures, and faults are said aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn import metrics

from lissom.evidence import Evidence, NotMeasured, find_name
from lissom.examine import (
    Answered,
    draw_abstention,
    draw_calibration,
    draw_task,
    find_warnings,
    measure_abstention,
    measure_calibration,
    measure_speed,
    measure_task,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.evidence import Measured


def _answered(
    n: int, classes: int, seed: int = 0, *, sharpness: float = 2.0, threshold: float = 0.5
) -> Answered:
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, classes, n)
    scores = rng.normal(size=(n, classes))
    scores[np.arange(n), targets] += 1
    powers = np.exp(sharpness * scores)
    probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    names = tuple(f"kind {i}" for i in range(classes))
    unsure = probabilities.max(axis=1, initial=0) < threshold
    return Answered(targets, probabilities, unsure, names, "made up", "no file")


def _said(targets: Sequence[int], predicted: Sequence[int], classes: int) -> Answered:
    chances = np.eye(classes, dtype=np.float32)[np.array(predicted, np.int64)]
    names = tuple("abcdefghijklmnop"[:classes])
    unsure = np.zeros(len(targets), np.bool_)
    return Answered(np.array(targets, np.int64), chances, unsure, names, "made up", "no file")


def _named(figures: Sequence[Measured]) -> dict[str, Measured]:
    found = {item.name: item for item in figures}
    assert len(found) == len(figures)
    for name in found:
        assert find_name(name) is not None
    return found


@pytest.mark.parametrize(("n", "classes", "seed"), [(10, 2, 0), (57, 3, 1), (400, 12, 2)])
def test_figures_agree_with_scikit_learn(n: int, classes: int, seed: int) -> None:
    answered = _answered(n, classes, seed)
    figures = _named(measure_task(answered, np.random.default_rng(0)))
    truth, said = answered.targets, answered.predicted
    seen = sorted(set(truth.tolist()) | set(said.tolist()))
    recall = metrics.recall_score(truth, said, labels=seen, average=None, zero_division=0)
    precision = metrics.precision_score(truth, said, labels=seen, average=None, zero_division=0)
    chances = answered.probabilities.astype(np.float64)[np.arange(n), truth]
    wanted = {
        "task.accuracy": metrics.accuracy_score(truth, said),
        "task.balanced_accuracy": recall[np.isin(seen, truth)].mean(),
        "task.macro_f1": metrics.f1_score(truth, said, labels=seen, average="macro"),
        "task.log_loss": -np.log(chances).mean(),
        "task.majority_share": np.bincount(truth).max() / n,
    }
    for number, kind in enumerate(seen):
        if (truth == kind).any():
            wanted[f"task.class.kind {kind}.recall"] = recall[number]
        if (said == kind).any():
            wanted[f"task.class.kind {kind}.precision"] = precision[number]
    for name, value in wanted.items():
        found = figures[name]
        assert isinstance(found, Evidence), name
        # Probabilities are float32, so their logarithms are alike to seven digits only.
        assert found.value == pytest.approx(value, abs=1e-6 if "log" in name else 1e-9), name
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high


def test_log_loss_agrees_with_scikit_learn_when_all_classes_are_there() -> None:
    answered = _answered(300, 4, 3)
    chances = answered.probabilities.astype(np.float64)
    chances /= chances.sum(axis=1, keepdims=True)
    figures = _named(measure_task(answered, np.random.default_rng(0)))
    found = figures["task.log_loss"]
    assert isinstance(found, Evidence)
    assert found.value == pytest.approx(metrics.log_loss(answered.targets, chances), abs=1e-6)


def test_a_class_without_rows_or_answers_is_not_measured() -> None:
    figures = _named(measure_task(_said([0, 0, 1] * 5, [0, 0, 0] * 5, 3), np.random.default_rng(0)))
    assert isinstance(figures["task.class.b.precision"], NotMeasured)
    assert isinstance(figures["task.class.c.recall"], NotMeasured)
    assert isinstance(figures["task.class.b.recall"], Evidence)


def test_without_rows_nothing_is_measured_drawn_or_warned_of() -> None:
    empty = _answered(0, 3)
    rng = np.random.default_rng(0)
    figures = (
        *measure_task(empty, rng),
        *measure_calibration(empty),
        *measure_abstention(empty, threshold=0.5, promised=None),
    )
    assert len(figures) > 4
    for item in figures:
        # The threshold is a setting; every figure that rows would give has a reason instead.
        assert isinstance(item, NotMeasured) or item.name == "abstention.threshold"
    assert not draw_task(empty)
    assert not draw_calibration(empty)
    assert not draw_abstention(empty)
    assert find_warnings(empty) == ()


def test_few_rows_are_measured_as_far_as_they_go() -> None:
    figures = _named(measure_task(_answered(9, 2), np.random.default_rng(0)))
    assert isinstance(figures["task.accuracy"], Evidence)
    assert isinstance(figures["task.macro_f1"], NotMeasured)
    few = measure_calibration(_answered(99, 2))
    assert [type(item) for item in few] == [NotMeasured, Evidence, Evidence]


def test_calibration_tells_a_boaster_from_an_honest_model() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 4000)

    def ece(shown: NDArray[np.float64]) -> Evidence:
        targets = (rng.random(4000) > sure).astype(np.int64)
        chances = np.stack([shown, 1 - shown], axis=1).astype(np.float32)
        answered = Answered(
            targets, chances, np.zeros(4000, np.bool_), ("a", "b"), "made up", "no file"
        )
        found = measure_calibration(answered)[0]
        assert isinstance(found, Evidence)
        return found

    honest, boasting = ece(sure), ece(np.minimum(1, sure + 0.2))
    assert honest.value < 0.04
    assert boasting.value == pytest.approx(0.16, abs=0.04)
    assert boasting.low is not None
    assert honest.high is not None
    assert boasting.low > honest.high


def test_abstention_counts_the_answers_it_gives_alone() -> None:
    answered = _said([0, 0, 1, 1], [0, 1, 1, 1], 2)
    answered.is_unsure[1] = True
    figures = _named(measure_abstention(answered, threshold=0.7, promised=0.95))
    values = [item.value for item in figures.values() if isinstance(item, Evidence)]
    assert values == [0.75, 1.0, 0.7]
    answered.is_unsure[:] = True
    figures = _named(measure_abstention(answered, threshold=0.7, promised=0.95))
    assert isinstance(figures["abstention.precision"], NotMeasured)


def test_a_model_that_always_says_the_same_is_called_collapsed() -> None:
    warnings = find_warnings(_said([0, 1] * 50, [1] * 100, 2))
    assert any('says "b" to 100%' in said for said in warnings)
    # Clean controls: right answers, and rows that really are nearly all the same.
    assert find_warnings(_said([0, 1] * 50, [0, 1] * 50, 2)) == ()
    assert find_warnings(_said([1] * 99 + [0], [1] * 99 + [0], 2)) == ()


def test_a_label_that_is_never_answered_is_named() -> None:
    (said,) = find_warnings(_said([0, 1, 2] * 10, [0, 1, 1] * 10, 3))
    assert 'never answers "c"' in said
    # A class that has no rows need not be answered.
    assert find_warnings(_said([0, 1] * 10, [0, 1] * 10, 3)) == ()
    many = find_warnings(_said(list(range(16)) * 2, [0, 1] * 16, 16))
    assert "and 9 more" in many[-1]


@pytest.mark.parametrize(("n", "classes"), [(1, 2), (9, 2), (10, 2), (35, 3), (300, 30)])
def test_pictures_have_columns_of_equal_length_and_the_ones_they_name(n: int, classes: int) -> None:
    answered = _answered(n, classes)
    pictures = (
        *draw_task(answered),
        *draw_calibration(answered),
        *draw_abstention(answered),
    )
    names = {picture.name for picture in pictures}
    assert len(names) == len(pictures)
    assert "task.confusion" in names
    assert {"calibration.reliability", "abstention.curve"} <= names or n < 10
    for picture in pictures:
        assert len({len(column) for column in picture.columns.values()}) == 1
        used = {picture.x, picture.y, picture.low, picture.high, picture.colour} - {""}
        assert used <= set(picture.columns)


def test_the_confusion_picture_counts_every_row() -> None:
    answered = _answered(300, 5)
    (confusion,) = (one for one in draw_task(answered) if one.name == "task.confusion")
    assert sum(confusion.columns["rows"]) == 300
    table = metrics.confusion_matrix(answered.targets, answered.predicted)
    assert list(confusion.columns["rows"]) == table.ravel().tolist()


class _Clock:
    """A clock that goes on by as much as the fake work takes."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_speed_is_what_the_clock_says() -> None:
    clock = _Clock()
    asked: list[int] = []

    def answer(texts: Sequence[str]) -> None:
        asked.append(len(texts))
        clock.now += 0.004 * len(texts) + (0.016 if texts == ["text 7"] else 0)

    texts = [f"text {i}" for i in range(40)]
    figures = _named(measure_speed(answer, [*texts, *texts], clock, source="made up"))
    p50 = figures["cost.latency_p50_ms"]
    p95 = figures["cost.latency_p95_ms"]
    speed = figures["cost.throughput_texts_per_s"]
    assert isinstance(p50, Evidence)
    assert isinstance(p95, Evidence)
    assert isinstance(speed, Evidence)
    assert (p50.value, p50.n) == (pytest.approx(4), 40)
    assert p95.high == pytest.approx(20)
    assert (speed.value, speed.n) == (pytest.approx(250), 5)
    # A warm-up, each distinct text alone, then five rounds of all; repeats are left out.
    assert asked == [20, *[1] * 40, *[40] * 5]


def test_too_few_texts_have_no_speed() -> None:
    figures = measure_speed(lambda _texts: None, ["same"] * 50, _Clock(), source="made up")
    assert [type(item) for item in figures] == [NotMeasured] * 4
    assert "1 distinct" in figures[0].reason
