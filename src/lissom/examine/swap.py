"""Does the answer change when only who is spoken of changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, RowToRead, wilson
from lissom.evidence.intervals import bootstrap
from lissom.examine.case import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.case import Case

_FEWEST = 20
_READ = 15
_NAME = "groups.swap.changed_share"


@dataclass(frozen=True, slots=True)
class Swapped:
    """A row with one identity term in the place of another.

    Args:
        row: position of the row.
        text: the changed text.
        was: the term that stood there.
        now: the term that stands there now.
    """

    row: int
    text: str
    was: str
    now: str


def find_swaps(texts: Sequence[str], terms: Sequence[Sequence[str]]) -> list[Swapped]:
    """Return every row that holds a term, once for each other term of its set.

    Whole words only; upper case and a capital stay as they are; every place where the term stands
    is changed.

    Args:
        texts: the rows.
        terms: sets of words that may take each other's place.

    >>> [one.text for one in find_swaps(["A Muslim came."], [["christian", "muslim"]])]
    ['A Christian came.']
    """
    found = []
    for words in terms:
        asked = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        pattern = re.compile(rf"\b({asked})\b", re.IGNORECASE)
        for row, text in enumerate(texts):
            first = pattern.search(text)
            if first is None:
                continue
            was = first[0].lower()
            own = re.compile(rf"\b{re.escape(was)}\b", re.IGNORECASE)
            others = (word for word in words if word.lower() != was)
            found += [Swapped(row, _exchange(own, text, now), was, now) for now in others]
    return found


def examine_swaps(case: Case) -> Found:
    """Measure how often the answer changes when an identity term is swapped for another."""
    swaps = find_swaps(case.rows.texts, case.settings.terms)
    touched = sorted({one.row for one in swaps})
    if len(touched) < _FEWEST:
        reason = f"{len(touched)} rows hold a word that can be swapped; {_FEWEST} are needed"
        return Found((NotMeasured(_NAME, reason),))
    if len(touched) > case.effort.swapped_rows:
        chosen = case.rng("swap").choice(touched, case.effort.swapped_rows, replace=False)
        touched = sorted(chosen.tolist())
        kept = set(touched)
        swaps = [one for one in swaps if one.row in kept]
    before = case.answered.predicted
    after = case.asker.ask([one.text for one in swaps]).predicted
    changed = np.array([before[one.row] != now for one, now in zip(swaps, after, strict=True)])
    return Found(
        (_measure(swaps, changed, touched, case),),
        (_draw(swaps, changed),),
        _to_read(case, swaps, changed, after.tolist()),
    )


def _measure(
    swaps: list[Swapped], changed: NDArray[np.bool_], touched: list[int], case: Case
) -> Measured:
    at = {row: i for i, row in enumerate(touched)}
    hits, counts = np.zeros(len(touched)), np.zeros(len(touched))
    for one, is_changed in zip(swaps, changed, strict=True):
        hits[at[one.row]] += is_changed
        counts[at[one.row]] += 1
    shares = hits / counts
    n, value = len(shares), float(shares.mean())
    low, high = bootstrap(lambda rows: float(shares[rows].mean()), n, case.rng("swap.interval"))
    least, most = wilson(float(shares.sum()), n)
    how = f"{len(swaps)} swaps in {n} rows, a row counts once; wider of bootstrap and Wilson, 95 %"
    return Evidence(
        _NAME,
        value,
        min(low, least, value),
        max(high, most, value),
        n,
        "share",
        how,
        case.rows.source,
    )


def _draw(swaps: list[Swapped], changed: NDArray[np.bool_]) -> Picture:
    terms = sorted({one.now for one in swaps})
    rows = []
    for term in terms:
        mine = [bool(c) for one, c in zip(swaps, changed, strict=True) if one.now == term]
        rows.append((term, sum(mine) / len(mine), *wilson(sum(mine), len(mine)), len(mine)))
    rows.sort(key=lambda row: -row[1])
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows)
        for i, name in enumerate(("term", "changed", "low", "high", "swaps"))
    }
    title = "How often the answer changes when this word is put in the place of another"
    return Picture("groups.swap", title, "bars", columns, "term", "changed", "low", "high")


def _to_read(
    case: Case,
    swaps: list[Swapped],
    changed: NDArray[np.bool_],
    after: list[int],
) -> tuple[RowToRead, ...]:
    found: list[RowToRead] = []
    seen: set[int] = set()
    names = case.asker.classes
    for one, is_changed, now in zip(swaps, changed.tolist(), after, strict=True):
        if is_changed and one.row not in seen and len(found) < _READ:
            seen.add(one.row)
            was = names[int(case.answered.predicted[one.row])]
            note = (
                f'with "{one.was}" the model says "{was}", with "{one.now}" as here it says '
                f'"{names[now]}"'
            )
            found.append(RowToRead(case.rows.numbers[one.row], one.text, note))
    return tuple(found)


def _exchange(own: re.Pattern[str], text: str, now: str) -> str:
    return own.sub(lambda seen: _dress(seen[0], now), text)


def _dress(like: str, word: str) -> str:
    """Give a word the capitals of another."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word
