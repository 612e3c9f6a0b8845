"""What must be said loudly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lissom.examine.answered import Answered

_COLLAPSED = 0.95
_NAMED = 5


def find_warnings(answered: Answered) -> tuple[str, ...]:
    """Say if the model answers nearly always the same, or never uses a class that has rows.

    Args:
        answered: answers beside the truth.

    Returns:
        Sentences; none for a model without these faults.
    """
    n, classes = len(answered), len(answered.classes)
    if not n:
        return ()
    said = np.bincount(answered.predicted, minlength=classes)
    true = np.bincount(answered.targets, minlength=classes)
    found: list[str] = []
    top = int(said.argmax())
    if said[top] >= _COLLAPSED * n and true[top] < _COLLAPSED * n:
        found.append(
            f'The model says "{answered.classes[top]}" to {said[top] / n:.0%} of {n} rows, but '
            f"only {true[top] / n:.0%} are that. Do not use it; label more of the other kinds."
        )
    unused = [name for name, s, t in zip(answered.classes, said, true, strict=True) if t and not s]
    if unused:
        named = ", ".join(f'"{name}"' for name in unused[:_NAMED])
        more = f" and {len(unused) - _NAMED} more" if len(unused) > _NAMED else ""
        found.append(
            f"The model never answers {named}{more}, though there are rows of it. "
            "Label more of them, or merge them into another label."
        )
    return tuple(found)
