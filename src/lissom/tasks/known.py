"""The one table of tasks, and the only place where a name becomes a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors import UnknownTaskError
from lissom.tasks.text_classification import TextClassification

if TYPE_CHECKING:
    from lissom.tasks.task import Task

KNOWN: tuple[Task, ...] = (TextClassification(),)


def find_task(kind: str) -> Task:
    """Return the task called `kind`.

    Raises:
        UnknownTaskError: no task has that name.

    >>> find_task("text-classification").kind
    'text-classification'
    """
    for task in KNOWN:
        if task.kind == kind:
            return task
    raise UnknownTaskError(kind, [task.kind for task in KNOWN])
