"""Calibration error without the part of it that is only few rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
_Z = 2.05
"""A little above 1.96: what the method misses where few rows make the sums uneven."""
_STEPS = 160
_REAL = 3.0
"""A gap this many variances wide is taken to be more than chance when its size is guessed."""


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """What one sample says of the calibration error.

    Args:
        value: without the bias, in [0, 1].
        low: lower end of its 95 % interval.
        high: upper end.
        plain: the usual figure, bias included.
    """

    value: float
    low: float
    high: float
    plain: float


def expected_error(sureness: NDArray[np.float64], right: NDArray[np.bool_]) -> ExpectedError:
    """Estimate how far probabilities are from how often answers are right, on average.

    Ten bins of about equal size. In each, the gap between the mean probability and the share that
    is right is seen through sampling noise, so the mean absolute gap of a perfectly calibrated
    model is above 0. The size of the gaps is fitted so that the folded normal distribution gives
    the mean that was seen; the interval holds the sizes that would give it in 95 % of samples. Two
    shapes are tried, all gaps alike and only those that stand out from noise, and the wider
    interval is given: between the two lies what real models do.

    Args:
        sureness: (rows,) probability of each answer, at least 10 rows.
        right: (rows,) whether it was right.

    Source: Kumar, Liang, Ma (2019), NeurIPS, for the bias; the test inversion is ours, and its
    coverage is recorded by the benchmark.

    >>> found = expected_error(np.linspace(0.5, 1, 400), np.ones(400, np.bool_))
    >>> found.low < 0.25 < found.high
    True
    """
    gaps, weights, spread, calm = _bins(sureness, right)
    plain = float((weights * np.abs(gaps)).sum())
    shown = np.sqrt(np.maximum(gaps**2 - _REAL * spread**2, 0.0))
    found = [_fit(np.ones_like(gaps), weights, (spread, calm), plain)]
    if shown.any():
        found.append(_fit(shown, weights, (spread, calm), plain))
    value = float(np.mean([one[0] for one in found]))
    low, high = min(one[1] for one in found), max(one[2] for one in found)
    return ExpectedError(value, min(low, value), min(1.0, max(high, value)), plain)


def _bins(
    sureness: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Return for each bin its gap, its weight, and the gap's spread as seen and if calibrated."""
    _, inverse, counts = np.unique(sureness, return_inverse=True, return_counts=True)
    # Rows with one probability share a bin, so that the order of rows decides nothing.
    middle = (np.cumsum(counts) - counts / 2)[inverse]
    places = np.minimum((middle / len(sureness) * BINS).astype(np.int64), BINS - 1)
    parts = [np.flatnonzero(places == place) for place in np.unique(places)]
    sizes = np.array([len(part) for part in parts], np.float64)
    stated = np.array([sureness[part].mean() for part in parts])
    hits = np.array([right[part].mean() for part in parts])
    eased = (hits * sizes + 2 * stated) / (sizes + 2)  # a bin all right is not known to be perfect
    seen = np.sqrt(np.maximum(eased * (1 - eased), 1e-4) / sizes)
    calm = np.sqrt(np.maximum(stated * (1 - stated), 1e-4) / sizes)
    return hits - stated, sizes / sizes.sum(), seen, calm


def _fit(
    shape: NDArray[np.float64],
    weights: NDArray[np.float64],
    spreads: tuple[NDArray[np.float64], NDArray[np.float64]],
    plain: float,
) -> tuple[float, float, float]:
    """Return the size of gaps of this shape that fits best, and the ends of those that fit."""
    spread, calm = spreads
    unit = float((weights * shape).sum())
    scales = np.linspace(0, 4 * max(plain, 1e-9) / unit, _STEPS)
    true = scales[:, None] * shape
    noise = np.where(scales[:, None] > 0, spread, calm)
    mean, variance = _folded(true, noise)
    middle = (weights * mean).sum(axis=1)
    deviation = np.sqrt((weights**2 * variance).sum(axis=1))
    excess = np.abs(plain - middle) - _Z * deviation
    best = int(np.abs(plain - middle).argmin())
    excess[best] = min(excess[best], 0.0)
    inside = np.flatnonzero(excess <= 0)
    value = scales[best] * unit if middle[0] < plain else 0.0
    low = _reach(scales, excess, inside[0], -1)
    high = _reach(scales, excess, inside[-1], 1)
    return float(value), low * unit, high * unit


def _reach(
    scales: NDArray[np.float64], excess: NDArray[np.float64], last: np.intp, step: int
) -> float:
    """Return where, beyond the last size tried that fits, sizes cease to fit.

    Without it the ends fall short by half a step each, which is a tenth of a narrow interval.
    """
    beyond = last + step
    if not 0 <= beyond < len(scales):
        return float(scales[last])
    part = -excess[last] / (excess[beyond] - excess[last])
    return float(scales[last] + part * (scales[beyond] - scales[last]))


def _folded(
    mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of the absolute value of a normal variable."""
    ratio = mean / spread
    below = 0.5 * (1 + _ERF(-ratio / sqrt(2)))
    folded = spread * sqrt(2 / np.pi) * np.exp(-(ratio**2) / 2) + mean * (1 - 2 * below)
    return folded, np.maximum(mean**2 + spread**2 - folded**2, 0.0)


_ERF = np.vectorize(erf, otypes=[np.float64])
