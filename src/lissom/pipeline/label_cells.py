"""What label cells mean: which kind of task they ask for, and one spelling for each answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from lissom.data.dataset import Dataset
from lissom.data.labels import slips
from lissom.tasks import SEPARATOR, choose_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.pipeline.order import Order
    from lissom.tasks import Task

_NAMED = 5
_MOST_SLIPS = 20


def find_kind(order: Order, cells: Sequence[str | None]) -> tuple[Task, list[str]]:
    """Return the task that the order names or the label cells look like, and what to say of it.

    Args:
        order: what is asked for.
        cells: the label cells, None where a row has none.

    Raises:
        TaskWordError: the order names a task that there is not.
        NoneWordError: it names a word for none where each row has a label.
    """
    filled = [cell for cell in cells if cell]
    task = choose_task(order.task, filled, order.none)
    lists = sum(SEPARATOR in cell for cell in filled)
    is_guessed = order.task is None and lists > 0
    notes = []
    if is_guessed and len(task.names_in(f"a{SEPARATOR}b")) > 1:
        notes.append(
            f'{lists} of {len(filled)} label cells hold "{SEPARATOR}": a row may have any number '
            "of labels (--task labels). For one label in each row, pass --task classes."
        )
    elif is_guessed:
        notes.append(
            f'{lists} of {len(filled)} label cells hold "{SEPARATOR}", and each was taken for one '
            "label. If they are several, pass --task labels."
        )
    return task, notes + _slips(task, filled)


def _slips(task: Task, cells: Sequence[str]) -> list[str]:
    if all(SEPARATOR not in cell for cell in cells):
        return []  # whoever read the file has looked at these
    names = [name for cell in cells for name in task.names_in(cell)]
    found = [
        f'Label "{name}" is on one row only. Did you mean "{near}" ({rows} rows)?'
        for _, name, near, rows in slips(names)
    ]
    return found[:_MOST_SLIPS]


def tidy(data: Dataset, task: Task) -> Dataset:
    """Return the rows with one spelling for each answer, so that equal answers are equal cells."""
    label = data.roles.label
    if label is None:
        return data
    cells = [(task.tidy(cell) or None) if cell else None for cell in data.labels]
    frame = data.frame.with_columns(pl.Series(label, cells, pl.String))
    return Dataset(frame, data.roles, data.rows, data.source)


def set_rare_apart(cells: list[str | None], task: Task, listed: Sequence[str] = ()) -> list[str]:
    """Take labels that stand on one row only out of the cells, unless fewer than two are left.

    A row that had others keeps those; one that had no other counts as unlabelled.

    Args:
        cells: label cells; changed in place.
        task: knows the labels in a cell.
        listed: names that the user wrote down; such a label is no slip of the keyboard.

    Returns:
        A sentence that says so, if any was taken out.
    """
    held = [task.names_in(cell) if cell else () for cell in cells]
    counts = Counter(name for names in held for name in names)
    rare = {name for name, count in counts.items() if count == 1} - set(listed)
    if not rare or len(counts) - len(rare) < 2:  # noqa: PLR2004 - two must be left
        return []
    for i, names in enumerate(held):
        left = [name for name in names if name not in rare]
        if len(left) < len(names):
            cells[i] = SEPARATOR.join(left) or None
    named = ", ".join(f'"{name}"' for name in sorted(rare)[:_NAMED])
    more = f" and {len(rare) - _NAMED} more" if len(rare) > _NAMED else ""
    told = (
        f"Labels on one row only were not learned: {named}{more}. Rows that have no other label "
        "count as unlabelled; label more of them, or pass --keep-rare-labels."
    )
    return [told]
