"""The mix of classes in rows without a label, and answers corrected to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2_contingency

if TYPE_CHECKING:
    from numpy.typing import NDArray

CERTAIN = 0.001
"""The mixes are told apart only when chance would do so in one build of a thousand."""

LEAST_GAIN = 0.01
"""Expected gain, as a share of rows, under which nothing is corrected."""

_KEPT = 0.2
"""Share of the labels' own mix that stays in the estimate: no class falls below a fifth of its
share of the labels, however the estimate comes out."""

_FEWEST_LABELS, _FEWEST_ROWS = 30, 100
_STEPS = 100
_EXPECTED = 5
"""Rows that a cell of the test needs; rarer answers are counted together."""


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """How the unlabelled rows' mix of classes differs from the labels', and what follows.

    Args:
        labels: (classes,) shares of the labels.
        stream: (classes,) estimated shares of the unlabelled rows.
        is_shifted: the two differ by more than chance and the model's own mistakes explain.
        gain: share of such rows on which a correction is expected to help, by the model itself.
        shift: (classes,) what is added to log-probabilities; all 0 where nothing is corrected.
        chance: that a difference as large comes about with one mix.
    """

    labels: NDArray[np.float64]
    stream: NDArray[np.float64]
    is_shifted: bool
    gain: float
    shift: NDArray[np.float32]
    chance: float

    @property
    def is_corrected(self) -> bool:
        """Return whether answers are corrected."""
        return bool(self.shift.any())

    @property
    def distance(self) -> float:
        """Return the share of rows that would have to change class to make the mixes equal."""
        return float(np.abs(self.labels - self.stream).sum() / 2)


def estimate_mix(
    labelled: NDArray[np.float32], targets: NDArray[np.int64], unlabelled: NDArray[np.float32]
) -> Mix | None:
    """Estimate the mix of unlabelled rows, and correct to it where that is sure to help.

    A correction needs three things. Answers to labelled rows, hidden from the model, and to
    unlabelled rows differ by more than chance. By the model's own probabilities the correction is
    right on at least `LEAST_GAIN` more of the unlabelled rows. And on the labelled rows, weighted
    to the new mix, it does no harm that is larger than its standard error.

    Args:
        labelled: (rows, classes) calibrated probabilities of labelled rows, from fits that had not
            seen their labels.
        targets: (rows,) their class numbers.
        unlabelled: (rows, classes) the same of rows without a label.

    Returns:
        What was found; None where rows are too few, or a class has no label.

    Source: Saerens, Latinne, Decaestecker (2002), Neural Computation 14(1); the test on answers,
    Lipton, Wang, Smola (2018), ICML.
    """
    classes = labelled.shape[1]
    counts = np.bincount(targets, minlength=classes)
    too_few = len(targets) < _FEWEST_LABELS or len(unlabelled) < _FEWEST_ROWS
    if too_few or not counts.all():
        return None
    own = counts / counts.sum()
    chance = _compare(labelled.argmax(axis=1), unlabelled.argmax(axis=1), classes)
    fitted = fit_mix(unlabelled, own)
    stream = (1 - _KEPT) * fitted + _KEPT * own
    moved = np.log(stream / own).astype(np.float32)
    gain = _expected_gain(unlabelled, stream / own)
    is_shifted = chance < CERTAIN
    is_worth_it = (
        is_shifted and gain >= LEAST_GAIN and not _harms(labelled, targets, moved, fitted / own)
    )
    shift = moved if is_worth_it else np.zeros(classes, np.float32)
    return Mix(own, fitted, is_shifted, gain, shift, chance)


def fit_mix(probabilities: NDArray[np.float32], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mix under which these rows are likeliest.

    Args:
        probabilities: (rows, classes), calibrated for the mix `own`.
        own: (classes,) shares, all above 0.

    Source: Saerens, Latinne, Decaestecker (2002), Neural Computation 14(1), 21-41.

    >>> sure = np.float32([[0.9, 0.1]] * 9 + [[0.1, 0.9]])
    >>> float(fit_mix(sure, np.array([0.5, 0.5])).round(2)[0])
    1.0
    """
    ratio = probabilities.astype(np.float64) / own
    shares = own.copy()
    for _ in range(_STEPS):
        parts = ratio * shares
        parts /= np.maximum(parts.sum(axis=1, keepdims=True), 1e-300)
        found = parts.mean(axis=0)
        is_settled = np.abs(found - shares).sum() < 1e-5  # noqa: PLR2004 - far below any interval
        shares = found
        if is_settled:
            break
    return shares


def _compare(first: NDArray[np.int64], second: NDArray[np.int64], classes: int) -> float:
    """Return the chance of answers that differ as much, if both kinds of rows are of one mix."""
    table = np.stack([np.bincount(rows, minlength=classes) for rows in (first, second)])
    table = table[:, table.sum(axis=0) > 0]
    expected = table.sum(axis=0) * min(len(first), len(second)) / table.sum()
    rare = expected < _EXPECTED
    kept = table[:, ~rare]
    if rare.any():
        kept = np.concatenate([kept, table[:, rare].sum(axis=1, keepdims=True)], axis=1)
    if kept.shape[1] < 2:  # noqa: PLR2004 - one answer cannot differ
        return 1.0
    return float(chi2_contingency(kept, correction=False).pvalue)


def _expected_gain(probabilities: NDArray[np.float32], ratio: NDArray[np.float64]) -> float:
    moved = probabilities.astype(np.float64) * ratio
    moved /= moved.sum(axis=1, keepdims=True)
    before = probabilities.argmax(axis=1)
    return float((moved.max(axis=1) - moved[np.arange(len(moved)), before]).mean())


def _harms(
    probabilities: NDArray[np.float32],
    targets: NDArray[np.int64],
    moved: NDArray[np.float32],
    weights: NDArray[np.float64],
) -> bool:
    after = (np.log(np.maximum(probabilities, 1e-12)) + moved).argmax(axis=1) == targets
    gained = after.astype(np.float64) - (probabilities.argmax(axis=1) == targets)
    weight = weights[targets] / weights[targets].sum()
    mean = float((gained * weight).sum())
    error = float(np.sqrt((((gained - mean) * weight) ** 2).sum()))
    return mean < -error
