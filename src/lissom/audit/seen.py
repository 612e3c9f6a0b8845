"""What one detector saw, and how it becomes a finding with rows to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.rates import known_rate
from lissom.evidence import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from lissom.data import Dataset
    from lissom.evidence import Severity

MOST_TEXTS = 50
MOST_CHARS = 400
_ONE = {"are": "is", "have": "has", "repeat": "repeats", "say": "says", "seem": "seems"}
_MANY = {verb: verb for verb in _ONE}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One kind of trouble, by positions in the data set that was looked at.

    Args:
        kind: dotted name from docs/findings.md.
        severity: how much it can hurt.
        title: one sentence with {count} where the number of rows goes, and {are}, {have}
            and the like where the verb has to agree with it.
        at: positions of the rows concerned.
        scores: how suspicious each is; higher is more.
        advice: what to do.
        suggestions: for each row the label that it should perhaps have, or "".
        others: positions and scores of rows that are ranked but not concerned.
        mark: points at what is meant in a text to read; None where the whole text is meant.
    """

    kind: str
    severity: Severity
    title: str
    at: NDArray[np.int64]
    scores: NDArray[np.float64]
    advice: str
    suggestions: NDArray[np.str_] | None = None
    others: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None
    mark: Callable[[str], str] | None = None


def plain(text: str) -> str:
    """Return text that `str.format` leaves as it is: the braces in a user's label are no fields.

    >>> plain("{0}").format()
    '{0}'
    """
    return text.replace("{", "{{").replace("}", "}}")


def arrays(hits: Iterable[tuple[int, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Turn (position, score) pairs into `at` and `scores`."""
    found = list(hits)
    return (
        np.array([at for at, _ in found], np.int64),
        np.array([score for _, score in found], np.float64),
    )


def report(
    seen: Seen, data: Dataset, *, show: Callable[[str], str] = str, most: int | None = None
) -> tuple[Finding, tuple[tuple[int, str], ...]]:
    """Turn positions into the user's row numbers, most suspicious first.

    Args:
        seen: what was found.
        data: the rows it was found in.
        show: what a person may read of a text; masks personal data.
        most: name at most so many rows; None for all.

    Returns:
        The finding, and the first 50 texts to read.
    """
    order = np.lexsort((seen.at, -seen.scores))
    at, scores = seen.at[order], seen.scores[order]
    suggestions = seen.suggestions[order].tolist() if seen.suggestions is not None else []
    count = len(at)
    if seen.others is not None:
        more, weaker = seen.others
        order = np.lexsort((more, -weaker))
        at, scores = np.concatenate([at, more[order]]), np.concatenate([scores, weaker[order]])
        suggestions += [""] * len(more)
    at, scores = at[:most], scores[:most]
    numbers = data.rows.to_numpy()[at].tolist()
    rate = known_rate(seen.kind)
    title = seen.title.format(
        count=f"{count:,} row{'s' if count != 1 else ''}", **(_ONE if count == 1 else _MANY)
    )
    finding = Finding(
        kind=seen.kind,
        severity=seen.severity,
        title=title,
        rows=tuple(numbers),
        scores=tuple(np.round(scores, 4).tolist()),
        count=count,
        advice=seen.advice,
        error_rate=rate.value,
        error_rate_basis=rate.basis,
        suggestions=tuple(suggestions[:most]),
    )
    shown = min(count, MOST_TEXTS)
    texts = data.texts_at(at[:shown].tolist())
    # What is masked stays masked: a mark inside a number would hide it from the mask.
    mark = seen.mark or str
    return finding, tuple(
        (number, mark(show(text))[:MOST_CHARS])
        for number, text in zip(numbers[:shown], texts, strict=True)
    )
