"""What each row is about, judged by other rows: words by ridge regression, and vectors if given.

A word's say can be taken back from an opinion, and rows can be left out of the fit; so a row can be
asked what it is about without its trigger, by a model that never met the trigger.

Source: ridge regression, Hoerl and Kennard (1970), Technometrics 12(1); conjugate gradients,
Hestenes and Stiefel (1952), J. Res. Natl. Bur. Stand. 49(6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lissom.audit.pieces import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.audit.pieces import Words

    Table = NDArray[np.float32]
    Numbers = NDArray[np.int64]

FOLDS = 5
PENALTY = 1.0
_STEPS, _STEPS_AGAIN = 12, 8


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Opinions on rows.

    Args:
        scores: (rows, classes) how much each row, left out, is about each class; a little like a
            probability, but it may be below 0.
        targets: (rows,) class number of the label.
        fold: (rows,) the fifth that a row was left out with.
        bag: (rows, words) weights of words, each row of length 1.
        column: (known words,) column of each word in the bag; -1 for one that is not there.
        pull: for each fold (words, classes), what each word says.
        whole: (words, classes) the same from all rows.
        vectors: answers by vectors; None to go by words alone.
        known: every word, by number.
        rarity: (words,) weight of each column of the bag before rows are scaled.
    """

    scores: Table
    targets: Numbers
    fold: Numbers
    bag: sparse.csr_matrix
    column: Numbers
    pull: tuple[Table, ...]
    whole: Table
    vectors: _Dense | None
    known: tuple[str, ...]
    rarity: NDArray[np.float64]

    @property
    def classes(self) -> int:
        """Count the classes."""
        return int(self.scores.shape[1])

    def without(self, rows: Numbers, words: Numbers, of: Numbers) -> Table:
        """Return the opinions on rows with some words' say taken back.

        Args:
            rows: (pairs,) rows.
            words: (says,) word numbers.
            of: (says,) the pair that each word is taken from.

        Returns:
            (pairs, classes) scores.
        """
        found: Table = self.scores[rows]
        share = 1.0 if self.vectors is None else 0.5
        column = self.column[words]
        row = rows[of]
        for fold, pull in enumerate(self.pull):
            here = (self.fold[row] == fold) & (column >= 0)
            if here.any():
                weight = np.asarray(self.bag[row[here], column[here]]).ravel()
                np.subtract.at(found, of[here], share * weight[:, None] * pull[column[here]])
        return found

    def read(self, texts: Sequence[str], aside: Sequence[str]) -> Table:
        """Return opinions on other texts, by words alone.

        Args:
            texts: any texts.
            aside: words that are not looked at.

        Returns:
            (texts, classes) scores.
        """
        columns = {
            word: int(self.column[at]) for at, word in enumerate(self.known) if word not in aside
        }
        found = np.zeros((len(texts), self.classes), np.float32)
        for row, text in enumerate(texts):
            at = sorted({columns[word] for word in split(text) if columns.get(word, -1) >= 0})
            weight = self.rarity[at]
            size = float(np.sqrt((weight**2).sum())) or 1.0
            found[row] = (weight / size) @ self.whole[at]
        return found + _wanted(self.targets, self.classes)[1]

    def again(self, asked: Numbers, left_out: Numbers, words: tuple[int, ...]) -> Table:
        """Return opinions on rows by a model that never saw some others.

        Args:
            asked: rows to judge.
            left_out: rows to leave out of the fit; `asked` should be among them.
            words: words that are not looked at.
        """
        wanted, middle = _wanted(self.targets, self.classes)
        counts = np.ones(len(self.targets), np.float32)
        counts[left_out] = 0
        pull = _solve(self.bag, wanted, counts, self.whole, _STEPS_AGAIN)
        at = self.column[list(words)]
        pull[at[at >= 0]] = 0
        found: Table = np.asarray(self.bag[asked] @ pull) + middle
        if self.vectors is None:
            return found
        both: Table = ((found + self.vectors.ask(asked, left_out) + middle) / 2).astype(np.float32)
        return both


