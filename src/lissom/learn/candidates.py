"""The ways of learning that enter the race; each is one function of the pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.beside import see_words_too
from lissom.learn.catch_all import hear_other, quiet_other
from lissom.learn.linear import fit_head
from lissom.learn.pool import View
from lissom.learn.priors import class_mass
from lissom.learn.spread import neighbour_graphs, spread_labels
from lissom.nets import Head, RidgeFit, fit_ridge
from lissom.runtime import softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy import sparse

    from lissom.learn.pool import Learning, Pool


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What one candidate learned.

    Args:
        head: scores over embeddings, or None for a candidate that reads words only.
        words: scores over the bag of words, or None for one that reads embeddings.
        is_tuned: the embeddings are those of a tuned encoder.
    """

    head: Head | None = None
    words: RidgeFit | None = None
    is_tuned: bool = False

    def score(self, pool: Pool) -> NDArray[np.float32]:
        """Return (rows, classes) scores of a pool's rows."""
        if self.head is not None:
            view = pool.tuned if self.is_tuned and pool.tuned is not None else pool.frozen
            return self.head.score(view.vectors)
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


LABELLED_WEIGHT = 3.0
"""A person's label counts as much as three guesses that are certain; 1 and 3 differed by 0 to 0.4
points on two development sets."""


def learn_together(pool: Pool, how: Learning) -> Learnt:
    """Learn a head from what a first head says that sees the words, too.

    The first head reads embeddings and the main directions of the words; its guesses for the
    unlabelled rows teach a head that reads embeddings alone, as what ships does.
    """
    said = softmax(_hear_both(pool, how).score(_beside(pool)))
    return Learnt(head=distil_guesses(pool, pool.frozen, said, how))


def _beside(pool: Pool) -> NDArray[np.float32]:
    return see_words_too(pool) if pool.beside is None else pool.beside


def _hear_both(pool: Pool, how: Learning) -> Head:
    beside = _beside(pool)
    wider = beside.shape[1] - pool.vectors.shape[1]
    names = None if pool.names is None else np.pad(pool.names, ((0, 0), (0, wider)))
    return learn_with_names(pool, View(beside, names, pool.other), how)


def learn_propagation(pool: Pool, how: Learning) -> Learnt:
    """Learn a head from labels that spread over the unlabelled rows.

    What a row brings is the opinion of the head that sees the words too; whose neighbour it is, the
    encoder alone says.
    """
    opinions = softmax(_hear_both(pool, how).score(_beside(pool)))
    shares = spread_over(pool, pool.frozen, how, opinions=opinions)
    return Learnt(head=distil_guesses(pool, pool.frozen, shares, how))


def learn_tuned(pool: Pool, how: Learning) -> Learnt:
    """Learn a head on an encoder that was tuned on the labelled rows.

    Where no encoder was tuned, the base's view serves.
    """
    view = pool.tuned or pool.frozen
    return Learnt(head=learn_with_names(pool, view, how), is_tuned=pool.tuned is not None)


def learn_tuned_propagation(pool: Pool, how: Learning) -> Learnt:
    """Learn a head from guesses for the unlabelled rows, made with a tuned encoder.

    They are the mean of a plain head's and of labels that spread: either alone is sometimes far
    off. Where no encoder was tuned, the base's view serves.
    """
    view = pool.tuned or pool.frozen
    spread = distil_guesses(pool, view, spread_over(pool, view, how), how)
    plain = learn_with_names(pool, view, how)
    guesses = softmax(spread.score(view.vectors)) + softmax(plain.score(view.vectors))
    head = distil_guesses(pool, view, guesses / np.float32(2), how)
    return Learnt(head=head, is_tuned=pool.tuned is not None)


def learn_taught(pool: Pool, how: Learning) -> Learnt:
    """Learn a head on the base from what a teacher's plain head says of every row.

    The teacher is another encoder, which does not ship. Where there is none, the base's view
    serves.

    Source: Hinton, Vinyals, Dean (2015), "Distilling the knowledge in a neural network"; here the
    teacher's answers on unlabelled rows are what is learned, each weighted by how sure it is.
    """
    view = pool.taught or pool.frozen
    said = softmax(learn_with_names(pool, view, how).score(view.vectors))
    return Learnt(head=distil_guesses(pool, pool.frozen, said, how))


def learn_taught_propagation(pool: Pool, how: Learning) -> Learnt:
    """Learn a head on the base from labels that spread over the rows as a teacher sees them.

    Where there is no teacher, the base's view serves.
    """
    view = pool.taught or pool.frozen
    return Learnt(head=distil_guesses(pool, pool.frozen, spread_over(pool, view, how), how))


