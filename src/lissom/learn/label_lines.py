"""From scores of labels to probabilities, and from those to the labels that are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from lissom.runtime import sigmoid, straighten
from lissom.tasks import log_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PULL = 5.0
"""A label's own line counts against the line of all labels as if 5 rows spoke for that."""

_TRUST = 20.0
"""With 20 rows of a label, its threshold listens to its rows as much as to its probabilities."""

_OWN = 0.5
"""Half of a threshold is the label's own, half that of all labels. On the genres of 9,742 films
this gained 2 points of micro-F1 for 1 of macro-F1 against all its own, and 3 of macro for half a
point of micro against none."""

_STEPS, _HALVINGS = 25, 6
_ENOUGH = 1e-6
"""Steps end when no label's loss falls by a larger part of itself; below that is rounding."""

_LEAST, _MOST = 0.001, 0.95
_FLATTEST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What turns the scores of each label into log-odds.

    Args:
        slopes: (labels,) above 0.
        offsets: (labels,).
    """

    slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def chances(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (rows, labels) probabilities, as the runtime will."""
        return sigmoid(straighten(scores, self.slopes.tolist(), self.offsets.tolist()))


def fit_lines(scores: NDArray[np.float32], wanted: NDArray[np.float32]) -> Lines:
    """Fit slope and offset of each label, drawn towards the line that all labels share.

    Args:
        scores: (rows, labels) of rows that the scores were not fitted on.
        wanted: (rows, labels) 0 or 1.

    Returns:
        Slopes of 1 and offsets of 0 when there is no row.

    Source: Platt (1999), "Probabilistic outputs for support vector machines".

    >>> lines = fit_lines(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32))
    >>> lines.slopes.tolist(), lines.offsets.tolist()
    ([1.0, 1.0], [0.0, 0.0])
    """
    labels = scores.shape[1]
    if not len(scores):
        return Lines(np.ones(labels), np.zeros(labels))
    spread = max(float(scores.std()), 1e-6)
    scaled = scores.astype(np.float64) / spread
    flat, told = scaled.reshape(-1, 1), wanted.reshape(-1, 1).astype(np.float64)
    shared = _fit(flat, told, Lines(np.ones(1), np.zeros(1)), 1e-3)
    start = Lines(np.repeat(shared.slopes, labels), np.repeat(shared.offsets, labels))
    own = _fit(scaled, wanted.astype(np.float64), start, _PULL)
    return Lines(np.maximum(own.slopes, _FLATTEST) / spread, own.offsets)


def _fit(
    scores: NDArray[np.float64], wanted: NDArray[np.float64], start: Lines, pull: float
) -> Lines:
    """Take Newton's steps for every label at once, halved wherever the loss would rise."""
    slopes, offsets = start.slopes.copy(), start.offsets.copy()

    def loss(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        logits = scores * a + b
        far = (a - start.slopes) ** 2 + (b - start.offsets) ** 2
        surprise = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits))) - wanted * logits
        total: NDArray[np.float64] = surprise.sum(axis=0) + pull / 2 * far
        return total

    before = loss(slopes, offsets)
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(scores * slopes + offsets, -30, 30)))
        missed, curve = chances - wanted, chances * (1 - chances)
        down_a = (missed * scores).sum(axis=0) + pull * (slopes - start.slopes)
        down_b = missed.sum(axis=0) + pull * (offsets - start.offsets)
        aa = (curve * scores**2).sum(axis=0) + pull
        ab, bb = (curve * scores).sum(axis=0), curve.sum(axis=0) + pull
        area = aa * bb - ab**2
        step_a, step_b = (bb * down_a - ab * down_b) / area, (aa * down_b - ab * down_a) / area
        size = np.ones_like(slopes)
        slack = _ENOUGH * np.abs(before)
        for _ in range(_HALVINGS):
            after = loss(slopes - size * step_a, offsets - size * step_b)
            if (after <= before + slack).all():
                break
            size = np.where(after <= before + slack, size, size / 2)
        # A step that helps at no length is not taken.
        size = np.where(after <= before + slack, size, 0.0)
        slopes, offsets = slopes - size * step_a, offsets - size * step_b
        gained = before - np.minimum(after, before)
        before = before - gained
        if (gained <= slack).all():
            break
    return Lines(slopes, offsets)


def choose_thresholds(
    chances: NDArray[np.float32], wanted: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Choose for each label the probability from which on it is given, for the sake of F1.

    A label with few rows would get a threshold by luck, so its rows are mixed with what its
    probabilities promise. And the best threshold of a label that can hardly be told is so low
    that it is given to nearly all rows; so each is drawn half-way, in log-odds, to the threshold
    that is best for all decisions together.

    Args:
        chances: (rows, labels) calibrated, of rows that they were not fitted on.
        wanted: (rows, labels) 0 or 1.

    Returns:
        (labels,) in [0.001, 0.95]; one half when there is no row.

    Source: that the best threshold for F1 is half the best F1, so mostly below one half, Lipton,
    Elkan, Naryanaswamy (2014), ECML PKDD.

    >>> chances = np.float32([[0.9], [0.4], [0.1], [0.05]])
    >>> float(choose_thresholds(chances, np.float32([[1], [1], [0], [0]]))[0].round(2))
    0.25
    """
    rows, labels = chances.shape
    if not rows:
        return np.full(labels, 0.5)
    trust = wanted.sum(axis=0) / (wanted.sum(axis=0) + _TRUST)
    hoped = trust * wanted + (1 - trust) * chances
    best = [_best_threshold(chances[:, i], hoped[:, i]) for i in range(labels)]
    shared = _best_threshold(chances.ravel(), wanted.ravel())
    own_odds, shared_odds = log_odds(np.array(best)), float(log_odds(np.array([shared]))[0])
    limits = sigmoid((_OWN * own_odds + (1 - _OWN) * shared_odds).astype(np.float32))
    return np.clip(limits.astype(np.float64), _LEAST, _MOST)


def _best_threshold(chances: NDArray[np.float32], hoped: NDArray[np.float32]) -> float:
    """Return the threshold of the best F1, half-way between the probabilities on either side."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(hoped[order], dtype=np.float64)
    counts = np.arange(1, len(order) + 1)
    f1 = 2 * hits / (counts + max(float(hits[-1]), 1e-9))
    falling = chances[order].astype(np.float64)
    # Rows with one probability are given the label together, or none of them.
    is_last = np.append(falling[:-1] != falling[1:], True)
    best = int(np.where(is_last, f1, -1.0).argmax())
    below = falling[best + 1] if best + 1 < len(order) else 0.0
    return float((falling[best] + below) / 2)


def fit_power(whole: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    """Return the power that makes the products of probabilities mean what they say.

    Args:
        whole: (rows,) product over a row's labels of the probability that each is decided right.
        right: (rows,) whether all of them were.

    Returns:
        A number in [0.05, 5]; 1 when there is no row.

    >>> fit_power(np.zeros(0, np.float32), np.zeros(0, np.bool_))
    1.0
    """
    if not len(right):
        return 1.0
    logs = np.log(np.clip(whole.astype(np.float64), 1e-12, 1 - 1e-9))

    def surprise(log_power: float) -> float:
        chances = np.clip(np.exp(np.exp(log_power) * logs), 1e-12, 1 - 1e-12)
        return float(-np.where(right, np.log(chances), np.log(1 - chances)).mean())

    found = minimize_scalar(surprise, bounds=(np.log(0.05), np.log(5)), method="bounded")
    return float(np.exp(found.x))
