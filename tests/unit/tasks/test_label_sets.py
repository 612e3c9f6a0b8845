"""How label cells are read, and which labels probabilities amount to."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.errors import NoneWordError, TooFewClassesError
from lissom.tasks import (
    Labels,
    TextClassification,
    TextLabels,
    choose_labels,
    choose_task,
    set_sureness,
    split_cell,
)

TASK = TextLabels()


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("b|a", ("a", "b")),
        (" a | b ", ("a", "b")),
        ("a|a|a", ("a",)),
        ("a||b|", ("a", "b")),
        ("late parcel", ("late parcel",)),
        ("-", ()),
        ("a|-", ("a",)),
        ("a-b", ("a-b",)),
    ],
)
def test_a_cell_is_read_whatever_its_order_blanks_and_repeats(
    cell: str, names: tuple[str, ...]
) -> None:
    assert TASK.names_in(cell) == names
    assert TASK.names_in(TASK.tidy(cell)) == names
    assert TASK.tidy(TASK.tidy(cell)) == TASK.tidy(cell)


def test_a_cell_of_separators_says_nothing_and_is_not_none() -> None:
    assert TASK.tidy(" | ") == ""
    assert TASK.tidy("-") == "-"


def test_rows_may_have_none_only_where_a_row_says_so() -> None:
    with_none = TASK.read_output(["a", "b", "-"])
    without = TASK.read_output(["a|b", "b"])
    assert isinstance(with_none, Labels)
    assert isinstance(without, Labels)
    assert (with_none.none, without.none) == ("-", None)
    nothing = np.float32([[0.1, 0.4]])
    assert TASK.decode(nothing, with_none) == ["-"]
    assert TASK.decode(nothing, without) == ["b"]


def test_another_word_for_none_is_used_in_and_out() -> None:
    task = choose_task("labels", [], none=" (no genres listed) ")
    output = task.read_output(["a|b", "(no genres listed)", "-"])
    assert isinstance(output, Labels)
    assert output.names == ("-", "a", "b")
    assert task.decode(np.zeros((1, 3), np.float32), output) == ["(no genres listed)"]


def test_a_word_for_none_means_nothing_where_each_row_has_a_class() -> None:
    with pytest.raises(NoneWordError, match="--task labels"):
        choose_task("classes", ["a", "b"], none="nothing")


def test_the_word_for_none_is_no_label() -> None:
    with pytest.raises(TooFewClassesError, match='only "a"'):
        TASK.read_output(["a", "-", "-"])


def test_a_guess_needs_most_cells_to_hold_several() -> None:
    assert choose_task(None, ["a|b", "a|c", "a"]) == TextLabels()
    assert isinstance(choose_task(None, ["a|b", "a", "c"]), TextClassification)
    assert isinstance(choose_task(None, []), TextClassification)
    assert choose_task("labels", ["a", "b"]) == TextLabels()
    assert isinstance(choose_task("classes", ["a|b"] * 9), TextClassification)


def test_each_label_has_its_own_threshold_and_reaching_it_is_enough() -> None:
    output = Labels(("a", "b", "c"), "-", (0.25, 0.5, 0.75))
    chances = np.float32([[0.25, 0.49, 0.75], [0.24, 0.5, 0.74]])
    assert choose_labels(chances, output).tolist() == [[True, False, True], [False, True, False]]


def test_the_label_that_must_be_given_is_nearest_to_its_own_threshold() -> None:
    output = Labels(("a", "b"), None, (0.9, 0.1))
    assert choose_labels(np.float32([[0.5, 0.09]]), output).tolist() == [[False, True]]
    assert choose_labels(np.float32([[0.88, 0.01]]), output).tolist() == [[True, False]]


def test_a_set_is_as_sure_as_all_of_its_decisions_together() -> None:
    output = Labels(("a", "b"), "-")
    chances = np.float32([[0.9, 0.2]])
    given = choose_labels(chances, output)
    assert set_sureness(chances, given, output)[0] == pytest.approx(0.9 * 0.8)
    assert set_sureness(chances, ~given, output)[0] == pytest.approx(0.1 * 0.2)
    tied = Labels(("a", "b"), "-", power=0.5)
    assert set_sureness(chances, given, tied)[0] == pytest.approx((0.9 * 0.8) ** 0.5)


def test_certain_probabilities_make_no_trouble() -> None:
    output = Labels(("a", "b"), None)
    chances = np.float32([[1, 0], [0, 0]])
    given = choose_labels(chances, output)
    assert given.tolist() == [[True, False], [True, False]]
    sureness = set_sureness(chances, given, output)
    assert sureness[0] == 1
    assert 0 <= sureness[1] < 1e-6


def test_a_label_that_training_never_saw_is_left_out_of_a_row() -> None:
    output = Labels(("a", "b"))
    assert TASK.encode(["a|strange", "strange"], output).tolist() == [[1, 0], [0, 0]]


def test_names_are_sorted_and_never_empty() -> None:
    assert split_cell("Ärger|a|Z") == ("Z", "a", "Ärger")
