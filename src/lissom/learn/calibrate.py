"""From scores to probabilities that mean what they say, and to a promise that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta

from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FALLBACK = 0.5
"""Below this the answer is more likely wrong than right, promise or none."""


def fit_temperature(scores: NDArray[np.float32], targets: NDArray[np.int64]) -> float:
    """Return the temperature that makes the true classes most likely.

    Args:
        scores: (rows, classes) of rows that the scores were not fitted on.
        targets: (rows,) true class numbers.

    Returns:
        A number in [0.02, 50]; 1 when there is no row.

    Source: Guo, Pleiss, Sun, Weinberger (2017), ICML.

    >>> fit_temperature(np.zeros((0, 2), np.float32), np.zeros(0, np.int64))
    1.0
    """
    if not len(targets):
        return 1.0
    rows = np.arange(len(targets))

    def surprise(log_temperature: float) -> float:
        chances = softmax(scores / np.float32(np.exp(log_temperature)))[rows, targets]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    found = minimize_scalar(surprise, bounds=(np.log(0.02), np.log(50)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, slots=True)
class Promise:
    """Where to stop answering alone.

    Args:
        unsure_below: probabilities below this are unsure.
        precision: what the surer answers were held to, or None when nothing can be promised.
    """

    unsure_below: float
    precision: float | None


def promise_precision(
    probabilities: NDArray[np.float32],
    right: NDArray[np.bool_],
    *,
    precision: float,
    level: float = 0.95,
) -> Promise:
    """Find the lowest threshold whose answers are right often enough, with confidence.

    Thresholds are tested from the strictest down, each at the full level, and the first that fails
    ends the search, so no correction for many tests is owed.

    Args:
        probabilities: (rows,) calibrated probability of each answer, on held-out rows.
        right: (rows,) whether the answer was right.
        precision: the promise, in (0, 1).
        level: confidence that the promise holds.

    Source: fixed-sequence testing in Angelopoulos et al. (2021), "Learn then Test"; the bound is
    Clopper and Pearson (1934).

    >>> sure = np.linspace(1, 0, 400, dtype=np.float32)
    >>> promise_precision(sure, sure > 0.3, precision=0.9).precision
    0.9
    """
    order = np.argsort(-probabilities, kind="stable")
    falling = -probabilities[order]
    hits = np.cumsum(right[order])
    # The shortest run of right answers that could prove the promise; two thirds as many again, so
    # that one mistake at the top does not end the search.
    start = int(np.ceil(1.65 * np.log(1 - level) / np.log(precision)))
    kept: Promise | None = None
    step = max(1, len(order) // 100)
    for least in range(start, len(order) + 1, step):
        # Rows with one probability are answered together, so they are tested together.
        n = int(np.searchsorted(falling, falling[least - 1], side="right"))
        low = beta.ppf(1 - level, hits[n - 1], n - hits[n - 1] + 1) if hits[n - 1] else 0.0
        if low < precision:
            break
        kept = Promise(float(probabilities[order[n - 1]]), precision)
    return kept or Promise(_FALLBACK, None)
