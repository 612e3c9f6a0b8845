"""Writes answers down beside the loop, a handful at a time, and never holds an answer up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from lissom.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from lissom.operate.watching.entries import Entry
    from lissom.operate.watching.log import Log

_EVERY_S = 0.1
_MOST_HELD = 50_000
"""Answers held in memory while the disk is slow or full; some 50 MB. More are counted, not kept."""
_RETRY_S = 1.0


class Tells(Protocol):
    """Who hears that something went wrong; called from the writing thread."""

    def __call__(self, event: str, **facts: object) -> None:
        """Say it."""
        ...


class Recorder:
    """Takes answers from one thread and writes them in another.

    Args:
        log: where to.
        tell: hears of trouble, and of its end.
        rng: chooses by lot which answers are kept with details.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        log: Log,
        tell: Tells,
        rng: np.random.Generator,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the thread."""
        self.log, self.lost = log, 0
        self._tell, self._rng, self._clock = tell, rng, clock
        self._held: list[Entry] = []
        self._alone = threading.Lock()
        self._wake = threading.Event()
        self._is_closing = False
        self._is_troubled = False
        self._allowance: dict[int, float] = {}
        self._drawn_at = clock()
        self._done = threading.Condition()
        self._waiting: list[tuple[int, Callable[[], object]]] = []
        self.taken = self._written = 0
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def take(self, entries: list[Entry]) -> int:
        """Take answers; returns at once.

        Returns:
            How many were taken in all, now in `taken`: what `wait` may be given.
        """
        with self._alone:
            room = max(_MOST_HELD - len(self._held), 0)
            self.lost += max(len(entries) - room, 0)
            self._held += entries[:room]
            self.taken += min(len(entries), room)
            return self.taken

    def wait(self, count: int, wait_s: float) -> bool:
        """Wait until so many are written; says whether they are. Not for the loop's thread."""
        self._wake.set()
        with self._done:
            return self._done.wait_for(lambda: self._written >= count, wait_s)

    def call_when_written(self, then: Callable[[], object]) -> None:
        """Have something called, in the writing thread, when all that was taken is written."""
        with self._done:
            if self._written < self.taken:
                self._waiting.append((self.taken, then))
                self._wake.set()
                return
        then()

    def close(self) -> None:
        """Write what is held, and end."""
        self._is_closing = True
        self._wake.set()
        self._thread.join(_RETRY_S * 5)

    @property
    def held(self) -> int:
        """Return how many answers wait to be written."""
        return self.taken - self._written

    def _work(self) -> None:
        while True:
            self._wake.wait(_EVERY_S)
            self._wake.clear()
            is_last = self._is_closing
            with self._alone:
                entries, self._held = self._held, []
            if entries and not self._write(entries) and not is_last:
                with self._alone:
                    self._held = entries + self._held
                time.sleep(_RETRY_S)
            if is_last:
                return

    def _write(self, entries: list[Entry]) -> bool:
        wanted = self._draw(entries)
        try:
            self.log.write(entries, wanted)
        except LogError as error:
            if not self._is_troubled:
                self._tell("log not written", why=str(error))
            self._is_troubled = True
            return False
        if self._is_troubled:
            self._tell("log written again", lost=self.lost)
        self._is_troubled = False
        with self._done:
            self._written += len(entries)
            self._done.notify_all()
            told = [then for count, then in self._waiting if count <= self._written]
            self._waiting = [one for one in self._waiting if one[0] > self._written]
        for then in told:
            then()
        return True

    def _draw(self, entries: list[Entry]) -> list[bool]:
        """Choose by lot which answers are kept with details.

        Each version has an hour's allowance, which refills evenly; the fuller it is, the better
        the chance. The chance never depends on what an answer says, so the chosen are a fair
        sample of what came at the time.
        """
        most = self.log.keeping.details_per_hour
        now = self._clock()
        refill = (now - self._drawn_at) / 3600 * most
        self._drawn_at = now
        self._allowance = {
            version: min(most, left + refill) for version, left in self._allowance.items()
        }
        wanted = []
        for entry, lot in zip(entries, self._rng.random(len(entries)), strict=True):
            left = self._allowance.get(entry.version, most)
            is_wanted = bool(lot * most < left)
            self._allowance[entry.version] = left - is_wanted
            wanted.append(is_wanted)
        return wanted
