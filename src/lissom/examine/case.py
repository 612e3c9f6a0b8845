"""All that a part of the examination may look at, and what it gives back."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.examine.settings import Effort, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lissom.evidence import Measured, Picture, RowToRead
    from lissom.examine.answered import Answered
    from lissom.examine.asking import Asker


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Labelled rows.

    Args:
        texts: the texts.
        labels: the label of each.
        numbers: 0-based data row of each in the user's file.
        columns: further columns by name, None for an empty cell; text and label are not among them.
        date: name of the column that says when a row was made, or None.
        group: name of the column of rows that belong together, or None.
        id: name of the column that names a row, or None.
        source: where they came from, as the user would say it.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    numbers: tuple[int, ...]
    columns: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    date: str | None = None
    group: str | None = None
    id: str | None = None
    source: str = "rows"

    def select(self, places: Sequence[int]) -> Rows:
        """Return these rows only."""
        return replace(
            self,
            texts=tuple(self.texts[i] for i in places),
            labels=tuple(self.labels[i] for i in places),
            numbers=tuple(self.numbers[i] for i in places),
            columns={name: tuple(cells[i] for i in places) for name, cells in self.columns.items()},
        )

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.texts)


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """The larger model that the target was made from.

    Args:
        asker: asks it.
        name: what it is, for a person.
    """

    asker: Asker
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What a part may look at; the target itself is only ever asked.

    Args:
        asker: asks the target.
        rows: labelled rows.
        answered: the target's answers to them beside the truth.
        settings: what the user asked for.
        effort: how many texts may be spent.
        seed: every random choice follows from it.
        outside: texts that belong to no class, from the user.
        more: unlabelled texts of the same kind as the rows.
        train: rows that the target learned from, where the user has them.
        parent: the larger model, where there is one.
        clock: seconds, monotonic.
        cpu_clock: seconds of processor time of this process; None when the target answers
            elsewhere.
        probe: given texts, measures memory and start in a process of its own; None where that
            cannot be.
    """

    asker: Asker
    rows: Rows
    answered: Answered
    settings: Settings = field(default_factory=Settings)
    effort: Effort = field(default_factory=Effort)
    seed: int = 0
    outside: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    train: Rows | None = None
    parent: Parent | None = None
    clock: Callable[[], float] = lambda: 0.0
    cpu_clock: Callable[[], float] | None = None
    probe: Callable[[list[str]], tuple[Measured, ...]] | None = None

    def rng(self, part: str) -> np.random.Generator:
        """Return chance of the part's own: leaving out a part changes nothing in the others."""
        return np.random.default_rng([self.seed, zlib.crc32(part.encode())])

    def sample(self, part: str, most: int) -> list[int]:
        """Return at most so many positions of rows, in order."""
        if len(self.rows) <= most:
            return list(range(len(self.rows)))
        return sorted(self.rng(part).choice(len(self.rows), most, replace=False).tolist())

    def few(self, part: str, most: int) -> Case:
        """Return the case with at most so many of its rows."""
        if len(self.rows) <= most:
            return self
        chosen = self.sample(part, most)
        rows, answered = self.rows.select(chosen), self.answered.select(np.array(chosen))
        return replace(self, rows=rows, answered=answered)

    def sample_train(self) -> list[int]:
        """Return positions of the training rows that are asked about: the same for every part."""
        count = 0 if self.train is None else len(self.train)
        most = self.effort.changed_rows
        if count <= most:
            return list(range(count))
        return sorted(self.rng("train").choice(count, most, replace=False).tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a part found out.

    Args:
        evidence: figures.
        pictures: tables worth drawing.
        rows: rows to read; private.
    """

    evidence: tuple[Measured, ...]
    pictures: tuple[Picture, ...] = ()
    rows: tuple[RowToRead, ...] = ()
