"""The ways of learning that enter the race; each is one function of the pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.linear import fit_head
from lissom.learn.spread import neighbour_graphs, spread_labels
from lissom.nets import Head, RidgeFit, fit_ridge
from lissom.runtime import softmax

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.learn.pool import Learning, Pool


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What one candidate learned.

    Args:
        head: scores over embeddings, or None for a candidate that reads words only.
        words: scores over the bag of words, or None for one that reads embeddings.
    """

    head: Head | None = None
    words: RidgeFit | None = None

    def score(self, pool: Pool) -> NDArray[np.float32]:
        """Return (rows, classes) scores of a pool's rows."""
        if self.head is not None:
            return self.head.score(pool.vectors)
        if self.words is not None:
            return self.words.score(pool.table)
        message = "a candidate learned neither a head nor words"
        raise ValueError(message)


def learn_words(pool: Pool, how: Learning) -> Learnt:
    """Learn from words alone: the baseline that a transformer has to beat."""
    rows = pool.labelled
    wanted = np.eye(pool.classes, dtype=np.float32)[pool.targets[rows]]
    return Learnt(words=fit_ridge(pool.table[rows], wanted, strength=how.lexical_strength))


def learn_frozen(pool: Pool, how: Learning) -> Learnt:
    """Learn a head on the frozen encoder from the labelled rows."""
    rows = pool.labelled
    ones = np.ones(len(rows), np.float32)
    head = fit_head(
        pool.vectors[rows],
        pool.targets[rows],
        ones,
        classes=pool.classes,
        strength=how.strength,
    )
    return Learnt(head=head)


def learn_propagation(pool: Pool, how: Learning) -> Learnt:
    """Learn a head from labels that spread over the unlabelled rows.

    The frozen head gives every unlabelled row a weak opinion; the graph evens out opinions among
    neighbours; a second head learns from the outcome, each row weighted by how sure it is.
    """
    rows = pool.labelled
    first = learn_frozen(pool, how)
    start = softmax(first.score(pool)) * np.float32(how.prior)
    start[rows] = np.eye(pool.classes, dtype=np.float32)[pool.targets[rows]]
    shares = np.zeros_like(start)
    for graph in neighbour_graphs(pool.vectors, how.neighbours):
        shares += spread_labels(graph, start, spread=how.spread) / np.float32(len(how.neighbours))
    guessed, sureness = shares.argmax(axis=1), shares.max(axis=1)
    guessed[rows], sureness[rows] = pool.targets[rows], 1
    heard = sureness > 0
    head = fit_head(
        pool.vectors[heard],
        guessed[heard],
        sureness[heard],
        classes=pool.classes,
        strength=how.strength,
    )
    return Learnt(head=head)


LEARNERS: dict[str, Callable[[Pool, Learning], Learnt]] = {
    "lexical": learn_words,
    "frozen": learn_frozen,
    "propagation": learn_propagation,
}
"""The one place where a way of learning is added; the gate's default is "frozen"."""
