"""Notices that a rate has gone above what was promised: errors, slow answers, wrong answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_STAKES = np.array([0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
"""Shares of the money that are staked on the rate being too high; nobody knows which is best."""


@dataclass(frozen=True, slots=True, eq=False)
class Meter:
    """The state of one watch over one rate.

    Args:
        weights: (stakes,) shares of the money, summing to 1.
        log_sum: logarithm of the sum that is held against the bar; -inf at the start.
    """

    weights: NDArray[np.float64]
    log_sum: float


def start_meter() -> Meter:
    """Return a meter that has seen nothing."""
    return Meter(np.full(len(_STAKES), 1 / len(_STAKES)), -math.inf)


def stake(meter: Meter, rates: Sequence[float], promised: float) -> Meter:
    """Return the meter after one look.

    While the mean of every rate, given those before it, is at most the promised one, the sum after
    t looks is t on average or less: the expected number of alarms at `bar` in T looks is at most
    T / bar. Nothing is asked of how the rates vary, so an hour may count as one.

    Args:
        meter: as the look before left it.
        rates: of the look, in order, each in [0, 1]; no rate leaves the meter as it is.
        promised: the highest mean that is still right, in (0, 1).

    Source: betting on bounded means, Waudby-Smith and Ramdas (2024), J. R. Stat. Soc. B 86(1); sums
    as in `conformal`.

    >>> stake(start_meter(), [0.0] * 50, 0.1).log_sum < 0
    True
    >>> stake(start_meter(), [1.0] * 20, 0.1).log_sum > 20
    True
    """
    if not len(rates):
        return meter
    gains = np.log(meter.weights)
    for rate in rates:
        gains = gains + np.log1p(_STAKES * (rate - promised) / promised)
    top = float(gains.max())
    money = np.exp(gains - top)
    log_gain = top + math.log(float(money.sum()))
    held = float(np.logaddexp(0.0, meter.log_sum))
    return Meter(money / money.sum(), held + log_gain)
