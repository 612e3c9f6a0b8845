"""What every candidate learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

UNKNOWN = -1
"""The class number of an unlabelled row."""

MOST_APART = 600
"""Enough to bound a disagreement of 2 % within about 1.5 points; more would only cost rows."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How the candidates learn.

    Args:
        folds: parts that the labelled rows are cut into for every cross-fitted figure.
        strength: inverse penalty of the logistic regression (scikit-learn's C).
        neighbours: edges per row of each graph; shares are averaged over the graphs.
        spread: share of a row's class that comes from its neighbours, in (0, 1).
        prior: weight of the frozen model's opinion on an unlabelled row, in [0, 1].
        max_pool: most unlabelled rows that are learned from; more are drawn by the seed.
        lexical_strength: penalty of the bag of words' ridge regression.
        certify_share: share of the unlabelled rows that nothing is fitted on, at most
            `MOST_APART` rows.
    """

    folds: int = 5
    strength: float = 10.0  # embeddings have length 1, so little penalty is needed
    neighbours: tuple[int, ...] = (5, 10, 15)  # steadier than any one; 20 was 1.5 points worse
    spread: float = 0.8  # 0.6 to 0.9 differed by less than 0.3 points
    prior: float = 0.3  # 0.1 to 1 differed by less than 0.2 points
    max_pool: int = 10_000  # the default build stays under two minutes on 2 cores
    lexical_strength: float = 1.0
    certify_share: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How one encoder sees the rows.

    Args:
        vectors: (rows, dimensions) embeddings of length 1.
        names: (classes, dimensions) embeddings of the classes' own names, or None where the names
            say nothing ("0", "1").
        other: the class that holds whatever fits no other, or None; its name is no place among
            the rows.
    """

    vectors: NDArray[np.float32]
    names: NDArray[np.float32] | None = None
    other: int | None = None

    def select(self, rows: NDArray[np.int64]) -> View:
        """Return these rows only."""
        return View(self.vectors[rows], self.names, self.other)

    def anchors(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the embedded names that say where a class is, and the class of each."""
        if self.names is None:
            return self.vectors[:0], np.zeros(0, np.int64)
        said = np.array([n for n in range(len(self.names)) if n != self.other], np.int64)
        return self.names[said], said


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Rows to learn from, labelled and not.

    Args:
        vectors: (rows, dimensions) embeddings of length 1.
        table: (rows, features) bag of words of the same rows.
        targets: (rows,) class numbers, `UNKNOWN` for an unlabelled row.
        classes: how many classes there are.
        names: (classes, dimensions) embeddings of the classes' own names, or None where the names
            say nothing ("0", "1").
        tuned: the same rows as an encoder sees them that was tuned on the labelled ones; None
            where none was.
        other: the class that holds whatever fits no other, or None.
        taught: the same rows as a teacher sees them, an encoder that does not ship; None where
            none was asked.
        beside: (rows, more dimensions) from `see_words_too`, where it is known already; whoever
            wants it and finds None makes it.
    """

    vectors: NDArray[np.float32]
    table: sparse.csr_matrix
    targets: NDArray[np.int64]
    classes: int
    names: NDArray[np.float32] | None = None
    tuned: View | None = None
    other: int | None = None
    taught: View | None = None
    beside: NDArray[np.float32] | None = None

    @property
    def frozen(self) -> View:
        """Return the rows as the base encoder sees them."""
        return View(self.vectors, self.names, self.other)

    def select(self, rows: NDArray[np.int64]) -> Pool:
        """Return these rows only."""
        return Pool(
            self.vectors[rows],
            self.table[rows],
            self.targets[rows],
            self.classes,
            self.names,
            self.tuned.select(rows) if self.tuned is not None else None,
            self.other,
            self.taught.select(rows) if self.taught is not None else None,
            self.beside[rows] if self.beside is not None else None,
        )

    @property
    def labelled(self) -> NDArray[np.int64]:
        """Return the positions of the labelled rows."""
        return np.flatnonzero(self.targets != UNKNOWN)
