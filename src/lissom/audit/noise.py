"""Who writes which label for which: a model of the mistakes in a column of labels.

An honest slip may hit any label; a muddled pair is always the same two. Which of the two a file
holds decides what is suspicious: where "refund" is often written for "return", a text that reads
half like "return" and is called "refund" is suspicious; where slips are spread evenly it is just a
hard text.

Source: Dawid and Skene (1979), J. R. Stat. Soc. C 28(1), with a classifier in place of the other
annotators; that labels and not only rows differ in their noise is also what Northcutt, Jiang and
Chuang (2021), J. Artif. Intell. Res. 70, build on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Chances = NDArray[np.float64]

CONCENTRATIONS = (1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
"""How much a label's mistakes keep to few other labels: at 1 to one or two, at 1,000 to none."""

_CLASS_ROWS = 20.0
"""A class's own share of mistakes is drawn to the mean as by so many rows."""

_FIRST_SHARE = 0.1
_SHARE_BOUNDS = (0.005, 0.6)
_STEPS, _TRIAL_STEPS = 25, 12
_FLOOR = 1e-4
_PARTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Mistakes:
    """What a column of labels looks like once its mistakes are modelled.

    Args:
        chances: (rows, classes) how likely each class is the right one.
        share: of all labels, how many are wrong, by this model.
        concentration: one of `CONCENTRATIONS`.
    """

    chances: Chances
    share: float
    concentration: float


def explain(chances: Chances, targets: NDArray[np.int64], seed: int = 0) -> Mistakes:
    """Find which mistakes explain the labels best, and what is then right.

    Args:
        chances: (rows, classes) opinion on each row, formed without its label.
        targets: (rows,) class numbers of the labels as they stand.
        seed: of the parts on which concentrations are compared.

    >>> opinion = np.array([[0.999, 0.001]] * 30 + [[0.001, 0.999]] * 30)
    >>> found = explain(opinion, np.array([1] + [0] * 29 + [1] * 30))
    >>> bool(found.chances[0, 1] < 0.5), bool(found.chances[1, 0] > 0.9)
    (True, True)
    """
    classes = chances.shape[1]
    chances = (chances + _FLOOR) / (1 + classes * _FLOOR)
    part = np.random.default_rng(seed).integers(0, _PARTS, len(targets))
    choices = CONCENTRATIONS if classes > 2 else CONCENTRATIONS[2:3]  # noqa: PLR2004 - no choice among one other
    likely = [_held_out(chances, targets, part, one) if len(choices) > 1 else 0 for one in choices]
    concentration = choices[int(np.argmax(likely))]
    table, share = _fit(chances, targets, concentration, _STEPS)
    right = chances * table[:, targets].T
    return Mistakes(right / right.sum(axis=1, keepdims=True), share, concentration)


def _held_out(
    chances: Chances, targets: NDArray[np.int64], part: NDArray[np.int64], concentration: float
) -> float:
    """Return how likely the labels of each part are, by the mistakes of the others."""
    total = 0.0
    for one in range(_PARTS):
        out = part == one
        if out.any() and not out.all():
            table, _ = _fit(chances[~out], targets[~out], concentration, _TRIAL_STEPS)
            total += float(np.log((chances[out] * table[:, targets[out]].T).sum(axis=1)).sum())
    return total


def _fit(
    chances: Chances, targets: NDArray[np.int64], concentration: float, steps: int
) -> tuple[Chances, float]:
    """Return (right class, written label) probabilities and the share of mistakes."""
    count, classes = chances.shape
    order = np.argsort(targets, kind="stable")
    chances, targets = chances[order], targets[order]
    present, starts = np.unique(targets, return_index=True)
    table = _table(np.full(classes, _FIRST_SHARE), np.ones((classes, classes)))
    share = _FIRST_SHARE
    for _ in range(steps):
        right = chances * table[:, targets].T
        right /= right.sum(axis=1, keepdims=True)
        pairs = np.zeros((classes, classes))
        pairs[:, present] = np.add.reduceat(right, starts, axis=0).T
        rows = pairs.sum(axis=1)
        np.fill_diagonal(pairs, 0)
        wrong = pairs.sum(axis=1)
        share = float(np.clip(wrong.sum() / count, *_SHARE_BOUNDS))
        of_class = (wrong + _CLASS_ROWS * share) / (rows + _CLASS_ROWS)
        table = _table(of_class, pairs + concentration / max(classes - 1, 1))
    return table, share


def _table(of_class: NDArray[np.float64], spread: Chances) -> Chances:
    """Put shares of mistakes and where they go into one table whose rows sum to 1."""
    spread = spread.copy()
    np.fill_diagonal(spread, 0)
    spread /= np.maximum(spread.sum(axis=1, keepdims=True), 1e-12)
    table = of_class[:, None] * spread
    np.fill_diagonal(table, 1 - of_class)
    return table