def read_content(words: Words, targets: Numbers, vectors: Table | None) -> Content:
    """Form an opinion on every row from the four fifths without it.

    Args:
        words: words of the texts.
        targets: (rows,) class numbers from 0, every one in use.
        vectors: (rows, dimensions) of length 1; None to go by words alone.

    >>> from lissom.audit.pieces import Words
    >>> words = Words.of(["late parcel", "nice lamp"] * 10)
    >>> read_content(words, np.array([0, 1] * 10), None).scores.argmax(axis=1)[:4].tolist()
    [0, 1, 0, 1]
    """
    bag, column, rarity = _weigh(words)
    wanted, middle = _wanted(targets, int(targets.max()) + 1)
    fold = np.empty(len(targets), np.int64)
    # Dealt out class by class, and by chance within one: a file's neighbours are often alike.
    order = np.lexsort((np.random.default_rng(0).random(len(targets)), targets))
    fold[order] = np.arange(len(targets)) % FOLDS
    scores = np.zeros(wanted.shape, np.float32)
    dense = None if vectors is None else _Dense(vectors, wanted)
    whole = _solve(bag, wanted, np.ones(len(targets), np.float32), None, _STEPS)
    pulls = []
    for one in range(FOLDS):
        out = fold == one
        counts = (~out).astype(np.float32)
        pull = _solve(bag, wanted, counts, whole, _STEPS)
        scores[out] = bag[out] @ pull
        pulls.append(pull)
        if dense is not None:
            at = np.flatnonzero(out)
            scores[out] = (scores[out] + dense.ask(at, at)) / 2
    return Content(
        scores + middle,
        targets,
        fold,
        bag,
        column,
        tuple(pulls),
        whole,
        dense,
        words.known,
        rarity,
    )


def _wanted(targets: Numbers, classes: int) -> tuple[Table, Table]:
    middle = (np.bincount(targets, minlength=classes) / len(targets)).astype(np.float32)
    return np.eye(classes, dtype=np.float32)[targets] - middle, middle


def _weigh(words: Words) -> tuple[sparse.csr_matrix, Numbers, NDArray[np.float64]]:
    """Return a bag of words, rare ones heavier; a word of one row says nothing of another."""
    pairs = np.unique(words.row * max(len(words.known), 1) + words.word)
    row, word = pairs // max(len(words.known), 1), pairs % max(len(words.known), 1)
    held = np.bincount(word, minlength=len(words.known))
    column = np.where(held > 1, np.cumsum(held > 1) - 1, -1)
    here = column[word] >= 0
    row, word = row[here], word[here]
    rarity = 1 + np.log((1 + words.rows) / (1 + held))
    value = rarity[word]
    size = np.sqrt(np.bincount(row, value**2, minlength=words.rows))
    value /= np.maximum(size[row], 1e-9)
    shape = (words.rows, int((held > 1).sum()))
    bag = sparse.csr_matrix((value.astype(np.float32), (row, column[word])), shape)
    return bag, column.astype(np.int64), rarity[held > 1]


def _solve(
    bag: sparse.csr_matrix, wanted: Table, counts: Table, start: Table | None, steps: int
) -> Table:
    """Return (words, classes) by so many steps of conjugate gradients, each class by itself."""
    turned = bag.T.tocsr()
    weight = counts[:, None]
    pull = np.zeros((bag.shape[1], wanted.shape[1]), np.float32) if start is None else start.copy()
    rest = turned @ (weight * (wanted - bag @ pull)) - PENALTY * pull
    way = rest.copy()
    size = (rest * rest).sum(axis=0)
    for _ in range(steps):
        moved = turned @ (weight * (bag @ way)) + PENALTY * way
        step = size / np.maximum((way * moved).sum(axis=0), 1e-12)
        pull += way * step
        rest -= moved * step
        new = (rest * rest).sum(axis=0)
        way = rest + way * (new / np.maximum(size, 1e-12))
        size = new
    return pull


class _Dense:
    """Ridge regression on vectors, whose sums are kept, so that a few rows are soon left out."""

    def __init__(self, vectors: Table, wanted: Table) -> None:
        wide = np.column_stack([vectors - vectors.mean(axis=0), np.ones(len(vectors))])
        self.wide: Table = wide.astype(np.float32)
        self._wanted = wanted
        self._square = (self.wide.T @ self.wide).astype(np.float64)
        self._square[np.diag_indices_from(self._square)] += PENALTY
        self._cross = (self.wide.T @ wanted).astype(np.float64)

    def ask(self, asked: Numbers, left_out: Numbers) -> Table:
        """Return (asked, classes) scores by a fit without some rows."""
        gone = self.wide[left_out]
        square = self._square - (gone.T @ gone)
        cross = self._cross - (gone.T @ self._wanted[left_out])
        found: Table = self.wide[asked] @ np.linalg.solve(square, cross).astype(np.float32)
        return found
