"""Answers of finished hours, in one Parquet file for each model and hour.

The SQLite file says which files count, in its table `hours`: a row for each version that has rows
in a file. A file that is not named there is none, whatever it is called, so that writing a file and
saying that its rows are in it now are one step: the transaction.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
import polars as pl

from lissom.errors import HourDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lissom.operate.watching.log import Log

FOLDER = "hours"
HOUR_MS = 3_600_000

SHAPE = {
    "id": pl.Int64,
    "at_ms": pl.Int64,
    "version_id": pl.Int64,
    "version": pl.String,
    "hash": pl.Binary,
    "subject": pl.Binary,
    "label": pl.String,
    "chance": pl.Float64,
    "unsure": pl.Boolean,
    "lexical": pl.Boolean,
    "ms": pl.Float64,
    "tokens": pl.Int64,
    "known": pl.Float64,
    "sketch": pl.Binary,
    "chances": pl.Binary,
}
"""Columns of a file. The last four are null for answers that were kept without details; sketch and
chances are float16, low byte first. There is no column for texts: those never leave SQLite."""

MANY = 1 << 62
"""More rows than anybody has."""

_TRIES = 3


class Hour(msgspec.Struct, frozen=True):
    """What one version has in one file.

    Args:
        file: its path, seen from the log's folder.
        version: number of the version.
        hour_ms: when the hour began, in milliseconds since 1970.
        first: lowest number of an answer.
        last: highest.
        answers: how many.
        subjects: how many of them are about somebody.
    """

    file: str
    version: int
    hour_ms: int
    first: int
    last: int
    answers: int
    subjects: int


_FIELDS = ("file", "version", "hour_ms", "first", "last", "answers", "subjects")
_HOURS = (
    "select h.file, h.version, h.hour_ms, h.first, h.last, h.answers, h.subjects "
    "from hours h join versions v on v.id = h.version where "
)


def list_hours(log: Log, where: str = "true", facts: Sequence[object] = ()) -> list[Hour]:
    """Return what is in files, the oldest first.

    Args:
        log: to look in.
        where: SQL over h, the table of hours, and v, that of versions.
        facts: its values.

    Raises:
        LogError: the log cannot be read.
    """
    found = log.read(f"{_HOURS}{where} order by h.first, h.file", facts)
    return [msgspec.convert(dict(zip(_FIELDS, row, strict=True)), Hour) for row in found]


def name_file(model: str, hour_ms: int, before: str | None) -> str:
    """Return what the file of an hour is called, which is never what it was called before.

    >>> name_file("shop/inbox", 0, None)
    'hours/shop%2Finbox/1970-01-01T00.parquet'
    >>> name_file("inbox", 0, "hours/inbox/1970-01-01T00.parquet")
    'hours/inbox/1970-01-01T00.1.parquet'
    """
    hour = datetime.fromtimestamp(hour_ms / 1000, UTC).strftime("%Y-%m-%dT%H")
    if before is None:
        return f"{FOLDER}/{quote(model, safe='')}/{hour}.parquet"
    again = before.removesuffix(".parquet").rpartition("/")[2].removeprefix(hour).lstrip(".")
    return f"{FOLDER}/{quote(model, safe='')}/{hour}.{int(again or 0) + 1}.parquet"


def write_hour(path: Path, rows: pl.DataFrame) -> None:
    """Write a file whole and through to the disk, or not at all.

    Raises:
        OSError: the disk said no.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    raw = BytesIO()
    rows.write_parquet(raw, compression="zstd")
    with part.open("wb") as file:
        file.write(raw.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder written through; where a folder cannot be opened, nothing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_hour(
    log: Log, file: str, chosen: pl.Expr, columns: Sequence[str] = tuple(SHAPE)
) -> pl.DataFrame | None:
    """Return some rows of a file; None when it is not there any more.

    Args:
        log: it belongs to.
        file: its path, seen from the log's folder.
        chosen: which rows.
        columns: that are wanted.

    Raises:
        HourDamagedError: it is no Parquet file of this shape.
    """
    path = log.folder / file
    try:
        return pl.scan_parquet(path, glob=False).filter(chosen).select(columns).collect()
    except FileNotFoundError:
        return None
    except (OSError, pl.exceptions.PolarsError) as error:
        raise HourDamagedError(str(path), str(error).partition("\n")[0]) from error


def read_through(
    log: Log,
    hours: Callable[[], list[Hour]],
    chosen: pl.Expr,
    columns: Sequence[str],
    most: int = MANY,
) -> pl.DataFrame:
    """Return rows of several files, by their numbers.

    A file that was written anew between listing and reading has another name by then, so the list
    is made again. One that is listed and stays away was deleted by somebody, and its rows with it.

    Args:
        log: to look in.
        hours: lists what to read, the oldest first; called again when a file has gone.
        chosen: which rows of the files.
        columns: that are wanted; "id" is among them.
        most: so many with the lowest numbers are enough.

    Raises:
        LogError: the log cannot be read, or a file is damaged.
    """
    rows = nothing = pl.DataFrame(schema={name: SHAPE[name] for name in columns})
    for _ in range(_TRIES):
        rows, is_whole = nothing, True
        first: dict[str, int] = {}
        for hour in hours():
            first.setdefault(hour.file, hour.first)
        for file, begins in first.items():
            if len(rows) >= most and rows["id"][most - 1] < begins:
                break  # those that follow begin later still
            more = read_hour(log, file, chosen, columns)
            is_whole = is_whole and more is not None
            rows = rows if more is None else pl.concat([rows, more]).sort("id")
        if is_whole:
            break
    return rows.head(most)
