"""How often the model is right now: from its own probabilities, and from the labels there are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, NotMeasured, wilson
from lissom.operate.watching.mixture import reweight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.operate.watching.mixture import Mix

FEWEST_ROWS = 200
FEWEST_LABELS = 30
MOST_UNLIKE = 0.12
"""Beyond this share of texts that are seen to be unlike the reference, nobody knows how often the
answers are right: the interval would say nothing."""

_UNSEEN = 2.0
"""Texts of other kinds for each that is seen to be one. Measured on classes that a model does not
know and on texts of another set, 45 to 89 in 100 were seen."""

_Z = NormalDist().inv_cdf(0.975)
_SURE_Z = NormalDist().inv_cdf(0.995)


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the probabilities can be believed.

    Args:
        error: calibration error that was measured when the model was built, 0 to 1; the upper end
            of its interval where there is one.
    """

    error: float


def guess_accuracy(
    reference: NDArray[np.float32],
    now: NDArray[np.float32],
    mix: Mix,
    unlike: float,
    trust: Trust,
) -> Evidence | NotMeasured:
    """Estimate how often the answers are right, without a single label.

    A calibrated probability of 0.9 is right nine times in ten, so the mean probability of the
    answers is the accuracy. When labels have other shares now, the probabilities are moved to
    those first. That holds as long as texts mean what they meant. For texts that are unlike the
    reference it does not: the interval has room for all of them being wrong, and where there are
    many, the answer is "unknown".

    Args:
        reference: (rows, labels) calibrated probabilities of the reference.
        now: (rows, labels) those of the latest rows.
        mix: of the labels now.
        unlike: share of the latest rows that are unlike the reference; see `share_unlike`.
        trust: what the probabilities are worth.

    Returns:
        The estimate; its interval holds the sampling error and the calibration error.

    Source: confidence-based performance estimation, as NannyML documents it; the shift of the
    mix as in `mixture`.
    """
    name = "watch.accuracy_guess"
    if len(now) < FEWEST_ROWS:
        return NotMeasured(name, f"not enough data yet: {len(now)} of {FEWEST_ROWS} texts")
    if unlike > MOST_UNLIKE:
        return NotMeasured(
            name, f"unknown: at least {unlike:.0%} of the texts are unlike those of the reference"
        )
    answers = now.argmax(axis=1)
    learned = reference.astype(np.float64).mean(axis=0)
    rows = np.arange(len(now))
    at = {
        end: reweight(now, learned, shares)[rows, answers]
        for end, shares in (("", mix.shares), ("low", mix.low), ("high", mix.high))
    }
    right = at[""]
    value = float(right.mean())
    sampling = _Z * float(right.std()) / sqrt(len(now))
    # How far the estimate moves when the mix is anywhere in its interval.
    mixing = max(abs(float(at[end].mean()) - value) for end in ("low", "high"))
    wide = sampling + mixing + trust.error
    strangers = _UNSEEN * unlike
    return Evidence(
        name,
        value,
        max(0.0, value - wide - strangers * value),
        min(1.0, value + wide + strangers * (1 - value)),
        len(now),
        "share",
        "mean calibrated probability, moved to the mix now; interval with calibration error and "
        "with texts unlike the reference",
        "latest answers, no labels",
    )


def is_contradicted(chances: NDArray[np.float64], right: NDArray[np.bool_], trust: Trust) -> bool:
    """Say whether labels contradict the probabilities: what texts mean has changed.

    Args:
        chances: (labels,) probability of each answer whose true label was drawn by lot.
        right: (labels,) that answer was right.
        trust: how far off the probabilities may be.

    >>> is_contradicted(np.full(100, 0.9), np.arange(100) % 2 == 0, Trust(0.02))
    True
    >>> is_contradicted(np.full(100, 0.9), np.arange(100) % 10 > 0, Trust(0.02))
    False
    """
    if len(right) < FEWEST_LABELS:
        return False
    off = right - chances
    # Where all are right by nearly the same probability, their spread alone would be too little.
    spread = max(float(off.var()), float((chances * (1 - chances)).mean()))
    room = trust.error + _SURE_Z * sqrt(spread / len(off))
    return abs(float(off.mean())) > room


def measure_accuracy(
    labelled: NDArray[np.float64], right: NDArray[np.bool_], latest: NDArray[np.float64]
) -> Evidence | NotMeasured:
    """Estimate how often the answers are right from a few labels and many answers.

    The labels correct the probabilities, and the probabilities of all answers make the few labels
    count for more. Valid whatever the probabilities are worth, as long as the rows that were
    labelled were drawn by lot.

    Args:
        labelled: (labels,) probability of the answer of each labelled row.
        right: (labels,) the answer was right.
        latest: (answers,) probability of each answer without label.

    Source: prediction-powered inference, Angelopoulos et al. (2023), Science 382; the weight as in
    PPI++, Angelopoulos, Duchi and Zrnic (2023), arXiv 2311.01453.
    """
    name, n, many = "watch.accuracy", len(right), len(latest)
    if n < FEWEST_LABELS:
        return NotMeasured(name, f"not enough data yet: {n} of {FEWEST_LABELS} labels")
    hits = right.astype(np.float64)
    weight = 0.0
    if many and float(labelled.var()) > 0:
        joint = float(np.cov(hits, labelled)[0, 1])
        weight = joint / (float(np.concatenate([labelled, latest]).var()) * (1 + n / many))
        weight = float(np.clip(weight, 0.0, 1.0))
    value = float((hits - weight * labelled).mean())
    spread = float((hits - weight * labelled).var()) / n
    if many:
        value += weight * float(latest.mean())
        spread += weight**2 * float(latest.var()) / many
    # Where every label agrees, the normal interval has no width; Wilson's still has.
    low, high = wilson(int(hits.sum()), n)
    if 0 < hits.sum() < n:
        low, high = value - _Z * sqrt(spread), value + _Z * sqrt(spread)
    value = min(max(value, 0.0), 1.0)
    return Evidence(
        name,
        value,
        min(max(low, 0.0), value),
        max(min(high, 1.0), value),
        n,
        "share",
        "prediction-powered, labels and probabilities together",
        f"{n} labelled and {many} other answers",
    )
