"""Answers the texts of many requests side by side, with a bounded queue before the encoder."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lissom.errors import BusyError, FaultError, LateError
from lissom.operate.serving.answered import Answered
from lissom.operate.serving.curve import Curve
from lissom.operate.serving.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lissom.operate.serving.limits import Limits
    from lissom.operate.serving.metrics import Metrics
    from lissom.runtime import Glance
    from lissom.tasks import Output, Task

    Future = asyncio.Future[Answered]

INLINE_CHARACTERS = 8_192
"""Texts looked at in one go on the loop's own thread: about 3 ms. Handing a short text to another
thread and back costs more than the word tier does; longer ones would hold everybody up."""

_IDLE_LOOK_S = 0.01


class Reads(Protocol):
    """A model, as far as the engine needs one; see `lissom.runtime.Model`."""

    def glance(self, texts: Sequence[str]) -> Glance:
        """Do all that needs no reading."""
        ...

    def read(
        self, ids: Sequence[int], words: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], float]:
        """Return (outputs,) probabilities and familiarity of a text; several threads call it."""
        ...

    def find_unsure(
        self,
        probabilities: NDArray[np.float32],
        familiar: NDArray[np.float32],
        texts: Sequence[str],
    ) -> NDArray[np.bool_]:
        """Say which answers a person should look at."""
        ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of a model mean.

    Args:
        task: turns probabilities into answers.
        output: what the model gives out.
    """

    task: Task
    output: Output


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """One request on its way."""

    texts: list[str]
    due: float
    came: float
    future: Future


