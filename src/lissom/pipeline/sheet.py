"""The file that a person fills in: begun, continued, never thrown away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lissom.data import Filled, fill_in, label_column, read_labels, write_sheet
from lissom.data.filled import CHANCE, GUESS, ROW, WHY
from lissom.errors import (
    ColumnTakenError,
    EmptySourceError,
    LabelsFileError,
    SheetInTheWayError,
    UnknownFormatError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.data import Dataset, Source
    from lissom.pipeline.ask import Asked

_OURS = (ROW, WHY, GUESS, CHANCE)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A file to fill in.

    Args:
        path: where it is or will be.
        top: rows of it that were filled in already.
        left: rows of it that were left empty; they make way for better ones.
    """

    path: Path
    top: pl.DataFrame | None = None
    left: int = 0

    @property
    def kept(self) -> int:
        """Return the number of rows that were filled in already."""
        return 0 if self.top is None else self.top.height

    def write(self, data: Dataset, asked: Sequence[Asked]) -> None:
        """Write the rows that were filled in, then the new ones; whole or not at all.

        Args:
            data: the table, for the columns that lissom has no part in.
            asked: the new rows.

        Raises:
            SheetNotWrittenError: the folder cannot be written to.
        """
        text, label = data.roles.text, label_column(data)
        others = [name for name in data.frame.columns if name not in {text, label}]
        at = {int(number): position for position, number in enumerate(data.rows)}
        lines = pl.Series([at[one.row] for one in asked], dtype=pl.UInt32)
        chances = [None if one.probability is None else f"{one.probability:.3f}" for one in asked]
        new = data.frame[lines].select(
            pl.Series(ROW, [str(one.row) for one in asked], pl.String),
            pl.Series(WHY, [one.why for one in asked], pl.String),
            pl.col(text),
            pl.lit(None, pl.String).alias(label),
            pl.Series(GUESS, [one.suggestion for one in asked], pl.String),
            pl.Series(CHANCE, chances, pl.String),
            *others,
        )
        if self.top is not None:
            absent = [pl.lit(None, pl.String).alias(c) for c in new.columns if c not in self.top]
            new = pl.concat([self.top.with_columns(absent).select(new.columns), new])
        write_sheet(self.path, new, own=(label, GUESS))


def open_sheet(
    path: Path | None, data: Dataset, filled: Filled, labels: Source | None
) -> tuple[Sheet | None, Filled]:
    """Look at the file to fill in; what was filled in already counts as labels.

    Args:
        path: the file, there or not; None for none.
        data: the table as it was read.
        filled: the table with the labels of `labels`.
        labels: the labels file that the user named; the same file is not read twice.

    Returns:
        The sheet, and the table with its labels as well.

    Raises:
        ColumnTakenError: the table has a column that lissom would write.
        SheetInTheWayError: another file stands there.
        StrangeLabelsError: the file there was filled in for another table.
        UnknownFormatError: the path does not end with .csv.
    """
    if path is None:
        return None, filled
    if path.suffix.lower() != ".csv":
        raise UnknownFormatError(path.name, path.suffix, (".csv",))
    taken = next((name for name in _OURS if name in data.frame.columns), None)
    if taken is not None:
        raise ColumnTakenError(data.source, taken)
    if not path.exists():
        return Sheet(path), filled
    found = _read(path, filled.dataset)
    is_filled = [bool(label) for label in found.labels]
    sheet = Sheet(path, found.frame.filter(pl.Series(is_filled)), is_filled.count(False))
    if isinstance(labels, str | Path) and Path(labels).resolve() == path.resolve():
        return sheet, filled
    if not any(is_filled):
        return sheet, filled
    also = fill_in(filled.dataset, found)
    return sheet, replace(
        also,
        chosen=also.chosen | filled.chosen,
        undecided=also.undecided | filled.undecided,
        notes=(*filled.notes, *also.notes),
    )


def _read(path: Path, data: Dataset) -> Dataset:
    try:
        found = read_labels(path, data)
    except (LabelsFileError, EmptySourceError) as error:
        raise SheetInTheWayError(str(path), "holds no rows of this table") from error
    if any(name not in found.frame for name in (ROW, WHY)):
        raise SheetInTheWayError(str(path), "was not written by lissom next")
    return found
