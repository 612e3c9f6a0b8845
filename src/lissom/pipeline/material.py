"""Rows as the learners want them: token ids, vectors, targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import UNKNOWN, Pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.nets import Lexicon


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Rows to learn from.

    Args:
        ids: token ids of each text.
        vectors: (rows, dimensions) embeddings of length 1.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        groups: (rows,) rows with one number stay together.
        classes: how many classes there are.
    """

    ids: Sequence[Sequence[int]]
    vectors: NDArray[np.float32]
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: int

    def select(self, rows: NDArray[np.int64]) -> Material:
        """Return these rows only."""
        return Material(
            [self.ids[i] for i in rows],
            self.vectors[rows],
            self.targets[rows],
            self.groups[rows],
            self.classes,
        )

    @property
    def labelled(self) -> NDArray[np.int64]:
        """Return the positions of the labelled rows."""
        return np.flatnonzero(self.targets != UNKNOWN)

    def pool(self, lexicon: Lexicon) -> Pool:
        """Return these rows with their bag of words."""
        return Pool(self.vectors, lexicon.table(self.ids), self.targets, self.classes)
