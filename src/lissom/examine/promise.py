"""A promise that is kept: how much it can answer alone and still be right often enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.evidence.exact import at_least, exact_low
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.answered import Answered

_TESTS = 60
"""Thresholds tried from each start; more would find a little more coverage."""
_SPARE = 1.1
"""Rows at the first start, in shortest runs of right answers that could prove the promise."""
_CHAINS = ((1.0, 0.0), (2.5, 0.05), (5.0, 0.25))
"""Where the three searches start: so many of those runs, and at least this share of the rows."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability on it answers alone.

    Args:
        least: answers with a lower probability are passed on.
        low: with the confidence asked for, at least this share of the others is right.
    """

    least: float
    low: float


def find_threshold(
    sureness: NDArray[np.float64],
    right: NDArray[np.bool_],
    *,
    precision: float,
    level: float = 0.95,
) -> Threshold | None:
    """Find the lowest threshold whose answers are right often enough, with confidence.

    Thresholds are tested from the strictest down, and the first that fails ends the search: so no
    correction for many tests is owed. Where the search starts is chosen by how many rows are let
    through, which says nothing of whether they are right. Two early mistakes can end it, so it is
    started three times, with a third of the doubt each.

    Args:
        sureness: (rows,) probability of each answer.
        right: (rows,) whether it was right.
        precision: the promise, in (0, 1).
        level: confidence that the promise holds for rows of the same kind.

    Returns:
        None when these rows cannot back the promise at any threshold.

    Source: fixed-sequence testing in Angelopoulos et al. (2021), "Learn then Test"; the bound is
    Clopper and Pearson's (1934).

    >>> sure = np.linspace(1, 0, 400)
    >>> find_threshold(sure, sure > 0.3, precision=0.9).least < 0.3
    True
    """
    order = np.argsort(-sureness, kind="stable")
    falling, hits = -sureness[order], np.cumsum(right[order])
    share_of_doubt = (1 - level) / len(_CHAINS)
    shortest = _SPARE * np.log(share_of_doubt) / np.log(precision)
    kept = 0
    for times, part in _CHAINS:
        start = int(np.ceil(max(times * shortest, part * len(order))))
        for place in np.unique(np.linspace(start, len(order), _TESTS).astype(np.int64)):
            if place > len(order):
                break
            # Rows with one probability are answered together, so they are tested together.
            n = int(np.searchsorted(falling, falling[place - 1], side="right"))
            if at_least(int(hits[n - 1]), n, precision) > share_of_doubt:
                break
            kept = max(kept, n)
    if not kept:
        return None
    low = exact_low(int(hits[kept - 1]), kept, level=1 - share_of_doubt)
    return Threshold(float(sureness[order[kept - 1]]), low)


def measure_promise(
    answered: Answered, rng: np.random.Generator, *, precision: float
) -> tuple[Measured, ...]:
    """Measure what a promised precision is worth: thresholds from one half, counted on the other.

    Args:
        answered: answers beside the truth.
        rng: cuts the rows in halves.
        precision: the promise, in (0, 1).

    Returns:
        The share answered and its precision on rows that did not choose the threshold, both halves
        together, and the threshold that all rows give.
    """
    names = ("promise.answered_share", "promise.precision", "promise.threshold")
    n = len(answered)
    if answered.says == "label":
        return tuple(NotMeasured(name, "the model gives no probabilities") for name in names)
    sureness, right = answered.sureness, answered.right
    whole = find_threshold(sureness, right, precision=precision)
    order = rng.permutation(n)
    halves = (order[: n // 2], order[n // 2 :])
    kept = np.zeros(n, np.bool_)
    found = 0
    for chosen, counted in (halves, halves[::-1]):
        threshold = find_threshold(sureness[chosen], right[chosen], precision=precision)
        if threshold is not None:
            found += 1
            kept[counted] = sureness[counted] >= threshold.least
    if whole is None or found < len(halves):
        reason = (
            f"{n} labelled rows cannot back {precision:.0%} right with 95 % confidence, "
            "half of them kept to count on"
        )
        return tuple(NotMeasured(name, reason) for name in names)
    how = f"promise {precision:.0%} with 95 % confidence, threshold from the other half"
    method, source = f"{how}; {answered.method}", answered.source
    about = f"fixed-sequence tests on all rows back {whole.low:.1%} right with 95 % confidence"
    return (
        share(names[0], int(kept.sum()), n, method, source),
        share(names[1], int((kept & right).sum()), int(kept.sum()), method, source),
        Evidence(names[2], whole.least, None, None, n, "probability", about, source),
    )
