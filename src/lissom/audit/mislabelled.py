"""Which labels are probably wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.noise import explain
from lissom.audit.seen import Seen
from lissom.audit.views import (
    STRENGTHS,
    ask_neighbours,
    leave_folds_out,
    leave_one_out,
    read_words,
    to_log_chances,
    weigh_opinions,
)
from lissom.data import normalise_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lissom.audit.noise import Mistakes
    from lissom.audit.views import Scores
    from lissom.data import Dataset

FEWEST_ROWS = 20
"""Fewer labelled rows leave too little to judge one by the others."""

_ROUNDS, _VOTING_ROUNDS = 4, 2
_LEAST_WEIGHT = 0.02
_LEAST_CHANCE = 0.1
"""Below this the model itself takes the label for right nine times in ten."""

_SHARE_HIGH = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Suspicion:
    """An opinion on every label.

    Args:
        score: (rows,) log odds that the label is wrong, by the model; higher is more suspicious.
        is_wrong: (rows,) the label should be looked at.
        better: (rows,) of the other classes, the one that fits best.
    """

    score: NDArray[np.float64]
    is_wrong: NDArray[np.bool_]
    better: NDArray[np.int64]


def suspect(
    texts: Sequence[str], targets: NDArray[np.int64], vectors: NDArray[np.float32] | None
) -> Suspicion:
    """Judge every label by the other rows.

    Opinions are formed without the row: ridge regression on the vectors, the same on words, the 20
    nearest rows and, where classes have 50 rows, logistic regression on the vectors; weights that
    make the labels likeliest put them together; a model of the mistakes turns them into how likely
    each label is wrong. Then all is done again with suspicious rows counting less. The first two
    verdicts are averaged for the ranking: later ones find more of a muddled pair, and see mistakes
    in every hard text.

    Where mistakes are slips that hit any label, how unlike its class the row is by the plain
    regression has a say in the order too: the sharper opinion calls a hard text and a slip alike.

    How many rows to look at is the geometric mean of two counts, one that asks for too many where
    texts are hard and one that asks for too few where mistakes are many: the confident rows whose
    label is another, and the share of mistakes in the model after four rounds; but no row that the
    model takes for right nine times in ten.

    Rows with the same text and the same label count as one: a copied mistake would defend itself.

    Args:
        texts: one for each row.
        targets: (rows,) class numbers from 0, at least two different ones.
        vectors: (rows, dimensions) embeddings of length 1; None to go by words alone.

    >>> texts = [f"late parcel {i}" for i in range(15)] + [f"nice lamp {i}" for i in range(15)]
    >>> targets = np.array([1] + [0] * 14 + [1] * 15)
    >>> found = suspect(texts, targets, None)
    >>> int(found.score.argmax()), int(found.better[0])
    (0, 0)
    """
    first, of_row = _fold_copies(texts, targets)
    labels = targets[first]
    rows = np.arange(len(labels))
    opinions = _Opinions([texts[at] for at in first], None if vectors is None else vectors[first])
    weights = np.ones(len(first))
    verdicts: list[Mistakes] = []
    confident = 0.0
    for _ in range(_ROUNDS):
        chances = opinions.ask(labels, weights)
        confident = confident or _count_confident(chances, labels)
        verdicts.append(explain(chances, labels))
        weights = np.maximum(verdicts[-1].chances[rows, labels], _LEAST_WEIGHT)
    voting = verdicts[:_VOTING_ROUNDS]
    score = np.mean([_log_odds(one.chances[rows, labels]) for one in voting], axis=0)
    if opinions.plain and voting[-1].concentration >= _SPREAD:
        score = _reorder(score, np.mean(opinions.plain, axis=0))
    others = np.mean([one.chances for one in voting], axis=0)
    others[rows, labels] = -1
    share = float(1 - verdicts[-1].chances[rows, labels].mean())
    count = round(len(labels) * np.sqrt(confident * share))
    is_wrong = np.zeros(len(labels), np.bool_)
    is_wrong[np.argsort(-score, kind="stable")[:count]] = True
    is_wrong &= score >= np.log(_LEAST_CHANCE / (1 - _LEAST_CHANCE))
    return Suspicion(score[of_row], is_wrong[of_row], others.argmax(axis=1)[of_row])


class _Opinions:
    """Opinions that are asked for again and again, with other weights of the rows.

    Attributes:
        plain: how unlike each row is to its label by the plain regression, in each voting round;
            empty without vectors, and where classes have few rows.
    """

    def __init__(self, texts: Sequence[str], vectors: NDArray[np.float32] | None) -> None:
        words = read_words(texts)
        self._vectors = vectors
        self._tables = [words] if vectors is None else [vectors, words]
        self._strengths: list[tuple[float, ...]] = [STRENGTHS] * len(self._tables)
        self._logs: Scores | None = None
        self.plain: list[NDArray[np.float64]] = []

    def ask(self, labels: NDArray[np.int64], weights: NDArray[np.float64]) -> Scores:
        """Return (rows, classes) chances, none of a row's own label's making."""
        found = []
        if self._vectors is not None and len(labels) >= _CLASS_ROWS * (labels.max() + 1):
            if self._logs is None or len(self.plain) < _VOTING_ROUNDS:
                self._logs = leave_folds_out(self._vectors, labels, weights)
                self.plain.append(-self._logs[np.arange(len(labels)), labels])
            found.append(to_log_chances(self._logs, labels, weights))
        for at, table in enumerate(self._tables):
            scores, strength = leave_one_out(table, labels, weights, self._strengths[at])
            # Chosen once: among rows that only agree, the weakest penalty would always win.
            self._strengths[at] = (strength,)
            found.append(to_log_chances(scores, labels, weights))
        found.append(np.log(ask_neighbours(self._tables[0], labels, weights) + _NO_NEIGHBOUR))
        return weigh_opinions(found, labels, weights)


def _reorder(score: NDArray[np.float64], plain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the same scores out in the order of both opinions together."""
    spread = float(plain.std())
    both = score + _PLAIN_SHARE * (plain - plain.mean()) / (spread or 1.0)
    dealt = np.empty_like(score)
    dealt[np.argsort(both, kind="stable")] = np.sort(score)
    return dealt


