"""Part 8: do the words that are named as reasons decide, and are they the full model's reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture
from lissom.evidence.intervals import bootstrap
from lissom.examine.case import Found
from lissom.examine.reasons import draw_words, to_read
from lissom.runtime import MOST_PIECES, Inquiry, inquire

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.asking import Asker
    from lissom.examine.case import Case

SHARES = (0.2, 0.5)
"""Parts of a text's words that are taken away, or left alone."""
DRAWS = 4
"""Draws by chance for each text, that the named words are held against."""
LEAST_PIECES = 6
"""Words under which a text is not asked about: two of them taken away must leave more than two."""
_FEWEST = 20
_BOTH = 0.975
"""Two intervals at this level hold together at 95 %."""
_NOTHING = 0.005
"""A word that brings less of an answer's probability is no reason."""
_SAME = 1e-9
"""Probabilities that differ by less are the same."""
_NAMES = (
    "explanation.faithfulness",
    "explanation.comprehensiveness",
    "explanation.comprehensiveness_gain",
    "explanation.sufficiency",
    "explanation.sufficiency_gain",
)
_AGREES = ("explanation.agreement", "explanation.rank_correlation")


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """One row whose answer is explained.

    Args:
        row: its position among the labelled rows.
        inquiry: its text, cut into words.
        answer: number of the class that is explained.
        chance: the probability of that answer.
        weights: (words,) what each did for it.
    """

    row: int
    inquiry: Inquiry
    answer: int
    chance: float
    weights: NDArray[np.float64]

    @property
    def order(self) -> list[int]:
        """Return the words, the weightiest first."""
        found: list[int] = np.argsort(-self.weights, kind="stable").tolist()
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What became of answers when words were taken away, and when only they were left.

    Args:
        lost: (texts, shares) probability lost without the named words.
        lost_by_chance: (texts, draws, shares) without as many words drawn by chance.
        short: (texts, shares) probability lost when only the named words are left.
        short_by_chance: (texts, draws, shares) when as many words drawn by chance are left.
    """

    lost: NDArray[np.float64]
    lost_by_chance: NDArray[np.float64]
    short: NDArray[np.float64]
    short_by_chance: NDArray[np.float64]

    @property
    def gains(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (texts,) by how much the named words matter more than chance, in both ways."""
        taken = self.lost.mean(axis=1) - self.lost_by_chance.mean(axis=(1, 2))
        left = self.short_by_chance.mean(axis=(1, 2)) - self.short.mean(axis=1)
        return taken, left

    @property
    def wins(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (texts,) how often the named words matter more, in both ways; a tie is half."""
        taken = self.lost.mean(axis=1)[:, None] - self.lost_by_chance.mean(axis=2)
        left = self.short_by_chance.mean(axis=2) - self.short.mean(axis=1)[:, None]
        return _count_wins(taken), _count_wins(left)


def examine_explanation(case: Case) -> Found:
    """Explain some answers, and measure whether the reasons are the reasons.

    The named words are held against as many words drawn by chance: taken away, they must cost more
    (comprehensiveness); left alone, they must keep more (sufficiency). At least two words are
    taken and two are left, so that nothing is counted that was asked to find the reasons.

    Source: DeYoung et al. (2020), ACL, "ERASER", with two shares in place of five: in a short text
    the smaller ones are one and the same word.
    """
    explained = explain_rows(case)
    if len(explained) < _FEWEST:
        reason = f"{len(explained)} rows have {LEAST_PIECES} words or more; {_FEWEST} are needed"
        return Found(tuple(NotMeasured(name, reason) for name in (*_NAMES, *_AGREES)))
    trial = try_reasons(case, explained)
    figures = (*measure_trial(case, trial), *measure_agreement(case, explained))
    names = case.asker.classes
    pictures = (draw_trial(case, explained, trial), *draw_words(explained, names))
    return Found(figures, pictures, to_read(case, explained))


def explain_rows(case: Case) -> list[Explained]:
    """Find the reasons of some rows' answers; rows of few words are passed over."""
    places = case.sample("probed", case.effort.probed_rows)
    asked = [(row, inquire(case.rows.texts[row])) for row in places]
    asked = [pair for pair in asked if len(pair[1].pieces) >= LEAST_PIECES]
    answers = [int(case.answered.predicted[row]) for row, _ in asked]
    chances = ask_each(case.asker, [one for _, one in asked], answers)
    return [
        Explained(row, one, answer, float(said[0]), one.weigh(said))
        for (row, one), answer, said in zip(asked, answers, chances, strict=True)
    ]


def ask_each(
    asker: Asker, inquiries: list[Inquiry], columns: list[int]
) -> list[NDArray[np.float64]]:
    """Ask every question of every inquiry in one go.

    Args:
        asker: asks a model.
        inquiries: one for each text.
        columns: for each the number of the class whose probability is wanted.
    """
    questions = [one.questions for one in inquiries]
    said = asker.ask([text for each in questions for text in each]).probabilities
    found, start = [], 0
    for each, column in zip(questions, columns, strict=True):
        found.append(said[start : start + len(each), column])
        start += len(each)
    return found


def try_reasons(case: Case, explained: list[Explained]) -> Trial:
    """Take the named words away and leave them alone, and as many drawn by chance."""
    rng = case.rng("explanation")
    texts: list[str] = []
    columns: list[int] = []
    for one in explained:
        count = len(one.inquiry.pieces)
        orders = [one.order, *(rng.permutation(count).tolist() for _ in range(DRAWS))]
        for order in orders:
            for part in SHARES:
                chosen = set(order[: how_many(part, count)])
                texts += [one.inquiry.without(chosen), one.inquiry.only(chosen)]
        columns += [one.answer] * (2 * len(orders) * len(SHARES))
    said = case.asker.ask(texts).probabilities[np.arange(len(texts)), columns]
    whole = np.array([one.chance for one in explained])[:, None, None, None]
    lost = whole - said.reshape(len(explained), DRAWS + 1, len(SHARES), 2)
    return Trial(lost[:, 0, :, 0], lost[:, 1:, :, 0], lost[:, 0, :, 1], lost[:, 1:, :, 1])


def how_many(part: float, count: int) -> int:
    """Return how many of so many words a share of them is; two are taken and two are left.

    >>> [how_many(0.2, 6), how_many(0.5, 6), how_many(0.2, 20)]
    [2, 3, 4]
    """
    return min(max(2, round(part * count)), count - 2)


def measure_trial(case: Case, trial: Trial) -> tuple[Measured, ...]:
    """Return what the named words are worth, against words drawn by chance."""
    rng, n = case.rng("explanation.bounds"), len(trial.lost)
    shares = " and ".join(f"{part:.0%}" for part in SHARES)
    how = f"{shares} of the words; word alone and left out, at most {MOST_PIECES} pieces"
    ends = []
    for wins in trial.wins:
        value, low, high = _bound(wins, rng, _BOTH)
        ends.append((value, max(low, 0.0), min(high, 1.0)))
    # The lesser of two figures lies between the lesser of the lower and of the upper ends.
    value, low, high = (min(each) for each in zip(*ends, strict=True))
    source = case.rows.source
    about = f"the worse of taking away and leaving alone; {DRAWS} draws a text; {how}; bootstrap"
    figures: list[Measured] = [
        Evidence(_NAMES[0], value, min(low, value), max(high, value), n, "share", about, source)
    ]
    values = (trial.lost.mean(axis=1), trial.gains[0], trial.short.mean(axis=1), trial.gains[1])
    for name, each in zip(_NAMES[1:], values, strict=True):
        figures.append(_mean(name, 100 * each, rng, "points", (how, source)))
    return tuple(figures)


def measure_agreement(case: Case, explained: list[Explained]) -> tuple[Measured, ...]:
    """Return how far the full model has the same reasons for the same answers."""
    if case.parent is None:
        reason = "no parent was given to compare with; give one with --parent"
        return tuple(NotMeasured(name, reason) for name in _AGREES)
    asker, names = case.parent.asker, case.asker.classes
    said = asker.ask([one.inquiry.text for one in explained]).predicted.tolist()
    alike = [
        (one, column)
        for one, column in zip(explained, said, strict=True)
        if asker.classes[column] == names[one.answer]
    ][: len(explained) // 2]
    if len(alike) < _FEWEST:
        reason = f"{len(alike)} of the rows are answered alike; {_FEWEST} are needed"
        return tuple(NotMeasured(name, reason) for name in _AGREES)
    chances = ask_each(asker, [one.inquiry for one, _ in alike], [column for _, column in alike])
    overlaps, ranks, by_chance = [], [], []
    for (one, _), each in zip(alike, chances, strict=True):
        theirs, count = one.inquiry.weigh(each), len(one.weights)
        top = how_many(SHARES[0], count)
        overlaps += overlap(one.weights, theirs, top)
        ranks.append(correlate(one.weights, theirs))
        by_chance.append(top / count)
    if len(overlaps) < _FEWEST:
        reason = (
            f"{len(overlaps)} rows have a word that speaks for the answer; {_FEWEST} are needed"
        )
        return tuple(NotMeasured(name, reason) for name in _AGREES)
    rng, source = case.rng("explanation.agreement"), case.rows.source
    how = f"against {case.parent.name}; rows answered alike"
    chance = f"weightiest {SHARES[0]:.0%} of words, chance gives at most {np.mean(by_chance):.0%}"
    return (
        _mean(_AGREES[0], np.array(overlaps), rng, "share", (f"{chance}; {how}", source)),
        _mean(_AGREES[1], np.array(ranks), rng, "correlation", (f"Spearman; {how}", source)),
    )


def overlap(one: NDArray[np.float64], other: NDArray[np.float64], top: int) -> list[float]:
    """Return which share of the weightiest words of one is among those of the other.

    Words that do nothing for an answer are no reasons, or two models would agree about them.

    Returns:
        One share, or nothing where no word of the first speaks for its answer.

    >>> overlap(np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]), 2)
    [0.5]
    >>> overlap(np.array([0.9, 0.0, 0.0]), np.array([0.0, 0.0, 0.9]), 2)
    [0.0]
    """
    first, second = (
        {i for i in np.argsort(-each, kind="stable")[:top].tolist() if each[i] > _NOTHING}
        for each in (one, other)
    )
    return [len(first & second) / len(first)] if first else []


def correlate(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return Spearman's rank correlation; 0 where all weights of one are the same.

    >>> correlate(np.array([1.0, 2.0, 5.0]), np.array([0.1, 0.2, 0.9]))
    1.0
    """
    first, second = _ranks(one), _ranks(other)
    spread = float(first.std() * second.std())
    if spread == 0:
        return 0.0
    return round(float(((first - first.mean()) * (second - second.mean())).mean()) / spread, 12)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks; equal values share the mean of theirs."""
    _, at, counts = np.unique(values.round(9), return_inverse=True, return_counts=True)
    last = counts.cumsum()
    found: NDArray[np.float64] = ((last - counts + last - 1) / 2)[at]
    return found


def draw_trial(case: Case, explained: list[Explained], trial: Trial) -> Picture:
    """Draw what is left of the answers' probability in each case."""
    whole = np.array([one.chance for one in explained])
    lines = {
        "the whole text": whole,
        "less chance words": whole - trial.lost_by_chance.mean(axis=(1, 2)),
        "less named words": whole - trial.lost.mean(axis=1),
        "only named words": whole - trial.short.mean(axis=1),
        "only chance words": whole - trial.short_by_chance.mean(axis=(1, 2)),
    }
    rng = case.rng("explanation.picture")
    made = [_bound(each, rng, 0.95) for each in lines.values()]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "what it reads": tuple(lines),
        "probability": tuple(value for value, _, _ in made),
        "low": tuple(low for _, low, _ in made),
        "high": tuple(high for _, _, high in made),
        "texts": (len(explained),) * len(made),
    }
    title = "Probability of its answer when some words are taken away, or nothing else is left"
    shape = ("what it reads", "probability", "low", "high")
    return Picture("explanation.words_matter", title, "bars", columns, *shape)


def _count_wins(ahead: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = ((ahead > _SAME) + 0.5 * (abs(ahead) <= _SAME)).mean(axis=1)
    return found


def _mean(
    name: str,
    values: NDArray[np.float64],
    rng: np.random.Generator,
    unit: str,
    told: tuple[str, str],
) -> Evidence:
    """Return a mean over texts; `told` is its method and its source."""
    value, low, high = _bound(values, rng, 0.95)
    how, source = told
    return Evidence(name, value, low, high, len(values), unit, f"{how}; bootstrap", source)


def _bound(
    values: NDArray[np.float64], rng: np.random.Generator, level: float
) -> tuple[float, float, float]:
    low, high = bootstrap(lambda rows: float(values[rows].mean()), len(values), rng, level=level)
    value = float(values.mean())
    return value, min(low, value), max(high, value)
