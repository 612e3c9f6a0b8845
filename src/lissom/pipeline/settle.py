"""Temperatures, deferral and promise: chosen on held-out rows, and judged on others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec
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
from lissom.runtime import Familiar, keeps, softmax
from lissom.shrink import Deferral, Pairs, choose_deferral

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.pipeline.crossfit import Held, Trained
    from lissom.pipeline.recipe import Recipe

_FEWEST_SCALED = 20
_LEAST_APART = 1e-6
_FEWEST_STRANGE = 100
"""Labelled rows under which nobody knows where strangers begin: 3 of 100 lie beyond the 97th."""
_NEAR = 1.0
"""Weight of the cosine to the nearest class beside the best score, both in standard deviations.
Where the encoder reads, weights of 0, 0.5, 1, 2, 4 had a mean AUROC of 0.725, 0.740, 0.742, 0.740,
0.737 for classes left out of six public sets; of 0.76, 0.90, 0.94, 0.95, 0.96 for other sets' texts
on seven; and of 0.978, 0.985, 0.986, 0.986, 0.985 for CLINC150's own validation strangers."""
_UNKNOWN = 0.35
"""What a text loses whose features are all unknown, in best scores; chosen on CLINC150's own
validation texts, where 0.25 to 0.45 did as well. Beside nearness, 0.5 let 12 % of 200 validation
strangers pass instead of 14 %, which is within chance, so it stayed."""


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
    familiar: Familiar = field(default_factory=Familiar)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Answers to rows by settings that were chosen on other rows.

    Args:
        probabilities: (rows, classes).
        is_unsure: (rows,) below the promise's threshold, or too strange.
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
    deferral: Deferral | None = None,
) -> Settled:
    """Choose the settings on some held-out rows.

    Args:
        held: scores that no row had a part in.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        rows: the rows to choose on.
        recipe: what is allowed and promised.
        is_words: the lexical tier is the model itself.
        deferral: what was settled on elsewhere; None to choose it here.
    """
    labelled = rows[targets[rows] != UNKNOWN]
    reading = fit_temperature(held.reading[labelled], targets[labelled])
    words = fit_temperature(held.words[labelled], targets[labelled])
    leaning = _lean(held, targets, rows, (reading, words), is_words=is_words)
    held = _lean_held(held, leaning, (reading, words), is_words=is_words)
    deferral = deferral or _choose_deferral(held, rows, recipe, is_words=is_words)
    familiar = find_familiar(held, rows, labelled, deferral, recipe.examine.keep)
    # `held` leans already.
    open_settings = Settled(reading, words, deferral, Promise(0.0, None))
    judged = _answer(held, labelled, open_settings)
    right = judged.probabilities.argmax(axis=1) == targets[labelled]
    sureness = judged.probabilities.max(axis=1, initial=0)
    promise = promise_precision(sureness, right, precision=recipe.examine.promise)
    return Settled(reading, words, deferral, promise, leaning, familiar)


def _choose_deferral(
    held: Held, rows: NDArray[np.int64], recipe: Recipe, *, is_words: bool
) -> Deferral:
    if is_words and len(rows):
        least = float(np.quantile(held.words[rows].max(axis=1), recipe.shrink.defer_rarest))
        return Deferral(0.0, 0.0, least)
    pairs = Pairs(held.words[rows], held.parent[rows], held.known[rows])
    return choose_deferral(pairs, recipe.shrink)


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


def lean(held: Held, settled: Settled, *, is_words: bool) -> Held:
    """Return held-out scores with what is added to each class.

    Args:
        held: scores that no row had a part in.
        settled: temperatures and leaning.
        is_words: the lexical tier is the model itself.
    """
    temperatures = (settled.reading_temperature, settled.words_temperature)
    return _lean_held(held, settled.leaning, temperatures, is_words=is_words)


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


