"""Hears every answer of a server: has it written down, counted, and looked at now and then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from lissom.errors import (
    LateError,
    LogError,
    NoSuchAnswerError,
    NotLoggedError,
    UnknownLabelError,
)
from lissom.operate.watching.answers import find_by_hash, find_by_number
from lissom.operate.watching.describing import ACCEPT_PART, STATUS_PART
from lissom.operate.watching.entries import Entry
from lissom.operate.watching.moving import delete_old, move
from lissom.operate.watching.status import VersionStatus
from lissom.operate.watching.watcher import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.errors import RequestError
    from lissom.operate.serving import Given, Question, Version
    from lissom.operate.watching.answers import Found
    from lissom.operate.watching.describing import Facts
    from lissom.operate.watching.log import Log
    from lissom.operate.watching.recorder import Recorder, Tells
    from lissom.operate.watching.watcher import Watcher

_FLUSHED_S = 5.0
MOST_LABELS = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A true label that somebody tells.

    Args:
        label: the true answer.
        number: of the answer it belongs to, or None where a text is given.
        text: whose latest answer it belongs to, or None where a number is given.
        by_lot: the text was chosen to be labelled by lot, not because of its answer. Only such
            labels may say how often the model is right.
    """

    label: str
    number: int | None = None
    text: str | None = None
    by_lot: bool = False


class HearsLabels(Protocol):
    """Who hears of true labels that were drawn by lot; called from any thread."""

    def __call__(self, model: str, version: str, *, is_right: bool) -> None:
        """Note one."""
        ...


class HearsLooks(Protocol):
    """Who hears what a look said; called from the thread that looks, and never raises."""

    def __call__(self, status: VersionStatus, at_ms: int) -> None:
        """Note it."""
        ...


