"""Which task cells ask for, one spelling for each answer, and rows that can be learned from."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lissom.data import Dataset, Roles
from lissom.errors import NoneWordError, TaskWordError, TooFewClassesError
from lissom.learn import UNKNOWN
from lissom.pipeline.label_cells import find_kind, set_rare_apart, tidy
from lissom.pipeline.label_fitting import marks_of
from lissom.pipeline.order import Order
from lissom.pipeline.rows import Rows, prepare, read_inputs
from lissom.progress import Silent
from lissom.tasks import Labels, TextLabels


def order_of(cells: list[str | None], **asked: str | bool | None) -> Order:
    rng = np.random.default_rng(3)
    texts = [" ".join(f"{w}{rng.integers(999)}" for w in "abcdefgh") for _ in cells]
    frame = pl.DataFrame({"text": texts, "labels": pl.Series(cells, dtype=pl.String)})
    return Order(frame, **asked)  # type: ignore[arg-type]  # every one fits its field


def rows_of(cells: list[str | None], **asked: str | bool | None) -> Rows:
    order = order_of(cells, **asked)
    return prepare(read_inputs(order, Silent()), order)


def test_most_cells_with_several_names_make_labels_and_it_is_said() -> None:
    task, (note,) = find_kind(order_of([]), ["a|b", "b|c", None, "a"])
    assert task.word == "labels"
    assert "2 of 3 label cells" in note
    assert "--task classes" in note


def test_a_few_cells_with_several_names_stay_classes_and_it_is_said() -> None:
    task, (note,) = find_kind(order_of([]), ["a|b", "b", "a", "a"])
    assert task.word == "classes"
    assert "1 of 4" in note
    assert "--task labels" in note


def test_plain_cells_and_a_named_task_are_not_talked_about() -> None:
    assert find_kind(order_of([]), ["a", "b"])[1] == []
    assert find_kind(order_of([], task="labels"), ["a|b", "a", "b"])[1] == []
    assert find_kind(order_of([], task="classes"), ["a|b", "b|c"])[1] == []


def test_a_task_that_there_is_not_is_refused() -> None:
    with pytest.raises(TaskWordError, match="classes, labels"):
        find_kind(order_of([], task="tags"), ["a"])
    with pytest.raises(NoneWordError):
        find_kind(order_of([], none="nothing"), ["a"])


def test_a_slip_inside_a_list_is_named() -> None:
    cells = ["refund|late"] * 6 + ["refnud|late"]
    _, notes = find_kind(order_of([], task="labels"), cells)
    assert notes == ['Label "refnud" is on one row only. Did you mean "refund" (6 rows)?']


def test_cells_that_mean_the_same_are_the_same() -> None:
    frame = pl.DataFrame({"text": ["x"] * 4, "labels": ["b|a", " a|b|b", "|", None]})
    data = tidy(Dataset.from_frame(frame, Roles("text", "labels"), "m"), TextLabels())
    assert data.labels == ["a|b", "a|b", None, None]


def test_a_rare_label_is_taken_out_of_its_row_and_the_others_stay() -> None:
    cells: list[str | None] = ["a|b", "a|rare", "b", "odd", "-", None]
    (note,) = set_rare_apart(cells, TextLabels())
    assert cells == ["a|b", "a", "b", None, "-", None]
    assert '"odd", "rare"' in note


def test_rare_labels_stay_where_fewer_than_two_would_be_left() -> None:
    cells: list[str | None] = ["a|b", "a|c"]
    assert set_rare_apart(cells, TextLabels()) == []
    assert cells == ["a|b", "a|c"]


def test_targets_number_the_sets_and_marks_are_read_off_them() -> None:
    rows = rows_of(["b|a", "a", None, "-", "a|b"], task="labels", keep_rare_labels=True)
    assert rows.classes == ("a", "b")
    assert rows.output == Labels(("a", "b"), "-")
    assert rows.kind == "text-labels"
    assert rows.targets[0] == rows.targets[4]
    assert rows.targets[2] == UNKNOWN
    marks = marks_of(rows.targets, rows.sets)
    assert marks.tolist() == [[1, 1], [1, 0], [0, 0], [0, 0], [1, 1]]


def test_every_row_has_a_label_where_none_says_otherwise() -> None:
    rows = rows_of(["a|b", "a", "b", None])
    assert rows.kind == "text-classification"
    rows = rows_of(["a|b", "b|a", "b", None], keep_rare_labels=True)
    assert rows.output == Labels(("a", "b"), None)


def test_another_word_for_none_is_a_row_without_labels() -> None:
    rows = rows_of(["a|b", "b|a", "(nothing)", "a|b"], none="(nothing)")
    assert rows.output == Labels(("a", "b"), "(nothing)")
    assert rows.sets[rows.targets[2]].tolist() == [0, 0]


def test_one_label_beside_none_is_nothing_to_tell_apart() -> None:
    with pytest.raises(TooFewClassesError):
        rows_of(["a", "-", "a"], task="labels")


def test_other_labels_are_another_fingerprint() -> None:
    first = rows_of(["a|b", "a", "b"], task="labels", keep_rare_labels=True)
    again = rows_of(["b|a", "a", "b"], task="labels", keep_rare_labels=True)
    other = rows_of(["a|b", "b", "b"], task="labels", keep_rare_labels=True)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_the_column_of_lists_is_found_whatever_it_is_called() -> None:
    frame = pl.DataFrame(
        {
            "message": [f"a longer text with number {i} in it" for i in range(12)],
            "what": ["a|b", "b|c", "a|c"] * 4,
            "colour": ["red", "blue", "green"] * 4,
        }
    )
    inputs = read_inputs(Order(frame), Silent())
    assert inputs.train.roles.label == "what"
