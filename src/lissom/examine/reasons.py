"""Reasons as a person reads them: texts with their deciding words, and which words decide most."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Picture, RowToRead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.examine.case import Case
    from lissom.examine.explanation import Explained
    from lissom.runtime import Reason

_READ = 12
_DRAWN = 12
_LEAST_TEXTS = 3
_MOST_NAMED = 4
_WORTH_NAMING = 0.25
"""A word is named when it weighs at least this part of the weightiest."""
_TINY = 0.005
_EDGE = re.compile(r"^\W+|\W+$")


def name_reasons(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons for an answer that are worth naming, and those against it.

    Args:
        reasons: the weightiest first.

    >>> from lissom.runtime import Reason
    >>> found = [Reason(0, 3, "bad", 0.6), Reason(4, 7, "the", 0.01), Reason(8, 11, "fun", -0.2)]
    >>> [[one.words for one in each] for each in name_reasons(found)]
    [['bad'], ['fun']]
    """
    top = max((abs(one.weight) for one in reasons), default=0.0)
    least = max(_TINY, _WORTH_NAMING * top)
    speak_for = [one for one in reasons if one.weight >= least][:_MOST_NAMED]
    against = [one for one in reversed(reasons) if one.weight <= -least][:_MOST_NAMED]
    return speak_for, against


def to_read(case: Case, explained: Sequence[Explained]) -> tuple[RowToRead, ...]:
    """Return some texts with the words that decided; each answer once before any comes twice."""
    seen: dict[int, int] = defaultdict(int)
    turns = []
    for place, one in enumerate(explained):
        turns.append((seen[one.answer], place))
        seen[one.answer] += 1
    return tuple(_row(case, explained[place]) for _, place in sorted(turns)[:_READ])


def _row(case: Case, one: Explained) -> RowToRead:
    speak_for, against = name_reasons(one.inquiry.reasons(one.weights))
    sure = "" if case.answered.says == "label" else f" ({one.chance:.0%} sure)"
    said = f'the model says "{case.asker.classes[one.answer]}"{sure}'
    because = f" because of {_list(speak_for)}" if speak_for else "; no word of it decides"
    but = f"; against it speaks {_list(against)}" if against else ""
    marks = tuple(sorted((each.start, each.end) for each in speak_for))
    return RowToRead(case.rows.numbers[one.row], one.inquiry.text, f"{said}{because}{but}", marks)


def _list(reasons: Sequence[Reason]) -> str:
    return ", ".join(f'"{one.words}" ({100 * one.weight:+.0f})' for one in reasons)


def draw_words(explained: Sequence[Explained], names: Sequence[str]) -> tuple[Picture, ...]:
    """Draw the words that decide most over all texts; none where no word comes back."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for one in explained:
        for (start, end), weight in zip(one.inquiry.pieces, one.weights.tolist(), strict=True):
            word = _EDGE.sub("", one.inquiry.text[start:end]).casefold()
            if word and " " not in word:
                found[word, one.answer].append(weight)
    often = {key: weights for key, weights in found.items() if len(weights) >= _LEAST_TEXTS}
    ordered = sorted(often, key=lambda key: (-float(np.mean(often[key])), key))[:_DRAWN]
    ordered = [key for key in ordered if float(np.mean(often[key])) > _TINY]
    if not ordered:
        return ()
    columns: dict[str, tuple[str | float | int, ...]] = {
        "word": tuple(f"{word} → {names[answer]}" for word, answer in ordered),
        "probability": tuple(float(np.mean(often[key])) for key in ordered),
        "times": tuple(len(often[key]) for key in ordered),
    }
    title = "Words that did most for an answer, and how much of its probability they bring"
    return (Picture("explanation.words", title, "bars", columns, "word", "probability"),)
