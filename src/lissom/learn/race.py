"""Which candidate ships: decided on labels that it did not see, in favour of the plain one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DEFAULT = "frozen"
_FEW = 100
"""Below this many labels a difference must be twice its standard error; above, once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate that ships and why.

    Args:
        name: the chosen candidate.
        why: one sentence with the figures that decided.
    """

    name: str
    why: str


def choose(right: Mapping[str, NDArray[np.bool_]]) -> Choice:
    """Pick a candidate from what each got right on the same held-out rows.

    The frozen encoder is kept unless another is better by more than chance would explain, because
    picking the best of several by cross-validation costs points when labels are few.

    Args:
        right: candidate to (rows,) whether its cross-fitted answer was right; holds "frozen".

    >>> rows = np.arange(400)
    >>> choose({"frozen": rows % 10 > 3, "propagation": rows % 10 > 1}).name
    'propagation'
    >>> choose({"frozen": rows % 10 > 1, "propagation": rows % 10 > 1}).name
    'frozen'
    """
    plain = right[DEFAULT]
    n = len(plain)
    best, gain = DEFAULT, 0.0
    told: list[str] = []
    for name, answers in right.items():
        if name == DEFAULT:
            continue
        difference = answers.astype(np.float64) - plain
        mean = float(difference.mean()) if n else 0.0
        error = float(difference.std(ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
        needed = error * (1 if n >= _FEW else 2)
        told.append(f"{name} {mean * 100:+.1f} points (standard error {error * 100:.1f})")
        if mean > needed and mean > gain:
            best, gain = name, mean
    against = "; ".join(told)
    if best == DEFAULT:
        return Choice(best, f"on {n} held-out labels nothing was clearly better: {against}")
    return Choice(best, f"on {n} held-out labels it was clearly better: {against}")