def combine(
    pool: Pool, learnt: Mapping[str, Learnt], weights: Mapping[str, float], how: Learning
) -> Learnt:
    """Learn one head that says what several candidates say together.

    Args:
        pool: the rows.
        learnt: candidate to what it learned of these rows.
        weights: candidate to its share in the answer.
        how: the head's penalty.
    """
    guesses = np.zeros((len(pool.targets), pool.classes), np.float32)
    for name, share in weights.items():
        guesses += np.float32(share) * softmax(learnt[name].score(pool))
    is_tuned = pool.tuned is not None and any(learnt[name].is_tuned for name in weights)
    view = pool.tuned if is_tuned and pool.tuned is not None else pool.frozen
    return Learnt(head=distil_guesses(pool, view, guesses, how), is_tuned=is_tuned)


def spread_over(
    pool: Pool,
    view: View,
    how: Learning,
    graphs: Sequence[sparse.csr_matrix] | None = None,
    *,
    steps: int = 30,
    opinions: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return (rows, classes) shares after labels have spread over one view of the rows.

    A first head gives every unlabelled row a weak opinion; the graph evens out opinions among
    neighbours.

    Args:
        pool: the rows.
        view: how an encoder sees them.
        how: settings.
        graphs: of the view's rows, where they are known already; the shares are averaged over them.
        steps: how far labels spread.
        opinions: (rows, classes) probabilities of the first head; None for one that reads this view
            and for which the name of each class is one more labelled text.
    """
    rows = pool.labelled
    if graphs is None:
        graphs = neighbour_graphs(view.vectors, how.neighbours)
    if opinions is None:
        opinions = softmax(learn_with_names(pool, view, how).score(view.vectors))
    start = opinions * np.float32(how.prior)
    start[rows] = np.eye(pool.classes, dtype=np.float32)[pool.targets[rows]]
    quiet_other(start, view.other)
    counts = np.bincount(pool.targets[rows], minlength=pool.classes)
    wanted = class_mass(counts, opinions.mean(axis=0))
    shares = np.zeros_like(start)
    for graph in graphs:
        spread = spread_labels(graph, start, spread=how.spread, steps=steps, wanted=wanted)
        shares += spread / np.float32(len(graphs))
    return hear_other(shares, opinions, view.other)


def distil_guesses(pool: Pool, view: View, shares: NDArray[np.float32], how: Learning) -> Head:
    """Fit a head to the likeliest class of every row, each weighted by how sure it is."""
    rows = pool.labelled
    guessed, sureness = shares.argmax(axis=1), shares.max(axis=1)
    guessed[rows], sureness[rows] = pool.targets[rows], LABELLED_WEIGHT
    heard = sureness > 0
    vectors, targets, weights = view.vectors[heard], guessed[heard], sureness[heard]
    places, said = view.anchors()
    silent = ~np.isin(said, targets)
    if silent.any():
        # A class that no row was given can still be said: its name is a text of it.
        vectors = np.concatenate([vectors, places[silent]])
        targets = np.concatenate([targets, said[silent]])
        weights = np.concatenate([weights, np.ones(int(silent.sum()), np.float32)])
    return fit_head(vectors, targets, weights, classes=pool.classes, strength=how.strength)


def learn_with_names(pool: Pool, view: View, how: Learning) -> Head:
    """Learn a head from the labelled rows and the names of the classes."""
    rows = pool.labelled
    places, said = view.anchors()
    vectors = np.concatenate([view.vectors[rows], places])
    targets = np.concatenate([pool.targets[rows], said])
    ones = np.ones(len(targets), np.float32)
    return fit_head(vectors, targets, ones, classes=pool.classes, strength=how.strength)


LEARNERS: dict[str, Callable[[Pool, Learning], Learnt]] = {
    "lexical": learn_words,
    "frozen": learn_frozen,
    "together": learn_together,
    "propagation": learn_propagation,
    "contrastive": learn_tuned,
    "contrastive-propagation": learn_tuned_propagation,
    "taught": learn_taught,
    "taught-propagation": learn_taught_propagation,
}
"""The one place where a way of learning is added; the gate's default is "frozen"."""

BESIDE = frozenset({"together", "propagation"})
"""Candidates that see the words beside the embeddings."""

TUNED = frozenset({"contrastive", "contrastive-propagation"})
"""Candidates that want an encoder tuned on the labelled rows."""

TAUGHT = frozenset({"taught", "taught-propagation"})
"""Candidates that want a teacher; what they learn is a head on the base, like any other's."""
