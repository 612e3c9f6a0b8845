"""What is told of how common the classes are: in the labels, and in the rows without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, NotMeasured
from lissom.evidence.intervals import bootstrap
from lissom.learn import UNKNOWN, add_bias, fit_mix
from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.evidence import Measured
    from lissom.examine import Answered
    from lissom.learn import Leaning, Mix, Rarity
    from lissom.pipeline.crossfit import Held
    from lissom.pipeline.settle import Settled

SHIFT = "data.class_mix_shift"
STREAM = "task.stream_accuracy"
F1_GAIN, ACCURACY_GAIN = "imbalance.macro_f1_gain", "imbalance.accuracy_gain"

_DRAWS = 40
_MOST_ROWS = 1000
_Z = 1.96
_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Figures, and what must not be overlooked."""

    evidence: tuple[Measured, ...]
    warnings: tuple[str, ...]


def tell_leaning(
    leaning: Leaning,
    unlabelled: NDArray[np.float32],
    answered: Answered | None,
    classes: tuple[str, ...],
    rng: np.random.Generator,
) -> Told:
    """Say how the mixes differ and what was done about it.

    Args:
        leaning: what the answers that ship lean to.
        unlabelled: (rows, classes) probabilities of rows without a label, before leaning.
        answered: held-out answers to the labelled rows; None where a test file is measured on.
        classes: the names.
        rng: for intervals.
    """
    mix = _measure_mix(leaning.mix, unlabelled, rng)
    stream = _measure_stream(leaning.mix, answered, rng)
    warnings = _warn(leaning.mix, classes, stream)
    return Told((mix, stream, *_measure_rarity(leaning.rarity)), warnings)


def unlabelled_chances(
    held: Held, settled: Settled, targets: NDArray[np.int64], *, is_words: bool
) -> NDArray[np.float32]:
    """Return held-out probabilities of rows without a label, before anything is added to them."""
    rows = np.flatnonzero(targets == UNKNOWN)
    rows = rows[:: max(1, len(rows) // _MOST_ROWS)]
    if is_words:
        return softmax(held.words[rows] / np.float32(settled.words_temperature))
    return softmax(held.reading[rows] / np.float32(settled.reading_temperature))


def _measure_mix(
    mix: Mix | None, unlabelled: NDArray[np.float32], rng: np.random.Generator
) -> Measured:
    if mix is None:
        reason = "too few rows, or a class without a label, to compare two mixes"
        return NotMeasured(SHIFT, reason)
    if not mix.is_shifted:
        reason = (
            f"labels and unlabelled rows are not told apart (chance {mix.chance:.2g} if they are "
            "of one mix)"
        )
        return NotMeasured(SHIFT, reason)

    even = add_bias(unlabelled, mix.bias)

    def distance(rows: NDArray[np.int64]) -> float:
        return float(np.abs(fit_mix(even[rows], mix.labels) - mix.labels).sum() / 2)

    low, high = bootstrap(distance, len(unlabelled), rng, draws=_DRAWS)
    done = "answers corrected to it" if mix.is_corrected else "too little to gain, not corrected"
    return Evidence(
        SHIFT,
        mix.distance,
        max(0.0, min(low, mix.distance)),
        min(1.0, max(high, mix.distance)),
        len(unlabelled),
        "share",
        f"expectation maximisation on cross-fitted probabilities, bootstrap 95 %; {done}",
        "rows without a label, against the labels",
    )


def _measure_stream(
    mix: Mix | None, answered: Answered | None, rng: np.random.Generator
) -> Measured:
    if mix is None or not mix.is_shifted:
        return NotMeasured(STREAM, "the labels are taken to be of the same mix as all rows")
    if answered is None:
        return NotMeasured(STREAM, "a test file was given, which has a mix of its own")
    weights = (mix.stream / mix.labels)[answered.targets]
    right = answered.right.astype(np.float64)

    def accuracy(rows: NDArray[np.int64]) -> float:
        return float((weights[rows] * right[rows]).sum() / weights[rows].sum())

    value = accuracy(np.arange(len(right)))
    low, high = bootstrap(accuracy, len(right), rng)
    return Evidence(
        STREAM,
        value,
        max(0.0, min(low, value)),
        min(1.0, max(high, value)),
        len(right),
        "share",
        f"labelled rows weighted to the estimated mix, bootstrap 95 %; {answered.method}",
        answered.source,
    )


def _measure_rarity(rarity: Rarity | None) -> tuple[Measured, ...]:
    if rarity is None:
        reason = "the labels are even, or answers are corrected to another mix"
        return (NotMeasured(F1_GAIN, reason), NotMeasured(ACCURACY_GAIN, reason))
    if not rarity.strength:
        reason = "favouring rare classes brought no gain on held-out labels, so it is not done"
        return (NotMeasured(F1_GAIN, reason), NotMeasured(ACCURACY_GAIN, reason))
    how = f"rare classes favoured by {rarity.strength:g} of the difference; held-out labels"
    figures = ((F1_GAIN, rarity.f1_gain), (ACCURACY_GAIN, rarity.accuracy_gain))
    return tuple(
        Evidence(
            name,
            100 * gain,
            100 * (gain - _Z * error),
            100 * (gain + _Z * error),
            rarity.n,
            "points",
            f"{how}, the same that chose it, so a little too good; jackknife 95 %",
            "labelled rows",
        )
        for name, (gain, error) in figures
    )


def _warn(mix: Mix | None, classes: tuple[str, ...], stream: Measured) -> tuple[str, ...]:
    if mix is None or not mix.is_shifted:
        return ()
    far = np.argsort(-np.abs(mix.stream - mix.labels), kind="stable")[:_NAMED]
    named = "; ".join(
        f'"{classes[at]}" is {mix.labels[at]:.0%} of the labels and about {mix.stream[at]:.0%} of '
        "the rows"
        for at in far
    )
    if mix.is_corrected:
        done = (
            "Answers are corrected to the mix of the rows, which costs accuracy on labels as they "
            "are"
        )
        if isinstance(stream, Evidence):
            done += f" and gives {stream.value:.0%} on rows as they come"
        done += f" (an estimated gain of {100 * mix.gain:.1f} points)"
    else:
        done = "Correcting that would change little, so nothing is corrected"
    return (f"The labels are not of the same mix as the other rows: {named}. {done}.",)
