"""Intervals for shares; asked for by those who measure and by those who decide."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from lissom.errors import NoRowsError


def wilson(hits: float, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Bound a proportion; safe when n is small or hits is 0 or n.

    Args:
        hits: rows that count as successes, 0 <= hits <= n; a fraction is allowed when planning.
        n: rows looked at, at least 1.
        level: confidence, strictly between 0 and 1.

    Returns:
        (low, high), both in [0, 1]; they contain hits / n.

    Raises:
        NoRowsError: n is 0, so there is nothing to bound.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22(158), 209-212.

    >>> [round(bound, 3) for bound in wilson(9, 10)]
    [0.596, 0.982]
    """
    if n == 0:
        what = "An interval"
        raise NoRowsError(what)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Rounding may step over the ends or past the share itself by one last digit.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
