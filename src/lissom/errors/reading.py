"""Rows, columns and labels that cannot be read, or not as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import DataError
from lissom.errors.wording import did_you_mean, short, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoRowsError(DataError):
    """A count of nothing was asked for a share of it."""

    def __init__(self, what: str) -> None:
        """Say what was to be measured."""
        super().__init__(f"{what} was asked of 0 rows. Give at least one row.")


class ColumnTakenError(DataError):
    """The rows already have a column that an answer would go into."""

    def __init__(self, source: str, column: str) -> None:
        """Name the column."""
        super().__init__(
            f'{source} already has a column "{column}", where an answer would go. '
            "Rename or drop that column first."
        )


class TooFewClassesError(DataError):
    """There is nothing to tell apart."""

    def __init__(self, names: Sequence[str]) -> None:
        """Name the one class, or say that there is none."""
        found = f'only "{names[0]}"' if names else "none"
        super().__init__(
            f"A classifier needs at least 2 different labels; found {found}. "
            "Label a few rows of another kind, or name the label column with --label."
        )


class SourceMissingError(DataError):
    """There is nothing to read at a path."""

    def __init__(self, path: str, beside: Sequence[str] = ()) -> None:
        """Name the path, and a name beside it that looks much like it."""
        hint = did_you_mean(path.replace("\\", "/").rsplit("/", 1)[-1], beside)
        super().__init__(f"{path}: there is no file to read here.{hint} Check the path.")


class EmptySourceError(DataError):
    """A file has no row that can be used."""

    def __init__(self, source: str, found: str, first: str = "") -> None:
        """Say what was found instead of rows, and the first trouble if there was one."""
        reason = f" The first: {first}." if first else ""
        super().__init__(
            f"{source}: {found}, so there is nothing to learn from.{reason} "
            "Give a file with a line of column names and at least one row."
        )


class UnknownFormatError(DataError):
    """The ending of a name says nothing that we know."""

    def __init__(self, source: str, ending: str, known: Sequence[str]) -> None:
        """Name the ending and those that are known."""
        super().__init__(
            f'{source}: the ending "{ending}" is not one we can read or write. '
            f"Use one of {', '.join(known)}."
        )


class DamagedSourceError(DataError):
    """A file breaks off, or is not what its name says."""

    def __init__(self, source: str, what: str) -> None:
        """Say what is wrong with it."""
        super().__init__(f"{source}: {what}. Save or download the file again, then try again.")


class NotAWorkbookError(DamagedSourceError):
    """A file is called a workbook and is something else, or is locked with a password."""

    def __init__(self, source: str, why: str) -> None:
        """Say what the reader of workbooks said."""
        super().__init__(source, f"this is not a workbook that can be read ({why})")


class FetchError(DataError):
    """An address did not give a file."""

    def __init__(self, address: str, why: str) -> None:
        """Name the address and what went wrong."""
        super().__init__(
            f"{address}: {why}. Check the address, or download the file yourself and give its path."
        )


class TooLongLineError(DataError):
    """One line is larger than anything that a person wrote."""

    def __init__(self, source: str, line: int, limit_mib: int) -> None:
        """Name the line and the limit."""
        super().__init__(
            f"{source}, line {line}: the line is longer than {limit_mib} MiB. "
            "Check that this is a table with one row on each line, and shorten that row."
        )


class NoHeaderError(DataError):
    """The first line looks like a row, so reading it as column names would lose it."""

    def __init__(self, source: str, cell: str) -> None:
        """Show the cell that is no column name."""
        super().__init__(
            f'{source}, line 1: "{short(cell)}" does not look like a column name. '
            "Put a line of column names such as text,label on top of the file."
        )


class DifferentColumnsError(DataError):
    """A file in a folder has other columns than the file before it."""

    def __init__(
        self, source: str, columns: Sequence[str], first: str, others: Sequence[str]
    ) -> None:
        """Show both lists."""
        super().__init__(
            f"{source} has the columns {', '.join(columns)}; {first} has {', '.join(others)}. "
            "Give all files of the folder the same columns, or read them one at a time."
        )


class UnknownColumnError(DataError):
    """A column was asked for that the rows do not have."""

    def __init__(self, source: str, role: str, column: str, columns: Sequence[str]) -> None:
        """Name the column, the nearest one, and all that there are."""
        hint = did_you_mean(column, columns)
        super().__init__(
            f'{source}: there is no column "{column}".{hint} '
            f"It has: {', '.join(columns)}. Give one of these with --{role}."
        )


class UnclearColumnError(DataError):
    """Nothing says which column plays a part that is needed."""

    def __init__(self, source: str, role: str, columns: Sequence[str]) -> None:
        """Show each column with an example, and the flag to give."""
        super().__init__(
            f"{source}: cannot tell which column is the {role}. Say it with --{role} NAME; "
            f"the columns are: {'; '.join(columns)}."
        )


class NoLabelsError(DataError):
    """Not one row has a label."""

    def __init__(self, source: str, column: str) -> None:
        """Name the file and the column that is empty."""
        super().__init__(
            f'{source}: no row has a label in column "{column}". Label at least a few rows of each '
            "kind (lissom next says which teach most), name another column with --label, or start "
            "from names alone with --classes."
        )


class ClassListError(DataError):
    """A list of classes cannot be used."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong in it."""
        super().__init__(
            f"{where}: {why}. Give a table with the columns name and description, a .txt file with "
            "a class on each line, a .toml file, or names with commas between them."
        )


class NamesSayNothingError(DataError):
    """There is no label to learn from, and the names of the classes are no words."""

    def __init__(self, classes: Sequence[str]) -> None:
        """Show some of the names."""
        some = ", ".join(f'"{short(name, 20)}"' for name in classes[:3])
        super().__init__(
            f"No row has a label, and the names of the classes ({some}) say nothing about their "
            "texts. Label a few rows of each, or describe the classes in a file: --classes FILE."
        )


class LicenceError(DataError):
    """A licence is not written as SPDX has it."""

    def __init__(self, text: str, why: str) -> None:
        """Show the text and what is wrong with it."""
        super().__init__(
            f'"{short(shown(text))}" is no licence as SPDX writes them: {why}. Write it like '
            "CC-BY-4.0, MIT OR Apache-2.0, or LicenseRef-own for terms of your own."
        )
