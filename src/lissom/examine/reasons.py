"""Reasons as a person reads them: texts with their deciding words, and which words decide most."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Picture, RowToRead
from lissom.runtime import say_reasons, worth_naming

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.examine.case import Case
    from lissom.examine.explanation import Explained

_READ = 12
_DRAWN = 12
_LEAST_TEXTS = 3
_LEAST_DRAWN = 2
_WORTH_DRAWING = 0.05
_EDGE = re.compile(r"^\W+|\W+$")


def to_read(case: Case, explained: Sequence[Explained]) -> tuple[RowToRead, ...]:
    """Return some texts with the words that decided; each answer once before any comes twice."""
    seen: dict[int, int] = defaultdict(int)
    turns = []
    for place, one in enumerate(explained):
        turns.append((seen[one.answer], place))
        seen[one.answer] += 1
    return tuple(_row(case, explained[place]) for _, place in sorted(turns)[:_READ])


def _row(case: Case, one: Explained) -> RowToRead:
    speak_for, against = worth_naming(one.inquiry.reasons(one.weights))
    sure = "" if case.answered.says == "label" else f" ({one.chance:.0%} sure)"
    said = f'the model says "{case.asker.classes[one.answer]}"{sure}'
    because = f" because of {say_reasons(speak_for)}" if speak_for else "; no word of it decides"
    but = f"; against it speaks {say_reasons(against)}" if against else ""
    marks = tuple(sorted((each.start, each.end) for each in speak_for))
    return RowToRead(case.rows.numbers[one.row], one.inquiry.text, f"{said}{because}{but}", marks)


def draw_words(explained: Sequence[Explained], names: Sequence[str]) -> tuple[Picture, ...]:
    """Draw the words that decide most over all texts; none where words do not come back."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for one in explained:
        for (start, end), weight in zip(one.inquiry.pieces, one.weights.tolist(), strict=True):
            word = _EDGE.sub("", one.inquiry.text[start:end]).casefold()
            if word and " " not in word:
                found[word, one.answer].append(weight)
    often = {key: weights for key, weights in found.items() if len(weights) >= _LEAST_TEXTS}
    ordered = sorted(often, key=lambda key: (-float(np.mean(often[key])), key))[:_DRAWN]
    ordered = [key for key in ordered if float(np.mean(often[key])) > _WORTH_DRAWING]
    if len(ordered) < _LEAST_DRAWN:
        return ()
    columns: dict[str, tuple[str | float | int, ...]] = {
        "word": tuple(f"{word} → {names[answer]}" for word, answer in ordered),
        "probability": tuple(float(np.mean(often[key])) for key in ordered),
        "times": tuple(len(often[key]) for key in ordered),
    }
    title = "Words that did most for an answer, and how much of its probability they bring"
    return (Picture("explanation.words", title, "bars", columns, "word", "probability"),)
