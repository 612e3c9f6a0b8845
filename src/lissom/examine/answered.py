"""What a model said of rows whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.replies import Says


class Rated(Protocol):
    """Answers of any kind, as far as how sure and how right they are."""

    @property
    def sureness(self) -> NDArray[np.float32] | NDArray[np.float64]:
        """Return the probability of each answer."""
        ...

    @property
    def right(self) -> NDArray[np.bool_]:
        """Return whether each answer is the true one."""
        ...

    @property
    def is_unsure(self) -> NDArray[np.bool_]:
        """Return whether the model would have asked a person."""
        ...

    @property
    def method(self) -> str:
        """Return how the answers came about."""
        ...

    @property
    def source(self) -> str:
        """Return which rows these are."""
        ...

    def __len__(self) -> int:
        """Count the rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Answers beside the truth; every part of the examination starts here.

    Args:
        targets: (rows,) true class numbers.
        probabilities: (rows, classes) calibrated.
        is_unsure: (rows,) the model would have asked a person.
        classes: the names, in the order of the columns.
        method: how the answers came about ("cross-fitted, 5 folds" or "shipped artefact").
        source: which rows these are ("labelled rows of inbox.csv", "test.csv").
        says: whether `probabilities` holds one for each class, that of the answer alone (the
            others are 0), or nothing but a 1 for the answer.
        can_pass: it has a way to say "unsure" at all.
    """

    targets: NDArray[np.int64]
    probabilities: NDArray[np.float32] | NDArray[np.float64]
    is_unsure: NDArray[np.bool_]
    classes: tuple[str, ...]
    method: str
    source: str
    says: Says = "all"
    can_pass: bool = True

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Return the class number of each answer."""
        found: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return found

    @property
    def right(self) -> NDArray[np.bool_]:
        """Return whether each answer is the true one."""
        same: NDArray[np.bool_] = self.predicted == self.targets
        return same

    @property
    def sureness(self) -> NDArray[np.float64]:
        """Return the probability of each answer."""
        best: NDArray[np.float64] = self.probabilities.max(axis=1, initial=0.0).astype(np.float64)
        return best

    def select(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Answered:
        """Return these rows only."""
        return replace(
            self,
            targets=self.targets[rows],
            probabilities=self.probabilities[rows],
            is_unsure=self.is_unsure[rows],
        )

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.targets)
