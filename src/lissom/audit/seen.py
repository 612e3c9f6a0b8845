"""What one detector saw, and how it becomes a finding with rows to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from lissom.data import Dataset
    from lissom.evidence import Severity

MOST_ROWS = 1000
MOST_TEXTS = 50
MOST_CHARS = 400
_ONE = {"are": "is", "have": "has", "repeat": "repeats", "say": "says", "seem": "seems"}
_MANY = {verb: verb for verb in _ONE}


@dataclass(frozen=True, slots=True)
class Seen:
    """One kind of trouble, by positions in the data set that was looked at.

    Args:
        kind: dotted name from docs/findings.md.
        severity: how much it can hurt.
        title: one sentence with {count} where the number of rows goes, and {are}, {have}
            and the like where the verb has to agree with it.
        hits: (position, score) of each row concerned.
        advice: what to do.
    """

    kind: str
    severity: Severity
    title: str
    hits: list[tuple[int, float]]
    advice: str


def report(
    seen: Seen, data: Dataset, show: Callable[[str], str] = str
) -> tuple[Finding, tuple[tuple[int, str], ...]]:
    """Turn positions into the user's row numbers, most suspicious first.

    Args:
        seen: what was found.
        data: the rows it was found in.
        show: what a person may read of a text; masks personal data.

    Returns:
        The finding, with at most 1,000 rows, and the first 50 texts to read.
    """
    hits = sorted(seen.hits, key=lambda hit: (-hit[1], hit[0]))[:MOST_ROWS]
    numbers = data.rows.to_list()
    texts = data.texts
    count = len(seen.hits)
    verbs = _ONE if count == 1 else _MANY
    title = seen.title.format(count=f"{count:,} row{'s' if count != 1 else ''}", **verbs)
    finding = Finding(
        kind=seen.kind,
        severity=seen.severity,
        title=title,
        rows=tuple(numbers[at] for at, _ in hits),
        scores=tuple(round(score, 4) for _, score in hits),
        count=count,
        advice=seen.advice,
    )
    reading = tuple((numbers[at], show(texts[at])[:MOST_CHARS]) for at, _ in hits[:MOST_TEXTS])
    return finding, reading


__all__ = ["MOST_ROWS", "Seen", "report"]