def find_familiar(
    held: Held,
    rows: NDArray[np.int64],
    labelled: NDArray[np.int64],
    deferral: Deferral,
    keep: float,
) -> Familiar:
    """Put both tiers' best scores on one scale, and find where strangers begin.

    Args:
        held: scores that no row had a part in.
        rows: held-out rows, labelled or not.
        labelled: of these, the labelled ones; only they are known to belong.
        deferral: who answers what.
        keep: share of the labelled rows that are not to be called strange.
    """
    if len(rows) < _FEWEST_SCALED:
        return Familiar()
    words, best = held.words[rows].max(axis=1), held.reading[rows].max(axis=1)
    apart = float(held.near[rows].std())
    closeness = _NEAR * float(best.std()) / apart if apart > _LEAST_APART else 0.0
    read = Familiar(closeness=closeness).of_read(best, held.near[rows])
    slope, offset = 0.0, float(np.median(read))
    if float(words.std()) > 0:
        slope, offset = (float(one) for one in np.polyfit(words, read, 1))
    if slope < 0:
        slope, offset = 0.0, float(np.median(read))
    # Chosen for best scores alone; where nearness counts too, the scale is wider.
    wider = float(read.std()) / float(best.std()) if closeness else 1.0
    unknown = _UNKNOWN * abs(float(np.median(best))) * wider
    scaled = Familiar(slope=slope, offset=offset, unknown=unknown, closeness=closeness)
    if len(labelled) < _FEWEST_STRANGE:
        return scaled
    is_words = hand_over(held, labelled, deferral)
    found = familiarity(held, labelled, scaled, is_words)
    least = float(np.quantile(found, 1 - keep, method="lower"))
    return msgspec.structs.replace(scaled, least=least)


def hand_over(held: Held, rows: NDArray[np.int64], deferral: Deferral) -> NDArray[np.bool_]:
    """Say which held-out rows the lexical tier would keep."""
    words, known = held.words[rows], held.known[rows]
    return keeps(words, known, deferral.margin, deferral.known, deferral.least)


def familiarity(
    held: Held, rows: NDArray[np.int64], familiar: Familiar, is_words: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return how familiar held-out rows are to whichever tier answers them."""
    as_read = familiar.as_read(held.words[rows].max(axis=1), held.known[rows])
    read = familiar.of_read(held.reading[rows].max(axis=1), held.near[rows])
    return np.where(is_words, as_read, read).astype(np.float32)


def answer(held: Held, rows: NDArray[np.int64], settled: Settled, *, is_words: bool) -> Judged:
    """Answer held-out rows as the cascade would.

    Args:
        held: scores that no row had a part in.
        rows: the rows to answer.
        settled: temperatures, deferral, promise, leaning.
        is_words: the lexical tier is the model itself.
    """
    return _answer(lean(held, settled, is_words=is_words), rows, settled)


def _answer(held: Held, rows: NDArray[np.int64], settled: Settled) -> Judged:
    is_words = hand_over(held, rows, settled.deferral)
    probabilities = np.where(
        is_words[:, None],
        softmax(held.words[rows] / np.float32(settled.words_temperature)),
        softmax(held.reading[rows] / np.float32(settled.reading_temperature)),
    )
    is_unsure = probabilities.max(axis=1, initial=0) < settled.promise.unsure_below
    is_unsure |= settled.familiar.is_strange(familiarity(held, rows, settled.familiar, is_words))
    return Judged(probabilities, is_unsure, is_words, held.parent[rows])


def judge(
    held: Held,
    targets: NDArray[np.int64],
    recipe: Recipe,
    *,
    is_words: bool,
    deferral: Deferral | None = None,
) -> Judged:
    """Answer every row with settings chosen on the other folds, or a deferral from elsewhere."""
    count = len(targets)
    judged = Judged(
        np.zeros_like(held.reading),
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
        np.zeros(count, np.int64),
    )
    for fold in range(int(held.folds.max()) + 1):
        others, these = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
        settled = settle(held, targets, others, recipe, is_words=is_words, deferral=deferral)
        part = answer(held, these, settled, is_words=is_words)
        judged.probabilities[these] = part.probabilities
        judged.is_unsure[these] = part.is_unsure
        judged.is_words[these] = part.is_words
        judged.parent[these] = part.parent
    return judged