_SPREAD = 100.0
"""From this concentration on, mistakes are slips rather than a muddled pair."""

_PLAIN_SHARE = 2.0

_CLASS_ROWS = 50
"""Rows of a class, on average, that the plain regression needs: with 20 it knew no muddled pair."""
_NO_NEIGHBOUR = 0.01


def _fold_copies(
    texts: Sequence[str], targets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each text and label, and for every row which of them it is."""
    known: dict[tuple[bytes, int], int] = {}
    first: list[int] = []
    of_row = np.zeros(len(targets), np.int64)
    for row, key in enumerate(zip(normalise_all(texts), targets.tolist(), strict=True)):
        if key not in known:
            known[key] = len(first)
            first.append(row)
        of_row[row] = known[key]
    return np.array(first, np.int64), of_row


def _count_confident(chances: Scores, labels: NDArray[np.int64]) -> float:
    """Return the share of rows that are confidently of another class than their label.

    Source: the confident joint, Northcutt, Jiang, Chuang (2021), J. Artif. Intell. Res. 70.
    """
    classes = chances.shape[1]
    own = chances[np.arange(len(labels)), labels]
    rows = np.maximum(np.bincount(labels, minlength=classes), 1)
    usual = np.bincount(labels, own, minlength=classes) / rows
    usual[np.bincount(labels, minlength=classes) == 0] = 1.0
    sure = np.where(chances >= usual, chances, 0)
    return float(((sure.max(axis=1) > 0) & (sure.argmax(axis=1) != labels)).mean())


def _log_odds(kept: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(kept, 1e-9, 1 - 1e-9)
    odds: NDArray[np.float64] = np.log(1 - kept) - np.log(kept)
    return odds


def find_mislabelled(
    data: Dataset, vectors: NDArray[np.float32] | None, *, is_all: bool = False
) -> Iterator[Seen]:
    """See labels that are probably wrong.

    Args:
        data: rows, labelled or not; only those with a label and a text are judged.
        vectors: (judged rows, dimensions) embeddings of the rows that `judged` names; None to go
            by words alone.
        is_all: rank every judged row, not only those to look at.
    """
    at = judged(data)
    cells = data.frame[data.roles.label or data.roles.text]
    names, targets = np.unique(cells.gather(at).to_numpy(), return_inverse=True)
    if len(at) < FEWEST_ROWS or len(names) < 2:  # noqa: PLR2004 - nothing to mix up
        return
    found = suspect(data.texts_at(at.tolist()), targets.astype(np.int64), vectors)
    chance = 1 / (1 + np.exp(-found.score))
    wrong = found.is_wrong
    if not wrong.any() and not is_all:
        return
    seen_by = "texts" if vectors is not None else "words"
    yield Seen(
        "label.error",
        "high" if wrong.mean() >= _SHARE_HIGH else "medium",
        f"{{count}} {{have}} a label that the {seen_by} of the other rows speak against.",
        at[wrong],
        chance[wrong],
        "Read them from the top and correct what is wrong; below the point where you find nothing "
        "more, stop.",
        names[found.better[wrong]].astype(np.str_),
        (at[~wrong], chance[~wrong]) if is_all else None,
    )


def judged(data: Dataset) -> NDArray[np.int64]:
    """Return the positions of the rows that have a label and a text."""
    if data.roles.label is None:
        return np.zeros(0, np.int64)
    has_label = data.frame[data.roles.label].fill_null("") != ""
    has_text = data.column.fill_null("").str.strip_chars() != ""
    found: NDArray[np.int64] = np.flatnonzero((has_label & has_text).to_numpy()).astype(np.int64)
    return found
