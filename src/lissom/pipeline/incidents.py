"""Incidents beside a server's log: kept by the server, looked at and closed by people."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle.whole import write_whole
from lissom.errors import AlarmFileError, IncidentsNotWrittenError, NoSuchLogError
from lissom.operate import watching
from lissom.operate.incidents import (
    AlarmOrder,
    Alerts,
    Book,
    Incident,
    Incidents,
    Pace,
    Sent,
    Told,
    choose,
    count_cost,
    open_channels,
    read_alarm_file,
    read_sent,
    to_aiid,
    write_act,
    write_report,
)
from lissom.operate.watching import Keeping, Log, find_by_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.operate.incidents import Line
    from lissom.operate.watching import Chronicle, Tells


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An answer that shows what an incident is about, as far as the log still has it.

    Args:
        id: of the answer.
        label: that was answered.
        probability: that it was right, as the model said.
        why: it was chosen.
        hash: of the text, "" where the answer is no longer in the log.
        text: where the log keeps texts and this one is still there, else None.
    """

    id: str
    label: str
    probability: float
    why: str
    hash: str
    text: str | None


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """One incident with what the log still knows of its rows.

    Args:
        incident: with all its lines.
        rows: answers that show what is meant.
    """

    incident: Incident
    rows: tuple[ShownRow, ...]


def read_alarms(path: Path) -> AlarmOrder:
    """Read whom to tell of an incident, and when to go back by itself.

    Raises:
        AlarmFileError: it cannot be used.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AlarmFileError(str(path), error.strerror or str(error)) from error
    return read_alarm_file(raw, str(path), os.environ)


def open_incidents(
    chronicle: Chronicle, order: AlarmOrder, releases: Mapping[str, Path], tell: Tells
) -> Incidents:
    """Keep the incidents of a server that starts.

    Args:
        chronicle: what it keeps of its answers; its looks are heard from now on.
        order: whom to tell, and when to go back by itself.
        releases: model to the folder of its release.
        tell: the log of events.
    """
    incidents = Incidents(chronicle.log, tell, order, releases)
    channels = open_channels(order)
    if channels:
        incidents.alerts = Alerts(incidents.book, channels, Pace(order.per_hour), tell)
    chronicle.look_hearers.append(incidents.looked)
    return incidents


def list_incidents(folder: Path) -> tuple[Incident, ...]:
    """Return every incident of a log, the first one first.

    Raises:
        NoSuchLogError: there is no log.
        RecordBrokenError: somebody changed the record.
    """
    return _book(folder).read()


def read_alerts(folder: Path) -> dict[str, Sent]:
    """Return channel to what became of the alerts, as a server has written it down."""
    return read_sent(_book(folder).folder)


def show_incident(folder: Path, number: int) -> ShownIncident:
    """Return one incident, with the texts of its rows where the log keeps texts.

    Raises:
        IncidentNumberError: there is none of this number.
        LogError: the log cannot be read.
    """
    incident = _book(folder).find(number)
    with closing(Log(folder, Keeping())) as log:
        rows = tuple(_show(log, *msgspec.structs.astuple(row)) for row in incident.rows)
    return ShownIncident(incident, rows)


def note_incident(folder: Path, number: int, says: str, who: str) -> Incident:
    """Write down what was done about an incident that is open.

    Raises:
        IncidentNumberError: there is none of this number, or it is closed.
        RecordBrokenError: somebody changed the record.
    """
    book = _book(folder)
    book.add(
        lambda found: [write_act(choose(found, number, is_open=True), "note", says, who, _now())]
    )
    return book.find(number)


def close_incident(folder: Path, number: int, told: Told, who: str) -> Path:
    """Close an incident and write the report on it.

    Args:
        folder: of the log.
        number: of the incident.
        told: why, and what else a person knows.
        who: closes it.

    Returns:
        The path of the report, in Markdown.

    Raises:
        IncidentNumberError: there is none of this number, or it is closed.
        IncidentsNotWrittenError: the disk said no.
        RecordBrokenError: somebody changed the record.
    """
    book = _book(folder)

    def close(found: tuple[Incident, ...]) -> list[Line]:
        line = write_act(choose(found, number, is_open=True), "close", told.because, who, _now())
        return [msgspec.structs.replace(line, told=told)]

    book.add(close)
    path = book.folder / f"incident-{number}.md"
    try:
        write_whole(path, report_incident(folder, number).encode())
    except OSError as error:
        raise IncidentsNotWrittenError(str(path), error.strerror or str(error)) from error
    return path


def report_incident(folder: Path, number: int) -> str:
    """Return the report on an incident in Markdown; a draft while it is open.

    Raises:
        IncidentNumberError: there is none of this number.
        LogError: the log cannot be read.
    """
    incident = _book(folder).find(number)
    with closing(Log(folder, Keeping())) as log:
        return write_report(incident, count_cost(log, incident, time.time_ns() // 1_000_000))


def export_incident(folder: Path, number: int) -> dict[str, object]:
    """Return an incident in the fields of the AI Incident Database.

    Raises:
        IncidentNumberError: there is none of this number.
    """
    return to_aiid(_book(folder).find(number))


def _show(log: Log, number: str, label: str, probability: float, why: str) -> ShownRow:
    answer = find_by_number(log, [int(number)]).get(int(number))
    texts = log.read("select text from texts where id = ?", (int(number),))
    shown = "" if answer is None else answer.digest.hex()
    text = str(texts[0][0]) if answer is not None and texts else None
    return ShownRow(number, label, probability, why, shown, text)


def _book(folder: Path) -> Book:
    if not (folder / watching.FILE).is_file():
        raise NoSuchLogError(str(folder))
    return Book(folder)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
