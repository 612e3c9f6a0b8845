"""Exact chances that one person's marks differ from the rest's by luck, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import hypergeom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]


def usual(own: Counts, rows: Counts, marked: Counts) -> float:
    """Return how many of somebody's rows would be marked if they were like the rest.

    Args:
        own: (layers,) how many of the rows of each layer are theirs.
        rows: (layers,) how many rows each layer has, at least 1.
        marked: (layers,) how many of those are marked.

    >>> usual(np.array([5]), np.array([10]), np.array([4]))
    2.0
    """
    return float((own * marked / rows).sum())


def tails(hits: int, own: Counts, rows: Counts, marked: Counts) -> tuple[float, float]:
    """Return the chances of so few marked rows and of so many, were the rows dealt out by lot.

    Within each layer every way to deal out its rows is as likely as any other, so the number of
    marked rows there is hypergeometric; the layers' distributions are folded into one. Nothing
    is approximated.

    Args:
        hits: marked rows that they have.
        own: (layers,) how many of the rows of each layer are theirs.
        rows: (layers,) how many rows each layer has, at least 1.
        marked: (layers,) how many of those are marked.

    Returns:
        P(at most hits), P(at least hits); both hold hits itself, so together they are above 1.

    Source: the exact test over layers, Birch (1964), J. R. Stat. Soc. B 26(2), 313-324; Mantel and
    Haenszel (1959), J. Natl. Cancer Inst. 22(4), 719-748.

    >>> [round(one, 4) for one in tails(4, np.array([5]), np.array([10]), np.array([4]))]
    [1.0, 0.0238]
    """
    is_open = (own > 0) & (marked > 0)
    lowest, spread = 0, np.ones(1)
    for n, total, good in zip(own[is_open], rows[is_open], marked[is_open], strict=True):
        least, most = max(0, n + good - total), min(n, good)
        lowest += int(least)
        if least < most:
            chances = hypergeom.pmf(np.arange(least, most + 1), total, good, n)
            spread = np.convolve(spread, chances)
    at = hits - lowest
    few = spread[: max(at + 1, 0)].sum()
    many = spread[max(at, 0) :].sum()
    return min(float(few), 1.0), min(float(many), 1.0)


def keep_true(chances: Sequence[float], share: float) -> NDArray[np.bool_]:
    """Say which of many tests to believe, so that few of those believed are false.

    On average at most `share` of what is believed is false, however the tests depend on each other.

    Args:
        chances: (tests,) p values; 1 for one that cannot be believed for another reason.
        share: of what is believed, how much may be false; strictly between 0 and 1.

    Source: Benjamini and Yekutieli (2001), Ann. Stat. 29(4), 1165-1188.

    >>> keep_true([0.001, 0.9, 0.02], 0.05).tolist()
    [True, False, False]
    """
    count = len(chances)
    if not count:
        return np.zeros(0, np.bool_)
    ordered = np.sort(np.asarray(chances, np.float64))
    ranks = np.arange(1, count + 1)
    held = ordered <= share * ranks / (count * (1 / ranks).sum())
    if not held.any():
        return np.zeros(count, np.bool_)
    limit = ordered[np.flatnonzero(held)[-1]]
    found: NDArray[np.bool_] = np.asarray(chances) <= limit
    return found
