"""A source of rows of any size, read in constant memory; one row out for each row in."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl

from lissom.data.lines import Encoding, read_lines
from lissom.data.loaded import SetAside, open_csv
from lissom.data.roles import Given, choose_roles
from lissom.data.source import find_places, open_place
from lissom.data.tables import json_cells, read_arrow, read_excel, read_parquet, to_text
from lissom.errors import (
    DamagedSourceError,
    DifferentColumnsError,
    EmptySourceError,
    NotATableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.data.csv_rows import Record
    from lissom.data.read import Source
    from lissom.data.source import Place

BATCH_ROWS = 4096
_MOST_NAMED = 100
_SLICE_ROWS = 65536


@dataclass(slots=True)
class Mended:
    """Rows that were not sound and were given out all the same.

    Args:
        count: how many.
        first: the first hundred, with what was wrong.
    """

    count: int = 0
    first: list[SetAside] = field(default_factory=list)

    def add(self, file: str, line: int, reason: str) -> None:
        """Count a row, and name it while there are few."""
        self.count += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append(SetAside(file, line, reason))


@dataclass(frozen=True, slots=True)
class Stream:
    """Batches of rows, to be walked through once.

    Args:
        source: as the user would say it.
        text: the column that is read.
        columns: all columns, in order.
        batches: frames of text cells, null for an empty cell; rows in the order of the source.
        mended: filled in while the batches are walked through.
    """

    source: str
    text: str
    columns: tuple[str, ...]
    batches: Iterator[pl.DataFrame]
    mended: Mended

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Walk through the batches."""
        return self.batches


@contextmanager
def stream(
    source: Source, text: str | None = None, *, batch_rows: int = BATCH_ROWS
) -> Iterator[Stream]:
    r"""Open rows for reading batch by batch, exactly one row out for each row in.

    Nothing is dropped, since whoever reads the answers lines them up with the questions. Blank
    texts are rows. A row that is not sound is kept, counted and named in `mended`: missing
    cells are null; surplus cells are joined to the last one with the delimiter, so no character
    is lost; a line with damaged quotes is cut at its delimiters as it stands; a line of JSON
    that is none has only nulls. An empty line of a table with several columns is no row.

    Memory does not grow with the source, except for a workbook, whose size Excel itself bounds.

    Args:
        source: as in `read`.
        text: the column that is read; None to have it guessed from the first batch.
        batch_rows: rows in a batch, at least 1.

    Yields:
        A `Stream`; the file is closed when the `with` block ends.

    Raises:
        DataError: there is no such source, it is empty, or the text column cannot be told.

    >>> with stream(pl.DataFrame({"text": ["a b", None, "c"]}), "text", batch_rows=2) as rows:
    ...     [batch["text"].to_list() for batch in rows]
    [['a b', None], ['c']]
    """
    mended = Mended()
    with ExitStack() as opened:
        name, batches = _open(source, mended, batch_rows, opened)
        first = next(batches, None)
        if first is None:
            raise EmptySourceError(name, "there are no rows")
        column = choose_roles(first, Given(text=text), name)[0].text
        yield Stream(name, column, tuple(first.columns), chain([first], batches), mended)


def _open(
    source: Source, mended: Mended, size: int, opened: ExitStack
) -> tuple[str, Iterator[pl.DataFrame]]:
    if isinstance(source, str | Path):
        places = find_places(source)
        is_one = len(places) == 1
        name = places[0].name if is_one else Path(source).resolve().name
        return name, _same_columns(places, mended, size, opened)
    if not hasattr(source, "__arrow_c_stream__"):
        raise NotATableError(type(source).__name__)
    name = f"{type(source).__module__.split('.')[0]} table"
    frame = read_arrow(source, name)
    return name, frame.iter_slices(size) if frame.height else iter(())