class Chronicle:
    """What a server keeps of its answers.

    Args:
        recorder: writes answers beside the loop.
        watcher: looks at them.
        clock_ms: the time, in milliseconds since 1970.
        tell: hears of alarms.
        facts_of: says what was measured of a version.
    """

    def __init__(
        self,
        recorder: Recorder,
        watcher: Watcher,
        clock_ms: Callable[[], int],
        tell: Tells,
        facts_of: Callable[[Version], Facts],
    ) -> None:
        """Know no version yet."""
        self.log, self.recorder, self.watcher = recorder.log, recorder, watcher
        self._clock_ms, self._tell, self._facts_of = clock_ms, tell, facts_of
        self._versions: dict[tuple[str, str], int] = {}
        self.label_hearers: list[HearsLabels] = []
        self.look_hearers: list[HearsLooks] = []

    def add(self, version: Version) -> None:
        """Note a version before it answers.

        Raises:
            LogError: it cannot be written.
        """
        key = (version.name, version.version)
        self._versions[key] = self.log.add_version(*key, version.labels, self._facts_of(version))

    def first_number(self) -> int:
        """Return a number above every one in the log, in time as well as in count."""
        return max(self.log.last_number() + 1, self._clock_ms() << 20)

    def answered(self, given: Given) -> None:
        """Note an answer; on the loop's thread, so it only puts it aside."""
        version = self._versions.get((given.version.name, given.version.version))
        if version is None:
            return
        ms = given.seconds * 1000
        counts = self.watcher.counts.setdefault(version, Counts())
        counts.answers += 1
        counts.slow += ms > self.watcher.promise.slow_ms
        question, answered, at_ms = given.question, given.answered, self._clock_ms()
        self.recorder.take(
            [
                Entry(
                    given.number + row,
                    at_ms,
                    version,
                    text,
                    question.subject,
                    answered.ids[row],
                    answered.known[row],
                    answered.cells[row],
                    answered.chances[row],
                    answered.probabilities[row],
                    answered.unsure[row],
                    answered.is_lexical[row],
                    ms,
                )
                for row, text in enumerate(question.texts)
            ]
        )

    def failed(self, _question: Question, version: Version, error: RequestError) -> None:
        """Note a request that got no answer, by the server's fault."""
        number = self._versions.get((version.name, version.version))
        if number is not None and (error.status >= 500 or isinstance(error, LateError)):  # noqa: PLR2004 - the server's own
            self.watcher.counts.setdefault(number, Counts()).failed += 1

    async def written(self) -> None:
        """Wait until everything that was answered so far stands in the log.

        Raises:
            NotLoggedError: it does not within a few seconds.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def tell() -> None:
            if not done.done():
                done.set_result(None)

        self.recorder.call_when_written(lambda: loop.call_soon_threadsafe(tell))
        try:
            async with asyncio.timeout(_FLUSHED_S):
                await done
        except TimeoutError:
            raise NotLoggedError from None

    def tell_labels(self, told: Sequence[Told], who: str) -> int:
        """Write down true labels, all or none; not on the loop's thread.

        Args:
            told: which answers they belong to; an answer may be corrected again.
            who: said it; the name of a key, or "".

        Returns:
            How many were written.

        Raises:
            NoSuchAnswerError: there is no answer of that number or to that text.
            UnknownLabelError: the model cannot give that answer.
            LogError: the disk said no.
        """
        # An answer that was given a moment ago may still be on its way to the disk.
        self.recorder.wait(self.recorder.taken, _FLUSHED_S)
        at_ms = self._clock_ms()
        answers = self._find(told)
        for one, answer in zip(told, answers, strict=True):
            self._check_label(answer.version, one.label)
        with self.log.writing() as base:
            for one, answer in zip(told, answers, strict=True):
                base.execute("delete from labels where answer = ?", (answer.number,))
                # What the answer was goes with it: the answer itself may be in a file by now.
                base.execute(
                    "insert into labels (at_ms, answer, version, hash, label, by_lot, who, "
                    "given, chance, given_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(at_ms, answer.number, answer.version, answer.digest),
                        *(one.label, one.by_lot, who),
                        *(answer.label, answer.chance, answer.at_ms),
                    ),
                )
        self._pass_on(told, answers)
        return len(told)

    def _pass_on(self, told: Sequence[Told], answers: Sequence[Found]) -> None:
        """Tell whoever holds a trial of the labels that were drawn by lot."""
        names = {number: key for key, number in self._versions.items()}
        for one, answer in zip(told, answers, strict=True):
            if one.by_lot and answer.version in names:
                for hear in self.label_hearers:
                    hear(*names[answer.version], is_right=one.label == answer.label)

    @property
    def promise_looks(self) -> float:
        """Return in how many looks at most one false alarm of a model is expected."""
        return self.watcher.promise.looks

    def statuses(self) -> tuple[VersionStatus, ...]:
        """Return what the last looks said, those of the latest version first."""
        return read_status(self.log)

    def look(self) -> None:
        """Look at every version once, and say what alarms were raised; not on the loop's thread."""
        self.recorder.wait(self.recorder.taken, _FLUSHED_S)
        for (model, name), version in list(self._versions.items()):
            now_ms = self._clock_ms()
            try:
                looked = self.watcher.look(version, now_ms)
            except LogError as error:
                self._tell("not looked", model=model, version=name, why=str(error))
                continue
            for monitor in looked.raised:
                self._tell(
                    "alarm",
                    model=model,
                    version=name,
                    monitor=monitor,
                    harm=looked.status.harm,
                    says=looked.status.says,
                )
            for hear in self.look_hearers:
                hear(looked.status, now_ms)

    def tidy(self) -> None:
        """Delete what is past its time, move finished hours; not on the loop's thread."""
        try:
            delete_old(self.log, self._clock_ms())
        except LogError as error:
            self._tell("nothing deleted", why=str(error))
        try:
            move(self.log, self._clock_ms())
        except LogError as error:
            self._tell("hours not moved", why=str(error))

    def close(self) -> None:
        """Write what is held, and close the log."""
        self.recorder.close()
        self.log.close()

    def _find(self, told: Sequence[Told]) -> list[Found]:
        """Return the answer that each label belongs to."""
        digests = [self.log.hash(one.text or "") for one in told]
        numbers = [one.number for one in told if one.number is not None]
        by_number = find_by_number(self.log, numbers)
        by_hash = find_by_hash(
            self.log,
            [digest for one, digest in zip(told, digests, strict=True) if one.number is None],
        )
        found = []
        for one, digest in zip(told, digests, strict=True):
            answer = by_hash.get(digest) if one.number is None else by_number.get(one.number)
            if answer is None:
                raise NoSuchAnswerError(one.number)
            found.append(answer)
        return found

    def _check_label(self, version: int, label: str) -> None:
        ((raw,),) = self.log.read("select labels from versions where id = ?", (version,))
        labels = msgspec.json.decode(str(raw), type=list[str])
        if label not in labels:
            raise UnknownLabelError(label, labels)


def read_status(log: Log) -> tuple[VersionStatus, ...]:
    """Return what was seen at the last look at each version, the latest first.

    Raises:
        LogError: the log cannot be read.
    """
    found = log.read(
        "select s.raw from states s where s.part = ? order by s.version desc", (STATUS_PART,)
    )
    try:
        return tuple(
            msgspec.json.decode(bytes(raw), type=VersionStatus)
            for (raw,) in found
            if isinstance(raw, bytes)
        )
    except msgspec.MsgspecError as error:
        raise LogError(str(log.folder), f"its status cannot be read ({error})") from error


def accept(log: Log, model: str, version: str | None) -> int:
    """Take what comes from now on as normal, for one version of a model or all of them.

    Returns:
        How many versions there were.

    Raises:
        LogError: the log cannot be read or written.
    """
    found = log.read(
        "select id from versions where model = ? and (? is null or version = ?)",
        (model, version, version),
    )
    for (number,) in found:
        ((last,),) = log.read(
            "select coalesce(max(id), 0) from details where version = ?", (number,)
        )
        log.save_state(int(str(number)), ACCEPT_PART, str(last).encode())
    return len(found)
