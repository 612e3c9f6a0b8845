"""More than the one answer: the next best labels, and the fewest that hold enough probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def rank(chances: NDArray[np.float32], labels: Sequence[str], most: int) -> list[tuple[str, float]]:
    """Return the best labels of one text with their probabilities, best first.

    Args:
        chances: (labels,) calibrated.
        labels: their names.
        most: how many, at least 1.

    >>> rank(np.float32([0.25, 0.75]), ["a", "b"], 5)
    [('b', 0.75), ('a', 0.25)]
    """
    order = np.argsort(-chances, kind="stable")[:most]
    return [(labels[at], float(chances[at])) for at in order]


def smallest_set(chances: NDArray[np.float32], labels: Sequence[str], share: float) -> list[str]:
    """Return the fewest labels that together have at least this probability, best first.

    As good as the calibration is, and no better: it is no conformal set, which would hold on
    average whatever the calibration.

    Args:
        chances: (labels,) calibrated.
        labels: their names.
        share: in (0, 1).

    >>> smallest_set(np.float32([0.25, 0.5, 0.25]), ["a", "b", "c"], 0.7)
    ['b', 'a']
    """
    order = np.argsort(-chances, kind="stable")
    held = np.cumsum(chances[order], dtype=np.float64)
    # Rounding may leave the whole a hair below a share close to 1.
    count = min(int(np.searchsorted(held, share)) + 1, len(labels))
    return [labels[at] for at in order[:count]]
