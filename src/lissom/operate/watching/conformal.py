"""Notices that a stream has changed, with a stated bound on false alarms, however often one looks.

Three steps, each exact for any sample size:

1. A new score is ranked among those of the reference *and* of all looks before. While nothing has
   changed all orders are equally likely, so the ranks are independent and uniform. The reference's
   own sampling error needs no allowance: it is in the ranks.
2. Bets on the ranks not being uniform multiply one unit of money. While nothing has changed, no
   bet gains on average.
3. At each look the money so far, and one new unit, are staked on that look's bet. The sum starts
   afresh after an alarm. While nothing has changed, its mean after t looks is at most t, so the
   expected number of alarms at `bar` in T looks is at most T / bar.

Sources: conformal test martingales, Vovk, Gammerman and Shafer (2022), Algorithmic Learning in a
Random World, ch. 8; Shiryaev-Roberts sums of e-values, Shin, Ramdas and Rinaldo (2024),
E-detectors, New Engl. J. Stat. Data Sci. 2(2); sharing weight between experts, Herbster and
Warmuth (1998), Mach. Learn. 32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGES = np.array([0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0])
"""Ranks are told apart by these; a new kind of text shows in the outermost hundredths."""

_MOVED = (0.03, 0.1, 0.3)
"""Shares of the texts that a bet supposes to have moved."""

_SHARE = 0.02
"""Part of the money that is dealt out anew among the bets at each look: whoever lost for a year
must be able to win tomorrow."""


def _make_bets() -> NDArray[np.float64]:
    """Return (bets, bins) densities: no bet at all, then mass moved into one end or both."""
    width = np.diff(EDGES)
    bins = np.arange(len(width))
    ends = [bins >= first for first in (4, 5, 6, 7)] + [bins <= last for last in (3, 2, 1, 0)]
    ends += [(bins <= last) | (bins >= 7 - last) for last in (2, 1, 0)]
    ends += [~ends[-2]]  # crowding into the middle
    bets = [np.ones(len(width))]
    for end in ends:
        held = float(width[end].sum())
        bets += [np.where(end, (held + moved * (1 - held)) / held, 1 - moved) for moved in _MOVED]
    return np.array(bets)


_BETS = _make_bets()
_LOG_BETS = np.log(_BETS)
BETS = len(_BETS)


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """The state of one watch over one score.

    Args:
        weights: (BETS,) shares of the money, summing to 1.
        log_sum: logarithm of the sum that is held against the bar; -inf at the start.
    """

    weights: NDArray[np.float64]
    log_sum: float


def start() -> Detector:
    """Return a detector that has seen nothing."""
    return Detector(np.full(BETS, 1 / BETS), -math.inf)


def bet(detector: Detector, ranks: NDArray[np.float64]) -> Detector:
    """Return the detector after one look.

    Args:
        detector: as the look before left it.
        ranks: (texts,) in [0, 1], uniform and independent while nothing has changed. A look
            without any leaves the detector as it is.

    >>> calm = bet(start(), np.linspace(0.005, 0.995, 100))
    >>> moved = bet(start(), np.linspace(0.9, 0.999, 100))
    >>> calm.log_sum < 1 < 50 < moved.log_sum
    True
    """
    if not len(ranks):
        return detector
    counts = np.histogram(ranks, EDGES)[0]
    gains = np.log(detector.weights) + _LOG_BETS @ counts
    top = float(gains.max())
    money = np.exp(gains - top)
    log_gain = top + math.log(float(money.sum()))
    weights = (1 - _SHARE) * money / money.sum() + _SHARE / BETS
    held = float(np.logaddexp(0.0, detector.log_sum))
    return Detector(weights, held + log_gain)


def rank(
    bag: NDArray[np.float64], fresh: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return where each new score stands among those before it, as a share.

    Args:
        bag: (seen,) scores of the reference and of earlier looks.
        fresh: (texts,) scores of this look, in the order in which they came; each is ranked among
            the bag, those before it, and itself.
        rng: settles ties, so that ranks are uniform for scores that repeat too.

    Returns:
        (texts,) in [0, 1]; independent and uniform while all scores are exchangeable.

    Source: smoothed conformal p-values, Vovk, Gammerman and Shafer (2022), 2.2.

    >>> rank(np.arange(9.0), np.array([100.0]), np.random.default_rng(0)) > 0.9
    array([ True])
    """
    ordered = np.sort(bag)
    below = np.searchsorted(ordered, fresh, "left").astype(np.float64)
    equal = np.searchsorted(ordered, fresh, "right") - below
    number = len(fresh)
    earlier = np.tri(number, k=-1, dtype=np.bool_)
    below += ((fresh[None, :] < fresh[:, None]) & earlier).sum(axis=1)
    equal += ((fresh[None, :] == fresh[:, None]) & earlier).sum(axis=1) + 1
    seen = len(bag) + 1 + np.arange(number)
    found: NDArray[np.float64] = (below + rng.random(number) * equal) / seen
    return found


def log_bar(looks: float, detectors: int) -> float:
    """Return the bar, as a logarithm, for detectors that share a promise.

    Args:
        looks: all of them together expect at most one false alarm in so many looks.
        detectors: how many there are.

    Each has a bound of its own, and expectations add up whatever the detectors have to do with
    each other, so the promise is shared out evenly.

    >>> round(log_bar(8760, 1), 2)
    9.08
    """
    return math.log(looks * detectors)
