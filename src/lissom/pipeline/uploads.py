"""A table sent over HTTP and sent back with its answers."""

from __future__ import annotations

import asyncio
import io
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from lissom.data import stream, write_rows
from lissom.errors import BadRequestError, BusyError, ColumnTakenError
from lissom.pipeline.answering import columns_for
from lissom.pipeline.arrow_frames import check_arrow

if TYPE_CHECKING:
    from lissom.operate.serving import Desk, Given, Question

FILE_BYTES = 33_554_432
"""Largest upload: 32 MiB, some hundred thousand messages."""
FILE_ROWS = 100_000

_TEXTS_AT_ONCE = 64
"""Texts of an upload that are asked together; by turns, so that nobody waits behind a file."""
_PATIENCE_S = 300.0

Format = Literal["csv", "arrow"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A table as it was sent.

    Args:
        raw: its bytes.
        format: CSV in any of the forms that `read` takes, or an Arrow stream.
        text: the column to read; None to have it guessed.
    """

    raw: bytes
    format: Format
    text: str | None


async def answer_upload(desk: Desk, upload: Upload, question: Question) -> bytes:
    """Return the table in its own format, with the columns that `lissom predict` adds.

    One version answers all rows. While the server is busy an upload waits, and then goes on.

    Args:
        desk: answers.
        upload: the table.
        question: model and version to ask; its texts are not looked at.

    Raises:
        DataError: the table cannot be read, or has a column that would be added.
        RequestError: there is no answer.
    """
    served = desk.choose(desk.lane(question.model), question)
    columns = columns_for(served.version.meaning.output)
    column, frames = await asyncio.to_thread(_read, upload, columns)
    asked = replace(
        question, model=served.version.name, version=served.version.version, wait_s=_PATIENCE_S
    )
    answered = [
        _add(frame, columns, await _answer(desk, asked, frame[column].fill_null("").to_list()))
        for frame in frames
    ]
    return await asyncio.to_thread(_write, answered, upload.format)


async def _answer(desk: Desk, question: Question, texts: list[str]) -> list[Given]:
    long = next((text for text in texts if len(text) > desk.limits.characters), None)
    if long is not None:
        message = f"A text is longer than {desk.limits.characters} characters."
        raise BadRequestError(message)
    starts = range(0, len(texts), _TEXTS_AT_ONCE)
    return [
        await _ask_patiently(desk, replace(question, texts=texts[at : at + _TEXTS_AT_ONCE]))
        for at in starts
    ]


async def _ask_patiently(desk: Desk, question: Question) -> Given:
    while True:
        try:
            return await desk.answer(question)
        except BusyError as error:
            await asyncio.sleep(error.retry_after_s or 1)


def _read(upload: Upload, columns: tuple[str, ...]) -> tuple[str, list[pl.DataFrame]]:
    if upload.format == "arrow":
        check_arrow(upload.raw, FILE_ROWS)
        try:
            table = pl.read_ipc_stream(io.BytesIO(upload.raw))
        except (pl.exceptions.PolarsError, OSError, ValueError) as error:
            raise BadRequestError("The body is no Arrow stream that can be read.") from error
        return _take(table, upload.text, columns)
    with tempfile.TemporaryDirectory(prefix="lissom-") as folder:
        path = Path(folder) / "upload.csv"
        path.write_bytes(upload.raw)
        return _take(path, upload.text, columns)


def _take(
    source: Path | pl.DataFrame, text: str | None, columns: tuple[str, ...]
) -> tuple[str, list[pl.DataFrame]]:
    with stream(source, text) as rows:
        taken = [name for name in columns if name in rows.columns]
        if taken:
            raise ColumnTakenError(rows.source, taken[0])
        frames, count = [], 0
        # Counted on the way: a packed file may hold far more than its size lets on.
        for frame in rows:
            count += frame.height
            if count > FILE_ROWS:
                message = f"The table has more than {FILE_ROWS} rows. Send it in parts."
                raise BadRequestError(message)
            frames.append(frame)
        return rows.text, frames


def _add(frame: pl.DataFrame, columns: tuple[str, ...], given: list[Given]) -> pl.DataFrame:
    parts = [one.answered for one in given]
    return frame.with_columns(
        pl.Series(columns[0], [x for part in parts for x in part.cells], pl.String),
        pl.Series(columns[1], [round(x, 6) for part in parts for x in part.chances], pl.Float64),
        pl.Series(columns[2], [x for part in parts for x in part.unsure], pl.Boolean),
    )


def _write(frames: list[pl.DataFrame], kind: Format) -> bytes:
    if kind == "arrow":
        out = io.BytesIO()
        pl.concat(frames).write_ipc_stream(out)
        return out.getvalue()
    with tempfile.TemporaryDirectory(prefix="lissom-") as folder:
        path = Path(folder) / "answers.csv"
        with write_rows(path) as rows:
            for frame in frames:
                rows.append(frame)
        return path.read_bytes()
