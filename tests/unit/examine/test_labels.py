"""Figures of sets of labels, against counting by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from made import known
from sklearn.metrics import f1_score, hamming_loss, precision_score, recall_score

from lissom.evidence import Evidence, Measured, NotMeasured, find_name
from lissom.examine import measure_abstention, measure_calibration
from lissom.examine.labels import (
    NOTHING,
    AnsweredLabels,
    constant_f1,
    draw_labels,
    measure_label_calibration,
    measure_labels,
    measure_micro_f1,
)
from lissom.examine.warn_labels import find_label_warnings


def told(
    wanted: np.ndarray, given: np.ndarray, chances: np.ndarray | None = None
) -> AnsweredLabels:
    rows, labels = wanted.shape
    chances = np.where(given, 0.8, 0.1) if chances is None else chances
    right = np.where(given, chances, 1 - chances).prod(axis=1)
    names = tuple(f"kind {i}" for i in range(labels))
    unsure = np.zeros(rows, np.bool_)
    return AnsweredLabels(
        wanted.astype(np.bool_),
        given.astype(np.bool_),
        chances.astype(np.float32),
        right.astype(np.float32),
        unsure,
        names,
        "planted",
        "test rows",
    )


def drawn(rows: int, labels: int, seed: int, wrong: float = 0.2) -> AnsweredLabels:
    rng = np.random.default_rng(seed)
    wanted = rng.random((rows, labels)) < np.linspace(0.6, 0.05, labels)
    return told(wanted, wanted ^ (rng.random(wanted.shape) < wrong))


def figures(answered: AnsweredLabels) -> dict[str, Measured]:
    return {item.name: item for item in measure_labels(answered, np.random.default_rng(0))}


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_scikit_learn(seed: int) -> None:
    answered = drawn(200, 5, seed)
    found = figures(answered)
    truth, said = answered.wanted, answered.given
    wanted = {
        "task.micro_f1": f1_score(truth, said, average="micro"),
        "task.macro_f1": f1_score(truth, said, average="macro"),
        "task.samples_f1": f1_score(truth, said, average="samples", zero_division=1),
        "task.micro_precision": precision_score(truth, said, average="micro"),
        "task.micro_recall": recall_score(truth, said, average="micro"),
        "task.hamming_loss": hamming_loss(truth, said),
        "task.subset_accuracy": (truth == said).all(axis=1).mean(),
    }
    for name, value in wanted.items():
        item = found[name]
        assert isinstance(item, Evidence)
        assert item.value == pytest.approx(value), name
        assert item.low is not None
        assert item.high is not None
        assert 0 <= item.low <= item.value <= item.high <= 1
        assert item.n == 200
    for i in range(5):
        for name, score in (
            ("f1", f1_score),
            ("precision", precision_score),
            ("recall", recall_score),
        ):
            item = found[f"task.class.kind {i}.{name}"]
            assert isinstance(item, Evidence)
            assert item.value == pytest.approx(score(truth[:, i], said[:, i]))


def test_every_figure_has_a_documented_name() -> None:
    answered = drawn(250, 3, 4)
    rng = np.random.default_rng(0)
    items = (*measure_labels(answered, rng), *measure_label_calibration(answered, rng))
    assert [item.name for item in items if find_name(item.name) is None] == []
    units = {item.name: item.unit for item in items if isinstance(item, Evidence)}
    named = {name: entry.unit for name in units if (entry := find_name(name))}
    assert units == named


def test_the_interval_of_f1_holds_the_truth_about_as_often_as_it_says() -> None:
    # Two hundred labels that have nothing to do with each other are as good as as many runs.
    rng = np.random.default_rng(0)
    wanted = rng.random((60, 200)) < 0.4
    given = wanted ^ (rng.random((60, 200)) < np.where(wanted, 0.2, 0.1))
    found = figures(told(wanted, given))
    items = [known(found, f"task.class.kind {number}.f1") for number in range(200)]
    # hits 0.32, missed 0.08, wrongly given 0.06
    held = sum((item.low or 0) <= 0.64 / 0.78 <= (item.high or 0) for item in items)
    assert 180 <= held <= 200


def test_the_best_constant_set_is_found() -> None:
    rng = np.random.default_rng(1)
    wanted = rng.random((300, 6)) < np.array([0.7, 0.5, 0.4, 0.1, 0.05, 0.01])
    best = 0.0
    for code in range(1, 64):
        given = np.tile([bool(code >> i & 1) for i in range(6)], (300, 1))
        best = max(best, f1_score(wanted, given, average="micro"))
    assert constant_f1(wanted.sum(axis=0).astype(np.float64), 300) == pytest.approx(best)


def test_few_rows_say_so_and_are_never_zero() -> None:
    found = figures(drawn(9, 3, 2))
    assert isinstance(found["task.micro_f1"], NotMeasured)
    assert isinstance(found["task.subset_accuracy"], Evidence)
    assert "9 labelled rows" in found["task.micro_f1"].reason
    calibration = measure_label_calibration(drawn(199, 3, 2), np.random.default_rng(0))
    assert isinstance(calibration[0], NotMeasured)


def test_a_label_that_no_row_has_or_was_given_is_not_measured() -> None:
    wanted = np.zeros((20, 2), np.bool_)
    wanted[:9, 0] = True
    found = figures(told(wanted, wanted.copy()))
    for figure in ("precision", "recall", "f1"):
        assert isinstance(found[f"task.class.kind 1.{figure}"], NotMeasured)
        assert isinstance(found[f"task.class.kind 0.{figure}"], Evidence)


def test_true_probabilities_are_calibrated_and_shifted_ones_are_not() -> None:
    rng = np.random.default_rng(3)
    chances = rng.random((4000, 4))
    wanted = rng.random(chances.shape) < chances

    def error(said: np.ndarray) -> float:
        answered = told(wanted, said >= 0.5, said)
        item = measure_label_calibration(answered, np.random.default_rng(0))[0]
        assert isinstance(item, Evidence)
        assert item.low is not None
        assert item.low <= item.value
        return item.value

    assert error(chances) < 0.03
    assert error(np.clip(chances + 0.2, 0, 1)) > 0.1
    shifted = told(wanted, chances >= 0.5, np.clip(chances + 0.2, 0, 1))
    gap = figures(shifted)["calibration.class.kind 0.gap"]
    assert isinstance(gap, Evidence)
    assert gap.low is not None
    assert gap.low > 10


def test_whole_answers_go_through_the_figures_of_one_class() -> None:
    answered = drawn(400, 3, 5, wrong=0.05)
    ece = measure_calibration(answered)[0]
    assert isinstance(ece, Evidence)
    kept = measure_abstention(answered, threshold=0.5, promised=None)
    assert [item.name for item in kept][:2] == ["abstention.answered_share", "abstention.precision"]
    precision = kept[1]
    assert isinstance(precision, Evidence)
    assert precision.value == pytest.approx(answered.right.mean())


def test_a_picture_shows_what_is_missed_and_what_is_given_instead() -> None:
    wanted = np.array([[1, 0, 0]] * 5 + [[0, 1, 0]] * 2 + [[0, 0, 1], [0, 0, 0]], np.bool_)
    given = np.array([[1, 0, 0]] * 3 + [[0, 1, 0]] * 2 + [[0, 1, 0]] * 2 + [[0, 0, 0], [0, 0, 1]])
    (picture,) = draw_labels(told(wanted, given.astype(np.bool_)))
    cells = zip(*(picture.columns[name] for name in ("label", "answer", "rows")), strict=True)
    assert set(cells) == {
        ("kind 0", "kind 0", 3),
        ("kind 0", "kind 1", 2),
        ("kind 1", "kind 1", 2),
        ("kind 2", NOTHING, 1),
        (NOTHING, "kind 2", 1),
    }


def test_a_way_of_learning_is_measured_by_itself() -> None:
    answered = drawn(100, 4, 6)
    item = measure_micro_f1(
        answered.wanted, answered.given, np.random.default_rng(0), ("held out", "rows")
    )
    assert isinstance(item, Evidence)
    assert item.value == pytest.approx(f1_score(answered.wanted, answered.given, average="micro"))


def test_a_sound_model_brings_no_warning() -> None:
    assert find_label_warnings(drawn(200, 4, 7)) == ()
    nothing = np.zeros((0, 2), np.bool_)
    assert find_label_warnings(told(nothing, nothing)) == ()


def test_the_same_labels_for_all_are_said_loudly() -> None:
    wanted = drawn(100, 3, 8).wanted
    given = np.tile([True, False, False], (100, 1))
    warnings = find_label_warnings(told(wanted, given))
    assert "gives all 100 rows the same labels" in warnings[0]
    assert any('never gives "kind 1"' in warning for warning in warnings)


def test_a_label_given_to_nearly_all_rows_is_named() -> None:
    answered = drawn(300, 3, 9, wrong=0.0)
    answered.given[:, 2] = True
    answered.given[0, 2] = False
    (warning,) = find_label_warnings(answered)
    assert '"kind 2" to nearly every row' in warning


def test_a_label_with_a_handful_of_rows_may_be_missed_in_silence() -> None:
    wanted = np.zeros((100, 2), np.bool_)
    wanted[:50, 0], wanted[:9, 1] = True, True
    given = wanted.copy()
    given[:, 1] = False
    assert find_label_warnings(told(wanted, given)) == ()
    wanted[9, 1] = True
    assert 'never gives "kind 1"' in find_label_warnings(told(wanted, given))[0]
