"""Where requests are handed in: it knows the models, their versions, and which one answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lissom.errors import FaultError, NoSuchModelError, NotReadyError, RequestError, StoppingError
from lissom.operate.serving.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lissom.operate.serving.answered import Answered
    from lissom.operate.serving.limits import Limits
    from lissom.operate.serving.metrics import Metrics
    from lissom.operate.serving.versions import Proof, Version


@dataclass(frozen=True, slots=True)
class Question:
    """What one request asks.

    Args:
        texts: at least one.
        model: its name; None where only one is served.
        version: None for whichever is to answer now.
        wait_s: give up after so long; None for the server's limit.
        subject: whom the texts are about, or "": the same subject gets the same version during a
            trial, and their rows in the log can be erased.
    """

    texts: list[str]
    model: str | None = None
    version: str | None = None
    wait_s: float | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """A version that may be asked.

    Args:
        version: what answers.
        engine: how many ask it at once.
        proof: what was seen of it first.
    """

    version: Version
    engine: Engine
    proof: Proof


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """An answer, and who gave it.

    Args:
        question: as it was asked.
        answered: the answers, in order.
        version: which gave them.
        seconds: from asking to having.
        number: of the first answer; the others follow. No two answers of a server, before and
            after it is started anew, have the same, and they grow.
    """

    question: Question
    answered: Answered
    version: Version
    seconds: float
    number: int


class Hears(Protocol):
    """Somebody who wants to know of every answer, at once and on the loop's thread."""

    def answered(self, given: Given) -> None:
        """Note an answer; must not take long."""
        ...

    def failed(self, question: Question, version: Version, error: RequestError) -> None:
        """Note a request that got none, by the model's fault or for want of time."""
        ...


class Lane:
    """One model: the versions that are kept warm, and the one that answers."""

    def __init__(self, name: str, first: Served) -> None:
        """Begin with one version, live."""
        self.name = name
        self.versions = {first.version.version: first}
        self.live = first

    def find(self, version: str | None) -> Served:
        """Return the live version, or the one asked for.

        Raises:
            NoSuchModelError: it is not kept here.
        """
        if version is None:
            return self.live
        found = self.versions.get(version)
        if found is None:
            raise NoSuchModelError(f"{self.name}, version {version}", sorted(self.versions))
        return found

    def switch(self, version: str) -> Served:
        """Let another of the kept versions answer from now on; returns the one before.

        One assignment: a request gets all its answers from one version or from the other.
        """
        before, self.live = self.live, self.find(version)
        return before


