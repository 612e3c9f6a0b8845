"""Who may run, given the labels there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray  # noqa: TC002 - a dataclass's field

from lissom.learn import UNKNOWN, find_field, lone_rows


@dataclass(frozen=True)
class Rows:
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: int
    names: NDArray[np.float32] | None
    other: int | None = None


def rows(
    targets: list[int], *, classes: int = 3, named: bool = True, other: int | None = None
) -> Rows:
    names = np.eye(classes, dtype=np.float32) if named else None
    return Rows(np.array(targets, np.int64), np.arange(len(targets)), classes, names, other)


def test_labels_enough_leave_the_race_open() -> None:
    field = find_field(rows([0, 0, 1, 1, 2, 2, UNKNOWN]))
    assert field.entrants == ()
    assert (field.why, field.unmeasured, field.named_only) == ("", "", ())
    assert not field.is_zero_shot


def test_no_label_is_a_start_from_names_and_nothing_is_measured() -> None:
    field = find_field(rows([UNKNOWN] * 5, other=1))
    assert field.is_zero_shot
    assert field.entrants == ("names",)
    assert "zero-shot" in field.unmeasured
    assert field.named_only == (0, 2)


def test_one_label_for_each_class_is_spread_and_not_measured() -> None:
    field = find_field(rows([0, 1, 2, UNKNOWN]))
    assert field.entrants == ("propagation",)
    assert "3 of 3 labels are the only one of their class" in field.unmeasured


def test_a_class_with_a_name_only_can_be_answered_by_what_reads_names() -> None:
    many = [0, 0, 0, 1, 1, 1]
    field = find_field(rows(many))
    assert field.entrants == ("propagation",)
    assert field.named_only == (2,)
    assert field.unmeasured == ""
    # Names that say nothing were not embedded: then nothing can answer it, and the race is open.
    assert find_field(rows(many, named=False)).entrants == ()


def test_a_catch_all_without_a_label_is_no_reason_to_close_the_race() -> None:
    assert find_field(rows([0, 0, 0, 1, 1, 1], other=2)).entrants == ()


@pytest.mark.parametrize(("lone", "is_open"), [(1, True), (5, False)])
def test_a_few_lone_labels_among_many_do_not_close_it(lone: int, *, is_open: bool) -> None:
    targets = [0] * 20 + [1] * 10 + list(range(2, 2 + lone))
    field = find_field(rows(targets, classes=2 + lone))
    assert (field.entrants == ()) is is_open
    assert (field.unmeasured == "") is is_open


def test_copies_of_one_text_do_not_keep_each_other_company() -> None:
    targets = np.array([0, 0, 1, 1, UNKNOWN])
    assert lone_rows(targets, np.array([0, 0, 1, 2, 3])).tolist() == [True, True, *[False] * 3]
