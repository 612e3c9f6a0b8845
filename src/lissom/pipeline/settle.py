"""Temperatures, deferral and promise: chosen on held-out rows, and judged on others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import UNKNOWN, Promise, fit_temperature, promise_precision
from lissom.runtime import Familiar, keeps, softmax
from lissom.shrink import Deferral, Pairs, choose_deferral

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.pipeline.crossfit import Held
    from lissom.pipeline.recipe import Recipe

_FEWEST_SCALED = 20
_FEWEST_STRANGE = 100
"""Labelled rows under which nobody knows where strangers begin: 3 of 100 lie beyond the 97th."""
_UNKNOWN = 0.35
"""What a text loses whose features are all unknown, in best scores; chosen on CLINC150's own
validation texts, where 0.25 to 0.45 did as well."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What turns scores into answers."""

    reading_temperature: float
    words_temperature: float
    deferral: Deferral
    promise: Promise
    familiar: Familiar = field(default_factory=Familiar)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Answers to rows by settings that were chosen on other rows.

    Args:
        probabilities: (rows, classes).
        is_unsure: (rows,) below the promise's threshold, or too strange.
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
        least = float(np.quantile(held.words[rows].max(axis=1), recipe.shrink.defer_rarest))
        deferral = Deferral(0.0, 0.0, least)
    familiar = find_familiar(held, rows, labelled, deferral, recipe.examine.keep)
    open_settings = Settled(reading, words, deferral, Promise(0.0, None), Familiar())
    judged = answer(held, labelled, open_settings)
    right = judged.probabilities.argmax(axis=1) == targets[labelled]
    sureness = judged.probabilities.max(axis=1, initial=0)
    promise = promise_precision(sureness, right, precision=recipe.examine.promise)
    return Settled(reading, words, deferral, promise, familiar)


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
    words, read = held.words[rows].max(axis=1), held.reading[rows].max(axis=1)
    slope, offset = 0.0, float(np.median(read))
    if float(words.std()) > 0:
        slope, offset = (float(one) for one in np.polyfit(words, read, 1))
    if slope < 0:
        slope, offset = 0.0, float(np.median(read))
    unknown = _UNKNOWN * abs(float(np.median(read)))
    scaled = Familiar(slope=slope, offset=offset, unknown=unknown)
    if len(labelled) < _FEWEST_STRANGE:
        return scaled
    is_words = hand_over(held, labelled, deferral)
    found = familiarity(held, labelled, scaled, is_words)
    least = float(np.quantile(found, 1 - keep, method="lower"))
    return Familiar(slope=slope, offset=offset, unknown=unknown, least=least)


def hand_over(held: Held, rows: NDArray[np.int64], deferral: Deferral) -> NDArray[np.bool_]:
    """Say which held-out rows the lexical tier would keep."""
    words, known = held.words[rows], held.known[rows]
    return keeps(words, known, deferral.margin, deferral.known, deferral.least)


def familiarity(
    held: Held, rows: NDArray[np.int64], familiar: Familiar, is_words: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return how familiar held-out rows are to whichever tier answers them."""
    as_read = familiar.as_read(held.words[rows].max(axis=1), held.known[rows])
    return np.where(is_words, as_read, held.reading[rows].max(axis=1)).astype(np.float32)


def answer(held: Held, rows: NDArray[np.int64], settled: Settled) -> Judged:
    """Answer held-out rows as the cascade would."""
    is_words = hand_over(held, rows, settled.deferral)
    probabilities = np.where(
        is_words[:, None],
        softmax(held.words[rows] / np.float32(settled.words_temperature)),
        softmax(held.reading[rows] / np.float32(settled.reading_temperature)),
    )
    is_unsure = probabilities.max(axis=1, initial=0) < settled.promise.unsure_below
    is_unsure |= settled.familiar.is_strange(familiarity(held, rows, settled.familiar, is_words))
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
