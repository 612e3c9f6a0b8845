"""All that one examination has to say, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lissom.evidence.picture import Picture
    from lissom.evidence.record import Measured
    from lissom.evidence.story import Outcome


@dataclass(frozen=True, slots=True)
class RowToRead:
    """A text that shows what a figure means; private.

    Args:
        row: 0-based data row in the user's file, or None for a text that was made up or changed.
        text: the text.
        note: one sentence: what the model did with it.
        marks: places in the text that the note speaks of, (start, end), in order.
    """

    row: int | None
    text: str
    note: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One part of an examination.

    Args:
        key: "task", "outside", ...; the first word of most of its figures.
        outcome: against the rules that speak of it; None when no rule does.
        sentence: what came out, for somebody who has never met the terms.
        reasons: one sentence for each rule that speaks of it.
        evidence: its figures.
        pictures: tables worth drawing.
        rows: rows to read; private.
        seconds: how long it took.
    """

    key: str
    outcome: Outcome | None
    sentence: str
    reasons: tuple[str, ...]
    evidence: tuple[Measured, ...]
    pictures: tuple[Picture, ...] = ()
    rows: tuple[RowToRead, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Exam:
    """A whole examination; holds no model.

    Args:
        target: what was examined, for a person.
        data: the rows it was examined on.
        outcome: the worst of the parts.
        headline: one sentence.
        parts: in reading order.
        facts: what was examined with what: label to text.
        broken: the rules that did not hold.
    """

    target: str
    data: str
    outcome: Outcome
    headline: str
    parts: tuple[Examined, ...]
    facts: dict[str, str]
    broken: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[Measured, ...]:
        """Return the figures of all parts in order."""
        return tuple(item for part in self.parts for item in part.evidence)
