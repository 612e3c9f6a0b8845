"""Rows, read once and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column plays which part; None where no column does.

    Args:
        text: the column that is read; required.
        label: the answer; an empty cell means unlabelled.
        date: when the row was made.
        group: rows that belong together (a customer, a thread) and must not be split.
        id: names the row; never learned from.
        licence: the row's licence, as SPDX writes it; never learned from.
        annotator: who gave the label; never learned from.
    """

    text: str
    label: str | None = None
    date: str | None = None
    group: str | None = None
    id: str | None = None
    licence: str | None = None
    annotator: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A read-only view of rows.

    Args:
        frame: every column as text (null for an empty cell), one line per row kept.
        roles: which column plays which part.
        rows: 0-based data rows in the source, one per line of `frame`, as a UInt64 series.
        source: where it came from, as the user would say it ("inbox.csv").

    >>> frame = pl.DataFrame({"text": ["hi", "bye"], "label": ["greet", None]})
    >>> data = Dataset.from_frame(frame, Roles("text", "label"), "demo")
    >>> len(data), data.labels, data.labelled().texts
    (2, ['greet', None], ['hi'])
    """

    frame: pl.DataFrame
    roles: Roles
    rows: pl.Series
    source: str

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, roles: Roles, source: str) -> Dataset:
        """View a whole frame; row numbers count from 0."""
        rows = pl.Series("row", range(frame.height), dtype=pl.UInt64)
        return cls(frame, roles, rows, source)

    def __len__(self) -> int:
        """Count the rows."""
        return self.frame.height

    @property
    def texts(self) -> list[str]:
        """Return the texts in order; an empty cell is "" ."""
        return self.frame[self.roles.text].fill_null("").to_list()

    @property
    def column(self) -> pl.Series:
        """Return the texts as a column, null for an empty cell: no list of a million strings."""
        return self.frame[self.roles.text]

    def texts_at(self, lines: Sequence[int]) -> list[str]:
        """Return the texts of these lines (positions in this view), in this order."""
        index = pl.Series(lines, dtype=pl.UInt32)
        return self.column[index].fill_null("").to_list()

    @property
    def labels(self) -> list[str | None]:
        """Return the label cells in order, None for an unlabelled row."""
        if self.roles.label is None:
            return [None] * len(self)
        return self.frame[self.roles.label].to_list()

    @property
    def groups(self) -> list[str | None]:
        """Return the group cells in order; None where there is no group."""
        if self.roles.group is None:
            return [None] * len(self)
        return self.frame[self.roles.group].to_list()

    @property
    def licences(self) -> list[str | None]:
        """Return the licence cells in order; None where nothing says one."""
        if self.roles.licence is None:
            return [None] * len(self)
        return self.frame[self.roles.licence].to_list()

    def select(self, lines: Sequence[int]) -> Dataset:
        """Return a view of these lines (positions in this view), in this order."""
        index = pl.Series(lines, dtype=pl.UInt32)
        return Dataset(self.frame[index], self.roles, self.rows[index], self.source)

    def labelled(self) -> Dataset:
        """Return the rows that have a label."""
        return self.select([i for i, label in enumerate(self.labels) if label])

    def unlabelled(self) -> Dataset:
        """Return the rows that have none."""
        return self.select([i for i, label in enumerate(self.labels) if not label])

    @property
    def fingerprint(self) -> str:
        """Return a sha256 of texts, labels and groups in order; other columns don't count.

        Lengths are hashed with the cells, so moving a character between cells changes it.
        """
        digest = hashlib.sha256()
        for cells in (self.texts, self.labels, self.groups):
            for cell in cells:
                if cell is None:
                    digest.update(b"-;")
                else:
                    raw = cell.encode()
                    digest.update(b"%d:" % len(raw))
                    digest.update(raw)
            digest.update(b"|")
        return digest.hexdigest()
