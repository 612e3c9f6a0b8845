"""Do its probabilities mean what they say, and how much can it do alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, wilson
from lissom.evidence.intervals import bootstrap
from lissom.examine.task import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.answered import Rated

BINS = 10
FEWEST = 200
"""Rows under which the plug-in figure is mostly its own bias: 20 rows in a bin."""


def calibration_error(sureness: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins of equal size.

    Args:
        sureness: (rows,) probability of each answer.
        right: (rows,) whether it was right.

    Source: Naeini, Cooper, Hauskrecht (2015), AAAI; bins of equal size, Nixon et al. (2019).

    >>> calibration_error(np.full(100, 0.75), np.arange(100) < 75)
    0.0
    """
    order = np.argsort(sureness, kind="stable")
    if len(np.unique(sureness)) == 1:
        return abs(float(sureness[0]) - float(right.mean()))
    parts = np.array_split(order, BINS)
    gaps = [
        len(part) * abs(float(sureness[part].mean()) - float(right[part].mean()))
        for part in parts
        if len(part)
    ]
    return float(sum(gaps) / len(order))


def measure_calibration(answered: Rated, rng: np.random.Generator) -> tuple[Measured, ...]:
    """Measure the calibration error and how much more sure than right the model is on the whole."""
    n = len(answered)
    if n < FEWEST:
        reason = f"{n} labelled rows; the figure is mostly its own bias below {FEWEST}"
        return (NotMeasured("calibration.ece", reason),)
    sureness = answered.sureness.astype(np.float64)
    right = answered.right
    value = calibration_error(sureness, right)
    low, high = bootstrap(lambda rows: calibration_error(sureness[rows], right[rows]), n, rng)
    method = f"{BINS} bins of equal size, bootstrap 95 %; {answered.method}"
    return (
        Evidence(
            "calibration.ece",
            value,
            min(max(low, 0.0), value),
            max(high, value),
            n,
            "share",
            method,
            answered.source,
        ),
    )


def draw_calibration(answered: Rated) -> tuple[Picture, ...]:
    """Draw how often answers were right against how sure the model was."""
    if len(answered) < BINS:
        return ()
    sureness = answered.sureness
    rows: list[tuple[float, float, float, float, int]] = []
    for part in np.array_split(np.argsort(sureness, kind="stable"), BINS):
        hits = int(answered.right[part].sum())
        rows.append(
            (
                float(sureness[part].mean()),
                hits / len(part),
                *wilson(hits, len(part)),
                len(part),
            )
        )
    names = ("probability", "right", "low", "high", "rows")
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows) for i, name in enumerate(names)
    }
    title = "When it says 80 %, is it right 80 % of the time?"
    return (
        Picture(
            "calibration.reliability",
            title,
            "line",
            columns,
            "probability",
            "right",
            "low",
            "high",
        ),
    )


def measure_abstention(
    answered: Rated, *, threshold: float, promised: float | None
) -> tuple[Measured, ...]:
    """Measure what share it answers without asking, and how often those answers are right.

    Args:
        answered: answers beside the truth, `is_unsure` set by thresholds chosen on other rows.
        threshold: the shipped threshold on the probability.
        promised: the precision that the threshold was chosen for, or None.
    """
    n = len(answered)
    sure = ~answered.is_unsure
    kept = int(sure.sum())
    hits = int((sure & answered.right).sum())
    method, source = answered.method, answered.source
    goal = f"promise {promised:.0%}" if promised else "no promise could be made"
    shown = Evidence(
        "abstention.threshold",
        threshold,
        None,
        None,
        n,
        "share",
        f"chosen on held-out rows, {goal}",
        source,
    )
    return (
        share("abstention.answered_share", kept, n, f"{goal}; {method}", source),
        share("abstention.precision", hits, kept, f"{goal}; {method}", source),
        shown,
    )


def draw_abstention(answered: Rated) -> tuple[Picture, ...]:
    """Draw precision against the share of rows that are answered, from the surest on."""
    n = len(answered)
    if n < BINS:
        return ()
    order = np.argsort(-answered.sureness, kind="stable")
    hits = np.cumsum(answered.right[order])
    points = sorted({max(1, round(n * i / 20)) for i in range(1, 21)})
    bounds = [wilson(int(hits[k - 1]), k) for k in points]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "answered": tuple(k / n for k in points),
        "right": tuple(float(hits[k - 1] / k) for k in points),
        "low": tuple(low for low, _ in bounds),
        "high": tuple(high for _, high in bounds),
    }
    title = "How often it is right when it answers only what it is surest of"
    return (
        Picture("abstention.curve", title, "line", columns, "answered", "right", "low", "high"),
    )
