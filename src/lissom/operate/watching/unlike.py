"""How many texts are unlike the reference, whatever labels they were given."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BY_CHANCE = 0.63
"""Mean of the largest deviation of a sample from its own distribution, times the root of its size;
Kolmogorov (1933), one side: sqrt(pi / 8)."""


def share_unlike(
    before: tuple[NDArray[np.float64], NDArray[np.int64]],
    now: tuple[NDArray[np.float64], NDArray[np.int64]],
    rng: np.random.Generator,
) -> float:
    """Return at least which share of the latest texts is unlike the reference.

    A text is compared with those of the reference that were given the same label. So a label that
    comes more often makes nothing unlike, and a new kind of text stands out among those of the
    label that it is taken for. While nothing has changed, the places are uniform. The share is how
    far they are from it towards the strange end, less what chance alone would make of it.

    Args:
        before: (rows,) strangeness and (rows,) answer of the reference.
        now: likewise of the latest texts.
        rng: settles ties.

    Returns:
        0 to 1. It sees no more than the strangeness tells: of texts that are of another kind but
        no stranger than others, nothing.

    >>> rng = np.random.default_rng(0)
    >>> one = np.zeros(1000, np.int64)
    >>> calm = (rng.normal(size=1000), one)
    >>> round(share_unlike(calm, (rng.normal(size=1000), one), rng), 1)
    0.0
    >>> moved = rng.normal(size=1000) + 9 * (np.arange(1000) < 200)
    >>> round(share_unlike(calm, (moved, one), rng), 1)
    0.2
    """
    places = np.sort(_place(before, now, rng))
    count = len(places)
    if not count:
        return 0.0
    over = float((np.arange(1, count + 1) / count - places).max())
    chance = _BY_CHANCE * sqrt(1 / count + 1 / max(len(before[0]), 1))
    return min(max(over - chance, 0.0), 1.0)


def _place(
    before: tuple[NDArray[np.float64], NDArray[np.int64]],
    now: tuple[NDArray[np.float64], NDArray[np.int64]],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return (rows,) places among those of the same answer, 0 is the strangest."""
    places = np.empty(len(now[0]))
    for answer in np.unique(now[1]):
        held = np.sort(before[0][before[1] == answer])
        mine = now[1] == answer
        fresh = now[0][mine]
        stranger = len(held) - np.searchsorted(held, fresh, "right")
        equal = len(held) - np.searchsorted(held, fresh, "left") - stranger
        places[mine] = (stranger + rng.random(len(fresh)) * (equal + 1)) / (len(held) + 1)
    return places
