"""The margin of the cascade, chosen so that how often it differs is certified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence.exact import exact_high, most_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Margin = float | None
"""Least lead of the lexical tier's best score; None lets the encoder read every text."""

_STEPS = 200
"""Finer steps give less away at the end of the walk, and cost microseconds each."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Rows that nothing was fitted on, answered by both tiers as they ship and by the full model.

    Args:
        margins: (rows,) how far the lexical tier is from answering otherwise.
        may_keep: (rows,) enough of the text's features are known to the lexical tier.
        words_differ: (rows,) the lexical tier's answer is not the full model's.
        read_differs: (rows,) the small encoder's answer is not the full model's.
    """

    margins: NDArray[np.float32]
    may_keep: NDArray[np.bool_]
    words_differ: NDArray[np.bool_]
    read_differs: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.margins)

    def is_words(self, margin: Margin) -> NDArray[np.bool_]:
        """Return which rows the lexical tier answers at a margin."""
        if margin is None:
            return np.zeros(len(self), np.bool_)
        kept: NDArray[np.bool_] = (self.margins >= margin) & self.may_keep
        return kept

    def differing(self, margin: Margin) -> NDArray[np.bool_]:
        """Return which rows the cascade answers otherwise at a margin."""
        return np.where(self.is_words(margin), self.words_differ, self.read_differs)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is claimed of the cascade at one margin.

    Args:
        margin: the margin that was settled on.
        differing: rows answered otherwise at it.
        n: rows looked at.
        bound: with the confidence asked for, at most this share of such rows differs.
        level: that confidence.
        is_walked: the margin was chosen on these rows, by a fixed sequence of tests; else it was
            chosen elsewhere.
    """

    margin: Margin
    differing: int
    n: int
    bound: float
    level: float
    is_walked: bool


def lay_margins(
    leads: NDArray[np.float32], may_keep: NDArray[np.bool_], *, steps: int = _STEPS
) -> tuple[Margin, ...]:
    """Lay out the sequence of margins that is walked, the safest first.

    Args:
        leads: (rows,) margins of rows other than those that will certify.
        may_keep: (rows,) as in `Compared`.
        steps: margins after the first, at most.

    Returns:
        None, then falling margins between which about equally many of these rows lie.

    >>> lay_margins(np.float32([1, 2, 3, 4]), np.array([True, True, True, False]), steps=2)
    (None, 2.0, 1.0)
    """
    kept = leads[may_keep]
    if not len(kept):
        return (None,)
    shares = 1 - np.arange(1, steps + 1) / steps
    found = np.quantile(kept, shares, method="lower")
    return (None, *(float(margin) for margin in dict.fromkeys(found.tolist())))


def walk(
    compared: Compared, margins: Sequence[Margin], limit: float, *, level: float = 0.95
) -> Certificate:
    """Go on from margin to margin for as long as the share of differing rows is surely in bounds.

    Args:
        compared: rows that nothing was fitted on, and the margins were not laid out by.
        margins: at least one; the order is part of the method and must not depend on the rows.
        limit: largest share that may differ, in [0, 1].
        level: confidence of the whole, however many margins there are.

    Returns:
        The last margin that passed, and what may be claimed of it. Where none passes, the first,
        with its own bound, which is then above the limit.

    Source: Angelopoulos, Bates, Candès, Jordan and Lei (2021), Learn then Test: fixed-sequence
    testing with exact binomial p-values. The claims at the two ends: docs/shrink.md.

    >>> agree, differ = np.zeros(100, np.bool_), np.ones(100, np.bool_)
    >>> leads = np.arange(100, dtype=np.float32)
    >>> rows = Compared(leads, differ, leads < 50, agree)
    >>> found = walk(rows, (None, 80.0, 50.0, 20.0), limit=0.05)
    >>> found.margin, found.bound
    (50.0, 0.05)
    """
    n = len(compared)
    allowed = most_within(n, limit, level=level)
    counts = [int(compared.differing(margins[0]).sum())]
    for margin in margins[1:]:
        if counts[-1] > allowed:
            break
        counts.append(int(compared.differing(margin).sum()))
    is_ended = counts[-1] > allowed
    if is_ended and len(counts) > 1:
        at = len(counts) - 2
        return Certificate(margins[at], counts[at], n, limit, level, is_walked=True)
    bound = exact_high(counts[-1], n, level=level)
    return Certificate(margins[len(counts) - 1], counts[-1], n, bound, level, is_walked=True)


def certify(compared: Compared, margin: Margin, *, level: float = 0.95) -> Certificate:
    """Bound how often the cascade differs at a margin that was chosen on other rows.

    Args:
        compared: rows that nothing was fitted on or chosen by.
        margin: the margin.
        level: confidence.
    """
    count, n = int(compared.differing(margin).sum()), len(compared)
    bound = exact_high(count, n, level=level)
    return Certificate(margin, count, n, bound, level, is_walked=False)


def expect_loss(
    chances: NDArray[np.float32], full: NDArray[np.int64], small: NDArray[np.int64]
) -> tuple[float, float]:
    """Return what shrinking is expected to cost, without a label.

    Where the small model answers otherwise, the full model's own probabilities say how much less
    likely that answer is to be right.

    Args:
        chances: (rows, classes) calibrated probabilities of the full model, at least one row.
        full: (rows,) the full model's answers.
        small: (rows,) the small model's.

    Returns:
        Expected share of answers lost, and a cautious upper end: the exact 95 % bound of the share
        that differs, times the mean loss of a differing row to which one of half a row is added.
        It stands and falls with the full model's calibration and is no certificate.

    >>> chances = np.float32([[0.9, 0.1], [0.6, 0.4], [0.5, 0.5], [0.2, 0.8]])
    >>> expected, upper = expect_loss(chances, np.array([0, 0, 0, 1]), np.array([0, 1, 0, 1]))
    >>> round(expected, 3)
    0.05
    """
    at = np.arange(len(full))
    losses = np.where(full != small, chances[at, full] - chances[at, small], 0.0).astype(np.float64)
    count, total = int((full != small).sum()), float(np.maximum(losses, 0).sum())
    upper = exact_high(count, len(full)) * (total + 0.5) / (count + 1)
    return total / len(full), max(upper, total / len(full))
