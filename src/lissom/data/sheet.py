"""A CSV for a person to fill in with a spreadsheet: whole or not there, and harmless to open."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from lissom.errors import SheetNotWrittenError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MARK = b"\xef\xbb\xbf"
"""Without a byte order mark the most used spreadsheet reads UTF-8 as another encoding."""

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?")


def disarm(cell: str) -> str:
    r"""Return a cell that no spreadsheet takes for a formula.

    The texts are strangers' words, and a spreadsheet runs a cell that begins with one of = + - @.
    An apostrophe in front makes it text; a labels file is matched without signs, so nothing is
    lost. A plain number stays as it is.

    Source: OWASP, "CSV Injection".

    >>> disarm('=HYPERLINK("http://x")'), disarm("-12,5"), disarm("fine = good")
    ('\'=HYPERLINK("http://x")', '-12,5', 'fine = good')
    """
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_sheet(path: Path, frame: pl.DataFrame, *, own: Sequence[str] = ()) -> None:
    """Write text columns as a CSV that a spreadsheet opens as it should.

    The file takes its place in one step, so what stood there before is whole until then.

    Args:
        path: where to; an existing file is replaced.
        frame: text columns; null is an empty cell.
        own: columns that a stranger has no hand in (labels), which have to read back equal.

    Raises:
        SheetNotWrittenError: the folder cannot be written to.
    """
    safe = frame.select(
        name
        if name in own
        else pl.Series(name, [cell and disarm(cell) for cell in frame[name]], pl.String)
        for name in frame.columns
    )
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as raw:
            raw.write(_MARK + safe.write_csv().encode())
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
    except OSError as error:
        raise SheetNotWrittenError(str(path), error.strerror or str(error)) from error
    finally:
        # What hinders the writing may hinder the cleaning up; the first is what is told.
        with suppress(OSError):
            part.unlink(missing_ok=True)
