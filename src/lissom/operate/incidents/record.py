"""The record of incidents: a chain of lines, folded into what is open and what is closed.

A line never holds a text, its hash or whom it is about: what is only added to cannot be erased.
Rows are named by the numbers of their answers, which say nothing once these are deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from lissom.bundle.swap import alone_in, sync_folder
from lissom.bundle.whole import write_whole
from lissom.errors import IncidentNumberError, IncidentsNotWrittenError, RecordBrokenError
from lissom.operate.chain import NOTHING, append, hash_line, read_chain, to_line
from lissom.operate.incidents.causes import (  # noqa: TC001 - msgspec reads the annotations
    Cause,
    Severity,
    Suggested,
)
from lissom.operate.watching.status import VersionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = "incidents"
"""Inside the folder of the log."""
FILE, HEAD = "record.jsonl", "head.json"

Words = Annotated[str, msgspec.Meta(max_length=4000)]
Act = Literal["open", "alarm", "worse", "note", "back", "not back", "close"]


class Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One alarm of a monitor; the same one is never noted twice.

    Args:
        monitor: that raised it.
        version: of the bundle it was raised about.
        since_ms: when, in milliseconds since 1970.
    """

    monitor: str
    version: str
    since_ms: int


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that shows what is meant.

    Args:
        id: of the answer in the log, as /predict gave it.
        label: that was answered.
        probability: that it was right, as the model said.
        why: it was chosen, in a few words.
    """

    id: str
    label: str
    probability: float
    why: str


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only a person knows of an incident that is over.

    Args:
        because: why it is closed.
        cost: what it cost, in their words; "" for not said.
        sooner: what would have caught it sooner; "" for not said.
    """

    because: Words
    cost: Words = ""
    sooner: Words = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the record.

    Args:
        number: from 1, without gaps.
        at: time in UTC, ISO 8601.
        act: what happened.
        incident: to which it belongs, from 1.
        model: its name.
        version: of the bundle.
        cause: what probably lies behind it, from this line on.
        severity: from this line on.
        suggested: what to do.
        says: in a sentence.
        who: did it.
        alarms: that are noted with this line.
        evidence: the figures, with interval, n and method, as they stood, byte for byte: a later
            lissom may know more figures, and must not find an old line changed. null where nothing
            was looked at.
        rows: answers that show what is meant.
        told: what a person said in closing.
        before: sha256 of the line before, its end included.
    """

    number: int = 0
    at: Words
    act: Act
    incident: int
    model: Words
    version: Words
    cause: Cause
    severity: Severity
    suggested: Suggested
    says: Words
    who: Words
    alarms: tuple[Alarm, ...] = ()
    evidence: msgspec.Raw = msgspec.Raw(b"null")
    rows: tuple[Row, ...] = ()
    told: Told | None = None
    before: str = NOTHING

    @property
    def status(self) -> VersionStatus | None:
        """Return the figures as they stood; None where there are none that this lissom knows."""
        try:
            return msgspec.json.decode(self.evidence, type=VersionStatus | None)
        except msgspec.MsgspecError:
            return None


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the last line is, kept beside the record: lines that were cut off show against it."""

    number: int
    head: str


