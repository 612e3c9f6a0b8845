"""How a cell spells several labels, and which labels a row of probabilities amounts to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.tasks.output import Labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lissom.tasks.output import Output

SEPARATOR = "|"
NONE = "-"
"""How a cell says that its row has none of the labels; an empty cell says nothing at all."""

_HALF = 0.5
_LEAST = 1e-7
"""Nearer to 0 or 1 than this, float32 has no numbers left to be sure with."""


def split_cell(cell: str) -> tuple[str, ...]:
    """Return the names in a cell, each once, in alphabetical order.

    >>> split_cell("refund| late |refund|"), split_cell("-")
    (('late', 'refund'), ('-',))
    """
    return tuple(sorted({part.strip() for part in cell.split(SEPARATOR)} - {""}))


def names_given(cell: str, output: Output) -> tuple[str, ...] | None:
    """Return the names that an answer gives; None where an answer is one class and no set.

    >>> names_given("late|refund", Labels(("late", "refund")))
    ('late', 'refund')
    >>> names_given("-", Labels(("late", "refund"), none="-"))
    ()
    """
    match output:
        case Labels(none=none):
            return () if cell == none else split_cell(cell)
        case _:
            return None


def join_names(names: Iterable[str], none: str | None) -> str:
    """Return the cell for some names; for no name, the word for none.

    >>> join_names(["refund", "late"], "-"), join_names([], "-"), join_names([], None)
    ('late|refund', '-', '')
    """
    return SEPARATOR.join(sorted(names)) or (none or "")


def holds_many(cells: Sequence[str]) -> bool:
    """Say whether most of these cells hold several names.

    >>> holds_many(["a|b", "b|c", "a"]), holds_many(["a|b", "b", "c"]), holds_many([])
    (True, False, False)
    """
    return 2 * sum(len(split_cell(cell)) > 1 for cell in cells) > len(cells)


def choose_labels(probabilities: NDArray[np.float32], output: Labels) -> NDArray[np.bool_]:
    """Return (rows, labels): which labels are given.

    Args:
        probabilities: (rows, labels) in [0, 1], calibrated.
        output: thresholds, and whether a row may have none.

    Returns:
        The labels at or above their thresholds. Where a row must have one and none reaches its
        threshold, the one that comes closest to it in log-odds, the first of equals.

    >>> from lissom.tasks import Labels
    >>> chances = np.float32([[0.9, 0.6], [0.3, 0.2]])
    >>> choose_labels(chances, Labels(("a", "b"), none="-")).tolist()
    [[True, True], [False, False]]
    >>> choose_labels(chances, Labels(("a", "b"), thresholds=(0.5, 0.25))).tolist()
    [[True, True], [False, True]]
    """
    limits = thresholds_of(output)
    given: NDArray[np.bool_] = probabilities >= limits
    if output.none is None and len(output.names):
        ahead = log_odds(probabilities) - log_odds(limits)
        empty = np.flatnonzero(~given.any(axis=1))
        given[empty, ahead[empty].argmax(axis=1)] = True
    return given


def set_sureness(
    probabilities: NDArray[np.float32], given: NDArray[np.bool_], output: Labels
) -> NDArray[np.float32]:
    """Return the probability, in [0, 1], that each row's whole set of labels is right.

    Args:
        probabilities: (rows, labels) in [0, 1], calibrated.
        given: (rows, labels) from `choose_labels`.
        output: how strongly labels go together.

    >>> from lissom.tasks import Labels
    >>> output = Labels(("a", "b"), none="-", power=0.5)
    >>> set_sureness(np.float32([[0.8, 0.2]]), np.array([[True, False]]), output).round(3).tolist()
    [0.800000011920929]
    """
    right = np.where(given, probabilities, 1 - probabilities).astype(np.float64)
    whole = np.exp(output.power * np.log(np.maximum(right, _LEAST)).sum(axis=1))
    sureness: NDArray[np.float32] = whole.astype(np.float32)
    return sureness


def thresholds_of(output: Labels) -> NDArray[np.float32]:
    """Return (labels,) probabilities from which on a label is given."""
    given = output.thresholds or (_HALF,) * len(output.names)
    return np.array(given, np.float32)


def log_odds(probabilities: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return ln(p / (1 - p)), finite for 0 and 1 too.

    >>> log_odds(np.float32([0.5])).tolist()
    [0.0]
    """
    inside = np.clip(probabilities.astype(np.float64), _LEAST, 1 - _LEAST)
    odds: NDArray[np.float32] = np.log(inside / (1 - inside)).astype(np.float32)
    return odds