@dataclass(slots=True, eq=False)
class _Reading:
    """A request of which some texts must be read; only the loop's thread touches it."""

    ticket: _Ticket
    glance: Glance
    timer: asyncio.TimerHandle
    left: int
    left_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A text in line for the encoder."""

    row: int
    ids: list[int]
    words: NDArray[np.float32]
    guess_s: float
    reading: _Reading


class Engine:
    """A model that many may ask at once.

    Requests that arrive in one turn of the loop share one pass of the word tier, so nobody waits
    for company and a crowd is cheap. What the word tier does not keep is read, each text alone,
    by threads that take turns between requests: who asks for one text does not stand behind
    somebody's 512.

    Not safe across threads: it belongs to the loop that runs when it is made.

    Args:
        model: what answers.
        meaning: how to read its numbers.
        name: the model's name, for the metrics.
        threads: texts read at a time.
        limits: how much may wait, and how long.
        metrics: where times are noted.
    """

    def __init__(
        self,
        model: Reads,
        meaning: Meaning,
        name: str,
        threads: int,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        """Start the threads."""
        self._model, self._meaning, self._name = model, meaning, name
        self._limits, self._metrics = limits, metrics
        self.curve = Curve()
        self._loop = asyncio.get_running_loop()
        self._pending: list[_Ticket] = []
        self._is_flushing = False
        self._line: Turns[_Text] = Turns()
        self._reading: set[_Reading] = set()
        self._in_hand = self._aside = 0
        self._inbox: SimpleQueue[_Text | None] = SimpleQueue()
        self._side = ThreadPoolExecutor(1, f"{name}-side")
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{i}", daemon=True)
            for i in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Return how many texts stand in line for the encoder."""
        return len(self._line)

    @property
    def is_idle(self) -> bool:
        """Say whether nobody waits for anything."""
        return not (self._pending or self._reading or self._aside)

    def ask(self, texts: list[str], wait_s: float | None = None) -> Future:
        """Answer each text; the future may hold a `RequestError` instead.

        Args:
            texts: at least one.
            wait_s: give up after so long; None for the limit.
        """
        now = self._loop.time()
        wait_s = self._limits.deadline_s if wait_s is None else wait_s
        ticket = _Ticket(texts, now + wait_s, now, self._loop.create_future())
        self._pending.append(ticket)
        if not self._is_flushing:
            self._is_flushing = True
            # Not at once: what else came in with this turn of the loop shares the pass.
            self._loop.call_soon(self._flush)
        return ticket.future

    async def drain(self) -> None:
        """Wait until everybody has an answer."""
        while not self.is_idle:  # noqa: ASYNC110 - runs once in an engine's life
            await asyncio.sleep(_IDLE_LOOK_S)

    def close(self) -> None:
        """End the threads; call `drain` first."""
        for _ in self._threads:
            self._inbox.put(None)
        self._side.shutdown(wait=False)

    def _flush(self) -> None:
        """Look at what is pending: as many requests as fit into one go."""
        pending, size, taken = self._pending, 0, 0
        for ticket in pending:
            more = sum(map(len, ticket.texts))
            if taken and size + more > INLINE_CHARACTERS:
                break
            size += more
            taken += 1
        tickets, self._pending = pending[:taken], pending[taken:]
        self._is_flushing = bool(self._pending)
        if self._is_flushing:
            self._loop.call_soon(self._flush)
        if size > INLINE_CHARACTERS:  # one long request, taken alone
            self._aside += 1
            aside = self._loop.run_in_executor(self._side, self._look, tickets)
            aside.add_done_callback(lambda done: self._look_came_back(tickets, done))
        else:
            self._look_here(tickets)

    def _look_here(self, tickets: list[_Ticket]) -> None:
        try:
            looked = self._look(tickets)
        except Exception as error:  # noqa: BLE001 - a fault is the request's, not the loop's
            if len(tickets) == 1:
                _fail(tickets, error)
                return
            # One of them is at fault; the others only shared its pass.
            for ticket in tickets:
                self._look_here([ticket])
        else:
            self._sort(tickets, *looked)

    def _look(self, tickets: list[_Ticket]) -> tuple[Glance, list[Answered], float]:
        """Do all that needs no reading, for several requests in one pass; in any thread."""
        began = self._loop.time()
        texts = [text for ticket in tickets for text in ticket.texts]
        glance = self._model.glance(texts)
        answered = self._finish(glance, texts)
        whole, start = [], 0
        for ticket in tickets:
            rows = slice(start, start + len(ticket.texts))
            whole.append(_slice(answered, rows))
            start = rows.stop
        return glance, whole, self._loop.time() - began

    def _look_came_back(
        self,
        tickets: list[_Ticket],
        done: asyncio.Future[tuple[Glance, list[Answered], float]],
    ) -> None:
        self._aside -= 1
        error = done.exception()
        if error is not None:
            _fail(tickets, error)
        else:
            self._sort(tickets, *done.result())

    def _sort(
        self, tickets: list[_Ticket], glance: Glance, whole: list[Answered], seconds: float
    ) -> None:
        """Send home whoever is answered; put the others in line."""
        self._metrics.lexical_s.add(seconds, self._name)
        start = 0
        for ticket, answered in zip(tickets, whole, strict=True):
            stop = start + len(ticket.texts)
            if ticket.future.done():  # they went away
                pass
            elif self._loop.time() > ticket.due:
                ticket.future.set_exception(LateError())
            elif all(answered.is_lexical):
                ticket.future.set_result(answered)
            else:
                self._line_up(ticket, _part(glance, slice(start, stop)))
            start = stop
        self._hand_out()

    def _line_up(self, ticket: _Ticket, glance: Glance) -> None:
        """Put the texts that must be read in line, unless the line is too long already."""
        rows = np.flatnonzero(~glance.is_lexical).tolist()
        guesses = [self.curve.guess(len(glance.ids[row])) for row in rows]
        own_s = sum(guesses)
        # Turns are shared fairly, so each of the others gets at most what this one gets.
        wait_s = sum(min(other.left_s, own_s) for other in self._reading) / len(self._threads)
        is_late = self._loop.time() + wait_s > ticket.due
        if self._reading and (wait_s > self._limits.waiting_s or is_late):
            ticket.future.set_exception(BusyError(wait_s))
            return
        timer = self._loop.call_at(ticket.due, self._give_up, ticket)
        reading = _Reading(ticket, glance, timer, len(rows), own_s)
        self._reading.add(reading)
        ticket.future.add_done_callback(lambda _: self._leave(reading))
        self._line.add(
            reading,
            [
                (guess, _Text(row, glance.ids[row], glance.scores[row], guess, reading))
                for row, guess in zip(rows, guesses, strict=True)
            ],
        )

    def _hand_out(self) -> None:
        """Keep every thread busy, with one text more in hand than there are threads."""
        while self._line and self._in_hand <= len(self._threads):
            self._in_hand += 1
            self._inbox.put(self._line.take())

    def _work(self) -> None:
        """Read texts until told to stop; the body of a thread."""
        while (text := self._inbox.get()) is not None:
            began = self._loop.time()
            try:
                found = self._model.read(text.ids, text.words)
            except Exception as error:  # noqa: BLE001 - told to the one who asked, without the text
                self._call(self._read_failed, text, error)
            else:
                self._call(self._was_read, text, found, began, self._loop.time())

    def _call(self, then: Callable[..., None], *facts: object) -> None:
        if not self._loop.is_closed():  # else the server has ended under us
            self._loop.call_soon_threadsafe(then, *facts)

    def _read_failed(self, text: _Text, error: Exception) -> None:
        self._in_hand -= 1
        _fail([text.reading.ticket], error)
        self._hand_out()

    def _was_read(
        self, text: _Text, found: tuple[NDArray[np.float32], float], began: float, ended: float
    ) -> None:
        self._in_hand -= 1
        reading = text.reading
        self.curve.add(len(text.ids), ended - began)
        self._metrics.encoder_s.add(ended - began, self._name)
        self._metrics.queue_s.add(began - reading.ticket.came, self._name)
        if reading in self._reading:
            reading.glance.probabilities[text.row], reading.glance.familiar[text.row] = found
            reading.left -= 1
            reading.left_s -= text.guess_s
            if not reading.left:
                self._complete(reading)
        self._hand_out()

    def _complete(self, reading: _Reading) -> None:
        self._reading.discard(reading)
        ticket, glance = reading.ticket, reading.glance
        try:
            answered = self._finish(glance, ticket.texts)
        except Exception as error:  # noqa: BLE001 - as above
            _fail([ticket], error)
        else:
            if not ticket.future.done():
                ticket.future.set_result(answered)

    def _finish(self, glance: Glance, texts: list[str]) -> Answered:
        meaning, probabilities = self._meaning, glance.probabilities
        return Answered(
            meaning.task.decode(probabilities, meaning.output),
            meaning.task.confidence(probabilities, meaning.output).tolist(),
            self._model.find_unsure(probabilities, glance.familiar, texts).tolist(),
            glance.is_lexical.tolist(),
            probabilities,
            glance.ids,
            glance.known.tolist(),
        )

    def _give_up(self, ticket: _Ticket) -> None:
        if not ticket.future.done():
            ticket.future.set_exception(LateError())

    def _leave(self, reading: _Reading) -> None:
        """Forget a request that is answered, late or gone, with what is in line of it."""
        reading.timer.cancel()
        self._reading.discard(reading)
        if reading.left:
            self._line.drop(reading)


def _slice(answered: Answered, rows: slice) -> Answered:
    return Answered(
        answered.cells[rows],
        answered.chances[rows],
        answered.unsure[rows],
        answered.is_lexical[rows],
        answered.probabilities[rows],
        answered.ids[rows],
        answered.known[rows],
    )


def _part(glance: Glance, rows: slice) -> Glance:
    """Return some rows, with numbers of their own where later ones are written into them."""
    return type(glance)(
        glance.ids[rows],
        glance.scores[rows],
        glance.known[rows],
        glance.is_lexical[rows],
        glance.probabilities[rows].copy(),
        glance.familiar[rows].copy(),
    )


def _fail(tickets: list[_Ticket], error: BaseException) -> None:
    for ticket in tickets:
        if not ticket.future.done():
            ticket.future.set_exception(FaultError(type(error).__name__))
