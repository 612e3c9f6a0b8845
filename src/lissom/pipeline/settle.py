"""Temperatures, deferral and promise: chosen on held-out rows, and judged on others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import (
    UNKNOWN,
    Leaning,
    Promise,
    find_leaning,
    fit_temperature,
    promise_precision,
)
from lissom.nets import Head, RidgeFit
from lissom.runtime import keeps, softmax
from lissom.shrink import Deferral, Pairs, choose_deferral

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.pipeline.crossfit import Held, Trained
    from lissom.pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Settled:
    """What turns scores into answers.

    Args:
        reading_temperature: scores of the tier that reads are divided by this.
        words_temperature: the same for the lexical tier.
        deferral: when the lexical tier hands a text over.
        promise: where answers are unsure.
        leaning: what is added to log-probabilities.
    """

    reading_temperature: float
    words_temperature: float
    deferral: Deferral
    promise: Promise
    leaning: Leaning = field(default_factory=Leaning)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Answers to rows by settings that were chosen on other rows.

    Args:
        probabilities: (rows, classes).
        is_unsure: (rows,) below the promise's threshold.
        is_words: (rows,) answered by the lexical tier.
        parent: (rows,) the answer of the uncompressed model.
    """

    probabilities: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    is_words: NDArray[np.bool_]
    parent: NDArray[np.int64]


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
    leaning = _lean(held, targets, rows, (reading, words), is_words=is_words)
    held = _lean_held(held, leaning, (reading, words), is_words=is_words)
    pairs = Pairs(held.words[rows], held.parent[rows], held.known[rows])
    deferral = choose_deferral(pairs, recipe.shrink)
    if is_words and len(rows):
        rarest = float(np.quantile(held.known[rows], recipe.shrink.defer_rarest))
        deferral = Deferral(0.0, rarest)
    # `held` leans already.
    open_settings = Settled(reading, words, deferral, Promise(0.0, None))
    judged = _answer(held, labelled, open_settings)
    right = judged.probabilities.argmax(axis=1) == targets[labelled]
    sureness = judged.probabilities.max(axis=1, initial=0)
    promise = promise_precision(sureness, right, precision=recipe.examine.promise)
    return Settled(reading, words, deferral, promise, leaning)


def _lean(
    held: Held,
    targets: NDArray[np.int64],
    rows: NDArray[np.int64],
    temperatures: tuple[float, float],
    *,
    is_words: bool,
) -> Leaning:
    scores, temperature = (
        (held.words, temperatures[1]) if is_words else (held.reading, temperatures[0])
    )
    chances = softmax(scores[rows] / np.float32(temperature))
    is_labelled = targets[rows] != UNKNOWN
    return find_leaning(chances[is_labelled], targets[rows][is_labelled], chances[~is_labelled])


def _lean_held(
    held: Held, leaning: Leaning, temperatures: tuple[float, float], *, is_words: bool
) -> Held:
    if not leaning.shift:
        return held
    # What is added to a log-probability is added to a score, times its temperature.
    reading = held.reading + np.float32(temperatures[0]) * leaning.added
    words = held.words + np.float32(temperatures[1]) * leaning.added
    parent = (words if is_words else reading).argmax(axis=1)
    return replace(held, reading=reading, words=words, parent=parent)


def lean_trained(trained: Trained, settled: Settled) -> Trained:
    """Return both tiers with what is added to each class in their biases.

    Args:
        trained: fitted to the rows alone.
        settled: chosen on held-out rows.
    """
    if not settled.leaning.shift:
        return trained
    to_words = np.float32(settled.words_temperature) * settled.leaning.added
    to_reading = np.float32(settled.reading_temperature) * settled.leaning.added
    # The tier that reads hears the lexical tier, and with it what was added there.
    to_head = to_reading - np.float32(trained.mix) * to_words
    return replace(
        trained,
        reading=Head(trained.reading.weights, trained.reading.bias + to_head),
        words=RidgeFit(trained.words.weights, trained.words.bias + to_words),
    )


def answer(held: Held, rows: NDArray[np.int64], settled: Settled, *, is_words: bool) -> Judged:
    """Answer held-out rows as the cascade would.

    Args:
        held: scores that no row had a part in.
        rows: the rows to answer.
        settled: temperatures, deferral, promise, leaning.
        is_words: the lexical tier is the model itself.
    """
    temperatures = (settled.reading_temperature, settled.words_temperature)
    return _answer(
        _lean_held(held, settled.leaning, temperatures, is_words=is_words), rows, settled
    )


def _answer(held: Held, rows: NDArray[np.int64], settled: Settled) -> Judged:
    is_words = keeps(
        held.words[rows], held.known[rows], settled.deferral.margin, settled.deferral.known
    )
    probabilities = np.where(
        is_words[:, None],
        softmax(held.words[rows] / np.float32(settled.words_temperature)),
        softmax(held.reading[rows] / np.float32(settled.reading_temperature)),
    )
    is_unsure = probabilities.max(axis=1, initial=0) < settled.promise.unsure_below
    return Judged(probabilities, is_unsure, is_words, held.parent[rows])


def judge(held: Held, targets: NDArray[np.int64], recipe: Recipe, *, is_words: bool) -> Judged:
    """Answer every row with settings chosen on the other folds."""
    count = len(targets)
    judged = Judged(
        np.zeros_like(held.reading),
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
        np.zeros(count, np.int64),
    )
    for fold in range(int(held.folds.max()) + 1):
        others, these = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
        settled = settle(held, targets, others, recipe, is_words=is_words)
        part = answer(held, these, settled, is_words=is_words)
        judged.probabilities[these] = part.probabilities
        judged.is_unsure[these] = part.is_unsure
        judged.is_words[these] = part.is_words
        judged.parent[these] = part.parent
    return judged
