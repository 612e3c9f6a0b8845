"""A linear head over embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.nets import Head, fit_linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ABSENT = -30.0
"""Score of a class without a row in this fit: practically never chosen, still finite."""

_TWO = 2

_ROW_STEPS, _FEWEST_STEPS, _MOST_STEPS = 200_000, 30, 100
"""Steps grow where rows are few; 30, 60 and 120 steps on 7,500 rows differed by 0.1 points."""


def fit_head(
    vectors: NDArray[np.float32],
    targets: NDArray[np.int64],
    weights: NDArray[np.float32],
    *,
    classes: int,
    strength: float,
) -> Head:
    """Fit multinomial logistic regression; a class without rows gets a very low score.

    Minimises `strength * sum(weights * surprise) + |W|**2 / 2`, the bias free of the penalty, by a
    counted number of L-BFGS steps in float32. It is what scikit-learn's LogisticRegression
    minimises, and several times faster where classes are many.

    Args:
        vectors: (rows, dimensions).
        targets: (rows,) class numbers in [0, classes).
        weights: (rows,) how much each row counts, above 0.
        classes: how many classes the head gives scores for.
        strength: inverse of the penalty.
    """
    head = Head(
        np.zeros((vectors.shape[1], classes), np.float32), np.full(classes, _ABSENT, np.float32)
    )
    present = np.unique(targets)
    if len(present) <= 1:
        # One class is always the answer; of no class at all nothing is known, and all are equal.
        head.bias[present] = 0
        return head
    # Stopping by a tolerance would stop before the first step where classes are many, because the
    # gradient shrinks with their number; so the steps are counted instead.
    steps = int(np.clip(_ROW_STEPS // len(vectors), _FEWEST_STEPS, _MOST_STEPS))
    # Two columns share what scikit-learn penalises as one.
    strength = strength / 2 if len(present) == _TWO else strength
    found = fit_linear(
        vectors, np.searchsorted(present, targets), weights * np.float32(strength), steps=steps
    )
    head.weights[:, present] = found.weights
    head.bias[present] = found.bias
    return head
