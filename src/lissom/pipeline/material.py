"""Rows as the learners want them: token ids, vectors, targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import UNKNOWN, Pool, View

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
        names: embeddings of the classes' names, or None where they say nothing.
        name_ids: token ids of the classes' names, or None where they say nothing.
        tuned: the same rows as a tuned encoder sees them, or None where none was asked.
        other: the class that holds whatever fits no other, or None.
        taught: the same rows as a teacher sees them, which does not ship, or None where none was
            asked.
    """

    ids: Sequence[Sequence[int]]
    vectors: NDArray[np.float32]
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: int
    names: NDArray[np.float32] | None = None
    name_ids: Sequence[Sequence[int]] | None = None
    tuned: View | None = None
    other: int | None = None
    taught: View | None = None

    def select(self, rows: NDArray[np.int64]) -> Material:
        """Return these rows only."""
        return Material(
            [self.ids[i] for i in rows],
            self.vectors[rows],
            self.targets[rows],
            self.groups[rows],
            self.classes,
            self.names,
            self.name_ids,
            self.tuned.select(rows) if self.tuned is not None else None,
            self.other,
            self.taught.select(rows) if self.taught is not None else None,
        )

    @property
    def labelled(self) -> NDArray[np.int64]:
        """Return the positions of the labelled rows."""
        return np.flatnonzero(self.targets != UNKNOWN)

    def pool(self, lexicon: Lexicon) -> Pool:
        """Return these rows with their bag of words."""
        table = lexicon.table(self.ids)
        seen = (self.names, self.tuned, self.other, self.taught)
        return Pool(self.vectors, table, self.targets, self.classes, *seen)