def _same_columns(
    places: list[Place], mended: Mended, size: int, opened: ExitStack
) -> Iterator[pl.DataFrame]:
    columns: list[str] = []
    for place in places:
        raw = opened.enter_context(open_place(place))
        for frame in _batches(raw, place, mended, size):
            columns = columns or frame.columns
            if set(frame.columns) != set(columns):
                raise DifferentColumnsError(place.name, frame.columns, places[0].name, columns)
            yield frame.select(columns)


def _batches(raw: IO[bytes], place: Place, mended: Mended, size: int) -> Iterator[pl.DataFrame]:
    match place.format:
        case "csv":
            return _csv(raw, place.name, mended, size)
        case "jsonl":
            return _jsonl(raw, place.name, mended, size)
        case "parquet":
            return _parquet(raw, place, size)
        case "excel":
            return read_excel(raw, place.name).iter_slices(size)


def _csv(raw: IO[bytes], name: str, mended: Mended, size: int) -> Iterator[pl.DataFrame]:
    seen = Encoding()
    table = open_csv(raw, name, seen)
    width = len(table.columns)
    rows = (row for row in table.rows if width == 1 or not row.is_blank)
    while batch := list(islice(rows, size)):
        cells = [_fit(row, width, table.delimiter, name, mended) for row in batch]
        for line in seen.mended:
            mended.add(name, line, "it is not UTF-8 and was read as cp1252")
        # Only what is new is kept, so that a file all in cp1252 doesn't fill the memory.
        seen.mended.clear()
        columns = zip(table.columns, zip(*cells, strict=True), strict=True)
        frame = pl.DataFrame([pl.Series(c, values, pl.String) for c, values in columns])
        yield frame.with_columns(pl.all().replace("", None))


def _fit(
    row: Record, width: int, delimiter: str | None, name: str, mended: Mended
) -> list[str | None]:
    cells: list[str | None] = list(row.cells)
    if len(cells) == width and not row.trouble:
        return cells
    reason = row.trouble or f"it has {len(cells)} cells, the header has {width}"
    mended.add(name, row.line, reason)
    if len(cells) > width:
        last = (delimiter or "").join(row.cells[width - 1 :])
        return [*cells[: width - 1], last]
    return cells + [None] * (width - len(cells))


def _jsonl(raw: IO[bytes], name: str, mended: Mended, size: int) -> Iterator[pl.DataFrame]:
    """Columns are those of the first batch; what a later line has besides is named and left out."""
    lines = enumerate(read_lines(raw, name, Encoding()), 1)
    rows = ((number, line) for number, line in lines if line.strip())
    columns: list[str] = []
    while batch := list(islice(rows, size)):
        found = []
        for number, line in batch:
            cells, trouble = json_cells(line)
            extra = set(cells) - set(columns) if columns else set()
            if trouble or extra:
                mended.add(name, number, trouble or f"it has more columns: {min(extra)}")
            found.append(cells)
        columns = columns or list(dict.fromkeys(key for cells in found for key in cells))
        if not columns:
            raise DamagedSourceError(name, "none of its first lines is a JSON object")
        yield pl.DataFrame(
            [pl.Series(c, [cells.get(c) for cells in found], pl.String) for c in columns]
        )


def _parquet(raw: IO[bytes], place: Place, size: int) -> Iterator[pl.DataFrame]:
    """Go through a file slice by slice; one behind an address is in memory once."""
    if not Path(place.where).is_file():
        yield from read_parquet(raw, place.name).iter_slices(size)
        return
    try:
        lazy = pl.scan_parquet(place.where, glob=False)
        total = lazy.select(pl.len()).collect().item()
        for start in range(0, total, _SLICE_ROWS):
            yield from to_text(lazy.slice(start, _SLICE_ROWS).collect()).iter_slices(size)
    except (pl.exceptions.PolarsError, OSError) as error:
        why = str(error).split("\n", 1)[0][:120]
        raise DamagedSourceError(place.name, f"this is not a Parquet file ({why})") from error
