"""Rows out, batch by batch, into a file that is whole or not there."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

import polars as pl

from lissom.errors import UnknownFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".jsonl", ".ndjson", ".jsonl.gz", ".parquet")


class Writer(Protocol):
    """Somewhere to put rows."""

    def append(self, frame: pl.DataFrame) -> None:
        """Add these rows after those already written; every frame has the same columns."""
        ...


@contextmanager
def write_rows(path: str | Path, *, stdout: IO[bytes] | None = None) -> Iterator[Writer]:
    r"""Write frames to CSV, TSV, JSON lines or Parquet, by the ending of the path.

    The rows go to a hidden file beside the path, which takes its place in one step when the
    `with` block ends well, and is removed when it does not. "-" writes CSV to standard output.
    Cells are written unchanged: one that begins with "=" is not disarmed, since it is the user's
    own and has to read back equal.

    Args:
        path: where to; an existing file is replaced.
        stdout: stands in for standard output.

    Yields:
        A writer with `append(frame)`.

    Raises:
        UnknownFormatError: the ending says nothing we know.
        OSError: the folder cannot be written to.

    >>> import io
    >>> out = io.BytesIO()
    >>> with write_rows("-", stdout=out) as rows:
    ...     rows.append(pl.DataFrame({"text": ["=1+1"]}))
    >>> out.getvalue()
    b'text\n=1+1\n'
    """
    if str(path) == "-":
        target = stdout or sys.stdout.buffer
        yield _Lines(target, _csv(","))
        target.flush()
        return
    final = Path(path)
    ending = next((e for e in reversed(ENDINGS) if final.name.lower().endswith(e)), "")
    if not ending:
        raise UnknownFormatError(final.name, final.suffix, ENDINGS)
    part = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        if ending == ".parquet":
            with _parquet(part) as writer:
                yield writer
        else:
            with part.open("wb") as raw:
                yield from _text_writer(raw, ending)
                raw.flush()
                os.fsync(raw.fileno())
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)


def _text_writer(raw: IO[bytes], ending: str) -> Iterator[Writer]:
    plain = ending.removesuffix(".gz")
    put = _jsonl if plain in {".jsonl", ".ndjson"} else _csv("\t" if plain == ".tsv" else ",")
    if ending == plain:
        yield _Lines(raw, put)
        return
    # No name and no time in the packed file, so the same rows give the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
        yield _Lines(cast("IO[bytes]", packed), put)


class _Lines:
    """Frames as lines of text, the header once."""

    def __init__(
        self, raw: IO[bytes], put: Callable[[pl.DataFrame, IO[bytes], bool], None]
    ) -> None:
        self._raw = raw
        self._put = put
        self._is_first = True

    def append(self, frame: pl.DataFrame) -> None:
        self._put(frame, self._raw, self._is_first)
        self._is_first = False


def _csv(separator: str) -> Callable[[pl.DataFrame, IO[bytes], bool], None]:
    def put(frame: pl.DataFrame, raw: IO[bytes], is_first: bool) -> None:  # noqa: FBT001 - our own
        raw.write(frame.write_csv(include_header=is_first, separator=separator).encode())

    return put


def _jsonl(frame: pl.DataFrame, raw: IO[bytes], _is_first: bool) -> None:  # noqa: FBT001 - our own
    raw.write(frame.write_ndjson().encode())


class _Parts:
    """Frames as Parquet files in a folder, to be joined at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def append(self, frame: pl.DataFrame) -> None:
        frame.write_parquet(self.folder / f"{self.count:08}.parquet")
        self.count += 1


@contextmanager
def _parquet(part: Path) -> Iterator[Writer]:
    """Join the parts without holding them in memory; Parquet cannot be appended to."""
    folder = Path(tempfile.mkdtemp(prefix=".", suffix=".parts", dir=part.parent))
    try:
        parts = _Parts(folder)
        yield parts
        if parts.count:
            pl.scan_parquet(folder / "*.parquet").sink_parquet(part)
        else:
            pl.DataFrame().write_parquet(part)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
