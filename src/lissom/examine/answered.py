"""What a model said of rows whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Rated(Protocol):
    """Answers of any kind, as far as how sure and how right they are."""

    @property
    def sureness(self) -> NDArray[np.float32]:
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
    """

    targets: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    classes: tuple[str, ...]
    method: str
    source: str

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Return the class number of each answer."""
        found: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return found

    @property
    def sureness(self) -> NDArray[np.float32]:
        """Return the probability of each answer."""
        best: NDArray[np.float32] = self.probabilities.max(axis=1)
        return best

    @property
    def right(self) -> NDArray[np.bool_]:
        """Return whether each answer is the true one."""
        same: NDArray[np.bool_] = self.predicted == self.targets
        return same

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.targets)
