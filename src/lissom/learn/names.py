"""A start without one label: what the names of the classes say about the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.candidates import Learnt
from lissom.learn.catch_all import quiet_other
from lissom.learn.linear import fit_head
from lissom.learn.spread import neighbour_graphs, spread_labels
from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn.pool import Learning, Pool

_SHARPNESS = 20.0
"""Cosines times this are scores; 10 and 20 differed by 0.6 points on a development set."""

_ROUNDS = 1
"""Times that each class is moved to its rows: +3.9, +3.0, +2.4, 0 and -0.9 points on five
development sets; a second time made it +4.1, +3.5, +4.0, -0.5 and -2.6."""

_NAME_WEIGHT = 2.0
"""What the name still counts beside the mean of the rows. At 0.5 the gains were the same and the
loss 2.3 to 5.7 points: classes drift to whatever clusters there are."""


def learn_names(pool: Pool, how: Learning) -> Learnt:
    """Learn a head from the names of the classes and from rows without labels.

    Each name is a point among the rows. Rows and names are centred first, so that no class is near
    to everything; opinions spread over the graph of neighbours, with equal mass for each class;
    the classes are moved towards the rows that they got; a head learns from the outcome,
    each row weighted by how sure it is. A label, where there is one, holds. A class whose name says
    nothing (a catch-all) is learned from its labelled rows alone.

    Args:
        pool: with names; vectors of length 1 or a little less.
        how: neighbours, spread and strength, as for propagation.

    Source: label propagation and class mass normalisation as in `spread_labels`; centring against
    hubs, Suzuki, Hara, Shimbo, Saerens, Fukumizu (2013), EMNLP; moving the classes, Ren et al.
    (2018), ICLR.
    """
    places, said = pool.frozen.anchors()
    labelled = pool.labelled
    rows = _centred(pool.vectors)
    points = _centred(places) if len(places) > 1 else _unit(places)
    graphs = neighbour_graphs(pool.vectors, how.neighbours)
    shares = np.zeros((len(rows), pool.classes), np.float32)
    moved = points
    for number in range(_ROUNDS + 1):
        if number:
            pulled = _unit((shares[:, said] ** 2).T @ rows)
            moved = _unit(pulled + np.float32(_NAME_WEIGHT) * points)
        start = np.zeros_like(shares)
        start[:, said] = softmax(np.float32(_SHARPNESS) * (rows @ moved.T))
        start[labelled] = np.eye(pool.classes, dtype=np.float32)[pool.targets[labelled]]
        quiet_other(start, pool.other)
        shares = np.zeros_like(shares)
        for graph in graphs:
            spread = spread_labels(graph, start, spread=how.spread)
            shares += spread / np.float32(len(how.neighbours))
    guessed, sureness = shares.argmax(axis=1), shares.max(axis=1)
    guessed[labelled], sureness[labelled] = pool.targets[labelled], 1
    heard = sureness > 0
    # The names are texts of their classes, too: a class that no row was given can still be said.
    head = fit_head(
        np.concatenate([pool.vectors[heard], places]),
        np.concatenate([guessed[heard], said]),
        np.concatenate([sureness[heard], np.ones(len(said), np.float32)]),
        classes=pool.classes,
        strength=how.strength,
    )
    return Learnt(head=head)


def _centred(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return _unit(vectors - vectors.mean(axis=0))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return found