class Desk:
    """The models of one server.

    Belongs to the loop that runs when it is made.

    Args:
        limits: what one request may hold and how much may wait.
        metrics: where everything is counted.
        threads: texts read at a time, for each version.
    """

    def __init__(self, limits: Limits, metrics: Metrics, threads: int) -> None:
        """Serve nothing yet."""
        self.limits, self.metrics, self._threads = limits, metrics, threads
        self.lanes: dict[str, Lane] = {}
        self.loading: set[str] = set()
        self.hearers: list[Hears] = []
        self.before_reply: Callable[[], Awaitable[None]] | None = None
        self.choose: Callable[[Lane, Question], Served] = choose_live
        self.welcomers: list[Callable[[Version], None]] = []
        self.is_stopping = False
        self.next_number = 1
        self._loop = asyncio.get_running_loop()
        self._under_way = 0
        metrics.watch(
            "lissom_waiting_texts", "Texts in line for the encoder.", ("model",), self._waiting
        )
        metrics.watch("lissom_ready", "1 when requests are answered.", (), self._ready)
        metrics.watch(
            "lissom_live_version",
            "1 for the version that answers.",
            ("model", "version"),
            self._live,
        )

    @property
    def is_ready(self) -> bool:
        """Say whether to send requests here."""
        return bool(self.lanes) and not (self.is_stopping or self.loading)

    def put(self, version: Version, proof: Proof) -> Served:
        """Keep a proven version warm; the first of its name is live at once.

        Raises:
            LissomError: somebody who must know of it first could not take note.
        """
        for welcome in self.welcomers:
            welcome(version)
        engine = Engine(
            version.model, version.meaning, version.name, self._threads, self.limits, self.metrics
        )
        for tokens, seconds in proof.costs:
            engine.curve.add(tokens, seconds)
        served = Served(version, engine, proof)
        lane = self.lanes.get(version.name)
        if lane is None:
            self.lanes[version.name] = Lane(version.name, served)
        else:
            lane.versions[version.version] = served
        return served

    def find(self, model: str | None, version: str | None = None) -> Served:
        """Return what answers under a name.

        Raises:
            NoSuchModelError: nothing does, or the name is needed and was not given.
            NotReadyError: it is being loaded.
        """
        return self.lane(model).find(version)

    def lane(self, model: str | None) -> Lane:
        """Return the lane of a model; None stands for the only one there is.

        Raises:
            NoSuchModelError: there is none, or there are several.
            NotReadyError: it is being loaded.
        """
        if model is None and len(self.lanes) == 1:
            return next(iter(self.lanes.values()))
        lane = self.lanes.get(model or "")
        if lane is None:
            if model in self.loading:
                raise NotReadyError(model or "")
            raise NoSuchModelError(model or "(no name given)", sorted(self.lanes))
        return lane

    async def answer(self, question: Question) -> Given:
        """Answer the texts of one request.

        Raises:
            RequestError: there is no answer; it says why.
        """
        if self.is_stopping:
            raise StoppingError
        served = self.choose(self.lane(question.model), question)
        version = served.version
        began = self._loop.time()
        self._under_way += 1
        try:
            answered = await served.engine.ask(question.texts, question.wait_s)
        except RequestError as error:
            self._tell_failed(question, version, error)
            raise
        finally:
            self._under_way -= 1
        given = Given(question, answered, version, self._loop.time() - began, self.next_number)
        self.next_number += len(question.texts)
        self._count(given)
        for hearer in self.hearers:
            hearer.answered(given)
        if self.before_reply is not None:
            await self.before_reply()
        return given

    async def look_again(self, given: Given, texts: list[str]) -> Answered:
        """Ask the version that gave an answer about texts that nobody sent.

        They are no requests, so they are not counted, logged or given numbers; they stand in line
        like any other.

        Args:
            given: the answer that led to it.
            texts: at least one.

        Raises:
            RequestError: there is no answer; it says why.
        """
        served = self.lane(given.version.name).find(given.version.version)
        self._under_way += 1
        try:
            return await served.engine.ask(texts, given.question.wait_s)
        finally:
            self._under_way -= 1

    async def drain(self) -> None:
        """Refuse what is new; wait until what is under way is answered, or the limit is up."""
        self.is_stopping = True
        try:
            async with asyncio.timeout(self.limits.drain_s):
                while self._under_way:  # noqa: ASYNC110 - runs once in a server's life
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pass

    def close(self) -> None:
        """End every engine's threads."""
        for lane in self.lanes.values():
            for served in lane.versions.values():
                served.engine.close()

    def _tell_failed(self, question: Question, version: Version, error: RequestError) -> None:
        kind = error.kind if isinstance(error, FaultError) else type(error).__name__
        self.metrics.refused.add(kind)
        for hearer in self.hearers:
            hearer.failed(question, version, error)

    def _count(self, given: Given) -> None:
        version, answered = given.version, given.answered
        lexical = sum(answered.is_lexical)
        read = len(answered.is_lexical) - lexical
        if lexical:
            self.metrics.texts.add(version.name, version.version, "lexical", by=lexical)
        if read:
            self.metrics.texts.add(version.name, version.version, "encoder", by=read)
        unsure = sum(answered.unsure)
        if unsure:
            self.metrics.unsure.add(version.name, version.version, by=unsure)

    def _waiting(self) -> dict[tuple[str, ...], float]:
        return {
            (lane.name,): float(sum(one.engine.waiting for one in lane.versions.values()))
            for lane in self.lanes.values()
        }

    def _ready(self) -> dict[tuple[str, ...], float]:
        return {(): float(self.is_ready)}

    def _live(self) -> dict[tuple[str, ...], float]:
        return {
            (lane.name, version): float(lane.live is served)
            for lane in self.lanes.values()
            for version, served in lane.versions.items()
        }


def choose_live(lane: Lane, question: Question) -> Served:
    """Let the version that was asked for answer, or the live one."""
    return lane.find(question.version)
