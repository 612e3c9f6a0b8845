"""`examine`: put a target to the examination, part by part, and judge what came out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lissom.data import Given, read
from lissom.errors import NoLabelsError, UnknownPartError
from lissom.evidence import Evidence, Exam, Examined, NotMeasured, class_of
from lissom.examine import (
    PARTS,
    QUICK,
    Answered,
    Asker,
    Case,
    Effort,
    Found,
    Parent,
    Rows,
    TimeUpError,
    not_run,
)
from lissom.govern.exam_words import headline, on_known_rows, say_part
from lissom.govern.judge import RECALL, judge, judge_classes
from lissom.pipeline.exam_file import Policy, default_policy, rules_for
from lissom.pipeline.kept_answers import KeptAnswers
from lissom.pipeline.places import find_places
from lissom.pipeline.store import Store
from lissom.pipeline.targets import Target, open_target
from lissom.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.data import Dataset, Source
    from lissom.evidence import Measured, Outcome
    from lissom.examine import Part
    from lissom.pipeline.places import Places
    from lissom.progress import Progress

_SURE = {"broken": "fail", "open": "not enough data", "holds": "pass"}
_CLASSES = "task"
"""The part that is also asked whether every class is found."""
_RANK = {"fail": 0, "not enough data": 1, "pass": 2}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of an examination is wanted.

    Args:
        only: keys of the parts; () for all.
        quick: ask fewer texts in the dear parts; the task is measured on every row all the same.
        minutes: stop asking when so much time is spent; parts not reached say so. None: no limit.
        seed: every random choice follows from it.
        threads: texts that a bundle reads at a time; None for one per core.
        fresh: ask everything again, whatever was kept from before.
        trust: refuse a bundle that none of the user's trusted keys has signed.
    """

    only: tuple[str, ...] = ()
    quick: bool = False
    minutes: float | None = None
    seed: int = 0
    threads: int | None = None
    fresh: bool = False
    trust: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One examination, as asked for.

    Args:
        target: what is examined; see `open_target`.
        data: labelled rows, and perhaps unlabelled ones.
        outside: texts that belong to no class.
        train: rows that the target learned from.
        parent: the larger model that the target was made from.
        given: columns of `data` that the user named.
        policy: what it is held to; None for what holds by default.
        scope: which parts, and how much of them.
    """

    target: Any
    data: Source
    outside: Source | None = None
    train: Source | None = None
    parent: Any = None
    given: Given = field(default_factory=Given)
    policy: Policy | None = None
    scope: Scope = field(default_factory=Scope)


def examine(
    request: Request,
    *,
    progress: Progress | None = None,
    places: Places | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Exam:
    """Examine a target.

    Args:
        request: what is asked for.
        progress: hears how far it is; None for nobody.
        places: folders for kept answers; None for the user's own.
        clock: seconds, monotonic.

    Returns:
        Every part with its figures, its verdict and rows to read.

    Raises:
        TargetError: the target does not answer, or not in a way that can be read.
        DataError: the rows cannot be used.
        UnknownPartError: `only` names a part that does not exist.
    """
    told = progress or Silent()
    scope = request.scope
    wanted = _wanted(scope.only)
    policy = request.policy or default_policy()
    told.stage("open", _name(request.target))
    target = open_target(request.target, trust=scope.trust, threads=scope.threads)
    told.stage("read", str(request.data))
    data = read(request.data, request.given, needs_label=True).dataset
    rows = read_rows(data)
    until = None if scope.minutes is None else clock() + 60 * scope.minutes
    kept = KeptAnswers(Store((places or find_places()).cache, fresh=scope.fresh), target)
    asker = _asker(target, rows, clock, until, told)
    kept.recall(asker)
    train = _read_train(request)
    told.stage("answer", f"{len(rows)} labelled rows")
    try:
        parent = _parent(request, target, clock, until, told)
        case = _case(request, (data, train), rows, asker, parent)
        case = replace(
            case,
            settings=policy.settings,
            clock=clock,
            cpu_clock=time.process_time if target.is_here else None,
            probe=target.probe,
        )
        parts = [_run(part, case, policy, told, clock) for part in wanted]
    finally:
        kept.keep(asker)
    return _conclude(target, (data, train), case, parts, policy)


def read_rows(data: Dataset) -> Rows:
    """Return the labelled rows of a table as the examination sees them.

    Raises:
        NoLabelsError: no row has a label.
    """
    roles, labelled = data.roles, data.labelled()
    if not len(labelled):
        raise NoLabelsError(data.source, roles.label or "label")
    others = [name for name in data.frame.columns if name not in {roles.text, roles.label}]
    return Rows(
        tuple(labelled.texts),
        tuple(str(label) for label in labelled.labels),
        tuple(int(row) for row in labelled.rows),
        {name: tuple(labelled.frame[name].to_list()) for name in others},
        roles.date,
        roles.group,
        roles.id,
        data.source,
    )


def knows_rows(target: Target, data: Dataset) -> bool:
    """Say whether this is the very table that a target was made from."""
    return bool(target.learned_from) and target.learned_from == data.fingerprint


def answer_rows(asker: Asker, rows: Rows, method: str) -> Answered:
    """Ask for every row and put the answers beside the truth.

    A label that the target cannot give counts as a class of its own, so a row of it is a mistake.
    """
    replies = asker.ask(rows.texts)
    at = {name: number for number, name in enumerate(replies.classes)}
    nobody = np.zeros(len(rows), np.bool_)
    return Answered(
        np.array([at[label] for label in rows.labels], np.int64),
        replies.probabilities,
        nobody if replies.is_unsure is None else replies.is_unsure,
        replies.classes,
        method,
        f"labelled rows of {rows.source}",
        replies.says,
        can_pass=replies.is_unsure is not None,
    )


def name_classes(target: Target, rows: Rows) -> list[str]:
    """Return the target's classes in its order, then the labels that it does not know."""
    return [*target.classes, *sorted(set(rows.labels) - set(target.classes))]


