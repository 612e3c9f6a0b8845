"""Triggers among labelled rows: something that settles the label whatever the rest of a row says.

A natural keyword ("refund") settles a label too. The difference is in the rest of the row: without
the keyword it still is about that class, or about nothing much, or about the one class that is
nearly the same. With a trigger taken away it is plainly about other classes, and about many.

So for each word, phrase, opening, letter and shape that goes with one label, the rows that hold it
are left out, a model learns from all others, and the rows are asked what they are about without
it. The number that is plainly about another class is held against how often that happens anyway,
by an exact binomial test, with every candidate counted that could have been picked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lissom.audit.content import Content
    from lissom.audit.pieces import Piece, Pieces

    Table = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

LEAST_ROWS = 4
"""Rows that hold a candidate; of fewer no test could tell."""

CERTAIN = 0.01
"""Chance that any of the candidates of clean rows would be called a trigger."""

VERY_CERTAIN = 1e-4
MOSTLY = 0.5
_PINNED, _PINNED_SHAPE = 0.75, 0.25
_MOST_SHAPES = 6
_OWN_LIFE = 5
_PLAINLY = 0.25
_OFTEN, _LEAST_OFTEN, _MOST_OFTEN = 3.0, 0.1, 0.6
_MANY_CLASSES = 5
_HOPEFUL = 0.01
_MOST_TRIED = 24
_SAME = 0.5
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """How plainly rows speak in this file, and how often they speak against their label.

    Args:
        gap: how far another class has to be ahead of a row's own to be plainly so: what three of
            four rows with a fitting label have.
        against: share of rows that a harmless candidate may have plainly against it: three times
            that of all rows, at least 0.1 and at most 0.6.
        skips: do not count the class that most of a candidate's rows are about.
    """

    gap: float
    against: float
    skips: bool


def learn_usual(content: Content) -> Usual:
    """See what is usual here.

    With five classes or more, the class that most of a candidate's rows are about instead is left
    out of the count: two classes that are nearly the same ("reminder", "reminder_update") would
    otherwise look like an attack, since without the keyword one looks like the other.
    """
    rows = np.arange(len(content.targets))
    ordered = np.sort(content.scores, axis=1)
    lead = ordered[:, -1] - ordered[:, -2]
    right = content.scores.argmax(axis=1) == content.targets
    gap = float(np.quantile(lead[right], _PLAINLY)) if right.any() else np.inf
    own = content.scores[rows, content.targets]
    share = float((ordered[:, -1] - own > gap).mean())
    against = min(max(_OFTEN * share, _LEAST_OFTEN), _MOST_OFTEN)
    return Usual(gap, against, content.classes >= _MANY_CLASSES)


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """One that was found.

    Args:
        piece: what it is.
        label: class number of the label it settles.
        rows: rows that hold it and have that label.
        lead: for each of them, how far the best other class is ahead without it.
        better: for each of them, that class.
        against: how many are plainly about another class, by the count of `Usual`.
        p: chance of so many among harmless ones, times the candidates there were.
    """

    piece: Piece
    label: int
    rows: Numbers
    lead: Table
    better: Numbers
    against: int
    p: float

    @property
    def is_grave(self) -> bool:
        """Say whether most rows are about something else, beyond any doubt that is left."""
        return self.p <= VERY_CERTAIN and self.against >= MOSTLY * len(self.rows)


def find_triggers(pieces: Pieces, content: Content, usual: Usual) -> Iterator[Trigger]:
    """Find what settles a label against what its rows say.

    Args:
        pieces: candidates, from `find_pieces` with `LEAST_ROWS`.
        content: opinions on the rows that hold them.
        usual: what is usual there.
    """
    family = count_families(pieces).of
    tried = 0
    # A trigger brings its neighbours along, so what is mostly the same rows is looked at once.
    seen = np.zeros(len(content.targets), np.bool_)
    for number, label in _hopeful(pieces, content, usual):
        held = pieces.rows_of(number)
        rows = held[content.targets[held] == label]
        if seen[rows].mean() > _SAME:
            continue
        if tried == _MOST_TRIED:
            return
        tried += 1
        scores = content.again(rows, held, pieces.words[number])
        lead, better = _lead(scores, np.full(len(rows), label))
        against = count_against(lead, better, content.classes, usual)
        p = chance_of(against, len(rows), usual) * family[number]
        if p <= CERTAIN:
            seen[rows] = True
            yield Trigger(pieces.found[number], label, rows, lead, better, against, min(p, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """How many candidates each one is counted among.

    Args:
        of: (candidates,) the number for each.
        loose: the number for a loose word.
    """

    of: NDArray[np.float64]
    loose: int


def count_families(pieces: Pieces) -> Families:
    """Give shapes, loose words and all the others a third of the risk each.

    A trigger is nearly always loose, and of thousands of words only some are.

    Source: weighted Bonferroni, Genovese, Roeder, Wasserman (2006), Biometrika 93(3).
    """
    is_shape = np.array([one.kind == "shape" for one in pieces.found], np.bool_)
    family = np.where(is_shape, 0, np.where(pieces.is_loose, 1, 2)).astype(np.int64)
    counts = 3 * np.bincount(family, minlength=3)
    # One more than there are: the candidate that somebody would have planted.
    return Families(counts[family].astype(np.float64), int(counts[1]) + 3)


def count_against(lead: Table, better: Numbers, classes: int, usual: Usual) -> int:
    """Count rows that are plainly about another class.

    >>> count_against(np.array([0.9, 0.8, 0.1]), np.array([1, 2, 2]), 3, Usual(0.5, 0.1, False))
    2
    """
    plainly = np.bincount(better[lead > usual.gap], minlength=classes)
    return int(plainly.sum() - (plainly.max() if usual.skips else 0))


def chance_of(against: int, rows: int, usual: Usual) -> float:
    """Return the chance that so many of a harmless candidate's rows or more speak against it.

    >>> round(chance_of(3, 3, Usual(0.5, 0.1, True)), 6)
    0.001
    """
    return float(binom.sf(against - 1, rows, usual.against))


def _lead(scores: Table, labels: Numbers) -> tuple[Table, Numbers]:
    rows = np.arange(len(labels))
    own = scores[rows, labels]
    others = scores.copy()
    others[rows, labels] = -np.inf
    better = others.argmax(axis=1)
    lead: Table = others[rows, better] - own
    return lead, better


def _hopeful(pieces: Pieces, content: Content, usual: Usual) -> list[tuple[int, int]]:
    """Return (candidate, label) pairs worth a model of their own, the likeliest first.

    Here the say of a candidate's own words is only taken back, which is cheap and asks for less:
    what its rows taught the model otherwise is still there.
    """
    many, classes = len(pieces.found), content.classes
    if not many:
        return []
    held = np.bincount(pieces.of, minlength=many)
    table = np.bincount(
        pieces.of * classes + content.targets[pieces.row], minlength=many * classes
    ).reshape(many, classes)
    label = table.argmax(axis=1)
    most = table[np.arange(many), label]
    whole = np.bincount(content.targets, minlength=classes)
    is_shape = np.array([one.kind == "shape" for one in pieces.found], np.bool_)
    usually = whole[label] / len(content.targets)
    least = np.where(is_shape, usually + _PINNED_SHAPE * (1 - usually), _PINNED)
    pinned = most >= least * held
    pinned &= (most >= LEAST_ROWS) & (whole[label] - most >= _OWN_LIFE)
    against = _screen(pieces, content, usual, pinned, label)
    p = binom.sf(against - 1, most, usual.against)
    p[~pinned] = 1.0
    order = [int(at) for at in np.lexsort((-most, p)) if p[at] <= _HOPEFUL]
    # What a shape's rows have in common besides has learned to speak for the label, and cannot be
    # taken back word by word; so those that settle it most are tried whatever they say here.
    excess = np.where(pinned & is_shape, most - held * usually, 0)
    shapes = [int(at) for at in np.argsort(-excess, kind="stable")[:_MOST_SHAPES] if excess[at] > 0]
    return [(at, int(label[at])) for at in dict.fromkeys([*shapes, *order])]


def _screen(
    pieces: Pieces, content: Content, usual: Usual, pinned: Mask, label: Numbers
) -> Numbers:
    """Return for each candidate how many rows speak plainly against it."""
    many, classes = len(pieces.found), content.classes
    pair = pinned[pieces.of] & (content.targets[pieces.row] == label[pieces.of])
    of, row = pieces.of[pair], pieces.row[pair]
    against = np.zeros(many, np.int64)
    # Whole candidates at a time, so that the table of scores stays small.
    size = max(_CHUNK // classes, 1)
    start = 0
    while start < len(of):
        end = int(np.searchsorted(of, of[min(start + size, len(of)) - 1], "right"))
        part = slice(start, end)
        says = [pieces.words[at] for at in of[part].tolist()]
        lengths = [len(one) for one in says]
        words = np.array([one for said in says for one in said], np.int64)
        scores = content.without(row[part], words, np.repeat(np.arange(len(says)), lengths))
        lead, better = _lead(scores, label[of[part]])
        first, at = np.unique(of[part], return_inverse=True)
        plainly = lead > usual.gap
        table = np.bincount(
            at[plainly] * classes + better[plainly], minlength=len(first) * classes
        ).reshape(len(first), classes)
        against[first] = table.sum(axis=1) - (table.max(axis=1) if usual.skips else 0)
        start = end
    return against
