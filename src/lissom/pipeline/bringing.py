"""What more labels would bring: measured at fewer, drawn on to more, or not measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, NotMeasured, Picture, wilson
from lissom.learn import answer_by, draw_curve, look_ahead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.evidence import Measured
    from lissom.learn import HeldOut, Known
    from lissom.pipeline.table import Table

FEWEST_HELD = 20
"""Labels under which nothing is calibrated, weighed or scored: a guess would be as good."""

_FEWEST_LABELS = 40
_FEWEST_PER_CLASS = 2
_NOW, _DOUBLED = "next.accuracy", "next.accuracy_doubled"


@dataclass(frozen=True, slots=True, eq=False)
class Bringing:
    """What more labels would bring.

    Args:
        evidence: accuracy with the labels so far, and with twice as many.
        curve: accuracy against labels, or None where it was not measured.
    """

    evidence: tuple[Measured, ...]
    curve: Picture | None


def why_not(table: Table) -> str:
    """Say why there is no learning curve, or "" where there can be one.

    The interval for twice the labels was tried with no fewer labels than these; see `look_ahead`.
    """
    labels, classes, fair = len(table.labelled), len(table.classes), int(table.is_fair.sum())
    if labels == 0:
        return "there are no labels yet"
    if classes == 1:
        return f'all {labels} labels are "{table.classes[0]}"'
    if labels < _FEWEST_LABELS:
        return f"there are {labels} labels; a curve takes {_FEWEST_LABELS}"
    if labels < _FEWEST_PER_CLASS * classes:
        return f"there are {labels} labels for {classes} classes; a curve takes 2 for each"
    if fair < FEWEST_HELD:
        return (
            f"{fair} labels are a fair sample of the table, the others were chosen to be learned "
            f'from; a curve takes {FEWEST_HELD}, so fill in the rows marked "examine"'
        )
    return ""


def measure_bringing(
    known: Known, held: HeldOut | None, folds: NDArray[np.int64], table: Table, seed: int
) -> Bringing:
    """Measure accuracy with parts of the labels, and draw it on to twice as many.

    Args:
        known: the rows.
        held: how the candidates are weighed, or None with too few labels for that.
        folds: (rows,) fold numbers from 0.
        table: the same rows, as the user knows them.
        seed: decides which labels are in the parts.
    """
    reason = why_not(table)
    if reason or held is None:
        return Bringing((NotMeasured(_NOW, reason), NotMeasured(_DOUBLED, reason)), None)

    def answer(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = answer_by(known.hide_all_but(rows), held.weights).argmax(axis=1)
        return found

    fair = np.flatnonzero(table.is_fair)
    curve = draw_curve(answer, table.targets, folds, fair, np.random.default_rng([seed, 4]))
    source = f"labelled rows of {table.source}"
    if len(fair) < len(table.labelled):
        source += ", without those that were chosen to be learned from"
    hits, n = [int(count) for count in curve.right.sum(axis=0)], len(fair)
    bounds = [wilson(count, n) for count in hits]
    learned = round(float(curve.sizes[-1]))
    method = f"Wilson 95 %; cross-fitted, from {learned} labels, {' and '.join(held.weights)}"
    now = Evidence(_NOW, hits[-1] / n, *bounds[-1], n, "share", method, source)
    twice = 2 * len(table.labelled)
    ahead = look_ahead(curve, twice, np.random.default_rng([seed, 5]))
    doubled = Evidence(
        _DOUBLED,
        ahead.value,
        ahead.low,
        ahead.high,
        n,
        "share",
        f"drawn on to {twice} labels by a power law; low: no gain, high: the usual gain; bootstrap",
        source,
    )
    picture = Picture(
        "next.curve",
        "How often hidden labels were found, by how many others were learned from",
        "line",
        {
            "labels": tuple(round(float(size), 1) for size in curve.sizes),
            "right": tuple(count / n for count in hits),
            "low": tuple(low for low, _ in bounds),
            "high": tuple(high for _, high in bounds),
        },
        x="labels",
        y="right",
        low="low",
        high="high",
    )
    return Bringing((now, doubled), picture)
