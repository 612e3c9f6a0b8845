"""Is the new version worse than the live one? Asked after every answer, at a stated error rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAKES = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
_TOP = 700.0
"""Logarithms beyond this are all the same to anybody."""

Verdict = Literal["go on", "promote", "stop"]


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a trial ends.

    Each question has a limit: how much worse the new version may be. It is promoted when, for
    every question, the evidence that it keeps to the limit is strong enough, and stopped when for
    any question the evidence that it breaks the limit is.

    Args:
        error_rate: chance, at most, of promoting a version that breaks a limit; and of stopping
            one that keeps to all of them. However often one looks.
        disagreement: share of answers that may differ from the live version's.
        errors: share of requests by which errors may exceed the live version's.
        slow: share of answers by which slow ones may exceed the live version's.
        slow_ms: an answer that takes longer is slow.
        wrong: share of labelled answers by which wrong ones may exceed the live version's.
        needs_labels: wait for labels before promoting.
        steps: shares of requests that the new version gets, one after the other.
    """

    error_rate: float = 0.05
    disagreement: float = 0.15
    errors: float = 0.01
    slow: float = 0.05
    slow_ms: float = 250.0
    wrong: float = 0.03
    needs_labels: bool = False
    steps: tuple[float, ...] = (0.05, 0.25, 0.5)


class Evidence(msgspec.Struct, frozen=True):
    """What is known of one question; logarithms of money won by betting.

    Args:
        pairs: how many answers of the new version were looked at.
        total: sum of what was seen: 1 worse, -1 better, 0 alike.
        keeps: (stakes,) money on "it keeps to the limit".
        breaks: (stakes,) money on "it breaks the limit".
    """

    pairs: int = 0
    total: float = 0.0
    keeps: tuple[float, ...] = (0.0,) * len(_STAKES)
    breaks: tuple[float, ...] = (0.0,) * len(_STAKES)

    @property
    def log_keeps(self) -> float:
        """Return the logarithm of the evidence that the limit is kept."""
        return _mean(self.keeps)

    @property
    def log_breaks(self) -> float:
        """Return the logarithm of the evidence that it is broken."""
        return _mean(self.breaks)


QUESTIONS = ("disagreement", "errors", "slow", "wrong")


class Trial(msgspec.Struct, frozen=True):
    """A version on trial.

    Args:
        version: which.
        against: the live version.
        evidence: question to what is known.
    """

    version: str
    against: str
    evidence: dict[str, Evidence] = {}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the evidence comes to.

    Args:
        verdict: what to do now.
        why: in a sentence.
        progress: 0 to 1; at 1 it is promoted.
    """

    verdict: Verdict
    why: str
    progress: float


def see(trial: Trial, question: str, worse: float, rules: Rules) -> Trial:
    """Return the trial after one more thing was seen.

    While the mean of `worse`, given all before, is at least the limit, the money on "keeps" grows
    in no way of betting, so the chance that it ever reaches 1 / e is at most e; and the other way
    about for "breaks".

    Args:
        trial: as it was.
        question: one of `QUESTIONS`.
        worse: 1 where the new version was worse than the live one, -1 where it was better, 0 where
            they were alike; in [-1, 1].
        rules: hold the limit.

    Source: betting on bounded means, Waudby-Smith and Ramdas (2024), J. R. Stat. Soc. B 86(1);
    Ville (1939) for "ever".
    """
    limit: float = getattr(rules, question)
    known = trial.evidence.get(question, Evidence())
    # The largest stake may lose all but a fifth: worse - limit lies in [-1 - limit, 1 - limit].
    lean = worse - limit
    lose, win = 1 - limit, 1 + limit
    keeps = np.asarray(known.keeps) + np.log1p(-_STAKES * lean / lose)
    breaks = np.asarray(known.breaks) + np.log1p(_STAKES * lean / win)
    after = Evidence(
        known.pairs + 1,
        known.total + worse,
        tuple(np.clip(keeps, -_TOP, _TOP).tolist()),
        tuple(np.clip(breaks, -_TOP, _TOP).tolist()),
    )
    return msgspec.structs.replace(trial, evidence={**trial.evidence, question: after})


def judge(trial: Trial, rules: Rules) -> Judged:
    """Say whether to promote, stop or go on.

    Promoting wrongly means that one limit is broken, and that one's evidence alone is wrong with
    the stated chance at most. Stopping wrongly may come from any question, so they share it.
    """
    bar = math.log(1 / rules.error_rate)
    stop_bar = bar + math.log(len(QUESTIONS))
    for question in QUESTIONS:
        known = trial.evidence.get(question, Evidence())
        if known.log_breaks >= stop_bar:
            return Judged("stop", _tell(question, known, rules, "more than"), 0.0)
    asked = [name for name in QUESTIONS if name != "wrong" or rules.needs_labels]
    progress = min(max(0.0, trial.evidence.get(name, Evidence()).log_keeps / bar) for name in asked)
    if progress >= 1:
        told = (_tell(name, trial.evidence[name], rules, "within") for name in asked)
        return Judged("promote", " ".join(told), 1.0)
    return Judged("go on", "", progress)


def step_for(progress: float, steps: tuple[float, ...]) -> float:
    """Return the share of requests that a version on trial gets.

    Args:
        progress: from `judge`.
        steps: the shares, ascending; each is reached with its part of the evidence.

    >>> [step_for(p, (0.05, 0.25, 0.5)) for p in (0, 0.34, 0.9)]
    [0.05, 0.25, 0.5]
    """
    return steps[min(int(progress * len(steps)), len(steps) - 1)]


def rates(trial: Trial) -> Mapping[str, tuple[float, int]]:
    """Return question to (mean of what was seen, how many)."""
    return {
        name: (known.total / known.pairs, known.pairs)
        for name, known in trial.evidence.items()
        if known.pairs
    }


def _mean(logs: tuple[float, ...]) -> float:
    top = max(logs)
    return top + math.log(sum(math.exp(log - top) for log in logs) / len(logs))


def _tell(question: str, known: Evidence, rules: Rules, how: str) -> str:
    mean, limit = known.total / max(known.pairs, 1), getattr(rules, question)
    return (
        f"{question}: {mean:+.3f} in {known.pairs} answers, {how} the limit of {limit:g} "
        f"(error rate {rules.error_rate:g})."
    )
