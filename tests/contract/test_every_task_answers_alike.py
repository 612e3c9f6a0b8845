"""Every kind of task passes the same checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.errors import TaskWordError, TooFewClassesError, UnknownTaskError
from lissom.tasks import KNOWN, Classes, Labels, Ranking, Tokens, choose_task, find_task

if TYPE_CHECKING:
    from lissom.tasks import Output, Task


@dataclass(frozen=True)
class _Case:
    task: Task
    cells: tuple[str, ...]


_CELLS = {
    "text-classification": ("refund", "praise", "refund", "Ärger", " x", "praise"),
    "text-labels": ("late", "late|refund", "praise|refund", "-", "late|praise|refund", "a|Ärger"),
}
_CASES = [_Case(task, _CELLS[task.kind]) for task in KNOWN]
every_task = pytest.mark.parametrize("case", _CASES, ids=[case.task.kind for case in _CASES])


def _width(output: Output) -> int:
    match output:
        case Classes(names) | Labels(names):
            return len(names)
        case Ranking(items):
            return len(items)
        case Tokens(size):
            return size


def test_each_known_task_is_looked_at_and_two_kinds_at_least() -> None:
    assert {task.kind for task in KNOWN} == {case.task.kind for case in _CASES}
    assert len({type(case.task.read_output(case.cells)) for case in _CASES}) >= 2


@every_task
def test_what_is_encoded_is_decoded_to_the_same_cell(case: _Case) -> None:
    output = case.task.read_output(case.cells)
    targets = case.task.encode(case.cells, output)
    assert targets.shape == (len(case.cells), _width(output))
    assert targets.dtype == np.float32
    assert ((targets >= 0) & (targets <= 1)).all()
    assert tuple(case.task.decode(targets, output)) == case.cells


@every_task
def test_outputs_do_not_depend_on_the_order_of_rows_or_on_repeats(case: _Case) -> None:
    output = case.task.read_output(case.cells)
    assert case.task.read_output(case.cells[::-1] * 3) == output
    assert _width(output) >= 2


@every_task
def test_confidence_is_a_probability_for_each_row(case: _Case) -> None:
    output = case.task.read_output(case.cells)
    raw = np.random.default_rng(0).random((50, _width(output))).astype(np.float32)
    scores = raw / raw.sum(axis=1, keepdims=True) if isinstance(output, Classes) else raw
    sureness = case.task.confidence(scores, output)
    assert sureness.shape == (50,)
    assert ((sureness >= 0) & (sureness <= 1)).all()
    certain = case.task.confidence(case.task.encode(case.cells, output), output)
    assert np.allclose(certain, 1)


@every_task
def test_no_rows_are_no_trouble(case: _Case) -> None:
    output = case.task.read_output(case.cells)
    assert case.task.encode([], output).shape == (0, _width(output))
    nothing = np.zeros((0, _width(output)), np.float32)
    assert case.task.decode(nothing, output) == []
    assert case.task.confidence(nothing, output).shape == (0,)


@every_task
@pytest.mark.parametrize("cells", [(), ("only",), ("only", "only")])
def test_one_label_is_nothing_to_tell_apart(case: _Case, cells: tuple[str, ...]) -> None:
    with pytest.raises(TooFewClassesError):
        case.task.read_output(cells)


@every_task
def test_cells_look_like_their_own_kind_and_no_other(case: _Case) -> None:
    assert [task.kind for task in KNOWN if task.fits(case.cells)] == [case.task.kind]
    assert choose_task(None, case.cells) is case.task


@every_task
def test_a_kind_is_asked_for_by_its_word_or_its_name(case: _Case) -> None:
    assert choose_task(case.task.word, []) is case.task
    assert choose_task(case.task.kind, []) is case.task


@every_task
def test_the_answer_to_a_row_does_not_depend_on_the_other_rows(case: _Case) -> None:
    output = case.task.read_output(case.cells)
    raw = np.random.default_rng(1).random((40, _width(output))).astype(np.float32)
    scores = raw / raw.sum(axis=1, keepdims=True) if isinstance(output, Classes) else raw
    together = case.task.decode(scores, output), case.task.confidence(scores, output).tolist()
    alone = [
        (case.task.decode(row, output)[0], float(case.task.confidence(row, output)[0]))
        for row in np.split(scores, len(scores))
    ]
    assert list(zip(*together, strict=True)) == alone


def test_a_kind_that_nobody_made_is_refused_and_the_others_named() -> None:
    with pytest.raises(TaskWordError, match=r"labels.*Did you mean"):
        choose_task("lables", [])


@pytest.mark.parametrize("task", KNOWN, ids=[task.kind for task in KNOWN])
def test_a_known_task_is_found_by_its_name(task: Task) -> None:
    assert find_task(task.kind) is task


def test_an_unknown_task_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(UnknownTaskError, match="text-classification"):
        find_task("text-riddles")


@every_task
def test_an_output_of_another_kind_is_a_mistake_of_ours(case: _Case) -> None:
    with pytest.raises(TypeError, match="Ranking"):
        case.task.decode(np.zeros((1, 2), np.float32), Ranking(("a", "b")))
