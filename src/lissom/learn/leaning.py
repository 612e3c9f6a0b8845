"""Which classes answers lean to beyond what the texts say, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.mix import Mix, estimate_mix
from lissom.learn.rarity import Rarity, favour_rare, rare_shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_ROWS = 2000
"""Rows without a label that a mix is estimated on; more would only cost time."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """What is added to the log-probability of each class.

    Args:
        shift: one number for each class; empty where nothing is added.
        mix: what was found out of the mix of unlabelled rows, or None.
        rarity: how rare classes are favoured, or None.
    """

    shift: tuple[float, ...] = ()
    mix: Mix | None = field(default=None, compare=False)
    rarity: Rarity | None = field(default=None, compare=False)

    @property
    def added(self) -> NDArray[np.float32]:
        """Return the shift as numbers that can be added to (rows, classes)."""
        return np.array(self.shift or (0.0,), np.float32)


def find_leaning(
    labelled: NDArray[np.float32], targets: NDArray[np.int64], unlabelled: NDArray[np.float32]
) -> Leaning:
    """Lean to the mix of the unlabelled rows; or, where that is the labels' own, to rare classes.

    Args:
        labelled: (rows, classes) calibrated probabilities of labelled rows, from fits that had not
            seen their labels.
        targets: (rows,) their class numbers.
        unlabelled: (rows, classes) the same of rows without a label.
    """
    step = max(1, len(unlabelled) // _MOST_ROWS)
    mix = estimate_mix(labelled, targets, unlabelled[::step])
    if mix is not None and mix.is_corrected:
        return Leaning(tuple(mix.shift.tolist()), mix)
    rarity = favour_rare(labelled, targets)
    if rarity is None or not rarity.strength:
        return Leaning((), mix, rarity)
    counts = np.bincount(targets, minlength=labelled.shape[1])
    return Leaning(tuple(rare_shift(counts, rarity.strength).tolist()), mix, rarity)
