"""What served when, who changed it and why: lines that can be added to and not changed unseen."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Annotated

import msgspec

from lissom.errors import RecordBrokenError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "record.jsonl"
NOTHING = "0" * 64
"""What the first line names as the line before it."""

_Words = Annotated[str, msgspec.Meta(max_length=2000)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line.

    Args:
        number: from 1, without gaps.
        at: time in UTC, ISO 8601.
        act: what was done: "live", "shadow", "canary", "step", "promote", "stop", "back".
        version: to which version.
        who: did it.
        why: in their words, or what a test found.
        live: the version that served from then on.
        canary: the version on trial from then on, or None.
        share: of the requests that went to it.
        shadow: the version that answered unheard from then on, or None.
        before: sha256 of the line before, its end included.
    """

    number: int
    at: _Words
    act: _Words
    version: _Words
    who: _Words
    why: _Words
    live: str
    canary: str | None
    share: float
    shadow: str | None
    before: str


def read_record(folder: Path) -> tuple[Entry, ...]:
    """Return the whole record, having checked that every line names the one before it.

    A line that was changed, removed or put in shows, whichever it was; that the last ones were cut
    off shows too, against the pointer. Somebody who rewrites both is not found out: keep the last
    line's hash elsewhere where that matters.

    Raises:
        RecordBrokenError: a line is damaged, or does not follow the one before it.
    """
    entries: list[Entry] = []
    before = NOTHING
    for number, line in enumerate(read_lines(folder), 1):
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except msgspec.MsgspecError as error:
            raise RecordBrokenError(str(folder / FILE), number, str(error)) from error
        if entry.number != number or entry.before != before or to_line(entry) != line:
            why = "it does not follow the line before it"
            raise RecordBrokenError(str(folder / FILE), number, why)
        entries.append(entry)
        before = hash_line(line)
    return tuple(entries)


def read_lines(folder: Path) -> list[bytes]:
    """Return the lines, ends included; what is left of one that a kill cut off is no line.

    Raises:
        RecordBrokenError: the system would not let us read.
    """
    try:
        raw = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RecordBrokenError(str(folder / FILE), 0, error.strerror or str(error)) from error
    return [line + b"\n" for line in raw.split(b"\n")[:-1]]


def hash_line(line: bytes) -> str:
    """Return what the next line names.

    >>> hash_line(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(line).hexdigest()


def to_line(entry: Entry) -> bytes:
    """Return an entry as it stands in the file."""
    return msgspec.json.encode(entry) + b"\n"


def append(folder: Path, line: bytes) -> None:
    """Add a line and have it written through to the disk.

    Raises:
        OSError: the system says no.
    """
    whole = sum(map(len, read_lines(folder)))
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(handle, "r+b") as file:
        # What a kill left of a line is no line, and must not become the head of this one.
        file.truncate(whole)
        file.seek(whole)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
