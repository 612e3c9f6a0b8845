"""Exact tests and bounds for counts, in plain whole numbers and logarithms."""

from __future__ import annotations

from math import comb, exp, lgamma, log, sqrt
from statistics import NormalDist

from lissom.errors import NoRowsError

_STEPS = 60


def exact_low(hits: int, n: int, *, level: float = 0.95) -> float:
    """Return a share that the true one is at least, with the confidence asked for.

    Args:
        hits: successes, 0 <= hits <= n.
        n: rows, at least 1.
        level: confidence of this one-sided promise, strictly between 0 and 1.

    Returns:
        The lower bound in [0, 1]; it is broken in at most 1 - level of repetitions whatever n is.

    Raises:
        NoRowsError: n is 0.

    Source: Clopper and Pearson (1934), Biometrika 26(4), 404-413.

    >>> round(exact_low(59, 59), 4), exact_low(0, 5)
    (0.9505, 0.0)
    """
    if n == 0:
        what = "A promise"
        raise NoRowsError(what)
    if hits == 0:
        return 0.0
    low, high = 0.0, hits / n
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if at_least(hits, n, middle) <= 1 - level:
            low = middle
        else:
            high = middle
    return low


def exact_high(hits: int, n: int, *, level: float = 0.95) -> float:
    """Return a share that the true one is at most, with the confidence asked for.

    Args:
        hits: successes, 0 <= hits <= n.
        n: rows, at least 1.
        level: confidence of this one-sided bound, strictly between 0 and 1.

    Raises:
        NoRowsError: n is 0.

    >>> round(exact_high(0, 100), 4), round(exact_high(6, 600), 4)
    (0.0295, 0.0196)
    """
    return 1 - exact_low(n - hits, n, level=level)


def most_within(n: int, share: float, *, level: float = 0.95) -> int:
    """Return the most successes for which `exact_high` stays within a share.

    Args:
        n: rows, at least 1.
        share: in [0, 1].
        level: as for `exact_high`.

    Returns:
        A count from 0 to n, or -1 where even no success at all would not show it.

    >>> most_within(600, 0.04), most_within(50, 0.04), most_within(50, 1.0)
    (15, -1, 50)
    """
    if share >= 1:
        return n
    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        # As few as this many successes are as likely as so many failures or more.
        if at_least(n - middle, n, 1 - share) <= 1 - level:
            low = middle
        else:
            high = middle
    return low


def at_least(hits: int, n: int, share: float) -> float:
    """Return the probability of `hits` or more successes in n rows.

    >>> round(at_least(2, 2, 0.5), 12), at_least(0, 3, 0.2)
    (0.25, 1.0)
    """
    if hits <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    # Sum the shorter tail, from its largest term on; the rest is below the last digit.
    upper = hits > n * share
    start, step, end = (hits, 1, n) if upper else (hits - 1, -1, 0)
    term = exp(_log_choose(n, start) + start * log(share) + (n - start) * log(1 - share))
    odds = share / (1 - share)
    total = term
    for k in range(start, end, step):
        ratio = odds * (n - k) / (k + 1) if upper else k / (n - k + 1) / odds
        term *= ratio
        total += term
        if term < total * 1e-17 and ratio < 1:
            break
    return min(1.0, total) if upper else max(0.0, 1.0 - total)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value that two models are right equally often on the same rows.

    Args:
        only_first: rows on which the first alone is right.
        only_second: rows on which the second alone is right.

    Source: McNemar (1947), Psychometrika 12, 153-157, in its exact binomial form.

    >>> mcnemar(1, 7), mcnemar(0, 0)
    (0.0703125, 1.0)
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    if n == 0:
        return 1.0
    tail = sum(comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << n))


def fisher(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """Return the two-sided p-value that two shares are equal.

    Args:
        hits: successes of the first.
        n: rows of the first.
        other_hits: successes of the second.
        other_n: rows of the second.

    Source: Fisher (1922), J. R. Stat. Soc. 85(1), 87-94; tables as likely or less are counted.

    >>> round(fisher(1, 10, 8, 10), 6)
    0.005477
    """
    total = hits + other_hits
    least, most = max(0, total - other_n), min(n, total)
    whole = _log_choose(n + other_n, total)
    logs = [
        _log_choose(n, k) + _log_choose(other_n, total - k) - whole for k in range(least, most + 1)
    ]
    # Tables that differ in rounding only are equally likely.
    limit = logs[hits - least] + 1e-7
    return min(1.0, sum(exp(value) for value in logs if value <= limit))


def least_detectable(n: int, discordant: float, *, power: float = 0.8) -> float:
    """Return the smallest paired difference that n rows would show, more often than not.

    Args:
        n: rows, at least 1.
        discordant: share of rows on which exactly one of the two is right, in [0, 1].
        power: how often such a difference would be found, strictly between 0 and 1.

    Returns:
        A share in (0, 1]: with a true difference of this size a two-sided 5 % test finds it in
        `power` of repetitions.

    Raises:
        NoRowsError: n is 0.

    Source: Connor (1987), Biometrics 43(1), 207-211.

    >>> round(least_detectable(1000, 0.1), 4)
    0.028
    """
    if n == 0:
        what = "A detectable difference"
        raise NoRowsError(what)
    z, power_z = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(power)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        gap = (low + high) / 2
        apart = max(discordant, gap)
        needed = (z * sqrt(apart) + power_z * sqrt(apart - gap * gap)) ** 2 / (gap * gap)
        if needed > n:
            low = gap
        else:
            high = gap
    return high


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