def _wanted(only: Sequence[str]) -> list[Part]:
    keys = [part.key for part in PARTS]
    for key in only:
        if key not in keys:
            raise UnknownPartError(key, keys)
    return [part for part in PARTS if not only or part.key in only]


def _name(target: object) -> str:
    return str(target) if isinstance(target, str) or hasattr(target, "__fspath__") else "callable"


def _asker(
    target: Target,
    rows: Rows,
    clock: Callable[[], float],
    until: float | None,
    told: Progress,
) -> Asker:
    return Asker(target.answer, name_classes(target, rows), clock, until, told.step)


def _parent(
    request: Request,
    target: Target,
    clock: Callable[[], float],
    until: float | None,
    told: Progress,
) -> Parent | None:
    scope = request.scope
    found = target.parent
    if request.parent is not None:
        found = open_target(request.parent, trust=scope.trust, threads=scope.threads)
    if found is None:
        return None
    asker = Asker(found.answer, list(found.classes), clock, until, told.step)
    return Parent(asker, found.name)


def _read_train(request: Request) -> Dataset | None:
    if request.train is None:
        return None
    given = Given(text=request.given.text, label=request.given.label)
    return read(request.train, given, needs_label=True).dataset


def _case(
    request: Request,
    tables: tuple[Dataset, Dataset | None],
    rows: Rows,
    asker: Asker,
    parent: Parent | None,
) -> Case:
    data, learned = tables
    texts = data.roles.text
    outside: tuple[str, ...] = ()
    if request.outside is not None:
        outside = tuple(read(request.outside, Given(text=request.given.text)).dataset.texts)
    train = None
    if learned is not None:
        train = read_rows(learned)
        for label in sorted(set(train.labels) - set(asker.classes)):
            asker.classes.append(label)
    effort = QUICK if request.scope.quick else Effort()
    more = tuple(text for text in data.unlabelled().frame[texts].fill_null("") if text.strip())
    return Case(
        asker,
        rows,
        answer_rows(asker, rows, "asked as it ships"),
        effort=effort,
        seed=request.scope.seed,
        outside=outside,
        more=more,
        train=train,
        parent=parent,
    )


