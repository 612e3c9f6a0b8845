"""Numbers as a person reads them."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from lissom.evidence import Evidence

if TYPE_CHECKING:
    from lissom.evidence import Measured

NO_BREAK = "\u00a0"  # keeps a number and its unit on one line
MINUS = "\u2212"
NO_INTERVAL = "\u2013"  # a count has none
_SHOWN_DIGITS = 3
_ONE = {
    "rows": "row",
    "points": "point",
    "classes": "class",
    "groups": "group",
    "slices": "slice",
    "joules": "joule",
}


def say_number(value: float, unit: str) -> str:
    r"""Return a value with its unit; three figures are as many as anybody reads.

    A share that is not 0 or 1 never rounds to "0 %" or "100 %".

    >>> [say_number(*pair) for pair in ((0.8762, "share"), (0.99999, "share"), (1234.5, "texts/s"))]
    ['87.6\xa0%', '>\xa099.9\xa0%', '1,234\xa0texts/s']
    >>> say_number(770, "rows"), say_number(float("nan"), "ms")
    ('770\xa0rows', 'no\xa0number')
    """
    if not isfinite(value):
        return f"no{NO_BREAK}number"
    if unit == "share":
        return _say_edge(value) + f"{_percent(value)}{NO_BREAK}%"
    word = _ONE.get(unit, unit) if value == 1 else unit
    bare = unit in {"", "factor", "probability", "correlation"}
    return plain_number(value) if bare else f"{plain_number(value)}{NO_BREAK}{word}"


def say_range(low: float | None, high: float | None, unit: str) -> str:
    r"""Return an interval, or "" when there is none.

    >>> say_range(0.841, 0.904, "share"), say_range(None, None, "MiB")
    ('84.1 to 90.4\xa0%', '')
    """
    if low is None or high is None:
        return ""
    if unit == "share":
        return f"{_percent(low)} to {_percent(high)}{NO_BREAK}%"
    return f"{plain_number(low)} to {say_number(high, unit)}"


def say(item: Measured) -> str:
    r"""Return a figure with its interval and rows, or that it was not measured and why.

    >>> say(Evidence("task.accuracy", 0.9, 0.596, 0.982, 10, "share", "Wilson", "test file"))
    '90.0\xa0% (59.6 to 98.2\xa0%, n\xa0=\xa010)'
    """
    if not isinstance(item, Evidence):
        return f"not measured: {item.reason}"
    inside = [part for part in (say_range(item.low, item.high, item.unit), say_n(item.n)) if part]
    return f"{say_number(item.value, item.unit)} ({', '.join(inside)})"


def say_limit(share: float) -> str:
    r"""Return a share that somebody chose, without decimals that nobody wrote.

    >>> say_limit(0.15), say_limit(0.875)
    ('15\xa0%', '87.5\xa0%')
    """
    return f"{round(100 * share, 2):g}{NO_BREAK}%"


def say_n(n: int) -> str:
    r"""Return how many rows or runs stand behind a figure.

    >>> say_n(1200)
    'n\xa0=\xa01,200'
    """
    return f"n{NO_BREAK}={NO_BREAK}{n:,}"


def plain_number(value: float) -> str:
    """Return a number with three figures, or every digit of a whole one.

    >>> [plain_number(value) for value in (12, 1234.5, 12.34, 0.00012345, 0.5)]
    ['12', '1,234', '12.3', '0.000123', '0.5']
    """
    if not isfinite(value):
        return f"no{NO_BREAK}number"
    if value == int(value):
        return f"{int(value):,}".replace("-", MINUS)
    places = _SHOWN_DIGITS - 1 - floor(log10(abs(value)))
    shown = f"{value:,.{min(max(places, 0), 12)}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return shown.replace("-", MINUS)


def count(n: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> count(1, "row"), count(1200, "row"), count(2, "class", "classes")
    ('1 row', '1,200 rows', '2 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _percent(value: float) -> str:
    """Return per cent with one decimal, kept away from 0 and 100 unless it is exactly there."""
    shown = 100 * value
    if 0 < value < 1:
        shown = min(max(shown, 0.1), 99.9)
    return f"{shown:.0f}" if value in {0, 1} else f"{shown:.1f}"


def _say_edge(value: float) -> str:
    if 0.9995 <= value < 1:  # noqa: PLR2004 - where one decimal would read 100.0
        return f">{NO_BREAK}"
    if 0 < value < 0.0005:  # noqa: PLR2004 - where one decimal would read 0.0
        return f"<{NO_BREAK}"
    return ""
