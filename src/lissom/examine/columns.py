"""By which columns rows fall into groups: declared, found, or derived from text and date."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lissom.errors import NoSuchGroupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.examine.case import Rows

_MOST_VALUES = 60
_LEAST_FILLED = 0.5
_PARTS = 4
_TEXT_LIKE = 40
"""Cells longer than this on average are texts, not names of groups."""

# The commonest words that belong to one of these languages and hardly to another.
_WORDS = {
    "en": "the and is my to of for with you have not this it was are do how what can i please",
    "de": "der die das und ist nicht ich mein meine sie mit ein eine auf für wie habe bitte zu",
    "es": "el la los las y es no mi que de con un una por para como está qué tengo favor",
    "fr": "le les et est je mon ma ne pas que des avec un une pour vous sur dans comment",
    "it": "il lo gli e è non mi che di con un una per come sono ho della grazie questo",
    "pt": "o os as e é não meu minha que de com um uma por para como está tenho você",
    "nl": "de het een en is niet ik mijn met voor van op hoe wat heb dat zijn graag",
}
_KNOWN = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ISO = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way in which rows fall into groups.

    Args:
        name: of the column, or "length", "language", "date" for one that was derived.
        values: (rows,) the group of each row, None for a row of none.
    """

    name: str
    values: tuple[str | None, ...]


def find_groupings(rows: Rows, declared: Sequence[str] = ()) -> list[Grouping]:
    """Return the ways in which these rows fall into groups.

    Args:
        rows: labelled rows.
        declared: columns that the user named; then no other column is taken, but length, language
            and date still are.

    Raises:
        NoSuchGroupError: a declared column does not exist.

    >>> from lissom.examine.case import Rows
    >>> rows = Rows(("hi",) * 4, ("a",) * 4, (0, 1, 2, 3), {"shop": ("x", "x", "y", "y")})
    >>> [found.name for found in find_groupings(rows)]
    ['shop']
    """
    for name in declared:
        if name not in rows.columns:
            raise NoSuchGroupError(rows.source, name, list(rows.columns))
    chosen = list(declared) or [
        name for name in rows.columns if name not in {rows.id, rows.date} and _is_group(rows, name)
    ]
    found = [Grouping(name, rows.columns[name]) for name in chosen]
    taken = {name.casefold() for name in chosen}
    derived = (_by_length(rows), _by_language(rows), _by_date(rows))
    found += [one for one in derived if one is not None and one.name not in taken]
    return found


def _is_group(rows: Rows, name: str) -> bool:
    cells = [cell for cell in rows.columns[name] if cell]
    counts = Counter(cells)
    if len(cells) < _LEAST_FILLED * len(rows) or not 2 <= len(counts) <= _MOST_VALUES:  # noqa: PLR2004 - two groups
        return False
    is_long = sum(map(len, cells)) > _TEXT_LIKE * len(cells)
    return not is_long and len(counts) <= len(cells) / 2


def _by_length(rows: Rows) -> Grouping | None:
    """Cut into four parts of about equally many rows by length in characters."""
    sizes = np.array([len(text) for text in rows.texts])
    if len(sizes) < _PARTS:
        return None
    edges = np.unique(np.quantile(sizes, np.linspace(0, 1, _PARTS + 1)[1:-1], method="lower"))
    edges = edges[edges < sizes.max()]
    if not len(edges):
        return None
    names = [f"up to {edges[0]} characters"]
    names += [f"{low + 1} to {high} characters" for low, high in pairwise(edges.tolist())]
    names.append(f"over {edges[-1]} characters")
    return Grouping("length", tuple(names[i] for i in np.searchsorted(edges, sizes).tolist()))


def _by_language(rows: Rows) -> Grouping | None:
    found = tuple(guess_language(text) or None for text in rows.texts)
    return Grouping("language", found) if len(set(found) - {None}) > 1 else None


def guess_language(text: str) -> str:
    """Return the language whose commonest words a text holds most of, "" when that is unclear.

    Seven languages, two common words and a clear lead: enough to cut rows into groups, not to name
    the language of one short text.

    >>> guess_language("Where is the parcel, it was to be here"), guess_language("Parcel?")
    ('en', '')
    """
    words = set(_WORD.findall(text.casefold()))
    counts = sorted(((len(words & known), name) for name, known in _KNOWN.items()), reverse=True)
    (most, name), (second, _) = counts[0], counts[1]
    return name if most >= 2 and most > second else ""  # noqa: PLR2004 - one word is chance


def _by_date(rows: Rows) -> Grouping | None:
    """Cut into four parts of about equally many rows, in order of date."""
    if rows.date is None:
        return None
    days = [_day(cell) for cell in rows.columns.get(rows.date, ())]
    known = sorted(day for day in days if day)
    if len(known) < _LEAST_FILLED * len(rows) or len(set(known)) < _PARTS:
        return None
    starts = sorted({known[len(known) * i // _PARTS] for i in range(_PARTS)})
    ends = [*starts[1:], None]

    def name(day: str) -> str:
        place = sum(start <= day for start in starts) - 1
        end = ends[place]
        return f"{starts[place]} to before {end}" if end else f"from {starts[place]} on"

    return Grouping("date", tuple(name(day) if day else None for day in days))


def _day(cell: str | None) -> str:
    """Return a date as year-month-day, "" when it cannot be read; 3.4.2025 is in April."""
    if not cell:
        return ""
    if found := _ISO.match(cell):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.match(cell):
        day, month, year = found.groups()
    else:
        return ""
    return f"{year}-{int(month):02d}-{int(day):02d}"
