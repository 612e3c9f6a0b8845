"""Bounds that hold when rows are few."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lissom.errors import NoRowsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def bootstrap(
    measure: Callable[[NDArray[np.int64]], float],
    n: int,
    rng: np.random.Generator,
    *,
    draws: int = 500,
    level: float = 0.95,
) -> tuple[float, float]:
    """Bound any figure of rows by drawing the rows again.

    Args:
        measure: the figure for some rows, given as positions in [0, n), with repeats.
        n: rows there are, at least 1.
        rng: where the draws come from.
        draws: how often rows are drawn.
        level: confidence, strictly between 0 and 1.

    Returns:
        (low, high), the percentile interval widened by sqrt(n / (n - 1)) about its middle, because
        the plain one is too narrow when n is small.

    Raises:
        NoRowsError: n is 0.

    Source: Efron (1979), Ann. Statist. 7(1); the widening, Hesterberg (2015), Am. Stat. 69(4).

    >>> ones = np.ones(20)
    >>> bootstrap(lambda rows: float(ones[rows].mean()), 20, np.random.default_rng(0))
    (1.0, 1.0)
    """
    if n == 0:
        raise NoRowsError("An interval")
    figures = [measure(rng.integers(0, n, n)) for _ in range(draws)]
    tail = (1 - level) / 2
    low, middle, high = np.quantile(figures, [tail, 0.5, 1 - tail])
    widen = sqrt(n / (n - 1)) if n > 1 else 1.0
    return float(middle - (middle - low) * widen), float(middle + (high - middle) * widen)


def median_bounds(sorted_values: NDArray[np.float64], share: float) -> tuple[float, float]:
    """Bound a percentile by two of the values themselves, whatever their distribution.

    Args:
        sorted_values: ascending, at least one.
        share: 0.5 for the median, 0.95 for p95.

    Returns:
        (low, high) that contain the true percentile with about 95 % confidence; the smallest or
        largest value where there are too few to do better.

    Source: David and Nagaraja (2003), Order Statistics, 7.1.

    >>> median_bounds(np.arange(100.0), 0.5)
    (40.0, 60.0)
    """
    n = len(sorted_values)
    spread = NormalDist().inv_cdf(0.975) * sqrt(n * share * (1 - share))
    low = int(np.clip(np.floor(n * share - spread), 0, n - 1))
    high = int(np.clip(np.ceil(n * share + spread), 0, n - 1))
    return float(sorted_values[low]), float(sorted_values[high])
