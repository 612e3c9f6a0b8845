"""Labels that a person filled in beside the table, put back where they belong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from lissom.data.labels import slips
from lissom.data.normal import normalise
from lissom.data.read import read
from lissom.data.roles import Given
from lissom.errors import LabelsFileError, StrangeLabelsError, UnknownColumnError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.data.dataset import Dataset
    from lissom.data.read import Source

ROW, WHY, GUESS, CHANCE = "data_row", "why", "suggested_label", "suggested_probability"
"""The columns of a labels file beside the table's own: see docs/next.md."""

LEARN, EXAMINE = "learn", "examine"
"""What stands under `WHY`: chosen because its label teaches most, or drawn at random."""

CANNOT_TELL = "?"
"""Filled in by a person who cannot say; the row stays unlabelled and is not asked about again."""

PLAIN_LABEL = "label"
"""What the label column is called when the table has none."""

_MOST_SLIPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A table with the labels of a labels file in it.

    Args:
        dataset: the table; its label column holds both its own labels and the file's.
        chosen: positions of rows that were labelled because they teach most: no fair sample.
        undecided: positions of rows that nobody could label.
        notes: sentences for a person.
    """

    dataset: Dataset
    chosen: frozenset[int]
    undecided: frozenset[int]
    notes: tuple[str, ...]


def read_labels(source: Source, data: Dataset) -> Dataset:
    """Read a labels file of a table.

    Args:
        source: what `lissom next` wrote and a person filled in, or any table that has the same
            text column and a label column.
        data: the table it belongs to.

    Raises:
        DataError: it cannot be read.
        LabelsFileError: it lacks the text column or the label column.
    """
    named = Given(text=data.roles.text, label=label_column(data))
    try:
        return read(source, named).dataset
    except UnknownColumnError as error:
        raise LabelsFileError(error) from error


def label_column(data: Dataset) -> str:
    """Return the name of the label column, also of a table that has none yet."""
    if data.roles.label:
        return data.roles.label
    free = (name for name in (PLAIN_LABEL, f"your_{PLAIN_LABEL}") if name not in data.frame)
    return next(free, f"my_{PLAIN_LABEL}")


def fill_in(data: Dataset, sheet: Dataset) -> Filled:
    """Put the labels of a labels file into its table.

    A row is found by its number when the text there is the same (signs, spaces and letter case
    may differ: spreadsheets change them); else by its text, the first such row that is free. A
    label of the file counts more than one of the table. `CANNOT_TELL` is no label.

    Args:
        data: the table.
        sheet: from `read_labels`.

    Raises:
        StrangeLabelsError: the file has labels, and not one of its rows is in the table.

    >>> from lissom.data import Dataset, Roles
    >>> data = Dataset.from_frame(pl.DataFrame({"text": ["hi", "bye"]}), Roles("text"), "a.csv")
    >>> sheet = pl.DataFrame({"text": ["Bye!", "hi"], "label": ["leave", "?"]})
    >>> filled = fill_in(data, Dataset.from_frame(sheet, Roles("text", "label"), "b.csv"))
    >>> filled.dataset.labels, sorted(filled.undecided)
    ([None, 'leave'], [0])
    """
    found = _find_rows(data, sheet)
    labels = list(data.labels)
    whys = sheet.frame[WHY].to_list() if WHY in sheet.frame else [None] * len(sheet)
    filled: list[int] = []
    chosen: set[int] = set()
    undecided: set[int] = set()
    changed = 0
    for line, at, label, why in zip(range(len(sheet)), found, sheet.labels, whys, strict=True):
        if at is None or not label:
            continue
        if label == CANNOT_TELL:
            undecided.add(at)
            continue
        changed += labels[at] not in {None, label}
        labels[at] = label
        filled.append(line)
        if (why or "").strip().casefold() == LEARN:
            chosen.add(at)
    lost = [i for i, label in enumerate(sheet.labels) if label and found[i] is None]
    if lost and not filled and not undecided:
        raise StrangeLabelsError(sheet.source, len(lost), data.source)
    name = label_column(data)
    frame = data.frame.with_columns(pl.Series(name, labels, pl.String))
    joined = replace(data, frame=frame, roles=replace(data.roles, label=name))
    placed = frozenset(at for line in filled if (at := found[line]) is not None)
    notes = _tell(sheet, data, len(filled), len(undecided), changed, len(lost))
    notes += _slips(labels, placed, sheet.source)
    return Filled(joined, frozenset(chosen), frozenset(undecided), tuple(notes))


def _find_rows(data: Dataset, sheet: Dataset) -> list[int | None]:
    """Return for each row of the sheet the position in the table that it speaks of, or None."""
    keys = [normalise(text) for text in data.texts]
    number_at = {int(row): place for place, row in enumerate(data.rows)}
    text_at: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        text_at.setdefault(key, []).append(place)
    numbers = sheet.frame[ROW].to_list() if ROW in sheet.frame else [None] * len(sheet)
    wanted = [normalise(text) for text in sheet.texts]
    found: list[int | None] = [None] * len(sheet)
    for line, (number, key) in enumerate(zip(numbers, wanted, strict=True)):
        at = number_at.get(_whole(number))
        if at is not None and keys[at] == key:
            found[line] = at
    taken = {place for place in found if place is not None}
    for line, key in enumerate(wanted):
        if found[line] is None:
            at = next((at for at in text_at.get(key, ()) if at not in taken), None)
            if at is not None:
                found[line] = at
                taken.add(at)
    return found


def _whole(cell: str | None) -> int:
    """Read a row number as a spreadsheet may have written it; -1 when it is none."""
    digits = (cell or "").strip().removesuffix(".0").removesuffix(",0")
    return int(digits) if digits.isascii() and digits.isdigit() else -1


def _tell(
    sheet: Dataset, data: Dataset, filled: int, undecided: int, changed: int, lost: int
) -> list[str]:
    notes = [f"{sheet.source}: {filled} labels were put into {data.source}."]
    if undecided:
        notes.append(f'{undecided} rows are marked "{CANNOT_TELL}" and stay unlabelled.')
    if changed:
        notes.append(f"{changed} of them replace another label of {data.source}.")
    if lost:
        notes.append(
            f"{lost} labelled rows of {sheet.source} are not in {data.source} and were left out; "
            "a row is known by its text."
        )
    return notes


def _slips(labels: Sequence[str | None], placed: frozenset[int], source: str) -> list[str]:
    return [
        f'{source}: label "{label}" appears once. Did you mean "{near}" ({rows} rows)? '
        "Correct it if so."
        for at, label, near, rows in slips(labels)
        if at in placed
    ][:_MOST_SLIPS]
