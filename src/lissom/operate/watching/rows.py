"""Answers as the monitors see them: numbers, no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some answers, in the order in which they were given.

    Args:
        numbers: (rows,) under which they stand in the log, ascending.
        sketches: (rows, 64) of the texts.
        chances: (rows, labels) calibrated probabilities.
        tokens: (rows,) lengths of the texts.
        known: (rows,) share of each text's features that training had seen.
    """

    numbers: NDArray[np.int64]
    sketches: NDArray[np.float32]
    chances: NDArray[np.float32]
    tokens: NDArray[np.int64]
    known: NDArray[np.float32]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)

    @property
    def best(self) -> NDArray[np.float32]:
        """Return the probability of each row's answer."""
        found: NDArray[np.float32] = self.chances.max(axis=1, initial=0.0)
        return found

    def take(self, at: NDArray[np.bool_] | NDArray[np.int64]) -> Rows:
        """Return some of the rows, by mask or position."""
        return Rows(
            self.numbers[at],
            self.sketches[at],
            self.chances[at],
            self.tokens[at],
            self.known[at],
        )


def join(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all parts, one after the other; at least one part."""
    return Rows(
        np.concatenate([part.numbers for part in parts]),
        np.concatenate([part.sketches for part in parts]),
        np.concatenate([part.chances for part in parts]),
        np.concatenate([part.tokens for part in parts]),
        np.concatenate([part.known for part in parts]),
    )
