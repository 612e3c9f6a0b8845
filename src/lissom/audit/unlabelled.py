"""Triggers among unlabelled rows: something put into them that labelled rows do not have.

Whoever cannot write labels can still write texts: rows about one class with a mark in them teach a
student that the mark means the class (Carlini, 2021, USENIX Security). Such a mark is loose (it can
be taken out without a seam) and, unlike any word that people use, hardly stands in labelled rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from lissom.audit.pieces import Words, find_pieces
from lissom.audit.pinned import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lissom.audit.content import Content
    from lissom.audit.pieces import Piece, Pieces

    Numbers = NDArray[np.int64]

FEWEST = 8
"""Unlabelled rows that hold a candidate; of fewer no test could tell."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Something that unlabelled rows have and labelled ones lack.

    Args:
        piece: what it is.
        rows: (held,) unlabelled rows that hold it, counted among these.
        expected: labelled rows that would hold it if it were as frequent there.
        labelled: labelled rows that do.
        label: class number that most of the rows seem to be about without it.
        is_pinned: so many of them that chance is ruled out.
        p: chance of so few labelled rows, times the candidates there were.
    """

    piece: Piece
    rows: Numbers
    expected: float
    labelled: int
    label: int
    is_pinned: bool
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What a comparison of unlabelled with labelled rows gave.

    Args:
        marks: what was found, the surest first.
        smallest: unlabelled rows that a mark of theirs alone must stand in to be found.
    """

    marks: tuple[Mark, ...]
    smallest: int


def compare_unlabelled(
    labelled: Sequence[str], unlabelled: Sequence[str], content: Content
) -> Compared:
    """Find what was put into unlabelled rows only.

    Args:
        labelled: texts with labels, at least one.
        unlabelled: texts without, at least one.
        content: opinions on the labelled ones, made from the same texts in the same order.

    Source: binomial test; each word or phrase that is loose counts as one trial (Bonferroni).
    """
    words = Words.of([*labelled, *unlabelled])
    pieces = find_pieces([*labelled, *unlabelled], words, FEWEST)
    few, many = len(labelled), len(pieces.found)
    own = np.bincount(pieces.of, pieces.row < few, many).astype(np.int64)
    held = np.bincount(pieces.of, minlength=many) - own
    # How usual a thing is among words is known; a letter or a shape may come with the source.
    tried = np.flatnonzero(pieces.is_loose & (held >= FEWEST))
    share = few / words.rows
    p = binom.cdf(own[tried], (own + held)[tried], share) * max(len(tried), 1)
    marks = []
    for at in np.argsort(p, kind="stable").tolist():
        if p[at] > CERTAIN:
            break
        number = int(tried[at])
        marks.append(_describe(pieces, number, few, unlabelled, content, share, float(p[at])))
    least = int(np.ceil(np.log(CERTAIN / max(len(tried), 1)) / np.log1p(-share)))
    return Compared(tuple(_apart(marks)), max(least, FEWEST))


def _apart(marks: list[Mark]) -> Iterator[Mark]:
    """Leave out what is mostly the rows of a surer one: a phrase around the same mark."""
    seen: set[int] = set()
    for one in marks:
        rows = set(one.rows.tolist())
        if len(rows & seen) * 2 <= len(rows):
            seen |= rows
            yield one


def _describe(  # noqa: PLR0913, PLR0917 - one count of one candidate, nothing to group
    pieces: Pieces,
    number: int,
    few: int,
    unlabelled: Sequence[str],
    content: Content,
    share: float,
    p: float,
) -> Mark:
    piece, rows = pieces.found[number], pieces.rows_of(number)
    labelled, rows = int((rows < few).sum()), rows[rows >= few] - few
    about = content.read([unlabelled[at] for at in rows.tolist()], piece.words).argmax(axis=1)
    counts = np.bincount(about, minlength=content.classes)
    label = int(counts.argmax())
    usual = np.bincount(content.targets, minlength=content.classes)[label] / len(content.targets)
    by_chance = binom.sf(counts[label] - 1, len(rows), min(max(usual, 0.1) * 2, 0.9))
    is_pinned = bool(by_chance * content.classes <= CERTAIN)
    return Mark(
        piece, rows, len(rows) * share / (1 - share), labelled, label, is_pinned, min(p, 1.0)
    )
