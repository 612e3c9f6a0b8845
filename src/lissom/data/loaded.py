"""One file as a table of text cells, with what could not be used."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING

import numpy as np
import polars as pl

from lissom.data.csv_rows import column_names, records, sniff
from lissom.data.lines import Encoding, read_lines
from lissom.data.source import open_place
from lissom.data.tables import json_cells, read_excel, read_parquet
from lissom.errors import DamagedSourceError, EmptySourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lissom.data.csv_rows import Record
    from lissom.data.source import Place

CELL_LIMIT = 1_000_000
"""Characters: some 150,000 words, several novels. Longer is a mistake in the file, not a text."""

_SNIFFED_LINES = 200
_PIECE_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of the source that was not used.

    Args:
        file: the file it stands in.
        line: 1-based line where it begins; for Parquet and Excel, its 1-based row.
        reason: what is wrong, as the end of the sentence "set aside because ...".

    >>> str(SetAside("inbox.csv", 7, "it has 3 cells, the header has 2"))
    'inbox.csv, line 7: it has 3 cells, the header has 2'
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """Return file, line and reason."""
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file, read.

    Args:
        frame: every column as text, null for an empty cell.
        lines: 1-based line in the file of each row of `frame`.
        rows: 0-based data row in the file of each row of `frame`.
        total: data rows in the file, those set aside included.
        set_aside: rows not used.
        notes: sentences for a person.
    """

    frame: pl.DataFrame
    lines: NDArray[np.int64]
    rows: NDArray[np.int64]
    total: int
    set_aside: tuple[SetAside, ...] = ()
    notes: tuple[str, ...] = ()


def load(place: Place) -> Loaded:
    """Read one file whole.

    Raises:
        DataError: it cannot be read, or has no column names.
        MissingPartError: it is a workbook and the part that reads those is not installed.
    """
    with open_place(place) as raw:
        match place.format:
            case "csv":
                return _load_csv(raw, place.name)
            case "jsonl":
                return _load_jsonl(raw, place.name)
            case "parquet":
                return whole(read_parquet(raw, place.name))
            case "excel":
                return whole(read_excel(raw, place.name))


def whole(frame: pl.DataFrame) -> Loaded:
    """Wrap a table that has no line to lose."""
    numbers = np.arange(frame.height, dtype=np.int64)
    return Loaded(frame, numbers + 1, numbers, frame.height)


@dataclass(frozen=True, slots=True)
class OpenCsv:
    """A CSV file whose header was read.

    Args:
        columns: names, each once.
        delimiter: None for a single column.
        rows: the records after the header.
        notes: about the names.
    """

    columns: list[str]
    delimiter: str | None
    rows: Iterator[Record]
    notes: list[str]


def open_csv(raw: IO[bytes], name: str, seen: Encoding) -> OpenCsv:
    """Find the delimiter, read the header, and leave the rest to be read row by row.

    Raises:
        EmptySourceError: there is not one line with something in it.
        DamagedSourceError: the quotes of the header don't add up.
    """
    lines = read_lines(raw, name, seen)
    sample = list(islice(lines, _SNIFFED_LINES))
    delimiter = sniff(sample)
    rows = records(_again(sample, lines), delimiter)
    header = next((row for row in rows if not row.is_blank), None)
    if header is None:
        raise EmptySourceError(name, "the file is empty")
    if header.trouble:
        raise DamagedSourceError(name, f"in line {header.line}, the column names, {header.trouble}")
    columns, notes = column_names(header.cells)
    return OpenCsv(columns, delimiter, rows, notes)


