"""Answers whose quality was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.examine import Answered

if TYPE_CHECKING:
    from numpy.typing import NDArray


def draw(rows: int, classes: int, *, seed: int, truth: float = 1.0) -> Answered:
    """Return answers whose probabilities are true, to the power of `truth`, then made to sum to 1.

    Probabilities are counts of 256ths, so they sum to 1 in float32 too when `truth` is 1.
    """
    rng = np.random.default_rng(seed)
    shapes = rng.dirichlet(np.full(classes, 0.6), rows)
    counts = np.array([rng.multinomial(256 - classes, shape) + 1 for shape in shapes])
    chances = counts / 256
    targets = (chances.cumsum(axis=1) <= rng.random((rows, 1))).sum(axis=1)
    said = chances**truth
    said /= said.sum(axis=1, keepdims=True)
    return answers(targets, said)


def answers(targets: NDArray[np.int64], said: NDArray[np.float64]) -> Answered:
    """Return these answers; none is unsure."""
    names = tuple(f"kind {number}" for number in range(said.shape[1]))
    unsure = np.zeros(len(targets), np.bool_)
    return Answered(
        targets.astype(np.int64), said.astype(np.float32), unsure, names, "planted", "test rows"
    )


def say(targets: list[int], predicted: list[int], classes: int) -> Answered:
    """Return answers that are quite certain of the class given for each row."""
    said = np.full((len(targets), classes), 0.1 / max(classes - 1, 1))
    said[np.arange(len(targets)), predicted] = 0.9
    return answers(np.array(targets, np.int64), said)
