"""Lines that can be added to and not changed unseen: each names the one before it by its hash.

Releases keep their record so, and incidents theirs.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from lissom.errors import RecordBrokenError, RecordWordsError

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "0" * 64
"""What the first line names as the line before it."""


class Linked(Protocol):
    """What every line has, whatever else it says.

    Args:
        number: from 1, without gaps.
        before: sha256 of the line before, its end included.
    """

    @property
    def number(self) -> int:
        """Return its number."""
        ...

    @property
    def before(self) -> str:
        """Return the hash of the line before."""
        ...


Line = TypeVar("Line", bound=Linked)


def read_chain(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """Return every line, having checked that each names the one before it.

    A line that was changed, removed or put in shows, whichever it was. That the last ones were cut
    off does not show here: whoever keeps a chain keeps the last line's hash elsewhere too.

    Args:
        path: of the file; there are no lines when it is not there.
        kind: a frozen msgspec struct that forbids unknown fields.

    Raises:
        RecordBrokenError: a line is damaged, or does not follow the one before it.
    """
    found: list[Line] = []
    before = NOTHING
    for number, raw in enumerate(read_lines(path), 1):
        try:
            line = msgspec.json.decode(raw, type=kind)
        except msgspec.MsgspecError as error:
            raise RecordBrokenError(str(path), number, str(error)) from error
        if line.number != number or line.before != before or to_line(line) != raw:
            why = "it does not follow the line before it"
            raise RecordBrokenError(str(path), number, why)
        found.append(line)
        before = hash_line(raw)
    return tuple(found)


def read_lines(path: Path) -> list[bytes]:
    """Return the lines, ends included; what is left of one that a kill cut off is no line.

    Raises:
        RecordBrokenError: the system would not let us read.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RecordBrokenError(str(path), 0, error.strerror or str(error)) from error
    return [line + b"\n" for line in raw.split(b"\n")[:-1]]


def hash_line(line: bytes) -> str:
    """Return what the next line names.

    >>> hash_line(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(line).hexdigest()


def to_line(line: Linked) -> bytes:
    """Return a line as it stands in the file.

    Raises:
        RecordWordsError: it could not be read again, so it must not be written.
    """
    try:
        raw = msgspec.json.encode(line)
        msgspec.json.decode(raw, type=type(line))
    except (msgspec.MsgspecError, ValueError) as error:
        raise RecordWordsError(str(error)) from error
    return raw + b"\n"


def append(path: Path, line: bytes) -> None:
    """Add a line and have it written through to the disk.

    Raises:
        OSError: the system says no.
    """
    whole = sum(map(len, read_lines(path)))
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(handle, "r+b") as file:
        # What a kill left of a line is no line, and must not become the head of this one.
        file.truncate(whole)
        file.seek(whole)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
