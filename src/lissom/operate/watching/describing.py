"""Turns what the monitors know into what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.evidence import Evidence, NotMeasured, wilson
from lissom.operate.watching.estimates import (
    Trust,
    guess_accuracy,
    is_contradicted,
    measure_accuracy,
)
from lissom.operate.watching.mixture import estimate_mix, solve_mix
from lissom.operate.watching.monitors import REFERENCE_ROWS
from lissom.operate.watching.scores import ask
from lissom.operate.watching.status import (
    MEANINGS,
    Harm,
    MonitorStatus,
    Share,
    VersionStatus,
    summarise,
)
from lissom.operate.watching.unlike import share_unlike

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lissom.operate.watching.log import Log
    from lissom.operate.watching.mixture import Mix
    from lissom.operate.watching.monitors import Watched
    from lissom.operate.watching.rows import Rows
    from lissom.operate.watching.states import Kept

STATUS_PART, ACCEPT_PART = "status", "accept"
_MOST_SHARES = 8
_FEWEST_REFERENCE = 200
_STRANGE = 0.99


@dataclass(frozen=True, slots=True)
class Promise:
    """What is watched for, and how often an alarm may be false.

    Args:
        looks: all monitors of a model together expect at most one false alarm in so many looks;
            8,760 is a year of hours.
        slow_ms: an answer that takes longer is slow.
        slow_share: share of slow answers that is still right.
        error_share: share of requests without an answer that is still right.
        tolerance: by how much accuracy may fall before it is harm, 0 to 1.
    """

    looks: float = 8760
    slow_ms: float = 250.0
    slow_share: float = 0.01
    error_share: float = 0.001
    tolerance: float = 0.05


class Facts(msgspec.Struct, frozen=True):
    """What the monitors need to know of a version besides its answers.

    Args:
        accuracy: that was measured when it was built, or None.
        calibration_error: likewise, the upper end of its interval.
    """

    accuracy: float | None = None
    calibration_error: float = 0.05


@dataclass(frozen=True, slots=True)
class View:
    """Which version is described, when, and by what measure.

    Args:
        version: its number in the log.
        now_ms: the time, in milliseconds since 1970.
        began: the number behind which its reference begins.
        facts: what was measured of it.
        promise: what is watched for.
    """

    version: int
    now_ms: int
    began: int
    facts: Facts
    promise: Promise


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """The rows that the estimates are made from.

    Args:
        reference: the first there was, as far as it is still there.
        normal: the one that was accepted last; the same while none was.
        latest: the latest answers.
        chances: (labels,) probability of each answer whose true label was drawn by lot.
        right: (labels,) that answer was right.
        rng: for bootstraps.
    """

    reference: Rows
    normal: Rows
    latest: Rows
    chances: NDArray[np.float64]
    right: NDArray[np.bool_]
    rng: np.random.Generator


def describe_start(log: Log, view: View) -> VersionStatus:
    """Describe a version whose reference is not complete."""
    details = len(log.rows(view.version, view.began, REFERENCE_ROWS))
    waiting = tuple(MonitorStatus(one, "not enough data yet") for one in MEANINGS)
    state, says = summarise(waiting, "", details, REFERENCE_ROWS)
    model, name, answers, labels = _count(log, view.version)
    return VersionStatus(
        model=model,
        version=name,
        state=state,
        says=says,
        harm="",
        looked_ms=view.now_ms,
        looks=0,
        answers=answers,
        details=details,
        wanted=REFERENCE_ROWS,
        labels=labels,
        monitors=waiting,
    )


def describe(log: Log, view: View, kept: Kept, watched: Watched, story: Story) -> VersionStatus:
    """Describe a version that is watched."""
    model, name, answers, labels = _count(log, view.version)
    mix = _estimate_mix(story)
    figures = estimate(watched, story, mix, view.facts)
    found = {item.name: item for item in figures}
    is_alarm = bool(kept.since)
    harm: Harm = judge_harm(found, story, view) if is_alarm else ""
    monitors = _monitors(log, view, kept)
    state, says = summarise(monitors, harm, REFERENCE_ROWS, REFERENCE_ROWS)
    return VersionStatus(
        model=model,
        version=name,
        state=state,
        says=says,
        harm=harm,
        looked_ms=view.now_ms,
        looks=kept.looks,
        answers=answers,
        details=REFERENCE_ROWS,
        wanted=REFERENCE_ROWS,
        labels=labels,
        monitors=monitors,
        mix=_shares(log, view.version, story, mix),
        figures=tuple(item for item in figures if isinstance(item, Evidence)),
        not_measured=tuple(item for item in figures if isinstance(item, NotMeasured)),
    )


def judge_harm(found: Mapping[str, Evidence | NotMeasured], story: Story, view: View) -> Harm:
    """Say whether answers are worse than they were; labels count before probabilities.

    Args:
        found: the figures by name.
        story: the rows they were made from.
        view: what was measured when the version was built, and what is tolerated.
    """
    before = view.facts.accuracy
    if before is None:
        before = float(story.reference.best.mean()) if len(story.reference) else None
    for name in ("watch.accuracy", "watch.accuracy_guess"):
        figure = found.get(name)
        if before is None or not isinstance(figure, Evidence):
            continue
        if figure.high is not None and figure.high < before - view.promise.tolerance:
            return "likely"
        if figure.low is not None and figure.low >= before - view.promise.tolerance:
            return "unlikely"
    return "unknown"


def _estimate_mix(story: Story) -> Mix | None:
    if len(story.reference) < _FEWEST_REFERENCE or len(story.latest) < _FEWEST_REFERENCE:
        return None
    return estimate_mix(story.reference.chances, story.latest.chances, story.rng)


def estimate(
    watched: Watched, story: Story, mix: Mix | None, facts: Facts
) -> tuple[Evidence | NotMeasured, ...]:
    """Say how often the answers are right, and how many texts are unlike any before.

    Args:
        watched: knows where the reference lies.
        story: the rows to go by.
        mix: of the labels now; None where too few rows of the reference are left.
        facts: what was measured of the version when it was built.

    Returns:
        Accuracy from labels, accuracy without labels, and the share of texts from outside.
    """
    latest, reference = story.latest, story.reference
    accuracy = measure_accuracy(story.chances, story.right, latest.best.astype(np.float64))
    if mix is None:
        reason = "too few answers, or too few rows of the first reference are left in the log"
        names = ("watch.accuracy_guess", "watch.outside")
        return (accuracy, *(NotMeasured(name, reason) for name in names))
    before, now = (
        ask(rows, watched.fitted, watched.learned)["outside"] for rows in (reference, latest)
    )
    low, high = wilson(*(strange := _count_strange(before, now)))
    outside = Evidence(
        "watch.outside",
        strange[0] / strange[1],
        low,
        high,
        strange[1],
        "share",
        "stranger than 99 in 100 of the reference; Wilson",
        "latest answers",
    )
    answers = [rows.chances.argmax(axis=1).astype(np.int64) for rows in (reference, latest)]
    unlike = share_unlike((before, answers[0]), (now, answers[1]), story.rng)
    return accuracy, _guess(story, mix, unlike, Trust(facts.calibration_error)), outside


def _guess(story: Story, mix: Mix, unlike: float, trust: Trust) -> Evidence | NotMeasured:
    """Estimate accuracy without labels, unless the labels that there are say otherwise."""
    if is_contradicted(story.chances, story.right, trust):
        said = f"unknown: {len(story.right)} labels say that the probabilities are wrong by now"
        return NotMeasured("watch.accuracy_guess", said)
    return guess_accuracy(story.reference.chances, story.latest.chances, mix, unlike, trust)


def measure_counts(
    answers: int, slow: int, failed: int, promise: Promise
) -> tuple[Evidence | NotMeasured, ...]:
    """Turn what was counted since the last look into figures.

    Args:
        answers: how many there were.
        slow: how many of them took longer than was promised.
        failed: requests that got no answer, by the server's fault.
        promise: says what is slow.

    >>> [figure.name for figure in measure_counts(10, 1, 0, Promise())]
    ['watch.slow', 'watch.errors']
    """
    source = "since the last look"
    asked = (
        ("watch.slow", slow, answers, f"longer than {promise.slow_ms:g} ms; Wilson"),
        ("watch.errors", failed, answers + failed, "without an answer; Wilson"),
    )
    return tuple(
        Evidence(name, hits / n, *wilson(hits, n), n, "share", method, source)
        if n
        else NotMeasured(name, "nothing was asked since the last look")
        for name, hits, n, method in asked
    )


def _count_strange(before: NDArray[np.float64], now: NDArray[np.float64]) -> tuple[int, int]:
    """Return how many of how many latest texts are stranger than 99 in 100 of the reference."""
    return int((now > np.quantile(before, _STRANGE)).sum()), len(now)


def _monitors(log: Log, view: View, kept: Kept) -> tuple[MonitorStatus, ...]:
    raised = {
        msgspec.json.decode(str(facts))["monitor"]: int(str(at_ms))
        for at_ms, facts in log.read(
            "select at_ms, facts from events where version = ? and kind = 'alarm' order by id",
            (view.version,),
        )
    }
    return tuple(
        MonitorStatus(
            name,
            "alarm" if name in kept.since else "calm",
            1.0 if name in kept.since else min(kept.closeness.get(name, 0.0), 1.0),
            raised.get(name) if name in kept.since else None,
        )
        for name in MEANINGS
    )


def _shares(log: Log, version: int, story: Story, mix: Mix | None) -> tuple[Share, ...]:
    """Return the labels whose share has changed most, the largest change first."""
    latest, reference = story.latest, story.reference
    if mix is None:
        return ()
    ((raw,),) = log.read("select labels from versions where id = ?", (version,))
    labels = msgspec.json.decode(str(raw), type=list[str])
    second = solve_mix(reference.chances, latest.chances)
    before = (story.normal if len(story.normal) else reference).chances.mean(axis=0)
    order = np.argsort(-np.abs(mix.shares - before), kind="stable")[:_MOST_SHARES]
    return tuple(
        Share(
            labels[at],
            float(before[at]),
            float(mix.shares[at]),
            float(mix.low[at]),
            float(mix.high[at]),
            float(second[at]),
        )
        for at in order
    )


def _count(log: Log, version: int) -> tuple[str, str, int, int]:
    """Return model, version, answers and labels."""
    ((model, name, answers, labels),) = log.read(
        "select model, version, (select count(*) from answers where version = v.id) "
        "+ (select coalesce(sum(answers), 0) from hours where version = v.id), "
        "(select count(*) from labels where version = v.id) from versions v where id = ?",
        (version,),
    )
    return str(model), str(name), int(str(answers)), int(str(labels))
