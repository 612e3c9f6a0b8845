"""Rare classes, favoured where held-out labels say that it helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.priors import is_uneven

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRENGTHS = (0.25, 0.5)
"""Parts of the difference that are made good. At 1, answers fell to the rarest classes on all of
three development sets; on those, 0.25 was the best for frozen heads."""

_PRICE = 0.005
"""Share of rows, on balance answered wrongly for it, that a gain in macro-F1 may cost."""

_LEAST_RATIO = 3
"""Between the largest class and the smallest; below it, classes count as equal."""

_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much rare classes are favoured, and what it changed on held-out rows.

    Args:
        strength: part of the difference in log-shares that is made good, 0 for none.
        f1_gain: change of macro-F1, and its standard error.
        accuracy_gain: change of accuracy, and its standard error; may be below 0.
        n: held-out rows that it was chosen on.
    """

    strength: float
    f1_gain: tuple[float, float]
    accuracy_gain: tuple[float, float]
    n: int


def favour_rare(probabilities: NDArray[np.float32], targets: NDArray[np.int64]) -> Rarity | None:
    """Choose how much rare classes are favoured.

    A strength is taken when macro-F1 gains more than its standard error and accuracy loses no more
    than `_PRICE`; of several, the one with the best macro-F1.

    Args:
        probabilities: (rows, classes) calibrated, from fits that had not seen the rows' labels.
        targets: (rows,) class numbers.

    Returns:
        The choice, or None where the labels are even and there is nothing to choose.

    Source: logit adjustment, Menon et al. (2021), ICLR; standard errors by the jackknife over ten
    blocks, Tukey (1958).
    """
    classes = probabilities.shape[1]
    counts = np.bincount(targets, minlength=classes)
    present = counts[counts > 0]
    if not len(present) or not is_uneven(counts) or present.max() < _LEAST_RATIO * present.min():
        return None
    before = probabilities.argmax(axis=1)
    best = Rarity(0.0, (0.0, 0.0), (0.0, 0.0), len(targets))
    for strength in _STRENGTHS:
        shift = rare_shift(counts, strength)
        after = (np.log(np.maximum(probabilities, 1e-12)) + shift).argmax(axis=1)
        f1_gain = _gain_of_f1(targets, before, after, classes)
        gained = (after == targets).astype(np.float64) - (before == targets)
        change = float(gained.mean()), float(gained.std() / np.sqrt(len(gained)))
        is_worth_it = f1_gain[0] > f1_gain[1] and change[0] >= -_PRICE
        if is_worth_it and f1_gain[0] > best.f1_gain[0]:
            best = Rarity(strength, f1_gain, change, len(targets))
    return best


def rare_shift(counts: NDArray[np.int64], strength: float) -> NDArray[np.float32]:
    """Return what is added to log-probabilities to favour classes with few labels.

    >>> [round(float(added), 1) for added in rare_shift(np.array([99, 0]), 0.5)]
    [-1.2, 1.2]
    """
    logs = np.log(counts + 1.0)
    shift: NDArray[np.float32] = (-strength * (logs - logs.mean())).astype(np.float32)
    return shift


def _gain_of_f1(
    targets: NDArray[np.int64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    classes: int,
) -> tuple[float, float]:
    """Return the change of macro-F1 and its standard error."""
    block = np.arange(len(targets)) % _BLOCKS

    def gain(rows: NDArray[np.bool_]) -> float:
        return _macro_f1(targets[rows], after[rows], classes) - _macro_f1(
            targets[rows], before[rows], classes
        )

    whole = gain(np.ones(len(targets), np.bool_))
    parts = np.array([gain(block != number) for number in range(_BLOCKS)])
    error = np.sqrt((_BLOCKS - 1) * parts.var())
    return whole, float(error)


def _macro_f1(targets: NDArray[np.int64], said: NDArray[np.int64], classes: int) -> float:
    # The examination has its own; a stage knows no other stage.
    hits = np.bincount(targets[targets == said], minlength=classes)
    both = np.bincount(targets, minlength=classes) + np.bincount(said, minlength=classes)
    seen = both > 0
    return float((2 * hits[seen] / both[seen]).mean()) if seen.any() else 0.0
