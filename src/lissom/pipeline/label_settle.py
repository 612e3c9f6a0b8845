"""How scores become labels: chosen on held-out rows, and judged on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.learn import UNKNOWN, promise_precision
from lissom.learn.label_lines import choose_thresholds, fit_lines, fit_power
from lissom.runtime import LabelRule, LabelSettings, set_margin, straighten
from lissom.shrink import find_margin
from lissom.tasks import choose_labels, set_sureness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn.label_lines import Lines
    from lissom.pipeline.label_fitting import HeldLabels
    from lissom.pipeline.recipe import Recipe
    from lissom.tasks import Labels

SHARES = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Weights that the words may have beside the encoder; 0 is the frozen encoder, the baseline."""

_FEW = 100
"""Below this many labelled rows a gain must be twice its standard error; above, once."""

_MOST_WEIGHED = 2000
"""Rows on which the shares are compared; more would cost time and tell no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Which weight the words get, and why.

    Args:
        share: one of `SHARES`.
        why: one sentence with the figures that decided.
    """

    share: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class JudgedLabels:
    """Answers to rows by settings that were chosen on other rows.

    Args:
        probabilities: (rows, labels).
        given: (rows, labels) the labels of the answer.
        sureness: (rows,) probability that the whole answer is right.
        is_unsure: (rows,) below the promise's threshold.
        full: (rows, labels) the labels had the encoder read every text.
    """

    probabilities: NDArray[np.float32]
    given: NDArray[np.bool_]
    sureness: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    full: NDArray[np.bool_]


