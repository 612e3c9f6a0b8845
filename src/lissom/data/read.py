"""A source of rows, read whole: a file, a folder, an address, a table in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lissom.data.dataset import Dataset, Roles
from lissom.data.labels import slips
from lissom.data.loaded import Loaded, SetAside, load, whole
from lissom.data.roles import Given, choose_roles
from lissom.data.source import find_places
from lissom.data.tables import HasArrow, read_arrow
from lissom.errors import DifferentColumnsError, EmptySourceError, NotATableError

if TYPE_CHECKING:
    from collections.abc import Sequence

Source = str | Path | HasArrow

_MOST_SLIPS = 20
GUESS_ALL = Given()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what a person should know about it.

    Args:
        dataset: the rows that can be used.
        roles: which column plays which part; the same as dataset.roles.
        set_aside: rows that cannot be used, each with file, line and reason.
        notes: sentences for a person: what was guessed, mended or looks odd.
    """

    dataset: Dataset
    roles: Roles
    set_aside: tuple[SetAside, ...]
    notes: tuple[str, ...]


def read(source: Source, given: Given = GUESS_ALL, *, needs_label: bool = False) -> Reading:
    """Read rows as text, choose the columns, and say what was left out and why.

    Every cell becomes text and stays as it is: formulas, HTML and scripts are just characters
    here. An empty cell is null; a label of blanks is null, and blanks around a label are cut
    off. Rows whose text is blank stay. `Dataset.rows` counts data rows from 0 through all files,
    those set aside included.

    Args:
        source: a path to CSV, TSV, JSON lines, Parquet or a workbook (plain or .gz), a folder of
            such files, an http(s) address of one, or an object with `__arrow_c_stream__`.
        given: columns the user named.
        needs_label: raise when no label column can be told.

    Raises:
        DataError: nothing usable is there, or a column cannot be told; the message says which.
        MissingPartError: a workbook, and the part that reads those is not installed.
        NotATableError: the source is none of these things.
        RoleTwiceError: one column has two roles.

    >>> reading = read(pl.DataFrame({"text": ["Where is it?", "Lovely"], "label": ["ask", " "]}))
    >>> reading.roles.label, reading.dataset.labels
    ('label', ['ask', None])
    """
    name, files = _load_all(source)
    loaded = _join(files)
    if loaded.frame.height == 0:
        first = str(loaded.set_aside[0]) if loaded.set_aside else ""
        found = "no row can be used" if loaded.set_aside else "there are no rows"
        raise EmptySourceError(name, found, first)
    roles, told = choose_roles(loaded.frame, given, name, needs_label=needs_label)
    frame, trimmed = _clean_labels(loaded.frame, roles.label)
    rows = pl.Series("row", loaded.rows, pl.UInt64)
    dataset = Dataset(frame, roles, rows, name)
    notes = (*loaded.notes, *told, *trimmed, *_slip_notes(dataset.labels, files))
    return Reading(dataset, roles, loaded.set_aside, notes)


def _load_all(source: Source) -> tuple[str, list[tuple[str, Loaded]]]:
    """Return the name of the source and its files, each with its own name."""
    if isinstance(source, str | Path):
        places = find_places(source)
        files = [(place.name, load(place)) for place in places]
        is_folder = Path(source).is_dir()
        name = Path(source).resolve().name if is_folder else places[0].name
    elif hasattr(source, "__arrow_c_stream__"):
        name = f"{type(source).__module__.split('.')[0]} table"
        files = [(name, whole(read_arrow(source, name)))]
    else:
        raise NotATableError(type(source).__name__)
    first, others = files[0], files[1:]
    for label, part in others:
        if set(part.frame.columns) != set(first[1].frame.columns):
            raise DifferentColumnsError(label, part.frame.columns, first[0], first[1].frame.columns)
    return name, files


def _join(files: Sequence[tuple[str, Loaded]]) -> Loaded:
    columns = files[0][1].frame.columns
    before = np.cumsum([0, *(part.total for _, part in files)])
    many = len(files) > 1
    return Loaded(
        pl.concat([part.frame.select(columns) for _, part in files], rechunk=False),
        np.concatenate([part.lines for _, part in files]),
        np.concatenate(
            [start + part.rows for start, (_, part) in zip(before[:-1], files, strict=True)]
        ),
        int(before[-1]),
        tuple(one for _, part in files for one in part.set_aside),
        tuple(f"{label}: {n}" if many else n for label, part in files for n in part.notes),
    )


def _clean_labels(frame: pl.DataFrame, label: str | None) -> tuple[pl.DataFrame, list[str]]:
    if label is None:
        return frame, []
    cells = frame[label].str.strip_chars().replace("", None)
    trimmed = int((cells.is_not_null() & (cells != frame[label])).sum())
    notes = [f"Blanks around {trimmed} labels were cut off."] if trimmed else []
    return frame.with_columns(cells.alias(label)), notes


def _slip_notes(labels: Sequence[str | None], files: Sequence[tuple[str, Loaded]]) -> list[str]:
    ends = np.cumsum([len(part.lines) for _, part in files])
    notes = []
    for position, label, near, rows in slips(labels):
        at = int(np.searchsorted(ends, position, side="right"))
        file, part = files[at]
        line = part.lines[position - ends[at]]  # counted from the end of its own file
        notes.append(
            f'{file}, line {line}: label "{label}" appears once. '
            f'Did you mean "{near}" ({rows} rows)? Correct the row if so.'
        )
    more = len(notes) - _MOST_SLIPS
    return notes if more <= 0 else [*notes[:_MOST_SLIPS], f"{more} more labels look like slips."]


__all__ = ["Given", "Reading", "SetAside", "Source", "read"]
