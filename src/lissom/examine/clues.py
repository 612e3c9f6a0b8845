"""What stands beside a text's meaning and might give its label away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Rows

_PARTS = 8
_FOLDS = 5
_MOST_VALUES = 60
_DIGITS = re.compile(r"\d+")


def find_clues(rows: Rows) -> dict[str, list[str]]:
    """Return clue to its value for each row: length, punctuation, capitals, numbers, other columns.

    Args:
        rows: labelled rows.

    >>> from lissom.examine.case import Rows
    >>> sorted(find_clues(Rows(("Hi!", "No"), ("a", "b"), (0, 1))))
    ['capitals', 'length', 'numbers', 'punctuation']
    """
    texts = rows.texts
    found = {
        "length": _cut([len(text) for text in texts]),
        "punctuation": ["".join(sorted(set(text) & set("!?.,;:")))[:4] for text in texts],
        "capitals": _cut([sum(map(str.isupper, text)) / max(len(text), 1) for text in texts]),
        "numbers": [str(min(len(_DIGITS.findall(text)), 3)) for text in texts],
    }
    for name, cells in rows.columns.items():
        values = [cell or "" for cell in cells]
        if name == rows.id:
            found["id"] = _read_ids(values)
        elif name != rows.date and 2 <= len(set(values)) <= _MOST_VALUES:  # noqa: PLR2004 - two values differ
            found[name] = values
    return found


def guess(
    values: list[str], targets: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Guess each row's class from its value alone, and without it, on rows not counted from.

    Args:
        values: (rows,) the clue.
        targets: (rows,) true class numbers.
        rng: deals the rows into folds.

    Returns:
        (guesses by value, guesses of the largest class), each (rows,).

    >>> found, _ = guess(["x", "y"] * 20, np.array([0, 1] * 20), np.random.default_rng(0))
    >>> found.tolist() == [0, 1] * 20
    True
    """
    _, at = np.unique(values, return_inverse=True)
    classes = int(targets.max(initial=0)) + 1
    folds = rng.permutation(len(targets)) % _FOLDS
    found, largest = np.zeros_like(targets), np.zeros_like(targets)
    for fold in range(_FOLDS):
        seen, asked = folds != fold, folds == fold
        table = np.zeros((int(at.max(initial=0)) + 1, classes))
        np.add.at(table, (at[seen], targets[seen]), 1.0)
        whole = table.sum(axis=0)
        # A value that was not seen, or a tie, falls back on the largest class.
        table += whole / max(whole.sum(), 1.0) * 0.5
        found[asked] = table[at[asked]].argmax(axis=1)
        largest[asked] = int(whole.argmax())
    return found, largest


def _cut(numbers: list[float] | list[int]) -> list[str]:
    if not numbers:
        return []
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, _PARTS + 1)[1:-1]))
    return [str(place) for place in np.searchsorted(edges, numbers).tolist()]


def _read_ids(values: list[str]) -> list[str]:
    """Return what an id may tell: its letters, and where its number lies among the others."""
    letters = [_DIGITS.sub("", value)[:12] for value in values]
    numbers = [int((_DIGITS.findall(value) or ["0"])[-1][:15]) for value in values]
    return [f"{one}{place}" for one, place in zip(letters, _cut(numbers), strict=True)]
