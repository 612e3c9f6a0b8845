"""The monitors of change: inputs, mix of answers, confidence, texts from outside.

A row has one of two parts to play, chosen by lot when it comes and never changed: a quarter only
teaches, and is never ranked; the rest is ranked, and then stands in the bag with which later rows
are compared. What is asked of a ranked row may therefore be anything that the teaching rows say,
and the ranks stay exact.

The bag has a limit. Beyond it, rows leave it by lot; that keeps the ranks exact too, since the lot
does not ask when a row came. Proof by induction: given the bag as a set, the ranks so far are
independent and uniform; the next row's rank is uniform given the bag with it; and a random part of
that set says nothing about who came last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.operate.watching.conformal import Detector, bet, log_bar, rank, start
from lissom.operate.watching.rows import Rows, join
from lissom.operate.watching.scores import QUESTIONS, ask, fit, learn, learn_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lissom.operate.watching.scores import Fitted, Learned

REFERENCE_ROWS = 4000
"""Rows before the first look: 1000 to learn where they lie, 3000 to be compared with. What can ever
be noticed is bounded by these: no stream, however long, tells more than its reference does."""

FEWEST_REFERENCE = 2000
"""Enough after a week, where fewer texts come."""

LEAST_REFERENCE = 500
"""Enough after a month, where few texts come: the promise holds for any reference, and a small one
sees large changes; none sees nothing."""

LOOK_ROWS = 600
"""Rows ranked at one look at most, chosen by lot: more would say no more."""

FEWEST = 20
BAG_ROWS = 8000
_FIT_SHARE = 0.25
_LEARN_SHARE = 0.25

DETECTORS = tuple(question for questions in QUESTIONS.values() for question in questions)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """All that the monitors know of one version of one model.

    Args:
        fitted: where the reference lies.
        learned: where the teaching rows have been of late.
        bag: rows to compare with.
        detectors: question to the state of its watch.
        looks: how many there were.
        since: monitor to the look at which it raised its alarm; it is not raised twice.
    """

    fitted: Fitted
    learned: Learned
    bag: Rows
    detectors: Mapping[str, Detector]
    looks: int
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look said.

    Args:
        rows: how many were ranked.
        raised: monitors whose alarm this look raised.
        closeness: monitor to how near its nearest detector is to the bar, 1 is there.
    """

    rows: int
    raised: tuple[str, ...]
    closeness: Mapping[str, float]


def begin(rows: Rows, rng: np.random.Generator) -> Watched:
    """Take a reference.

    Args:
        rows: at least a few hundred; a change before they were complete is not seen.
        rng: deals out the parts.
    """
    is_fit = rng.random(len(rows)) < _FIT_SHARE
    fitted = fit(rows.take(is_fit))
    return Watched(
        fitted,
        learn_nothing(rows.chances.shape[1], rows.sketches.shape[1]),
        _shrink(rows.take(~is_fit), rng),
        {question: start() for question in DETECTORS},
        0,
        {},
    )


def look(
    watched: Watched, rows: Rows, bar: float, rng: np.random.Generator
) -> tuple[Watched, Seen]:
    """Look at the rows since the last look.

    Args:
        watched: as the look before left it.
        rows: new ones, in their order. Their number must not depend on what they say.
        bar: from `bar_for`.
        rng: deals out the parts, settles ties.
    """
    if len(rows) > LOOK_ROWS:
        rows = rows.take(np.sort(rng.choice(len(rows), LOOK_ROWS, replace=False)))
    teaches = rng.random(len(rows)) < _LEARN_SHARE
    ranked = rows.take(~teaches)
    asked = ask(join([watched.bag, ranked]), watched.fitted, watched.learned)
    start_of_new = len(watched.bag)
    detectors, raised, since = {}, [], dict(watched.since)
    for monitor, questions in QUESTIONS.items():
        for question in questions:
            scores = asked[question]
            ranks = rank(scores[:start_of_new], scores[start_of_new:], rng)
            detectors[question] = bet(watched.detectors[question], ranks)
        if monitor not in since and any(detectors[q].log_sum >= bar for q in questions):
            raised.append(monitor)
            since[monitor] = watched.looks + 1
    closeness = {
        monitor: max(0.0, *(detectors[question].log_sum / bar for question in questions))
        for monitor, questions in QUESTIONS.items()
    }
    after = replace(
        watched,
        learned=learn(watched.learned, watched.fitted, rows.take(teaches)),
        bag=_shrink(join([watched.bag, ranked]), rng),
        detectors=detectors,
        looks=watched.looks + 1,
        since=since,
    )
    return after, Seen(len(ranked), tuple(raised), closeness)


def bar_for(looks: float, others: int = 0) -> float:
    """Return the bar for a promise of at most one false alarm in so many looks.

    Args:
        looks: all detectors of a model together expect at most one false alarm in these.
        others: detectors besides those of change that share the promise.

    >>> bar_for(8760) > 11
    True
    """
    return log_bar(looks, len(DETECTORS) + others)


def _shrink(bag: Rows, rng: np.random.Generator) -> Rows:
    if len(bag) <= BAG_ROWS:
        return bag
    return bag.take(np.sort(rng.choice(len(bag), BAG_ROWS, replace=False)))
