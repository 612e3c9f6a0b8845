"""The server's side of a release: follows the pointer, shares requests out, and holds the trial."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import msgspec

from lissom.errors import FaultError, LissomError, NoSuchModelError, RequestError
from lissom.operate.releasing import plan as plans
from lissom.operate.releasing.plan import POINTER, TRIAL_FILE, VERSIONS, By, Plan
from lissom.operate.releasing.trial import Judged, Rules, Trial, judge, see, step_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from lissom.operate.serving import Desk, Given, Lane, Proof, Question, Served, Version

    Opens = Callable[[Path, str], tuple[Version, Proof]]

DIFFERENCES_FILE = "disagreements.jsonl"
_WHO = "lissom serve, sequential test"
_MOST_BESIDE = 4
"""Answers of the other version under way for comparison; more are skipped, not queued: nobody's
answer may wait for a comparison."""
_MOST_HELD = 1000
_MOST_DIFFERENCES = 1000
_BUCKETS = 10_000


class Says(Protocol):
    """The log of events."""

    def __call__(self, event: str, **facts: object) -> None:
        """Write a line."""
        ...


@dataclass(slots=True)
class _Followed:
    """One release folder, as far as the server has followed it."""

    folder: Path
    plan: Plan
    stamp: tuple[int, int, int] | None
    trial: Trial | None = None
    judged: Judged = field(default_factory=lambda: Judged("go on", "", 0.0))
    # Outcomes of the live version, each to be held against one of the version on trial.
    failed: deque[bool] = field(default_factory=lambda: deque(maxlen=_MOST_HELD))
    slow: deque[bool] = field(default_factory=lambda: deque(maxlen=_MOST_HELD))
    wrong: deque[bool] = field(default_factory=lambda: deque(maxlen=_MOST_HELD))
    differences: list[bytes] = field(default_factory=list)
    written: int = 0
    beside: int = 0
    is_saved: bool = True


class Releases:
    """Follows every release folder in a folder of models.

    Args:
        desk: what the requests are handed in at.
        opens: checks and proves a bundle; runs in a thread.
        rules: when a trial ends.
        say: the log of events.
        now: the time, with its zone.
    """

    def __init__(
        self, desk: Desk, opens: Opens, rules: Rules, say: Says, now: Callable[[], datetime]
    ) -> None:
        """Follow nothing yet."""
        self._desk, self._opens, self._rules = desk, opens, rules
        self._say, self._now = say, now
        self._followed: dict[str, _Followed] = {}
        self._labels: deque[tuple[str, str, bool]] = deque(maxlen=_MOST_HELD)
        self._tasks: set[asyncio.Task[None]] = set()
        desk.choose = self.choose
        desk.hearers.append(self)
        desk.metrics.watch(
            "lissom_trial_progress",
            "How far the version on trial is; at 1 it is promoted.",
            ("model",),
            lambda: {
                (name,): one.judged.progress for name, one in self._followed.items() if one.trial
            },
        )

    async def follow(self, folder: Path, name: str) -> None:
        """Begin to follow a release folder; its versions are loaded before this returns.

        Args:
            folder: of the release.
            name: of the model.

        Raises:
            LissomError: the record is broken, or a version cannot be served.
        """
        plan, _ = await asyncio.to_thread(plans.check, folder)
        followed = _Followed(folder, plan, _stamp(folder))
        await self._load(folder, name, plan)
        self._followed[name] = followed
        self._apply(name, followed, plan)

    async def look(self) -> None:
        """Look once at every pointer and every trial; call it a few times a second."""
        for name, followed in list(self._followed.items()):
            stamp = _stamp(followed.folder)
            if stamp != followed.stamp:
                followed.stamp = stamp
                await self._switch(name, followed)
            await self._hold_trial(name, followed)

    def choose(self, lane: Lane, question: Question) -> Served:
        """Return the version that answers: the one asked for, the one on trial, or the live one."""
        followed = self._followed.get(lane.name)
        if question.version is not None or followed is None or followed.plan.canary is None:
            return lane.find(question.version)
        canary: Served | None = lane.versions.get(followed.plan.canary)
        if canary is None or not falls_to(canary.version.version, question, followed.plan.share):
            return lane.live
        return canary

    def answered(self, given: Given) -> None:
        """Hold an answer against those of the other version."""
        found = self._on_trial(given.version)
        if found is None:
            return
        followed, lane, trial = found
        is_slow = given.seconds * 1000 > self._rules.slow_ms
        is_other = given.version.version == trial.version
        if followed.plan.canary is not None:
            self._note(followed, "failed", is_bad=False, is_other=is_other)
            self._note(followed, "slow", is_bad=is_slow, is_other=is_other)
        # On trial, the live version is asked unheard; in shadow, the other one is.
        beside = lane.versions.get(trial.against if is_other else trial.version)
        wants = is_other or followed.plan.shadow is not None
        if wants and beside is not None:
            self._ask_beside(followed, beside, given, is_slow=is_slow)

    def failed(self, question: Question, version: Version, error: RequestError) -> None:
        """Hold a request without an answer against those of the other version."""
        found = self._on_trial(version)
        if found is None or not isinstance(error, FaultError) or not question.texts:
            return
        followed, _, trial = found
        if followed.plan.canary is not None:
            self._note(followed, "failed", is_bad=True, is_other=version.version == trial.version)

    def label_told(self, model: str, version: str, *, is_right: bool) -> None:
        """Note a true label that was drawn by lot; from any thread."""
        self._labels.append((model, version, is_right))

    def progress(self, model: str) -> tuple[Trial | None, Judged]:
        """Return the trial of a model and what it comes to so far."""
        followed = self._followed[model]
        return followed.trial, followed.judged

    async def close(self) -> None:
        """Let comparisons under way end, and write down what is known."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for followed in self._followed.values():
            await asyncio.to_thread(_save, followed)

    def _on_trial(self, version: Version) -> tuple[_Followed, Lane, Trial] | None:
        followed = self._followed.get(version.name)
        if followed is None or followed.trial is None:
            return None
        if version.version not in {followed.trial.version, followed.trial.against}:
            return None
        return followed, self._desk.lanes[version.name], followed.trial

    def _note(self, followed: _Followed, kind: str, *, is_bad: bool, is_other: bool) -> None:
        """Hold one outcome of the version on trial against one of the live version."""
        held: deque[bool] = getattr(followed, kind)
        if not is_other:
            held.append(is_bad)
        elif held:
            question = "errors" if kind == "failed" else kind
            self._see(followed, question, float(is_bad) - float(held.popleft()))

    def _see(self, followed: _Followed, question: str, worse: float) -> None:
        if followed.trial is not None:
            followed.trial = see(followed.trial, question, worse, self._rules)
            followed.is_saved = False

    def _ask_beside(
        self, followed: _Followed, beside: Served, given: Given, *, is_slow: bool
    ) -> None:
        if followed.beside >= _MOST_BESIDE or beside.engine.waiting:
            return
        followed.beside += 1
        task = asyncio.create_task(self._compare(followed, beside, given, is_slow=is_slow))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _compare(
        self, followed: _Followed, beside: Served, given: Given, *, is_slow: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        began, is_shadow = loop.time(), followed.plan.shadow is not None
        try:
            other = await beside.engine.ask(given.question.texts)
        except RequestError as error:
            if is_shadow and isinstance(error, FaultError):
                self._see(followed, "errors", 1.0)
            return
        finally:
            followed.beside -= 1
        if is_shadow:
            self._see(followed, "errors", 0.0)
            took_ms = (loop.time() - began) * 1000
            self._see(followed, "slow", float(took_ms > self._rules.slow_ms) - float(is_slow))
        for row, (one, two) in enumerate(zip(given.answered.cells, other.cells, strict=True)):
            self._see(followed, "disagreement", float(one != two))
            if one != two and len(followed.differences) < _MOST_DIFFERENCES:
                followed.differences.append(
                    msgspec.json.encode(
                        {
                            "id": str(given.number + row),
                            "version": given.version.version,
                            "label": one,
                            "probability": given.answered.chances[row],
                            "other_version": beside.version.version,
                            "other_label": two,
                            "other_probability": other.chances[row],
                        }
                    )
                )

    async def _switch(self, name: str, followed: _Followed) -> None:
        try:
            plan = await asyncio.to_thread(plans.read_plan, followed.folder)
            await self._load(followed.folder, name, plan)
        except LissomError as error:
            # Whatever went wrong on the disk, the version that serves goes on serving.
            self._say("release not followed", model=name, why=str(error))
            return
        self._apply(name, followed, plan)

    async def _load(self, folder: Path, name: str, plan: Plan) -> None:
        """Have every version of a plan warm before anything is switched."""
        for version in plan.versions:
            lane = self._desk.lanes.get(name)
            if lane is not None and version in lane.versions:
                continue
            opened, proof = await asyncio.to_thread(self._opens, folder / VERSIONS / version, name)
            if opened.version != version:
                raise NoSuchModelError(f"{name}, version {version}", [opened.version])
            self._desk.put(opened, proof)

    def _apply(self, name: str, followed: _Followed, plan: Plan) -> None:
        """Switch; nothing is awaited here, so a request sees all of the old plan or of the new."""
        lane = self._desk.lanes[name]
        lane.switch(plan.live)
        followed.plan = plan
        on_trial = plan.canary or plan.shadow
        if on_trial is None:
            followed.trial = None
            # Whoever ended it did so too; a save of ours may have come in between.
            with contextlib.suppress(OSError):
                plans.forget_trial(followed.folder)
        elif followed.trial is None or followed.trial.version != on_trial:
            followed.trial = _read_trial(followed.folder, on_trial, plan.live)
            followed.judged = judge(followed.trial, self._rules)
            for held in (followed.failed, followed.slow, followed.wrong):
                held.clear()
            followed.differences, followed.written = [], 0
        facts = {"live": plan.live, "canary": plan.canary, "share": plan.share}
        self._say("release", model=name, **facts, shadow=plan.shadow, line=plan.number)
        for version in [one for one in lane.versions if one not in plan.versions]:
            self._retire(lane.versions.pop(version))

    def _retire(self, served: Served) -> None:
        async def end() -> None:
            await served.engine.drain()
            served.engine.close()

        task = asyncio.create_task(end())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hold_trial(self, name: str, followed: _Followed) -> None:
        """Note the labels that were told, and do what the evidence says."""
        self._take_labels()
        trial, plan = followed.trial, followed.plan
        if trial is None:
            return
        followed.judged = judge(trial, self._rules)
        if not followed.is_saved:
            followed.is_saved = True
            await asyncio.to_thread(_save, followed)
        if plan.canary is None:
            return  # a shadow is for people to look at
        judged = followed.judged
        by = By(_WHO, judged.why, self._now().isoformat(timespec="seconds"))
        share = step_for(judged.progress, self._rules.steps)
        try:
            if judged.verdict == "promote":
                await asyncio.to_thread(plans.promote, followed.folder, by)
            elif judged.verdict == "stop":
                await asyncio.to_thread(plans.stop, followed.folder, by)
            elif share > plan.share:
                why = f"{judged.progress:.0%} of the evidence that is wanted"
                by = By(_WHO, why, by.at)
                await asyncio.to_thread(plans.step, followed.folder, share, by)
            else:
                return
        except LissomError as error:
            self._say("release not changed", model=name, why=str(error))
            return
        followed.stamp = _stamp(followed.folder)
        await self._switch(name, followed)

    def _take_labels(self) -> None:
        while self._labels:
            model, version, is_right = self._labels.popleft()
            followed = self._followed.get(model)
            trial = None if followed is None else followed.trial
            if followed is None or trial is None:
                continue
            if version in {trial.version, trial.against}:
                is_other = version == trial.version
                self._note(followed, "wrong", is_bad=not is_right, is_other=is_other)


def falls_to(canary: str, question: Question, share: float) -> bool:
    """Say whether a request goes to the version on trial.

    The same subject always gets the same version during one trial, and another trial draws anew.
    Without a subject the text itself is what counts, so a request that is sent again gets the same
    answer.

    >>> from lissom.operate.serving import Question
    >>> asked = [Question(["a"], subject=str(i)) for i in range(1000)]
    >>> 150 < sum(falls_to("aaaaaaaaaaaa", one, 0.2) for one in asked) < 250
    True
    """
    key = question.subject or question.texts[0]
    drawn = hashlib.sha256(f"{canary} {key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(drawn[:8], "big") % _BUCKETS < share * _BUCKETS


def _stamp(folder: Path) -> tuple[int, int, int] | None:
    try:
        status = (folder / POINTER).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def _read_trial(folder: Path, version: str, against: str) -> Trial:
    """Return what is known of this trial already: a server that starts anew goes on with it."""
    fresh = Trial(version, against)
    try:
        found = msgspec.json.decode((folder / TRIAL_FILE).read_bytes(), type=Trial)
    except (OSError, msgspec.MsgspecError):
        return fresh
    return found if (found.version, found.against) == (version, against) else fresh


def _save(followed: _Followed) -> None:
    """Write the trial and its latest disagreements; a disk that says no costs the trial nothing."""
    if followed.trial is None:
        return
    part = followed.folder / f".{TRIAL_FILE}.part"
    try:
        part.write_bytes(msgspec.json.encode(followed.trial))
        part.replace(followed.folder / TRIAL_FILE)
        fresh = followed.differences[followed.written :]
        mode = "ab" if followed.written else "wb"
        if fresh:
            with (followed.folder / DIFFERENCES_FILE).open(mode) as file:
                file.write(b"".join(line + b"\n" for line in fresh))
            followed.written += len(fresh)
    except OSError:
        followed.is_saved = False
