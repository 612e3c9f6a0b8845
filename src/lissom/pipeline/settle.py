"""Temperatures, deferral and promise: chosen on held-out rows, and judged on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import UNKNOWN, Promise, fit_temperature, promise_precision
from lissom.runtime import keeps, softmax
from lissom.shrink import Deferral, Pairs, choose_deferral

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.pipeline.crossfit import Held
    from lissom.pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Settled:
    """What turns scores into answers."""

    reading_temperature: float
    words_temperature: float
    deferral: Deferral
    promise: Promise


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Answers to rows by settings that were chosen on other rows.

    Args:
        probabilities: (rows, classes).
        is_unsure: (rows,) below the promise's threshold.
        is_words: (rows,) answered by the lexical tier.
    """

    probabilities: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    is_words: NDArray[np.bool_]


def settle(
    held: Held,
    targets: NDArray[np.int64],
    rows: NDArray[np.int64],
    recipe: Recipe,
    *,
    is_words: bool,
) -> Settled:
    """Choose the settings on some held-out rows.

    Args:
        held: scores that no row had a part in.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        rows: the rows to choose on.
        recipe: what is allowed and promised.
        is_words: the lexical tier is the model itself.
    """
    labelled = rows[targets[rows] != UNKNOWN]
    reading = fit_temperature(held.reading[labelled], targets[labelled])
    words = fit_temperature(held.words[labelled], targets[labelled])
    pairs = Pairs(held.words[rows], held.parent[rows], held.known[rows])
    deferral = choose_deferral(pairs, recipe.shrink)
    if is_words and len(rows):
        rarest = float(np.quantile(held.known[rows], recipe.shrink.defer_rarest))
        deferral = Deferral(0.0, rarest)
    open_settings = Settled(reading, words, deferral, Promise(0.0, None))
    judged = answer(held, labelled, open_settings)
    right = judged.probabilities.argmax(axis=1) == targets[labelled]
    sureness = judged.probabilities.max(axis=1, initial=0)
    promise = promise_precision(sureness, right, precision=recipe.examine.promise)
    return Settled(reading, words, deferral, promise)


def answer(held: Held, rows: NDArray[np.int64], settled: Settled) -> Judged:
    """Answer held-out rows as the cascade would."""
    is_words = keeps(
        held.words[rows], held.known[rows], settled.deferral.margin, settled.deferral.known
    )
    probabilities = np.where(
        is_words[:, None],
        softmax(held.words[rows] / np.float32(settled.words_temperature)),
        softmax(held.reading[rows] / np.float32(settled.reading_temperature)),
    )
    is_unsure = probabilities.max(axis=1, initial=0) < settled.promise.unsure_below
    return Judged(probabilities, is_unsure, is_words)


def judge(held: Held, targets: NDArray[np.int64], recipe: Recipe, *, is_words: bool) -> Judged:
    """Answer every row with settings chosen on the other folds."""
    count = len(targets)
    judged = Judged(
        np.zeros_like(held.reading), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    )
    for fold in range(int(held.folds.max()) + 1):
        others, these = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
        settled = settle(held, targets, others, recipe, is_words=is_words)
        part = answer(held, these, settled)
        judged.probabilities[these] = part.probabilities
        judged.is_unsure[these] = part.is_unsure
        judged.is_words[these] = part.is_words
    return judged