@dataclass(frozen=True, slots=True)
class Incident:
    """All that is known of one incident.

    Args:
        lines: of the record, the first one opened it.
    """

    lines: tuple[Line, ...]

    @property
    def number(self) -> int:
        """Return its number, from 1."""
        return self.lines[0].incident

    @property
    def model(self) -> str:
        """Return the model it is about."""
        return self.lines[0].model

    @property
    def opened(self) -> Line:
        """Return the line that opened it."""
        return self.lines[0]

    @property
    def closed(self) -> Line | None:
        """Return the line that closed it, or None while it is open."""
        return self.lines[-1] if self.lines[-1].act == "close" else None

    @property
    def last(self) -> Line:
        """Return its latest line: cause, severity and suggestion as they are now."""
        return self.lines[-1]

    @property
    def alarms(self) -> frozenset[Alarm]:
        """Return every alarm that belongs to it."""
        return frozenset(alarm for line in self.lines for alarm in line.alarms)

    @property
    def monitors(self) -> tuple[str, ...]:
        """Return the monitors whose alarms belong to it, the first one first."""
        return tuple(dict.fromkeys(alarm.monitor for line in self.lines for alarm in line.alarms))

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the answers that show what is meant, each once."""
        return tuple({row.id: row for line in self.lines for row in line.rows}.values())


def fold(lines: Sequence[Line]) -> tuple[Incident, ...]:
    """Return the incidents that some lines tell of, the first one first."""
    found: dict[int, Incident] = {}
    for line in lines:
        known = found.get(line.incident)
        found[line.incident] = (
            Incident((line,)) if known is None else replace(known, lines=(*known.lines, line))
        )
    return tuple(found.values())


class Book:
    """The record in a folder; several processes may read it, and add to it in turns.

    Args:
        log: folder of the log it stands in; nothing is made before there is a line.
    """

    def __init__(self, log: Path) -> None:
        """Read nothing yet."""
        self.folder = log / FOLDER

    def read(self) -> tuple[Incident, ...]:
        """Return every incident, having checked the whole chain.

        Raises:
            RecordBrokenError: somebody changed it.
        """
        return fold(self._lines())

    def add(self, make: Callable[[tuple[Incident, ...]], Sequence[Line]]) -> tuple[Line, ...]:
        """Add lines that follow from what is there; nobody else adds in between.

        Args:
            make: returns lines without number and hash, given the incidents so far.

        Raises:
            RecordBrokenError: somebody changed the record; nothing is added to it.
            IncidentsNotWrittenError: the disk said no.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with alone_in(self.folder):
                lines = self._lines()
                number, before = len(lines), hash_line(to_line(lines[-1])) if lines else NOTHING
                added: list[Line] = []
                for line in make(fold(lines)):
                    number += 1
                    whole = msgspec.structs.replace(line, number=number, before=before)
                    raw = to_line(whole)
                    append(self.folder / FILE, raw)
                    before = hash_line(raw)
                    added.append(whole)
                if added:
                    write_whole(self.folder / HEAD, msgspec.json.encode(Head(number, before)))
                    sync_folder(self.folder)
                return tuple(added)
        except OSError as error:
            why = error.strerror or str(error)
            raise IncidentsNotWrittenError(str(self.folder), why) from error

    def find(self, number: int, *, is_open: bool = False) -> Incident:
        """Return one incident.

        Raises:
            IncidentNumberError: there is none of this number, or it is closed.
            RecordBrokenError: somebody changed the record.
        """
        return choose(self.read(), number, is_open=is_open)

    def stamp(self) -> tuple[int, int] | None:
        """Return what changes when somebody adds to the record; cheap."""
        try:
            status = (self.folder / FILE).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def _lines(self) -> tuple[Line, ...]:
        # The head first: who adds a line in between makes the lines longer, which is no harm.
        head = self._head()
        lines = read_chain(self.folder / FILE, Line)
        if head is None:
            # A kill came between the first line and its head; more lines had one.
            if len(lines) > _MOST_AT_ONCE:
                raise RecordBrokenError(str(self.folder / HEAD), 0, "it is missing")
            return lines
        if not 1 <= head.number <= len(lines) or (
            hash_line(to_line(lines[head.number - 1])) != head.head
        ):
            why = f"{HEAD} speaks of another line {head.number}"
            raise RecordBrokenError(str(self.folder / FILE), len(lines), why)
        return lines

    def _head(self) -> Head | None:
        path = self.folder / HEAD
        try:
            return msgspec.json.decode(path.read_bytes(), type=Head)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise RecordBrokenError(str(path), 0, str(error)) from error


_MOST_AT_ONCE = 20
"""Lines that one look may add at most: as many monitors, and what follows from each."""


def choose(incidents: Sequence[Incident], number: int, *, is_open: bool) -> Incident:
    """Return the incident of a number.

    Raises:
        IncidentNumberError: there is none of this number, or it is closed.
    """
    found = [one for one in incidents if not (is_open and one.closed)]
    for one in found:
        if one.number == number:
            return one
    what = "open incident" if is_open else "incident"
    raise IncidentNumberError(number, what, [one.number for one in found])
