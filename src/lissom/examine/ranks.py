"""How well a score tells two kinds of texts apart, with bounds that hold for few texts."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.975)
_STEPS = 60


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Return how often a text from outside scores higher than one from inside; ties count half.

    Args:
        inside: scores of at least one text that belongs.
        outside: scores of at least one that does not.

    Source: Hanley and McNeil (1982), Radiology 143(1), 29-36.

    >>> auroc(np.array([0.1, 0.2]), np.array([0.2, 0.9]))
    0.875
    """
    ranks = _ranks(np.concatenate([inside, outside]))
    n, m = len(outside), len(inside)
    return float((ranks[m:].sum() - n * (n + 1) / 2) / (m * n))


def auroc_bounds(
    inside: NDArray[np.float64], outside: NDArray[np.float64], *, level: float = 0.95
) -> tuple[float, float]:
    """Bound the AUROC, end by end the wider of two intervals.

    DeLong's on the logit scale allows that the two kinds spread differently but collapses when they
    are told apart perfectly; Newcombe's never collapses but takes them to spread alike.

    Args:
        inside: scores of at least one text that belongs.
        outside: scores of at least one that does not.
        level: confidence, strictly between 0 and 1.

    Source: DeLong, DeLong, Clarke-Pearson (1988), Biometrics 44(3), 837-845; Newcombe (2006),
    Statistics in Medicine 25(4), 559-573, method 5.

    >>> low, high = auroc_bounds(np.arange(50.0), np.arange(60.0, 80.0))
    >>> 0.8 < low < 0.95, high
    (True, 1.0)
    """
    variance = _variance(inside, outside) if min(len(inside), len(outside)) > 1 else 0.0
    return _bound(auroc(inside, outside), variance, (len(inside), len(outside)), level)


def matched_auroc(
    inside: tuple[NDArray[np.float64], NDArray[np.int64]],
    outside: tuple[NDArray[np.float64], NDArray[np.int64]],
    *,
    level: float = 0.95,
) -> tuple[float, float, float, int]:
    """Return the AUROC over pairs of one kind only, so that the kind itself tells nothing.

    The AUROCs of the kinds are weighed by the pairs that each could make up one to one, which
    lets the kinds with most to say weigh most, as van Elteren's test does.

    Args:
        inside: scores of texts that belong, and the kind of each, numbered.
        outside: likewise of texts that do not.
        level: confidence, strictly between 0 and 1.

    Returns:
        (AUROC, low, high, rows of each side if they were paired one to one). Guessing, 0 to 1,
        and 0 rows where no kind has two of each side.

    Source: van Elteren (1960), Bull. Int. Stat. Inst. 37, for the weights; DeLong and Newcombe as
    for `auroc_bounds`.

    >>> kinds = np.array([0, 0, 1, 1])
    >>> matched_auroc((np.array([1.0, 2, 11, 12]), kinds), (np.array([1.0, 2, 11, 12]), kinds))[0]
    0.5
    """
    weight, value, variance = 0.0, 0.0, 0.0
    for kind in np.intersect1d(inside[1], outside[1]).tolist():
        ours, theirs = inside[0][inside[1] == kind], outside[0][outside[1] == kind]
        if min(len(ours), len(theirs)) > 1:
            more = len(ours) * len(theirs) / (len(ours) + len(theirs))
            weight += more
            value += more * auroc(ours, theirs)
            variance += more * more * _variance(ours, theirs)
    if not weight:
        return 0.5, 0.0, 1.0, 0
    size = max(int(2 * weight), 1)
    value = min(value / weight, 1.0)
    low, high = _bound(value, variance / (weight * weight), (size, size), level)
    return value, low, high, size


def _variance(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Return DeLong's variance of the AUROC; two of each at least."""
    m, n = len(inside), len(outside)
    everything = _ranks(np.concatenate([inside, outside]))
    place_inside = 1 - (everything[:m] - _ranks(inside)) / n
    place_outside = (everything[m:] - _ranks(outside)) / m
    return float(place_inside.var(ddof=1) / m + place_outside.var(ddof=1) / n)


def _bound(
    value: float, variance: float, sizes: tuple[int, int], level: float
) -> tuple[float, float]:
    """Return the wider of DeLong's and Newcombe's ends."""
    z = _Z if level == _LEVEL else NormalDist().inv_cdf((1 + level) / 2)
    low, high = _newcombe(value, sizes, z)
    if 0 < value < 1:
        reach = z * sqrt(variance) / (value * (1 - value))
        logit = log(value / (1 - value))
        low = min(low, 1 / (1 + exp(-max(logit - reach, -700.0))))
        high = max(high, 1 / (1 + exp(-min(logit + reach, 700.0))))
    return min(low, value), max(high, value)


def _newcombe(value: float, sizes: tuple[int, int], z: float) -> tuple[float, float]:
    m, n = sizes
    more = (m + n) / 2 - 1

    def fits(at: float) -> bool:
        spread = at * (1 - at) / (m * n) * (1 + more * (1 - at) / (2 - at) + more * at / (1 + at))
        return abs(at - value) <= z * sqrt(max(spread, 0.0))

    return _edge(fits, value, 0.0), _edge(fits, value, 1.0)


def _edge(fits: Callable[[float], bool], start: float, end: float) -> float:
    """Return how far from `start` towards `end` a claim stays true."""
    for _ in range(_STEPS):
        middle = (start + end) / 2
        if fits(middle):
            start = middle
        else:
            end = middle
    return start if abs(start - end) > 1e-12 else end  # noqa: PLR2004 - the halving has met


def passed(
    inside: NDArray[np.float64], outside: NDArray[np.float64], *, keep: float = 0.95
) -> tuple[float, float, float]:
    """Return the share of outside texts that pass when a share of the inside ones is let through.

    Args:
        inside: scores of texts that belong, at least 20.
        outside: scores of texts that do not, at least one.
        keep: share of the inside texts that must pass, in (0, 1).

    Returns:
        (share, low, high). The interval holds two kinds of chance, added as squares: which outside
        texts were drawn (Wilson) and where the inside texts put the threshold (order statistics).

    >>> passed(np.arange(100.0), np.array([200.0, 50.0]))[0]
    0.5
    """
    ordered = np.sort(inside)
    n = len(ordered)
    spread = _Z * sqrt(n * keep * (1 - keep))
    # Places are counted from 0: the k-th smallest stands at k - 1.
    places = (np.ceil(keep * n) - 1, np.floor(n * keep - spread), np.ceil(n * keep + spread) - 1)
    limits = [ordered[int(np.clip(place, 0, n - 1))] for place in places]
    share, fewer, more = (float((outside <= limit).mean()) for limit in limits)
    low, high = wilson(int((outside <= limits[0]).sum()), len(outside))
    below = sqrt((share - low) ** 2 + (share - fewer) ** 2)
    above = sqrt((high - share) ** 2 + (more - share) ** 2)
    return share, max(0.0, share - below), min(1.0, share + above)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return found