def _again(sample: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from sample
    sample.clear()
    yield from rest


def row_trouble(row: Record, width: int) -> str:
    """Return why a record cannot be one row of `width` cells, or ""."""
    if row.trouble:
        return row.trouble
    if len(row.cells) != width:
        return f"it has {len(row.cells)} cells, the header has {width}"
    if row.chars > CELL_LIMIT and (longest := max(map(len, row.cells))) > CELL_LIMIT:
        return f"it has a cell of {longest:,} characters; the most is {CELL_LIMIT:,}"
    return ""


def _load_csv(raw: IO[bytes], name: str) -> Loaded:
    seen = Encoding()
    table = open_csv(raw, name, seen)
    width = len(table.columns)
    kept = _Kept(table.columns)
    nul_lines = []
    set_aside = []
    total = blank = 0
    for row in table.rows:
        if row.is_blank and width > 1:
            blank += 1
            continue
        total += 1
        trouble = row_trouble(row, width)
        if trouble:
            set_aside.append(SetAside(name, row.line, trouble))
            continue
        cells = row.cells
        if any("\0" in cell for cell in cells):
            nul_lines.append(row.line)
            cells = [cell.replace("\0", "") for cell in cells]
        kept.add(cells, row.line, total - 1)
    notes = [*table.notes, seen.note(), _nul_note(nul_lines)]
    if blank:
        notes.append(f"{blank} empty lines were skipped.")
    return kept.to_loaded(total, set_aside, [n for n in notes if n])


class _Kept:
    """Rows that can be used; cells become columns piece by piece, to save memory.

    Args:
        columns: names; a later piece may have more of them, for JSON lines.
    """

    def __init__(self, columns: Sequence[str] = ()) -> None:
        self._columns = list(columns)
        self._cells: list[Sequence[str | None] | dict[str, str | None]] = []
        self._frames: list[pl.DataFrame] = []
        self._lines, self._rows = array("q"), array("q")

    def add(self, cells: Sequence[str | None] | dict[str, str | None], line: int, row: int) -> None:
        self._cells.append(cells)
        self._lines.append(line)
        self._rows.append(row)
        if len(self._cells) == _PIECE_ROWS:
            self._end_piece()

    def _end_piece(self) -> None:
        names = dict.fromkeys(self._columns)
        for cells in self._cells:
            names |= dict.fromkeys(cells) if isinstance(cells, dict) else {}
        self._columns = list(names)
        rows = [
            [cells.get(name) for name in self._columns] if isinstance(cells, dict) else cells
            for cells in self._cells
        ]
        self._frames.append(_frame(self._columns, rows))
        self._cells.clear()

    def to_loaded(self, total: int, set_aside: list[SetAside], notes: list[str]) -> Loaded:
        if self._cells or not self._frames:
            self._end_piece()
        # A column that only a later piece has is empty in those before it.
        frame = pl.concat(self._frames, how="diagonal", rechunk=False)
        lines = np.frombuffer(self._lines, np.int64) if self._lines else np.zeros(0, np.int64)
        rows = np.frombuffer(self._rows, np.int64) if self._rows else np.zeros(0, np.int64)
        return Loaded(frame, lines, rows, total, tuple(set_aside), tuple(notes))


def _load_jsonl(raw: IO[bytes], name: str) -> Loaded:
    seen = Encoding()
    kept = _Kept()
    set_aside = []
    total = 0
    for number, line in enumerate(read_lines(raw, name, seen), 1):
        if not line.strip():
            continue
        total += 1
        cells, trouble = json_cells(line)
        if not trouble and len(line) > CELL_LIMIT:
            trouble = f"it has {len(line):,} characters; the most is {CELL_LIMIT:,}"
        if trouble:
            set_aside.append(SetAside(name, number, trouble))
            continue
        kept.add(cells, number, total - 1)
    if total == 0:
        raise EmptySourceError(name, "the file is empty")
    return kept.to_loaded(total, set_aside, [seen.note()] if seen.mended else [])


def _frame(columns: list[str], kept: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Turn rows into text columns; an empty cell becomes null."""
    cells = list(zip(*kept, strict=True)) if kept else [()] * len(columns)
    frame = pl.DataFrame(
        {name: pl.Series(name, cell, pl.String) for name, cell in zip(columns, cells, strict=True)}
    )
    return frame.with_columns(pl.all().replace("", None))


def _nul_note(lines: list[int]) -> str:
    if not lines:
        return ""
    return f"NUL characters were left out of {len(lines)} rows (the first is line {lines[0]})."


__all__ = [
    "CELL_LIMIT",
    "Loaded",
    "OpenCsv",
    "SetAside",
    "load",
    "open_csv",
    "row_trouble",
    "whole",
]
