"""Sets of answers that hold the right one as often as was asked, and honest probability pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.evidence.intervals import bootstrap
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.answered import Answered

COVERAGE = 0.9
_GRID = 200
"""Probabilities are rounded to this many steps first: any fixed rounding keeps the guarantee."""
_FEWEST = 40
_STRICTEST = 1e-12


def set_threshold(probabilities: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    """Return the least probability a class must have to be in the set.

    Args:
        probabilities: (rows, classes) of rows that are spent on this.
        targets: (rows,) true class numbers.

    Returns:
        0 when there are too few rows to leave any class out.

    Source: Sadinle, Lei, Wasserman (2019), J. Am. Stat. Assoc. 114(525); split conformal, Vovk,
    Gammerman, Shafer (2005).

    >>> chances = np.column_stack([np.linspace(0.5, 0.9, 99), 1 - np.linspace(0.5, 0.9, 99)])
    >>> round(set_threshold(chances, np.zeros(99, np.int64)), 3)
    0.537
    """
    n = len(targets)
    misfit = np.sort(1 - probabilities[np.arange(n), targets])
    place = int(np.ceil((n + 1) * COVERAGE - _STRICTEST))
    return 0.0 if place > n else float(1 - misfit[place - 1])


def measure_sets(answered: Answered, rng: np.random.Generator) -> tuple[Measured, ...]:
    """Measure conformal sets: thresholds from one half of the rows, counted on the other.

    Args:
        answered: answers beside the truth.
        rng: cuts the rows in halves.
    """
    names = ("sets.coverage", "sets.size", "sets.single_share", "sets.worst_class_coverage")
    n = len(answered)
    if answered.says != "all":
        reason = "the model gives no probability for each class"
        return tuple(NotMeasured(name, reason) for name in names)
    if n < _FEWEST:
        reason = f"{n} labelled rows; {_FEWEST} are needed"
        return tuple(NotMeasured(name, reason) for name in names)
    held, sizes = _sets(answered, rng)
    how = f"least-ambiguous sets at {COVERAGE:.0%}, threshold from other half; {answered.method}"
    low, high = bootstrap(lambda rows: float(sizes[rows].mean()), n, rng)
    value, source = float(sizes.mean()), answered.source
    return (
        share(names[0], int(held.sum()), n, how, source),
        Evidence(names[1], value, min(low, value), max(high, value), n, "classes", how, source),
        share(names[2], int((sizes == 1).sum()), n, how, source),
        _worst(names[3], answered, held, how),
    )


def _sets(
    answered: Answered, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    chances = answered.probabilities.astype(np.float64)
    n = len(answered)
    order = rng.permutation(n)
    halves = (order[: n // 2], order[n // 2 :])
    held, sizes = np.zeros(n, np.bool_), np.zeros(n, np.int64)
    for chosen, counted in (halves, halves[::-1]):
        least = set_threshold(chances[chosen], answered.targets[chosen]) - _STRICTEST
        inside = chances[counted] >= least
        sizes[counted] = inside.sum(axis=1)
        held[counted] = inside[np.arange(len(counted)), answered.targets[counted]]
    return held, sizes


def _worst(name: str, answered: Answered, held: NDArray[np.bool_], how: str) -> Measured:
    """The guarantee is for all rows together; a class of its own may be left out more often."""
    counts = np.bincount(answered.targets, minlength=len(answered.classes))
    enough = np.flatnonzero(counts >= _FEWEST)
    if not len(enough):
        return NotMeasured(name, f"no class has {_FEWEST} labelled rows")
    hits = np.bincount(answered.targets[held], minlength=len(answered.classes))
    worst = int(enough[(hits[enough] / counts[enough]).argmin()])
    about = f"the lowest of {len(enough)} classes with {_FEWEST} rows, so it looks a little too low"
    return share(name, int(hits[worst]), int(counts[worst]), f"{about}; {how}", answered.source)


def venn_abers(
    known: NDArray[np.float64], right: NDArray[np.bool_], asked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two probabilities for each score, one of which is calibrated whatever the truth is.

    Args:
        known: scores in [0, 1] of rows whose truth is known.
        right: (rows,) that truth.
        asked: scores to calibrate; the first array is rounded like this one, to 1/200.

    Returns:
        (low, high): the truth's probability if the row were wrong, and if it were right.

    Source: Vovk, Petej, Fedorova (2015), NeurIPS, inductive Venn-Abers predictors.

    >>> low, high = venn_abers(np.full(99, 0.8), np.arange(99) < 80, np.array([0.8]))
    >>> round(float(low[0]), 2), round(float(high[0]), 2)
    (0.8, 0.81)
    """
    at = np.rint(known * _GRID).astype(np.int64)
    rows = np.bincount(at, minlength=_GRID + 1).astype(np.float64)
    hits = np.bincount(at, weights=right, minlength=_GRID + 1)
    places = np.rint(asked * _GRID).astype(np.int64)
    low, high = np.zeros(len(asked)), np.zeros(len(asked))
    for place in np.unique(places):
        for outcome, out in ((0.0, low), (1.0, high)):
            rows[place] += 1
            hits[place] += outcome
            filled = np.flatnonzero(rows)
            fitted = _rising(hits[filled] / rows[filled], rows[filled])
            out[places == place] = fitted[int(np.searchsorted(filled, place))]
            rows[place] -= 1
            hits[place] -= outcome
    return low, high


def measure_venn_abers(answered: Answered, rng: np.random.Generator) -> tuple[Measured, ...]:
    """Measure how far apart the two probabilities lie: what these labels leave open.

    Args:
        answered: answers beside the truth.
        rng: cuts the rows in halves.
    """
    name, n = "calibration.venn_abers_width", len(answered)
    if answered.says == "label":
        return (NotMeasured(name, "the model gives no probabilities"),)
    if n < _FEWEST:
        return (NotMeasured(name, f"{n} labelled rows; {_FEWEST} are needed"),)
    order = rng.permutation(n)
    halves = (order[: n // 2], order[n // 2 :])
    widths = np.zeros(n)
    for chosen, counted in (halves, halves[::-1]):
        pair = venn_abers(
            answered.sureness[chosen], answered.right[chosen], answered.sureness[counted]
        )
        widths[counted] = pair[1] - pair[0]
    low, high = bootstrap(lambda rows: float(widths[rows].mean()), n, rng)
    value = float(widths.mean())
    how = f"calibrated on the other half; bootstrap 95 %; {answered.method}"
    ends = (min(low, value), max(high, value))
    return (Evidence(name, value, *ends, n, "probability", how, answered.source),)


def _rising(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest sequence that never falls: neighbours that do are pooled.

    Source: Ayer et al. (1955), Ann. Math. Statist. 26(4), 641-647.
    """
    pools: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append([value, weight, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            last = pools.pop()
            total = pools[-1][1] + last[1]
            pools[-1][0] = (pools[-1][0] * pools[-1][1] + last[0] * last[1]) / total
            pools[-1][1] = total
            pools[-1][2] += last[2]
    return np.repeat([pool[0] for pool in pools], [int(pool[2]) for pool in pools])
