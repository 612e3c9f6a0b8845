"""What a person is asked to label next, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.evidence import Measured, Picture
    from lissom.pipeline.order import Order


@dataclass(frozen=True, slots=True)
class Ask:
    """Rows to label, as asked for.

    Args:
        order: data, columns, labels, base, seed, threads, as for a build; what is said of the
            result (gates, budget, out) plays no part.
        n: rows wanted, at least 1.
        sheet: the file to fill in; None to have none written.
        examine_share: part of the rows that is drawn at random, for the examination.
    """

    order: Order
    n: int = 20
    sheet: Path | None = None
    examine_share: float = 0.2


@dataclass(frozen=True, slots=True)
class Asked:
    """One row that a person is asked to label.

    Args:
        row: 0-based data row in the table.
        text: what it says.
        why: "learn", its label teaches much; or "examine", it was drawn at random.
        suggestion: what the labels so far make of it; None for a row to examine with, so that
            nobody is led, and where there is nothing to go by.
        probability: that the suggestion is right, calibrated; None with too few labels for that.
    """

    row: int
    text: str
    why: str
    suggestion: str | None
    probability: float | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """Rows to label next, and what more labels would bring.

    Args:
        rows: the rows, in the order in which they are best labelled.
        sheet: the file to fill in, or None.
        label_column: the column to fill in.
        kept: rows of the sheet that were filled in already; they stay on top.
        labels: labels so far.
        classes: classes so far.
        evidence: accuracy so far and with more labels.
        curve: accuracy against labels, or None where it was not measured.
        notes: sentences for a person.
        seconds: wall time by stage.
    """

    rows: tuple[Asked, ...]
    sheet: Path | None
    label_column: str
    kept: int
    labels: int
    classes: int
    evidence: tuple[Measured, ...]
    curve: Picture | None
    notes: tuple[str, ...]
    seconds: dict[str, float]