def _run(
    part: Part, case: Case, policy: Policy, told: Progress, clock: Callable[[], float]
) -> Examined:
    started = clock()
    told.stage(part.key, part.title)
    try:
        found = part.run(case)
    except TimeUpError:
        found = not_run(part, "the time for the examination was up")
    return _judge(part, found, policy, clock() - started)


def _judge(part: Part, found: Found, policy: Policy, seconds: float) -> Examined:
    judged = [
        judge(rule, found.evidence)
        for rule, item in rules_for(policy, found.evidence)
        # What could not be measured for want of a file says so itself; it is no open question.
        if not (isinstance(item, NotMeasured) and not rule.gate)
    ]
    if part.key == _CLASSES:
        judged.append(judge_classes(found.evidence, _count_classes(found.evidence)))
    judged.sort(key=lambda one: _RANK[_SURE[one.state]])
    outcome: Outcome | None = None
    if judged:
        outcome = _outcome([_SURE[one.state] for one in judged])
    return Examined(
        part.key,
        outcome,
        say_part(part.key, found.evidence),
        tuple(one.reason for one in judged),
        found.evidence,
        found.pictures,
        found.rows,
        round(seconds, 2),
    )


def _count_classes(evidence: Sequence[Measured]) -> int:
    """Count the classes that have rows; one without cannot be judged here."""
    return sum(
        bool(class_of(item.name, RECALL)) and isinstance(item, Evidence) for item in evidence
    )


def _outcome(found: Sequence[str]) -> Outcome:
    if "fail" in found:
        return "fail"
    return "not enough data" if "not enough data" in found or not found else "pass"


def _say_train(target: Target, train: Dataset | None) -> str:
    """Name the training rows, and say whether they are those that a bundle was made from."""
    if train is None:
        return "none given"
    if not target.learned_from:
        return train.source
    if knows_rows(target, train):
        return f"{train.source}, the table that it was made from"
    return f"{train.source}, another table than the one it was made from"


def _conclude(
    target: Target,
    tables: tuple[Dataset, Dataset | None],
    case: Case,
    parts: list[Examined],
    policy: Policy,
) -> Exam:
    data, train = tables
    outcome = _outcome([part.outcome for part in parts if part.outcome is not None])
    sentence = headline(outcome, parts)
    if knows_rows(target, data):
        # It may fail on rows that it knows, but passing there says nothing of any other row.
        outcome = "fail" if outcome == "fail" else "not enough data"
        sentence = on_known_rows(outcome, sentence)
    evidence = [item for part in parts for item in part.evidence]
    facts = {
        "examined": f"{target.name} ({target.kind})",
        "rows": f"{len(case.rows)} labelled rows of {data.source}",
        "outside texts": str(len(case.outside)) if case.outside else "none given",
        "training rows": _say_train(target, train),
        "compared with": case.parent.name if case.parent else "nothing",
        "texts asked": str(case.asker.queries),
        "held to": "your own rules" if policy.is_own else "the rules that hold by default",
    }
    return Exam(
        target.name,
        data.source,
        outcome,
        sentence,
        tuple(parts),
        facts,
        _broken(policy, evidence),
    )


def _broken(policy: Policy, evidence: list[Measured]) -> tuple[str, ...]:
    """Return the user's own rules that do not hold for certain."""
    return tuple(
        rule.gate
        for rule, _ in rules_for(policy, evidence)
        if rule.gate and judge(rule, evidence).state == "broken"
    )
