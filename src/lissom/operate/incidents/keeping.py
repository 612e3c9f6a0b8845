"""The server's side of incidents: hears every look, writes, tells, and goes back where told to."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from lissom.errors import LissomError, RecordBrokenError
from lissom.operate import releasing
from lissom.operate.incidents.alarm_file import AlarmOrder
from lissom.operate.incidents.examples import pick
from lissom.operate.incidents.going_back import WHO, go_back_for, wants_back
from lissom.operate.incidents.opening import Look, alarms_of, follow
from lissom.operate.incidents.record import Book, Incident, Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lissom.operate.incidents.alerts import Alerts
    from lissom.operate.watching import Log, Tells, VersionStatus


class Incidents:
    """Turns looks into incidents; called from the thread that looks, never from the loop's.

    Args:
        log: of the answers; the record stands beside it.
        order: when to go back by itself.
        releases: model to the folder of its release, for the models that have one.
        tell: the log of events.
    """

    def __init__(
        self,
        log: Log,
        tell: Tells,
        order: AlarmOrder | None = None,
        releases: Mapping[str, Path] | None = None,
    ) -> None:
        """Read nothing yet."""
        self.book = Book(log.folder)
        self.alerts: Alerts | None = None
        self._log, self._tell = log, tell
        self._order, self._releases = order or AlarmOrder(), releases or {}
        self._stamp: tuple[int, int] | None = None
        self._open: tuple[Incident, ...] = ()

    def looked(self, status: VersionStatus, at_ms: int) -> None:
        """Hear what a look at a version said; what goes wrong is told, and never raised.

        Args:
            status: of the version.
            at_ms: when, in milliseconds since 1970.
        """
        if not alarms_of(status):
            return
        at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
        try:
            for line in self._note(status, at):
                self._tell("incident", **_facts(line))
            for incident in self.read_open():
                if incident.model == status.model and wants_back(incident, self._order.go_back):
                    self._go_back(incident, at)
        except LissomError as error:
            # The alarm is still there at the next look, and is noted then.
            self._tell("incident not noted", model=status.model, why=str(error))
        except Exception as error:  # noqa: BLE001 - a fault in here must never end the looking
            self._tell("incident not noted", model=status.model, why=type(error).__name__)
        if self.alerts is not None:
            self.alerts.offer()

    def read_open(self) -> tuple[Incident, ...]:
        """Return the incidents that are open; the record is read when it has changed.

        Raises:
            RecordBrokenError: somebody changed it unseen.
        """
        stamp = self.book.stamp()
        if stamp is None or stamp != self._stamp:
            self._open = tuple(one for one in self.book.read() if not one.closed)
            self._stamp = stamp
        return self._open

    def count_open(self) -> dict[tuple[str, ...], float]:
        """Return (model,) to how many incidents are open; -1 for a record that was changed."""
        try:
            found = self.read_open()
        except RecordBrokenError:
            return {("",): -1}
        models = {one.model for one in found}
        return {(model,): sum(one.model == model for one in found) for model in sorted(models)}

    def close(self) -> None:
        """End the thread that tells of incidents."""
        if self.alerts is not None:
            self.alerts.close()

    def _note(self, status: VersionStatus, at: str) -> Sequence[Line]:
        look = Look(status, at, self._can_go_back(status.model), partial(pick, self._log, status))
        # Most looks at an active alarm find nothing new; those take no lock.
        if not follow(self.book.read(), look):
            return ()
        return self.book.add(lambda incidents: follow(incidents, look))

    def _can_go_back(self, model: str) -> bool:
        folder = self._releases.get(model)
        if folder is None:
            return False
        try:
            return releasing.read_plan(folder).previous is not None
        except LissomError:
            return False

    def _go_back(self, incident: Incident, at: str) -> None:
        act, says = go_back_for(incident, self._releases.get(incident.model), at)
        (line,) = self.book.add(lambda _: [write_act(incident, act, says, WHO, at)])
        self._tell("incident", **_facts(line))


def write_act(incident: Incident, act: str, says: str, who: str, at: str) -> Line:
    """Return a line about what was done; cause and severity stay as they are.

    Args:
        incident: to which it belongs.
        act: "note", "back", "not back" or "close".
        says: what was done, or why not.
        who: did it.
        at: time in UTC, ISO 8601.
    """
    last = incident.last
    return Line(
        at=at,
        act=act,  # type: ignore[arg-type]  # one of the words above
        incident=incident.number,
        model=last.model,
        version=last.version,
        cause=last.cause,
        severity=last.severity,
        suggested=last.suggested,
        says=says[:4000],
        who=who,
    )


def _facts(line: Line) -> dict[str, object]:
    return {
        "number": line.incident,
        "act": line.act,
        "model": line.model,
        "version": line.version,
        "cause": line.cause,
        "severity": line.severity,
        "says": line.says,
    }
