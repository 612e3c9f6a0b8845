"""Many comparisons at once, without being fooled by the luckiest of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def simultaneous(comparisons: int, *, level: float = 0.95) -> float:
    """Return the level each interval needs so that all of them hold together.

    Args:
        comparisons: intervals that are looked at, at least 1.
        level: confidence that not one of them is wrong.

    Source: Bonferroni (1936); no assumption about how the comparisons hang together.

    >>> round(simultaneous(50), 5), simultaneous(1)
    (0.999, 0.95)
    """
    return 1 - (1 - level) / max(comparisons, 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values so that, below 5 %, the chance of even one false alarm is at most 5 %.

    Args:
        p_values: in any order, each in [0, 1].

    Returns:
        One for each, in the order given.

    Source: Holm (1979), Scand. J. Statist. 6(2), 65-70.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda i: p_values[i])
    adjusted = [0.0] * count
    worst = 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (count - rank) * p_values[i]))
        adjusted[i] = worst
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p-values so that, of those below 5 %, about 5 % are false alarms at most.

    Args:
        p_values: in any order, each in [0, 1].

    Returns:
        One for each, in the order given.

    Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57(1), 289-300; holds for slices that
    are independent or rise and fall together.

    >>> [round(value, 4) for value in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda i: -p_values[i])
    adjusted = [0.0] * count
    best = 1.0
    for rank, i in enumerate(order):
        best = min(best, p_values[i] * count / (count - rank))
        adjusted[i] = best
    return adjusted
