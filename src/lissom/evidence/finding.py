"""Something about rows that a person should look at."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of trouble and the rows that show it.

    Args:
        kind: dotted name from docs/findings.md; "duplicate.near".
        severity: how much it can hurt.
        title: one sentence for a person, without row contents.
        rows: 0-based data rows, most suspicious first; may name fewer than `count`.
        scores: one score per row in `rows`, higher is more suspicious.
        count: rows concerned in all.
        advice: what to do, in one sentence.
        error_rate: share of the rows it names that it names wrongly, or None where that was not
            measured.
        error_rate_basis: on how many rows and how that was measured, or why it was not.
        suggestions: for a doubtful label, the label that each row in `rows` should perhaps have;
            "" for none. Empty for findings of other kinds.
    """

    kind: str
    severity: Severity
    title: str
    rows: tuple[int, ...]
    scores: tuple[float, ...]
    count: int
    advice: str
    error_rate: float | None = None
    error_rate_basis: str = "not measured"
    suggestions: tuple[str, ...] = ()
