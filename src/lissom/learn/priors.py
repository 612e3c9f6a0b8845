"""Which classes are common: in the labels, in the stream, and what a difference asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CERTAIN = 0.01
"""A difference is believed when chance alone would make one as large in one case of a hundred."""

_LEAST = np.float32(1e-6)
"""A class of which no row is ever thought keeps a trace of mass."""


def class_mass(
    counts: NDArray[np.int64], opinions: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return the share of all mass that each class should get when labels spread.

    Labels that somebody drew evenly say nothing of how common the classes are; what a first head
    makes of all rows says something, the more so the more labels it had: of `k` labels a class, the
    shares are its mean opinion to the power of 1 - 1/k, and without opinions each gets the same.
    Where the counts differ by more than chance, the rows were labelled as they came, and
    the shares go half the way there: their square root. On three sets in their natural mix, two
    draws each, that was right on 0 to 10 points more rows than equal mass (3.3 on average) and on
    1 to 8 more than mass in full.

    Args:
        counts: (classes,) labelled rows of each class; one without any is known by its name only,
            and nothing is known of how common it is.
        opinions: (classes,) mean probability that a first head gives each class over all rows.

    Returns:
        (classes,) relative shares; exactly 1 for each when all are the same and no opinions are
        given.

    >>> class_mass(np.array([8, 8, 7])).tolist()
    [1.0, 1.0, 1.0]
    >>> [round(float(mass), 2) for mass in class_mass(np.array([90, 9, 0]))]
    [1.35, 0.43, 1.0]
    >>> [round(float(mass), 2) for mass in class_mass(np.array([4, 4]), np.float32([0.8, 0.2]))]
    [1.42, 0.5]
    """
    mass = np.ones(len(counts), np.float32)
    seen = counts > 0
    if is_uneven(counts[seen]):
        mass[seen] = np.sqrt(counts[seen] / counts[seen].mean())
    elif opinions is not None and seen.all():
        relative = np.maximum(opinions, _LEAST) / np.maximum(opinions, _LEAST).mean()
        mass = (relative ** (1 - 1 / counts.mean())).astype(np.float32)
    return mass


def is_uneven(counts: NDArray[np.int64]) -> bool:
    """Say whether counts differ by more than chance would make them.

    Source: Pearson's chi-squared test (1900) against equal shares, at 1 %.
    """
    if len(counts) <= 1 or not counts.any():
        return False
    expected = counts.sum() / len(counts)
    distance = float(((counts - expected) ** 2 / expected).sum())
    return bool(chi2.sf(distance, len(counts) - 1) < _CERTAIN)
