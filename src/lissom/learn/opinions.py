"""What the labels so far say of every row, and of rows whose label was hidden from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.calibrate import fit_temperature
from lissom.learn.candidates import learn_frozen, learn_with_names, spread_over
from lissom.learn.pool import UNKNOWN
from lissom.learn.race import DEFAULT, choose
from lissom.learn.spread import join_neighbours
from lissom.runtime import softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from lissom.learn.pool import Learning, Pool
    from lissom.learn.spread import Nearest

_NEIGHBOURS, _STEPS = 10, 15
"""One graph and half the steps of the candidate: several times as fast, and here only a guide."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Rows, some labelled, and what is near what.

    Args:
        pool: the rows; its classes are those that have a label.
        nearest: the nearest rows of each row.
        how: settings of the learners.
    """

    pool: Pool
    nearest: Nearest
    how: Learning

    def hide_all_but(self, rows: NDArray[np.int64]) -> Known:
        """Return the same with the labels of these rows only."""
        targets = np.full_like(self.pool.targets, UNKNOWN)
        targets[rows] = self.pool.targets[rows]
        return replace(self, pool=replace(self.pool, targets=targets))


def _learn_plainly(known: Known) -> NDArray[np.float32]:
    return softmax(learn_frozen(known.pool, known.how).score(known.pool))


def _learn_by_spreading(known: Known) -> NDArray[np.float32]:
    graph = join_neighbours(known.nearest, _NEIGHBOURS)
    return spread_over(known.pool, known.pool.frozen, known.how, [graph], steps=_STEPS)


_WAYS: dict[str, Callable[[Known], NDArray[np.float32]]] = {
    DEFAULT: _learn_plainly,
    "propagation": _learn_by_spreading,
}
"""Candidates that take a second or so, by the names that they race under."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Labelled rows, judged by what was learned without their fold.

    Args:
        weights: candidate to its share in the answer, as the race would have it.
        rows: the labelled rows.
        shares: (labelled, classes) of the candidates together.
    """

    weights: Mapping[str, float]
    rows: NDArray[np.int64]
    shares: NDArray[np.float32]


def hold_out(known: Known, folds: NDArray[np.int64]) -> HeldOut:
    """Judge every labelled row by the labels of other folds, and weigh the candidates.

    Args:
        known: the rows.
        folds: (rows,) fold numbers from 0.
    """
    rows, targets = known.pool.labelled, known.pool.targets
    found = {way: np.zeros((len(rows), known.pool.classes), np.float32) for way in _WAYS}
    for fold in range(int(folds[rows].max(initial=-1)) + 1):
        these = folds[rows] == fold
        seen = known.hide_all_but(rows[~these])
        for way, learn in _WAYS.items():
            found[way][these] = learn(seen)[rows[these]]
    weights = choose(
        {way: shares.argmax(axis=1) == targets[rows] for way, shares in found.items()}
    ).weights
    return HeldOut(weights, rows, _together({way: found[way] for way in weights}, weights))


def answer_by(known: Known, weights: Mapping[str, float]) -> NDArray[np.float32]:
    """Return (rows, classes) shares that the candidates together give every row."""
    return _together({way: _WAYS[way](known) for way in weights}, weights)


def _together(
    shares: Mapping[str, NDArray[np.float32]], weights: Mapping[str, float]
) -> NDArray[np.float32]:
    first = next(iter(shares.values()))
    total = np.zeros_like(first)
    for way, weight in weights.items():
        total += np.float32(weight) * shares[way]
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What the labels so far say of every row.

    Args:
        doubt: (rows,) how unsure the plain model is, in [0, 1]; all 1 when it cannot be asked.
        guesses: (rows,) the class that each row seems to be, `UNKNOWN` when there is no label.
        chances: (rows,) calibrated probability of the guess, or None when too few labels were
            there to calibrate on.
    """

    doubt: NDArray[np.float32]
    guesses: NDArray[np.int64]
    chances: NDArray[np.float32] | None


def form_opinion(known: Known, held: HeldOut | None) -> Opinion:
    """Say what the labels so far make of every row.

    Args:
        known: the rows.
        held: from `hold_out`, or None when there are too few labels for it.
    """
    pool = known.pool
    count = len(pool.targets)
    in_doubt = np.ones(count, np.float32)
    if pool.classes < 2:  # noqa: PLR2004 - one class leaves nothing to be unsure of
        return Opinion(in_doubt, np.full(count, UNKNOWN if pool.classes == 0 else 0), None)
    shares = softmax(learn_with_names(pool, pool.frozen, known.how).score(pool.vectors))
    best = np.partition(shares, -2, axis=1)
    doubt = 1 - (best[:, -1] - best[:, -2])
    if held is None:
        return Opinion(doubt, shares.argmax(axis=1), None)
    found = answer_by(known, held.weights)
    temperature = fit_temperature(_scores(held.shares), pool.targets[held.rows])
    chances = softmax(_scores(found) / np.float32(temperature)).max(axis=1)
    return Opinion(doubt, found.argmax(axis=1), chances)


def _scores(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores whose softmax at temperature 1 gives the shares again."""
    scores: NDArray[np.float32] = np.log(np.maximum(shares, np.float32(1e-9)))
    return scores
