"""How far scores tell rows that were learned from from others: likeness, matching, a control."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from lissom.evidence import wilson
from lissom.evidence.exact import at_least
from lissom.examine.case import Rows
from lissom.examine.clues import find_clues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.replies import Replies

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]

KEEP = 0.99
"""Share of other rows below the threshold of a claim at 1 % false alarms."""
LEAST_OTHERS = 368
"""Rows of which the largest lies beyond the 99 % point in 975 of 1,000 draws: 0.99^368 < 0.025."""
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_LEAST_CHANCE = 1e-9
_FOLDS = 5
_SMOOTH = 1.0
_CHANCE = 4.0
"""Square of the standard errors that a word's weight must be from 0 to count; by simulation."""
_WORD = re.compile(r"\w+")


def match_classes(members: Places, others: Places, rng: np.random.Generator) -> tuple[Places, ...]:
    """Draw rows of two sides so that every class has the same share of both.

    Where one side has several times the rows of the other, it keeps a whole multiple of them.

    Args:
        members: (rows,) class number of each row that was learned from.
        others: (rows,) class number of each other row.
        rng: draws which rows of a class stay.

    Returns:
        (positions of members, positions of others), each in order.

    >>> one, two = match_classes(
    ...     np.array([0, 0, 1]), np.array([0, 1, 1, 1, 2]), np.random.default_rng(0)
    ... )
    >>> len(one), len(two)
    (2, 2)
    """
    times = max(len(others) // max(len(members), 1), 1)
    more = max(len(members) // max(len(others), 1), 1)
    kept: tuple[list[int], list[int]] = ([], [])
    for label in np.intersect1d(members, others).tolist():
        one, two = np.flatnonzero(members == label), np.flatnonzero(others == label)
        most = min(len(one) // more, len(two) // times)
        kept[0].extend(rng.choice(one, most * more, replace=False).tolist())
        kept[1].extend(rng.choice(two, most * times, replace=False).tolist())
    return tuple(np.array(sorted(each), np.int64) for each in kept)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How much each answer looks like one to a row that was learned from; higher is more.

    Args:
        margin: log odds of the true class, less their mean over the rows of that class.
        loss: log of the probability of the true class.
        entropy: modified entropy, its sign turned.
        sureness: probability of the answer, whatever is true.
        label: 1 where the answer is right: all that is left where no probability is told.
    """

    margin: Numbers
    loss: Numbers
    entropy: Numbers
    sureness: Numbers
    label: Numbers


def score_answers(replies: Replies, targets: Places) -> Scores:
    """Score answers by four rules that need nothing but them.

    Probabilities that a model does not tell are taken to be spread evenly; a bare label counts
    as a probability of 1, so that being right is all that is left to score.

    Args:
        replies: answers.
        targets: (rows,) column of each true class.

    Source: Yeom et al. (2018), CSF, for the loss; Song and Mittal (2021), USENIX Security, for the
    modified entropy; Carlini et al. (2022), IEEE S&P, for log odds; Watson et al. (2022), ICLR,
    for taking off what is easy anyway, here by class.

    >>> from lissom.examine.replies import Replies
    >>> said = Replies(("a", "b"), np.array([[0.9, 0.1], [0.6, 0.4]]), "all")
    >>> score_answers(said, np.array([0, 0])).margin.round(3).tolist()
    [0.896, -0.896]
    """
    table, rows = replies.probabilities, np.arange(len(replies))
    if replies.says != "all":
        best, width = replies.sureness[:, None], max(table.shape[1] - 1, 1)
        table = np.where(table > 0, table, (1 - best) / width)
    true = table[rows, targets]
    others = table.copy()
    others[rows, targets] = 0.0
    rest = others.sum(axis=1)
    log_true, log_rest = (np.log(np.clip(each, _LEAST_CHANCE, 1.0)) for each in (true, rest))
    tail = np.log(np.clip(1 - others, _LEAST_CHANCE, 1.0))
    margin = log_true - log_rest
    _, at, counts = np.unique(targets, return_inverse=True, return_counts=True)
    easy = np.bincount(at, weights=margin) / counts
    entropy = rest * log_true + (others * tail).sum(axis=1)
    right = (table.argmax(axis=1) == targets).astype(np.float64)
    return Scores(margin - easy[at], log_true, entropy, table.max(axis=1, initial=0.0), right)


def tell_by_text(
    texts: Sequence[str], is_member: NDArray[np.bool_], rng: np.random.Generator
) -> Numbers:
    """Say of each row how much its text alone looks like a training row's; the model is not asked.

    Words, length, punctuation, capitals and numbers are weighed by how much more often they come
    with training rows, counted on four fifths of the rows and used on the last.

    Args:
        texts: of all rows.
        is_member: (rows,) which were learned from.
        rng: deals the rows into folds, each side by itself.

    Source: Das, Zhang and Tramer (2024), "Blind baselines beat membership inference attacks for
    foundation models", arXiv 2406.16201: what a test set gives away without any model.

    >>> sides = np.arange(40) < 20
    >>> found = tell_by_text(["old"] * 20 + ["new"] * 20, sides, np.random.default_rng(0))
    >>> bool(found[:20].min() > found[20:].max())
    True
    """
    marks = _marks(texts)
    number = {word: i for i, word in enumerate(sorted({word for row in marks for word in row}))}
    row_of = np.repeat(np.arange(len(marks)), [len(row) for row in marks])
    word_of = np.array([number[word] for row in marks for word in sorted(row)], np.int64)
    sizes = np.bincount(row_of, minlength=len(marks)).clip(1)
    folds = np.zeros(len(marks), np.int64)
    for side in (is_member, ~is_member):
        rows = rng.permutation(np.flatnonzero(side))
        folds[rows] = np.arange(len(rows)) % _FOLDS
    found = np.zeros(len(marks))
    for fold in range(_FOLDS):
        counts = []
        for side in (is_member, ~is_member):
            seen = side & (folds != fold)
            count = np.bincount(word_of[seen[row_of]], minlength=len(number))
            counts.append((count + _SMOOTH, seen.sum() + 2 * _SMOOTH))
        (one, all_one), (two, all_two) = counts
        weights = np.log(one / all_one) - np.log(two / all_two)
        spread = 1 / one - 1 / all_one + 1 / two - 1 / all_two
        # A word that chance alone would tip as far says nothing, and there are many of those.
        weights *= np.clip(1 - _CHANCE * spread / np.maximum(weights**2, 1e-12), 0, None)
        score = np.bincount(row_of, weights=weights[word_of], minlength=len(marks)) / sizes
        # A fold's scores say nothing beside those of another: each is ranked by itself.
        here = folds == fold
        found[here] = _ranked(score[here])
    return found


def _marks(texts: Sequence[str]) -> list[set[str]]:
    """Return the words of each text, and what stands beside them."""
    rows = Rows(tuple(texts), ("",) * len(texts), tuple(range(len(texts))))
    clues = find_clues(rows)
    found = [set(_WORD.findall(text.casefold())) for text in texts]
    for name, values in clues.items():
        for row, value in zip(found, values, strict=True):
            row.add(f"{name} {value}")  # a word holds no blank, so no clue is taken for one
    return found


def _ranked(values: Numbers) -> Numbers:
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Numbers = ((np.cumsum(counts) - (counts - 1) / 2)[at] - 0.5) / len(values)
    return found


def cut(values: Numbers, parts: int) -> Places:
    """Number the parts of equal size that values fall into; equal values share one.

    >>> cut(np.array([0.1, 0.9, 0.2, 0.8]), 2).tolist()
    [0, 1, 0, 1]
    """
    edges = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def advantage(members: Numbers, others: Numbers, rng: np.random.Generator) -> tuple[int, int]:
    """Count the rows of each side beyond a threshold that was chosen on other rows.

    Half of both sides chooses the threshold with the most members beyond it less others, the other
    half is counted; then the other way round.

    Args:
        members: scores of rows that were learned from, at least 4.
        others: scores of other rows, at least 4.
        rng: halves both.

    Returns:
        (members beyond, others beyond).

    Source: Yeom et al. (2018), CSF, for the advantage; the halves, so that nothing is picked on
    the rows that are counted.

    >>> advantage(np.arange(10.0) + 100, np.arange(10.0), np.random.default_rng(0))
    (10, 0)
    """
    one, two = (rng.permutation(len(each)) % 2 == 0 for each in (members, others))
    hits = alarms = 0
    for ours, theirs in ((one, two), (~one, ~two)):
        threshold = _choose(members[ours], others[theirs])
        hits += int((members[~ours] > threshold).sum())
        alarms += int((others[~theirs] > threshold).sum())
    return hits, alarms


def _choose(members: Numbers, others: Numbers) -> float:
    """Return the middle of the gap beyond which there are most members less others."""
    at = np.unique(np.concatenate([members, others]))
    steps = np.concatenate([[at[0] - 1], (at[:-1] + at[1:]) / 2])
    more = np.searchsorted(np.sort(others), steps, side="right") / len(others)
    less = np.searchsorted(np.sort(members), steps, side="right") / len(members)
    return float(steps[int(np.argmax(more - less))])


def found_at(members: Numbers, others: Numbers) -> tuple[float, float, float]:
    """Return the share of members beyond the point that 1 % of other rows pass.

    Args:
        members: scores of rows that were learned from, at least one.
        others: scores of other rows, at least `LEAST_OTHERS`.

    Returns:
        (share, low, high): chance in which members were drawn (Wilson) and in where the other
        rows put the threshold (exact order statistics), added as squares.

    >>> found_at(np.array([1.0, 500.0]), np.arange(400.0))[0]
    0.5
    """
    ordered, n = np.sort(others), len(others)
    tail = 0.025
    high_place = next(
        (u for u in range(int(KEEP * n), n) if at_least(u + 1, n, KEEP) <= tail), n - 1
    )
    low_place = max(
        (u for u in range(int(KEEP * n) + 1) if 1 - at_least(u + 1, n, KEEP) <= tail), default=0
    )
    places = (int(np.ceil(KEEP * n)) - 1, high_place, low_place)
    share, fewer, more = (float((members > ordered[place]).mean()) for place in places)
    low, high = wilson(int((members > ordered[places[0]]).sum()), len(members))
    below = sqrt((share - low) ** 2 + (share - fewer) ** 2)
    above = sqrt((high - share) ** 2 + (more - share) ** 2)
    return share, max(0.0, share - below), min(1.0, share + above)


def spread_out(members: Numbers, others: Numbers, parts: int) -> Numbers:
    """Count the members in each equal part of the others; among equals a member is shared out.

    Args:
        members: scores of rows that were learned from.
        others: scores of other rows, at least one.
        parts: equal parts, lowest scores first.

    >>> spread_out(np.array([2.0, 9.0]), np.array([1.0, 1.0, 3.0, 3.0]), 2).tolist()
    [0.0, 2.0]
    >>> spread_out(np.array([1.0, 1.0]), np.ones(4), 2).tolist()
    [1.0, 1.0]
    """
    ordered = np.sort(others)
    ends = [np.searchsorted(ordered, members, side=side) / len(others) for side in _SIDES]
    low, high = ends[0] * parts, ends[1] * parts
    edges = np.arange(parts)[:, None]
    shared = np.clip(np.minimum(high, edges + 1) - np.maximum(low, edges), 0, None)
    # Between two others a member is a point, and lies in one part.
    at = np.minimum(np.floor(low), parts - 1)
    whole = np.where(high > low, shared / np.where(high > low, high - low, 1), edges == at)
    found: Numbers = whole.sum(axis=1)
    return found
