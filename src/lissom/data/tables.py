"""Tables that come with types of their own, turned into text cells."""

from __future__ import annotations

import json
from typing import IO, Any, Protocol

import polars as pl

from lissom.errors import DamagedSourceError, MissingPartError, NotAWorkbookError


class HasArrow(Protocol):
    """Anything that hands out its rows as an Arrow stream: pandas, Polars, DuckDB, Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a PyCapsule with an ArrowArrayStream."""
        ...


def read_arrow(table: HasArrow, name: str) -> pl.DataFrame:
    """Return the text cells of an Arrow table; pandas' own index columns are left out.

    Raises:
        DamagedSourceError: the stream cannot be read.

    >>> read_arrow(pl.DataFrame({"n": [1, None]}), "demo")["n"].to_list()
    ['1', None]
    """
    try:
        frame = pl.DataFrame(table)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        raise DamagedSourceError(name, f"no table ({_first(error)})") from error
    kept = [c for c in frame.columns if not c.startswith("__index_level_")]
    return to_text(frame.select(kept))


def read_parquet(raw: IO[bytes], name: str) -> pl.DataFrame:
    """Return the text cells of a Parquet file.

    Raises:
        DamagedSourceError: it is not one.
    """
    try:
        return to_text(pl.read_parquet(raw))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DamagedSourceError(name, f"this is not a Parquet file ({_first(error)})") from error


def read_excel(raw: IO[bytes], name: str) -> pl.DataFrame:
    """Return the text cells of a workbook's first sheet.

    Raises:
        MissingPartError: the reader for workbooks is not installed.
        NotAWorkbookError: it is something else.
    """
    try:
        frame = pl.read_excel(raw.read(), engine="calamine", infer_schema_length=0)
    except ModuleNotFoundError as error:
        need = f"Reading {name}"
        raise MissingPartError(need, "excel") from error
    except pl.exceptions.NoDataError:
        return pl.DataFrame()
    # The reader has error classes of its own, which cannot be named where it is not installed.
    except Exception as error:
        raise NotAWorkbookError(name, _first(error)) from error
    return to_text(frame)


def to_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as text; empty cells and NaN become null.

    A column of floats that are all whole is written without ".0": pandas makes such a column of
    whole numbers as soon as one cell is empty, and "1" and "1.0" must not be two labels. Lists
    and structs become JSON.

    >>> to_text(pl.DataFrame({"label": [1.0, None], "ok": [True, False]})).rows()
    [('1', 'true'), (None, 'false')]
    """
    return frame.select(_column(frame[name]).replace("", None) for name in frame.columns)


def _column(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind.is_float():
        known = column.fill_nan(None)
        is_whole = bool(((known == known.round()) | known.is_null()).all())
        is_small = bool((known.abs().max() or 0) < 2**53)  # type: ignore[operator]  # a float here
        return (known.cast(pl.Int64) if is_whole and is_small else known).cast(pl.String)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return pl.Series(column.name, [_cell(value) for value in column], pl.String)
    return column.cast(pl.String)


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, pl.Series):
        value = value.to_list()
    return json.dumps(value, ensure_ascii=False, default=str)


def json_cells(line: str) -> tuple[dict[str, str | None], str]:
    """Return (cells by name, trouble) of one line of JSON; trouble is "" for a good line.

    >>> json_cells('{"text": "hi", "n": 1}'), json_cells("[1]")[1]
    (({'text': 'hi', 'n': '1'}, ''), 'it is not a JSON object')
    """
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return {}, "it is not valid JSON"
    if not isinstance(found, dict):
        return {}, "it is not a JSON object"
    # A lone surrogate is valid JSON and no text; it could not be written to any file again.
    cells = {
        _sound(name): None if (cell := _cell(value)) is None else _sound(cell)
        for name, value in found.items()
    }
    return cells, ""


def _sound(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _first(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:120]
