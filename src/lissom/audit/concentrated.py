"""Labels that go against their texts, all in one place: one source, or one stretch of the file.

Honest slips are spread; somebody who changes labels does it where they can. Hard classes gather
too, in files that are sorted by class, so each row is held against what is usual for its own label.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from lissom.audit.pinned import CERTAIN, MOSTLY, VERY_CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lissom.audit.content import Content
    from lissom.audit.pinned import Usual

    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_FEWEST, _FEWEST_WRONG = 10, 5
_MOST_VALUES = 200
_LEAST_OFTEN = 0.1
_STRETCHES = (16, 32, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place where labels go against their texts.

    Args:
        column: name of the column whose value the rows share; "" for a stretch of the file.
        size: labelled rows there.
        rows: those that are plainly about another class.
        lead: for each, how far that class is ahead.
        better: for each, that class.
        p: chance of so many, times the places that were looked at.
    """

    column: str
    size: int
    rows: Numbers
    lead: NDArray[np.float32]
    better: Numbers
    p: float

    @property
    def is_grave(self) -> bool:
        """Say whether most labels there are wrong, beyond any doubt that is left."""
        return self.p <= VERY_CERTAIN and len(self.rows) >= MOSTLY * self.size


def find_places(
    content: Content, usual: Usual, columns: Mapping[str, Sequence[str | None]]
) -> Iterator[Place]:
    """Find where labels go against their texts, in one column's values and along the file.

    Args:
        content: opinions on labelled rows, in the order of the file.
        usual: what is usual there.
        columns: further columns by name, one cell for each row.
    """
    rows = np.arange(len(content.targets))
    others = content.scores.copy()
    others[rows, content.targets] = -np.inf
    better = others.argmax(axis=1)
    lead = others[rows, better] - content.scores[rows, content.targets]
    wrong = lead > usual.gap
    often = np.bincount(content.targets, wrong, content.classes) / np.maximum(
        np.bincount(content.targets, minlength=content.classes), 1
    )
    expected = often[content.targets]

    def place(column: str, held: Numbers, p: float) -> Place:
        found = held[wrong[held]]
        return Place(column, len(held), found, lead[found], better[found], p)

    tried = [(name, held) for name, cells in columns.items() for held in _values(cells)]
    for name, held in tried:
        p = _chance(held, wrong, expected) * len(tried)
        if p <= CERTAIN:
            yield place(name, held, min(p, 1.0))
    stretches = list(_stretches(len(rows)))
    chances = [_chance(held, wrong, expected) * len(stretches) for held in stretches]
    free = np.ones(len(rows), np.bool_)
    for at in np.argsort(chances, kind="stable").tolist():
        if chances[at] > CERTAIN:
            return
        if free[stretches[at]].all():
            free[stretches[at]] = False
            yield place("", stretches[at], min(chances[at], 1.0))


def _values(cells: Sequence[str | None]) -> Iterator[Numbers]:
    names, at = np.unique([cell or "" for cell in cells], return_inverse=True)
    if len(names) > _MOST_VALUES:
        return
    for number, name in enumerate(names.tolist()):
        held = np.flatnonzero(at == number)
        if name and _FEWEST <= len(held) < len(at):
            yield held


def _stretches(rows: int) -> Iterator[Numbers]:
    for size in _STRETCHES:
        if size <= rows // 2:
            for start in range(0, rows - size + 1, size // 2):
                yield np.arange(start, start + size)


def _chance(held: Numbers, wrong: Mask, expected: NDArray[np.float64]) -> float:
    """Return the chance of so many wrong ones if twice the usual share were."""
    hits = int(wrong[held].sum())
    if hits < _FEWEST_WRONG:
        return 1.0
    # Twice as often, as when each row had two chances to be wrong: never above 1.
    often = max(1 - (1 - float(expected[held].mean())) ** 2, _LEAST_OFTEN)
    return float(binom.sf(hits - 1, len(held), often))
