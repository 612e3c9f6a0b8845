"""The page of an examination, written beside the rows that it quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.bundle import write_whole
from lissom.errors import CannotWriteError
from lissom.examine import PARTS
from lissom.govern.exam_page import write_exam

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.evidence import Exam


def save_exam(exam: Exam, out: Path) -> Path:
    """Write the page, readable by its owner alone: it holds texts of the rows.

    Raises:
        CannotWriteError: the system would not let us.
    """
    raw = write_exam(exam, {part.key: part.title for part in PARTS}).encode()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, raw)
    except OSError as error:
        raise CannotWriteError(str(out), error.strerror or str(error)) from error
    return out