def weigh_words(held: HeldLabels, rows: NDArray[np.int64], wanted: NDArray[np.float32]) -> Weighed:
    """Choose how much the words count beside the encoder.

    Args:
        held: scores that no row had a part in.
        rows: labelled rows to choose on.
        wanted: (rows, labels) their labels.

    Returns:
        The share that makes the true labels most likely. The frozen encoder alone stays where
        nothing beats it by more than chance would explain.
    """
    n = len(rows)
    if n < 2:  # noqa: PLR2004 - a spread needs two
        return Weighed(0.0, "there were too few labelled rows to compare on")
    seen = rows[:: max(1, n // _MOST_WEIGHED)]
    told = wanted[:: max(1, n // _MOST_WEIGHED)]
    plain, best, why = _surprise(held, seen, told, 0.0), 0.0, ""
    least, gains = plain.mean(), []
    for share in SHARES[1:]:
        found = _surprise(held, seen, told, share)
        gain = plain - found
        error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
        needed = error * (1 if n >= _FEW else 2)
        gains.append(f"{share:g}: {gain.mean():+.3f} (standard error {error:.3f})")
        if gain.mean() > needed and found.mean() < least:
            best, least = share, found.mean()
    why = f"nats won on {len(seen)} held-out rows by each weight of the words: {'; '.join(gains)}"
    return Weighed(best, why)


def _surprise(
    held: HeldLabels, rows: NDArray[np.int64], wanted: NDArray[np.float32], share: float
) -> NDArray[np.float64]:
    scores = held.read[rows] + np.float32(share) * held.words[rows]
    chances = fit_lines(scores, wanted).chances(scores).astype(np.float64)
    right = np.where(wanted > 0, chances, 1 - chances)
    total: NDArray[np.float64] = -np.log(np.maximum(right, 1e-9)).sum(axis=1)
    return total


def settle_labels(
    held: HeldLabels,
    targets: NDArray[np.int64],
    sets: NDArray[np.float32],
    rows: NDArray[np.int64],
    recipe: Recipe,
    output: Labels,
) -> LabelSettings:
    """Choose the settings on some held-out rows.

    Args:
        held: scores that no row had a part in.
        targets: (rows,) numbers of answers, `UNKNOWN` where unlabelled.
        sets: (answers, labels) what each answer holds.
        rows: the rows to choose on.
        recipe: what is allowed and promised.
        output: the labels' names and the word for none.

    Returns:
        All but `max_tokens`, which is the encoder's.
    """
    labelled = rows[targets[rows] != UNKNOWN]
    wanted = sets[targets[labelled]]
    share = weigh_words(held, labelled, wanted).share
    read = held.read + np.float32(share) * held.words
    reading = fit_lines(read[labelled], wanted)
    words = fit_lines(held.words[labelled], wanted)
    chances = reading.chances(read[labelled])
    thresholds = choose_thresholds(chances, wanted)
    settings = _settings(output, reading, words, thresholds, share)
    given = choose_labels(chances, settings.output)
    right = (given == (wanted > 0)).all(axis=1)
    # The product itself, to the power of 1.
    whole = set_sureness(chances, given, settings.output)
    settings = msgspec.structs.replace(settings, power=fit_power(whole, right))
    margins = set_margin(straighten(held.words[rows], *_line(words)), settings.output)
    differs = _differs(held, rows, LabelRule(settings))
    deferral = find_margin(margins, differs, held.known[rows], recipe.shrink)
    settings = msgspec.structs.replace(
        settings, defer_margin=deferral.margin, defer_known=deferral.known
    )
    judged = answer_labels(held, labelled, settings)
    right = (judged.given == (wanted > 0)).all(axis=1)
    promise = promise_precision(judged.sureness, right, precision=recipe.examine.promise)
    return msgspec.structs.replace(
        settings, unsure_below=promise.unsure_below, promised_precision=promise.precision
    )


def _settings(
    output: Labels, reading: Lines, words: Lines, thresholds: NDArray[np.float64], share: float
) -> LabelSettings:
    slopes, offsets = _line(reading)
    word_slopes, word_offsets = _line(words)
    return LabelSettings(
        classes=output.names,
        max_tokens=0,
        encoder_slopes=slopes,
        encoder_offsets=offsets,
        lexical_slopes=word_slopes,
        lexical_offsets=word_offsets,
        lexical_share=share,
        thresholds=tuple(thresholds.tolist()),
        none=output.none,
        power=1.0,
        defer_margin=None,
        defer_known=0.0,
        unsure_below=0.0,
        promised_precision=None,
    )


def _line(lines: Lines) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(lines.slopes.tolist()), tuple(lines.offsets.tolist())


def _differs(held: HeldLabels, rows: NDArray[np.int64], rule: LabelRule) -> NDArray[np.bool_]:
    output = rule.settings.output
    fast = choose_labels(rule.from_words(held.words[rows]), output)
    full = choose_labels(rule.from_reading(held.read[rows], held.words[rows]), output)
    found: NDArray[np.bool_] = (fast != full).any(axis=1)
    return found


def answer_labels(
    held: HeldLabels, rows: NDArray[np.int64], settings: LabelSettings
) -> JudgedLabels:
    """Answer held-out rows as the cascade would, by the rule that will ship."""
    rule, output = LabelRule(settings), settings.output
    words = held.words[rows]
    full = rule.from_reading(held.read[rows], words)
    kept = rule.keeps(words, held.known[rows])
    chances = np.where(kept[:, None], rule.from_words(words), full)
    given = choose_labels(chances, output)
    sureness = rule.sureness(chances)
    is_unsure = sureness < settings.unsure_below
    return JudgedLabels(chances, given, sureness, is_unsure, choose_labels(full, output))


def judge_labels(
    held: HeldLabels,
    targets: NDArray[np.int64],
    sets: NDArray[np.float32],
    recipe: Recipe,
    output: Labels,
) -> JudgedLabels:
    """Answer every row with settings chosen on the other folds."""
    parts, order = [], []
    for fold in range(int(held.folds.max()) + 1):
        others, these = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
        settings = settle_labels(held, targets, sets, others, recipe, output)
        parts.append(answer_labels(held, these, settings))
        order.append(these)
    back = np.argsort(np.concatenate(order))
    return JudgedLabels(
        np.concatenate([part.probabilities for part in parts])[back],
        np.concatenate([part.given for part in parts])[back],
        np.concatenate([part.sureness for part in parts])[back],
        np.concatenate([part.is_unsure for part in parts])[back],
        np.concatenate([part.full for part in parts])[back],
    )


def give_labels(
    scores: NDArray[np.float32], wanted: NDArray[np.float32], folds: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the labels that one way of learning would give, for a comparison between ways.

    Args:
        scores: (rows, labels) held out.
        wanted: (rows, labels) 0 or 1.
        folds: (rows,) lines and thresholds for a fold are chosen on the others.
    """
    given = np.zeros(scores.shape, np.bool_)
    for fold in np.unique(folds):
        others, these = folds != fold, folds == fold
        lines = fit_lines(scores[others], wanted[others])
        limits = choose_thresholds(lines.chances(scores[others]), wanted[others])
        given[these] = lines.chances(scores[these]) >= limits
    return given
