"""Figures of right and wrong, held against scikit-learn's."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from made import answers, draw, say
from sklearn import metrics

from lissom.evidence import Evidence, Measured, NotMeasured, Picture
from lissom.examine import Answered, draw_task, measure_task, share
from lissom.examine.task import balanced_accuracy, macro_f1


def measure(answered: Answered) -> dict[str, Measured]:
    return {figure.name: figure for figure in measure_task(answered, np.random.default_rng(0))}


def value(figures: dict[str, Measured], name: str) -> float:
    figure = figures[name]
    assert isinstance(figure, Evidence), name
    return figure.value


@pytest.mark.parametrize(("rows", "classes", "seed"), [(60, 2, 1), (150, 5, 2), (45, 9, 3)])
def test_figures_agree_with_scikit_learn(rows: int, classes: int, seed: int) -> None:
    made = draw(rows, classes, seed=seed)
    figures = measure(made)
    true, said = made.targets, made.predicted
    wanted = {
        "task.accuracy": metrics.accuracy_score(true, said),
        "task.balanced_accuracy": _balanced(made),
        # Both take the mean over classes that have a row or an answer.
        "task.macro_f1": metrics.f1_score(true, said, average="macro"),
        "task.log_loss": metrics.log_loss(
            true, made.probabilities.astype(np.float64), labels=range(classes)
        ),
    }
    for name, figure in wanted.items():
        assert value(figures, name) == pytest.approx(figure, abs=1e-9), name
    kinds = range(classes)
    precisions = metrics.precision_score(
        true, said, labels=kinds, average=None, zero_division=np.nan
    )
    recalls = metrics.recall_score(true, said, labels=kinds, average=None, zero_division=np.nan)
    for number, name in enumerate(made.classes):
        for kind, found in (("precision", precisions), ("recall", recalls)):
            figure = figures[f"task.class.{name}.{kind}"]
            if np.isnan(found[number]):
                assert isinstance(figure, NotMeasured)
            else:
                assert isinstance(figure, Evidence)
                assert figure.value == pytest.approx(found[number], abs=1e-9)


def _balanced(made: Answered) -> float:
    with warnings.catch_warnings():
        # It warns of answers that no row has; like ours, it leaves them out.
        warnings.simplefilter("ignore", UserWarning)
        return float(metrics.balanced_accuracy_score(made.targets, made.predicted))


@pytest.mark.parametrize(
    ("targets", "predicted"),
    [
        ([0, 0, 0, 1], [0, 0, 2, 2]),  # a class that is only answered
        ([0, 1, 2, 2], [0, 0, 0, 0]),  # classes that are never answered
        ([1, 1, 1, 1], [1, 1, 1, 1]),  # one class
    ],
)
def test_absent_classes_count_as_scikit_learn_counts_them(
    targets: list[int], predicted: list[int]
) -> None:
    made = say(targets, predicted, 4)
    assert balanced_accuracy(made.targets, made.predicted, 4) == pytest.approx(_balanced(made))
    found = metrics.f1_score(targets, predicted, average="macro")
    assert macro_f1(made.targets, made.predicted, 4) == pytest.approx(found)


def test_every_interval_contains_its_figure() -> None:
    for seed in range(3):
        for figure in measure(draw(40, 4, seed=seed)).values():
            if isinstance(figure, Evidence):
                assert figure.low is not None
                assert figure.high is not None
                assert figure.low <= figure.value <= figure.high


def test_the_share_of_the_largest_class_stands_beside_accuracy() -> None:
    figures = measure(say([0] * 15 + [1] * 5, [0] * 20, 2))
    assert value(figures, "task.majority_share") == 0.75
    assert value(figures, "task.accuracy") == 0.75
    assert value(figures, "task.balanced_accuracy") == 0.5


def test_an_answer_that_was_called_impossible_costs_much_but_not_infinity() -> None:
    said = np.tile([1.0, 0.0], (20, 1))
    found = value(measure(answers(np.ones(20, np.int64), said)), "task.log_loss")
    assert found == pytest.approx(-np.log(1e-12))


def test_no_rows_are_not_measured() -> None:
    empty = answers(np.zeros(0, np.int64), np.zeros((0, 3)))
    figures = measure(empty)
    assert len(figures) == 5 + 2 * 3  # precision and recall of each class
    assert all(isinstance(figure, NotMeasured) for figure in figures.values())
    assert isinstance(share("task.accuracy", 0, 0, "", ""), NotMeasured)
    assert draw_task(empty) == ()


def test_fewer_than_ten_rows_have_an_accuracy_and_no_resampled_figure() -> None:
    figures = measure(say([0, 1] * 4 + [0], [0, 1] * 4 + [0], 2))
    assert value(figures, "task.accuracy") == 1
    assert isinstance(figures["task.macro_f1"], NotMeasured)
    ten = measure(say([0, 1] * 5, [0, 1] * 5, 2))
    assert value(ten, "task.macro_f1") == 1


def columns_are_equally_long(picture: Picture) -> bool:
    return len({len(column) for column in picture.columns.values()}) == 1


def test_the_picture_counts_every_row_in_the_cell_where_it_belongs() -> None:
    made = say([0, 0, 0, 1, 2], [0, 0, 1, 1, 0], 3)
    (picture,) = draw_task(made)
    assert columns_are_equally_long(picture)
    cells = set(zip(*(picture.columns[name] for name in ("label", "answer", "rows")), strict=True))
    assert cells == {
        ("kind 0", "kind 0", 2),
        ("kind 0", "kind 1", 1),
        ("kind 1", "kind 1", 1),
        ("kind 2", "kind 0", 1),
    }
    assert {picture.x, picture.y, picture.colour} == set(picture.columns)


def test_where_rows_came_from_is_written_on_every_figure() -> None:
    made = replace(draw(30, 2, seed=1), method="cross-fitted, 5 folds", source="inbox.csv")
    for figure in measure(made).values():
        assert isinstance(figure, Evidence)
        assert figure.source == "inbox.csv"
        assert "cross-fitted, 5 folds" in figure.method
