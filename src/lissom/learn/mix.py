"""The mix of classes in rows without a label, and answers corrected to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2_contingency

from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

CERTAIN = 0.001
"""The mixes are told apart only when chance would do so in one build of a thousand."""

LEAST_GAIN = 0.01
"""Expected gain, as a share of rows, under which nothing is corrected."""

_KEPT = 0.2
"""Share of the labels' own mix that stays in the estimate: no class falls below a fifth of its
share of the labels, however the estimate comes out."""

_PART = 0.5
"""Part of the difference in log-shares that is made good. On 36 draws of twelve public sets, 0.25,
0.5, 0.75 and 1 were right on 67.7, 67.8, 68.0 and 68.0 % with a macro-F1 of 63.4, 63.4, 63.4 and
62.6 (nothing corrected: 67.7 and 63.3); three quarters cost one of them 6 points of macro-F1."""

_BIAS_PENALTY = 1.0
"""Of the squared bias of a class; 0.3 to 10 differed by 0.1 points on those draws."""

_FEWEST_LABELS, _FEWEST_ROWS = 30, 100
_STEPS = 100
_TRACE = np.float32(1e-12)
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
        bias: (classes,) what makes the probabilities those of the labels' own mix.
    """

    labels: NDArray[np.float64]
    stream: NDArray[np.float64]
    is_shifted: bool
    gain: float
    shift: NDArray[np.float32]
    chance: float
    bias: NDArray[np.float32]

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

    What was taught by guesses for unlabelled rows leans to their mix already. So the
    probabilities are brought back to the labels' mix first, by one number for each class; else the
    stream's mix would be counted twice, and an estimate from a weak model would run away.

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

    Source: Saerens, Latinne, Decaestecker (2002), Neural Computation 14(1); the bias, Alexandari,
    Kundaje, Shrikumar (2020), ICML; the test on answers, Lipton, Wang, Smola (2018), ICML.
    """
    classes = labelled.shape[1]
    counts = np.bincount(targets, minlength=classes)
    too_few = len(targets) < _FEWEST_LABELS or len(unlabelled) < _FEWEST_ROWS
    if too_few or not counts.all():
        return None
    own = counts / counts.sum()
    chance = _compare(labelled.argmax(axis=1), unlabelled.argmax(axis=1), classes)
    bias = fit_bias(labelled, targets)
    fitted = fit_mix(add_bias(unlabelled, bias), own)
    stream = (1 - _KEPT) * fitted + _KEPT * own
    moved = (_PART * np.log(stream / own)).astype(np.float32)
    shift = bias + moved
    believed = add_bias(unlabelled, bias + np.log(stream / own).astype(np.float32))
    gain = _expected_gain(believed, unlabelled, shift)
    is_shifted = chance < CERTAIN
    is_worth_it = (
        is_shifted and gain >= LEAST_GAIN and not _harms(labelled, targets, shift, fitted / own)
    )
    shift = shift if is_worth_it else np.zeros(classes, np.float32)
    return Mix(own, fitted, is_shifted, gain, shift, chance, bias)


def fit_bias(probabilities: NDArray[np.float32], targets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return what to add to log-probabilities so that their mean is the mix of the targets.

    Few rows say little of a class: its bias is held back by a penalty worth about one row.

    Args:
        probabilities: (rows, classes).
        targets: (rows,) class numbers.

    Source: bias-corrected calibration, Alexandari, Kundaje, Shrikumar (2020), ICML.

    >>> says_first = np.float32([[0.8, 0.2]] * 50)
    >>> add_bias(says_first, fit_bias(says_first, np.arange(50) % 2))[0].round(1).tolist()
    [0.5, 0.5]
    """
    classes = probabilities.shape[1]
    logs = np.log(np.maximum(probabilities, _TRACE)).astype(np.float64)
    wanted = np.bincount(targets, minlength=classes)

    def objective(bias: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = logs + bias
        top = scores.max(axis=1, keepdims=True)
        total = top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
        surprise = float(total.sum() - scores[np.arange(len(targets)), targets].sum())
        slope = np.exp(scores - total).sum(axis=0) - wanted + _BIAS_PENALTY * bias
        return surprise + _BIAS_PENALTY * float(bias @ bias) / 2, slope

    found = minimize(objective, np.zeros(classes), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float32)


def add_bias(probabilities: NDArray[np.float32], bias: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities with a number for each class added to their logarithm."""
    return softmax(np.log(np.maximum(probabilities, _TRACE)) + bias)


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


def _expected_gain(
    believed: NDArray[np.float32], before: NDArray[np.float32], shift: NDArray[np.float32]
) -> float:
    """Return how many more of the rows are right by what is believed of them."""
    rows = np.arange(len(before))
    after = (np.log(np.maximum(before, _TRACE)) + shift).argmax(axis=1)
    return float((believed[rows, after] - believed[rows, before.argmax(axis=1)]).mean())


def _harms(
    probabilities: NDArray[np.float32],
    targets: NDArray[np.int64],
    shift: NDArray[np.float32],
    weights: NDArray[np.float64],
) -> bool:
    after = (np.log(np.maximum(probabilities, _TRACE)) + shift).argmax(axis=1) == targets
    gained = after.astype(np.float64) - (probabilities.argmax(axis=1) == targets)
    weight = weights[targets] / weights[targets].sum()
    mean = float((gained * weight).sum())
    error = float(np.sqrt((((gained - mean) * weight) ** 2).sum()))
    return mean < -error
