"""The one table of tasks, and the only place where a name becomes a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors import TaskWordError, UnknownTaskError
from lissom.tasks.text_classification import TextClassification
from lissom.tasks.text_labels import TextLabels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.tasks.task import Task

KNOWN: tuple[Task, ...] = (TextClassification(), TextLabels())


def find_task(kind: str) -> Task:
    """Return the task called `kind` in manifests.

    Raises:
        UnknownTaskError: no task has that name.

    >>> find_task("text-classification").kind
    'text-classification'
    """
    for task in KNOWN:
        if task.kind == kind:
            return task
    raise UnknownTaskError(kind, [task.kind for task in KNOWN])


def choose_task(word: str | None, cells: Sequence[str], none: str | None = None) -> Task:
    """Return the task that a person asked for, or else the one that the label cells look like.

    Args:
        word: what was asked for, such as "labels" (the manifest's name does as well); None when
            nobody said.
        cells: all label cells that are not empty.
        none: how a cell says that its row has none of the labels; None for the usual "-".

    Raises:
        TaskWordError: no task is called `word`.
        NoneWordError: a word for none, where every row has a label.

    >>> choose_task(None, ["late|refund", "refund|rude"]).kind, choose_task("classes", []).kind
    ('text-labels', 'text-classification')
    """
    task = _named(word, cells)
    return task if none is None else task.call_none(none)


def _named(word: str | None, cells: Sequence[str]) -> Task:
    if word is None:
        return next((task for task in KNOWN if task.fits(cells)), KNOWN[0])
    for task in KNOWN:
        if word in {task.word, task.kind}:
            return task
    raise TaskWordError(word, [task.word for task in KNOWN])
