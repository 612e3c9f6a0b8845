"""Intervals for the difference of two shares: of other rows, and of the same rows."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from lissom.errors import NoRowsError
from lissom.evidence.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

_STEPS = 60
"""Halvings of an interval of length 2: far below the last digit of a float."""


def difference(
    hits: int, n: int, other_hits: int, other_n: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Bound how much larger one share is than another, each of rows of its own.

    Args:
        hits: successes of the first, 0 <= hits <= n.
        n: rows of the first, at least 1.
        other_hits: successes of the second.
        other_n: rows of the second, at least 1.
        level: confidence, strictly between 0 and 1.

    Returns:
        (low, high) of first minus second, both in [-1, 1]; they contain the observed difference.

    Raises:
        NoRowsError: one of them has no rows.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    >>> [round(bound, 4) for bound in difference(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    low, high = wilson(hits, n, level=level)
    other_low, other_high = wilson(other_hits, other_n, level=level)
    share, other = hits / n, other_hits / other_n
    gap = share - other
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return max(-1.0, gap - below), min(1.0, gap + above)


def paired_difference(
    only_first: int, only_second: int, n: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Bound how much larger one share is than another, both of the same rows.

    Args:
        only_first: rows on which the first alone succeeds.
        only_second: rows on which the second alone succeeds.
        n: all rows, those on which they agree too; at least 1.
        level: confidence, strictly between 0 and 1.

    Returns:
        (low, high) of first minus second, both in [-1, 1]; they contain the observed difference.

    Raises:
        NoRowsError: there are no rows.

    Source: Tango (1998), Statistics in Medicine 17, 891-908: the score test turned around.

    >>> [round(bound, 4) for bound in paired_difference(1, 7, 44)]
    [-0.2767, -0.0131]
    """
    if n == 0:
        what = "An interval"
        raise NoRowsError(what)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    gap = (only_first - only_second) / n

    def score(at: float) -> float:
        """Return how many standard errors the data lie above a true difference of `at`."""
        half = 2 * n
        linear = -only_first - only_second + (2 * n - only_first + only_second) * at
        constant = -only_second * at * (1 - at)
        root = sqrt(max(linear * linear - 4 * half * constant, 0.0))
        alone = (root - linear) / (2 * half)
        spread = n * (2 * alone + at * (1 - at))
        distance = only_first - only_second - n * at
        if spread <= 0:
            return 0.0 if distance == 0 else distance * float("inf")
        return distance / sqrt(spread)

    low = _edge(lambda at: score(at) >= z, -1.0, gap)
    high = 1.0 if gap == 1 else _edge(lambda at: score(at) > -z, gap, 1.0)
    return min(low, gap), max(high, gap)


def _edge(is_before: Callable[[float], bool], low: float, high: float) -> float:
    """Halve [low, high] down to the place where a claim stops being true."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if is_before(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2
