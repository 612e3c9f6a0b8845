"""What must be said loudly where a row has any number of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lissom.examine.labels import AnsweredLabels

_NEARLY_ALL = 0.95
_FEWEST = 10
"""Rows of a label under which its absence may be chance."""

_NAMED = 5


def find_label_warnings(answered: AnsweredLabels) -> tuple[str, ...]:
    """Say if a label is given to nearly all rows, or never, or all rows get the same labels.

    Args:
        answered: answers beside the truth.

    Returns:
        Sentences; none for a model without these faults.
    """
    n = len(answered)
    if not n:
        return ()
    given, wanted = answered.given.sum(axis=0), answered.wanted.sum(axis=0)
    found: list[str] = []
    is_same = (answered.given == answered.given[0]).all()
    if is_same and not (answered.wanted == answered.wanted[0]).all():
        found.append(
            f"The model gives all {n} rows the same labels. Do not use it; label more rows."
        )
    flooded = [
        name
        for name, g, w in zip(answered.labels, given, wanted, strict=True)
        if g >= _NEARLY_ALL * n and w < _NEARLY_ALL * n / 2
    ]
    if flooded and not is_same:
        found.append(
            f"The model gives {_listed(flooded)} to nearly every row, and less than half of them "
            "have it: it cannot be told from the text. Label more rows, or leave it out."
        )
    unused = [
        name
        for name, g, w in zip(answered.labels, given, wanted, strict=True)
        if w >= _FEWEST and not g
    ]
    if unused:
        found.append(
            f"The model never gives {_listed(unused)}, though there are rows of it. "
            "Label more of them, or leave that label out."
        )
    return tuple(found)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:_NAMED])
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
