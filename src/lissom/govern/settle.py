"""How many rows it would take to know."""

from __future__ import annotations

from math import ceil, floor
from statistics import NormalDist


def rows_to_settle(rate: float, gate: float, level: float = 0.95) -> int | None:
    """Return the fewest rows at which Wilson's interval around `rate` leaves out `gate`.

    Wilson's interval is the score test turned around: it leaves out `gate` exactly when
    |rate - gate| > z sqrt(gate (1 - gate) / n). The answer holds if the rate stays as it is.

    Args:
        rate: the share that was observed, 0 to 1.
        gate: the share that it must be told apart from, 0 to 1.
        level: confidence, strictly between 0 and 1.

    Returns:
        Rows in all, at least 1; None when rate and gate are equal or so near that ten million
        rows would not do.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22(158), 209-212.

    >>> rows_to_settle(0.9, 0.85), rows_to_settle(0.9, 0.9)
    (196, None)
    """
    gap = abs(rate - gate)
    if gap == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    wanted = z * z * gate * (1 - gate) / gap / gap
    return floor(wanted) + 1 if wanted < _FAR else None


def rows_to_narrow(distance: float, half: float, n: int) -> int | None:
    """Return the rows at which an interval that shrinks like 1 / sqrt(n) is shorter than a gap.

    For figures that are no share of rows, such as calibration error or F1.

    Args:
        distance: from the figure to the gate; never negative.
        half: from the figure to the end of its interval on the gate's side.
        n: rows that the interval was found with.

    >>> rows_to_narrow(0.05, 0.1, 200), rows_to_narrow(0.0, 0.1, 200)
    (800, None)
    """
    if distance == 0:
        return None
    wanted = n * (half / distance) ** 2
    return ceil(wanted) if wanted < _FAR else None


# Past this, rate and gate are the same to anybody who labels by hand.
_FAR = 1e7
