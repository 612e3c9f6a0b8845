"""What happened, one JSON object on a line; never a text that somebody sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_SUMMARY_S = 10.0


class Events:
    """A log of a server.

    Args:
        write: takes one line without its end.
        now: the time, with its zone.
    """

    def __init__(self, write: Callable[[str], None], now: Callable[[], datetime]) -> None:
        """Say nothing yet."""
        self._write, self.now = write, now
        self._held: dict[str, tuple[float, int]] = {}

    def say(self, event: str, **facts: object) -> None:
        """Write one line.

        >>> from datetime import UTC, datetime
        >>> Events(print, lambda: datetime(2026, 1, 1, tzinfo=UTC)).say("ready", models=1)
        {"at":"2026-01-01T00:00:00.000Z","event":"ready","models":1}
        """
        at = self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._write(msgspec.json.encode({"at": at, "event": event, **facts}).decode())

    def say_sometimes(self, event: str, clock_s: float, **facts: object) -> None:
        """Write one line for all that happen within ten seconds: a crowd must not fill the disk.

        Args:
            event: what happens often.
            clock_s: seconds of a clock that never goes back.
            facts: of the one that is written; `more` counts those before it that were not.
        """
        last, more = self._held.get(event, (float("-inf"), 0))
        if clock_s - last < _SUMMARY_S:
            self._held[event] = (last, more + 1)
            return
        self._held[event] = (clock_s, 0)
        self.say(event, **facts, more=more)
