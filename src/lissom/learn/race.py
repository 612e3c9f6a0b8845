"""Which candidate ships: what held-out labels say, weighed with what held on other data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DEFAULT = "frozen"


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate that ships and why.

    Args:
        name: the chosen candidate.
        why: one sentence with the figures that decided.
    """

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Expected:
    """How far a candidate was ahead of the frozen encoder on other data sets.

    Args:
        gain: mean over the sets, as a share of rows.
        spread: standard deviation over the sets.
    """

    gain: float
    spread: float


EXPECTED: dict[str, Expected] = {
    "lexical": Expected(-0.10, 0.08),
    "propagation": Expected(-0.02, 0.11),
    "contrastive": Expected(0.10, 0.15),
    "contrastive-propagation": Expected(0.09, 0.14),
}
"""Measured with 8 labels per class on ten public sets that no benchmark of ours uses: TREC, SUBJ, MR,
MPQA, SNIPS, ATIS, HWU64, two of TweetEval, known exploited vulnerabilities. One draw each, and the
lexical figure is a guess on the safe side."""

_UNHEARD_OF = Expected(0.0, 0.05)
"""For a candidate that nothing is known of."""


def choose(right: Mapping[str, NDArray[np.bool_]]) -> Choice:
    """Pick a candidate from what each got right on the same held-out rows.

    Picking the best of several by cross-validation costs points when labels are few. So each
    difference to the frozen encoder is shrunk towards what the candidate gained on other data sets,
    by as much as its own error asks for; the frozen encoder is kept unless a shrunk difference is
    above zero. With many labels the held-out rows decide alone.

    Args:
        right: candidate to (rows,) whether its cross-fitted answer was right; holds "frozen".

    Source: Efron and Morris (1975), JASA 70(350), shrinkage towards a common mean; the error of a
    difference is that of paired proportions, one win and one loss added so that it is never zero.

    >>> rows = np.arange(400)
    >>> choose({"frozen": rows % 10 > 3, "propagation": rows % 10 > 1}).name
    'propagation'
    >>> choose({"frozen": rows % 10 > 1, "propagation": rows % 10 > 3}).name
    'frozen'
    """
    plain = right[DEFAULT]
    n = len(plain)
    best, most = DEFAULT, 0.0
    told: list[str] = []
    for name, answers in right.items():
        if name == DEFAULT:
            continue
        wins, losses = int((answers & ~plain).sum()), int((plain & ~answers).sum())
        gain, error = _difference(wins, losses, n)
        shrunk = _shrink(gain, error, EXPECTED.get(name, _UNHEARD_OF))
        told.append(f"{name} {gain * 100:+.1f} points, {shrunk * 100:+.1f} when weighed")
        if shrunk > most:
            best, most = name, shrunk
    against = "; ".join(told)
    on = f"on {n} held-out labels, weighed with what held on other data"
    if best == DEFAULT:
        return Choice(best, f"{on}, nothing was better: {against}")
    return Choice(best, f"{on}, it was best: {against}")


def _difference(wins: int, losses: int, n: int) -> tuple[float, float]:
    """Return the gain and its standard error, both as shares of the rows."""
    if not n:
        return 0.0, float("inf")
    gain = (wins - losses) / n
    return gain, float(np.sqrt(max(wins + losses + 2 - n * gain**2, 1.0)) / n)


def _shrink(gain: float, error: float, expected: Expected) -> float:
    if error == float("inf"):
        return expected.gain
    trust = expected.spread**2 / (expected.spread**2 + error**2)
    return trust * gain + (1 - trust) * expected.gain
