"""A number that a person may see, and the honest way to say that there is none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured figure with what is needed to judge it.

    Args:
        name: dotted snake_case, listed in docs/evidence.md; "task.accuracy".
        value: the figure, in `unit`.
        low: lower end of the 95 % interval, or None for a count that has no sampling error.
        high: upper end, or None likewise.
        n: rows (or runs) that it was measured on.
        unit: a key of `lissom.evidence.UNITS`: "share", "ms", "MiB", "texts/s", "points", ...
        method: how value and interval were found, in a few words.
        source: which rows or artefact it speaks of.

    >>> Evidence("task.accuracy", 0.9, 0.596, 0.982, 10, "share", "Wilson", "test file").n
    10
    """

    name: str
    value: float
    low: float | None
    high: float | None
    n: int
    unit: str
    method: str
    source: str


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A figure that was not measured, and why; never written as 0.

    >>> NotMeasured("energy.joules_per_text", "not built").reason
    'not built'
    """

    name: str
    reason: str


Measured = Evidence | NotMeasured
