"""Sends alerts from a thread of its own, so that nothing which goes wrong there can hold anyone up.

Every line worth an alert is told once on every channel. What was told is kept beside the record,
so a server that starts anew neither repeats itself nor forgets what a kill came in between.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle.whole import write_whole
from lissom.errors import LissomError
from lissom.operate.incidents.channels import ChannelError, to_alert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lissom.operate.incidents.channels import Alert, Channel
    from lissom.operate.incidents.record import Book
    from lissom.operate.watching import Tells

STATE = "alerts.json"
_TRIES = 3
_FIRST_WAIT_S = 2.0
"""Doubled after each try."""
_AGAIN_S = 600.0
"""After the last try a channel is left alone so long; nothing is lost meanwhile."""
_HOUR_S = 3600.0
_LOOK_S = 60.0


class Sent(msgspec.Struct, frozen=True):
    """What became of the alerts on one channel.

    Args:
        told: numbers of the lines that were told; of open incidents, so there are few.
        sent: how many alerts arrived, ever.
        failed: how many tries failed, ever.
        why: the latest failure, "" after a success.
    """

    told: tuple[int, ...] = ()
    sent: int = 0
    failed: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is tried.

    Args:
        per_hour: alerts that one channel sends at most.
        tries: for one alert, one after the other.
        first_wait_s: before the second try; doubled after each.
        again_s: how long a channel that failed is left alone.
    """

    per_hour: int = 10
    tries: int = _TRIES
    first_wait_s: float = _FIRST_WAIT_S
    again_s: float = _AGAIN_S


@dataclass(slots=True)
class _Line:
    """One channel, as the thread knows it."""

    channel: Channel
    sent_at: deque[float] = field(default_factory=deque)
    not_before: float = float("-inf")
    held: int = 0


class Alerts:
    """Tells of incidents, on every channel, once.

    Args:
        book: of the incidents.
        channels: the ways that alerts take.
        pace: how often is tried.
        tell: the log of events; hears of failures.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        book: Book,
        channels: Sequence[Channel],
        pace: Pace,
        tell: Tells,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the thread; it looks at once for what an earlier server left untold."""
        self._book, self._pace, self._tell, self._clock = book, pace, tell, clock
        self._lines = [_Line(channel) for channel in channels]
        self._state = read_sent(book.folder)
        self._wake, self._end = threading.Event(), threading.Event()
        self._wake.set()
        self._thread = threading.Thread(target=self._work, name="alerts", daemon=True)
        self._thread.start()

    def offer(self) -> None:
        """Say that the record has changed; returns at once."""
        self._wake.set()

    @property
    def sent(self) -> dict[str, Sent]:
        """Return channel to what became of its alerts."""
        return {line.channel.name: self._of(line) for line in self._lines}

    @property
    def held(self) -> dict[str, int]:
        """Return channel to how many alerts wait, for its pace or for the channel itself."""
        return {line.channel.name: line.held for line in self._lines}

    def close(self) -> None:
        """End after the try that is under way; what is not told yet is told by the next server."""
        self._end.set()
        self._wake.set()
        self._thread.join(5)

    def _work(self) -> None:
        while not self._end.is_set():
            self._wake.wait(_LOOK_S)
            self._wake.clear()
            try:
                self._look()
            except LissomError as error:
                self._tell("alerts not sent", why=str(error))

    def _look(self) -> None:
        incidents = [one for one in self._book.read() if not one.closed]
        alerts = [
            alert
            for line in sorted(
                (line for one in incidents for line in one.lines), key=attrgetter("number")
            )
            if (alert := to_alert(line)) is not None
        ]
        for line in self._lines:
            told = set(self._of(line).told)
            waiting = [alert for alert in alerts if alert.line not in told]
            line.held = len(waiting)
            for alert in waiting:
                if self._end.is_set() or not self._may(line) or not self._send(line, alert):
                    break
                line.held -= 1
            # Lines of closed incidents are never asked about again.
            self._keep(line, {one.line for one in alerts})

    def _may(self, line: _Line) -> bool:
        now = self._clock()
        while line.sent_at and line.sent_at[0] <= now - _HOUR_S:
            line.sent_at.popleft()
        return now >= line.not_before and len(line.sent_at) < self._pace.per_hour

    def _send(self, line: _Line, alert: Alert) -> bool:
        wait_s = self._pace.first_wait_s
        for attempt in range(self._pace.tries):
            if attempt and self._end.wait(wait_s * 2 ** (attempt - 1)):
                return False
            before = self._of(line)
            try:
                line.channel.send(alert)
            except Exception as error:  # noqa: BLE001 - a fault of one way must not end the others
                why = str(error) if isinstance(error, ChannelError) else type(error).__name__
                failed = before.failed + 1
                self._note(line, msgspec.structs.replace(before, failed=failed, why=why))
                continue
            line.sent_at.append(self._clock())
            after = Sent((*before.told, alert.line), before.sent + 1, before.failed)
            self._note(line, after)
            return True
        line.not_before = self._clock() + self._pace.again_s
        why = self._of(line).why
        self._tell("alert not sent", channel=line.channel.name, incident=alert.incident, why=why)
        return False

    def _of(self, line: _Line) -> Sent:
        return self._state.get(line.channel.name, Sent())

    def _keep(self, line: _Line, numbers: set[int]) -> None:
        before = self._of(line)
        told = tuple(number for number in before.told if number in numbers)
        if told != before.told:
            self._note(line, msgspec.structs.replace(before, told=told))

    def _note(self, line: _Line, sent: Sent) -> None:
        self._state = {**self._state, line.channel.name: sent}
        try:
            write_whole(self._book.folder / STATE, msgspec.json.encode(self._state))
        except OSError:
            # It may be told twice after a restart; that is better than not at all.
            self._tell("alerts not noted", channel=line.channel.name)


def read_sent(folder: Path) -> dict[str, Sent]:
    """Return channel to what became of its alerts, as far as a server has written it down."""
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=dict[str, Sent])
    except (OSError, msgspec.MsgspecError):
        return {}
