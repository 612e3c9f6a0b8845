"""Samples, sheets of labels and findings: files of ours beside the user's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import DataError, LissomError, UsageError
from lissom.errors.wording import did_you_mean, short

if TYPE_CHECKING:
    from collections.abc import Sequence


class LabelsFileError(DataError):
    """A file of labels lacks a column."""

    def __init__(self, why: Exception) -> None:
        """Repeat what the reader missed, and say what such a file needs."""
        super().__init__(
            f"{why} A file of labels needs the text column and the label column of the table, "
            "called as they are there; lissom next writes such a file."
        )


class StrangeLabelsError(DataError):
    """Not one labelled row of a file is in the table."""

    def __init__(self, sheet: str, count: int, source: str) -> None:
        """Name both files and how many labels have no place."""
        super().__init__(
            f"{sheet}: none of its {count} labelled rows is in {source}; a row is known by its "
            "text. Name the table that the labels were made for, or the labels of this table."
        )


class NothingToLabelError(DataError):
    """There is no row left that a person could be asked about."""

    def __init__(self, source: str, labelled: int, column: str) -> None:
        """Name the file, how many rows have a label, and the column that it stands in."""
        where = f' in column "{column}"' if column else ""
        super().__init__(
            f"{source}: no row is left to label; {labelled} have a label{where}, and the others "
            'are blank, near copies of those, or marked "?". Build a model with lissom build; or '
            "if those are no labels, add an empty column for yours and name it with --label."
        )


class SheetInTheWayError(LissomError):
    """A file that lissom did not write is where the rows to label should go."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and how it was told that it is not ours."""
        super().__init__(
            f"{path} is there already and {why}, so it was not touched. Name another file with "
            "--out, or move this one away."
        )


class SheetNotWrittenError(LissomError):
    """The rows to label cannot be written."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what the system said."""
        super().__init__(
            f"{path} cannot be written: {why}. What stood there before is untouched. Close it if a "
            "spreadsheet has it open, make room, or name another file with --out."
        )


class UnknownSampleError(UsageError):
    """No sample has this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name what was asked for and what there is."""
        super().__init__(
            f'There is no sample "{short(name)}".{did_you_mean(name, known)} '
            f"Known: {', '.join(known)}."
        )


class SampleDiffersError(LissomError):
    """A file of the user's is where a sample's should go."""

    def __init__(self, path: str) -> None:
        """Name the file; nothing has been written."""
        super().__init__(
            f"{path} is there already and differs from the sample's. Nothing was written. "
            "Move or delete it, or name another folder."
        )


class SampleNotWrittenError(LissomError):
    """The folder for a sample cannot be used."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"The sample cannot be written to {folder}: {why}. Name another folder, or make room "
            "there."
        )


class FindingsFileError(DataError):
    """A file that should hold findings does not."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {short(why, 200)}. Give the file that lissom audit DATA --out FILE wrote."
        )


class FingerprintFileError(DataError):
    """A file that should hold the fingerprint of a benchmark does not."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {short(why, 200)}. Give a file that lissom fingerprint DATA --out FILE wrote."
        )


class OtherRowsError(DataError):
    """The findings speak of other rows than those to be fixed."""

    def __init__(self, source: str, findings: str, spoken_of: str) -> None:
        """Name both, and what the findings speak of."""
        super().__init__(
            f"{source}: {findings} speaks of other rows ({spoken_of}), so its row numbers would "
            f"hit the wrong ones. Run lissom audit on {source} again."
        )


class UnknownKindError(UsageError):
    """A kind of finding that there is none of, or that has no fix."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        """Name the kind and those that can be fixed."""
        super().__init__(
            f'There is no fix for "{short(kind)}".{did_you_mean(kind, known)} '
            f"There is one for: {', '.join(known)}."
        )


class OverInputError(UsageError):
    """What is written would take the place of what is read."""

    def __init__(self, path: str) -> None:
        """Name the path."""
        super().__init__(
            f"{path} is a file that is read here, and fix never changes that. Name another --out."
        )


class LineTooLongError(DataError):
    """A line on stdin is too long to be one text."""

    def __init__(self, number: int, limit: int) -> None:
        """Name the line, counted from 1, and the limit in bytes."""
        super().__init__(
            f"stdin, line {number}: longer than {limit} bytes, so it is hardly one text. "
            "Put one text on a line, or hand the file in as DATA with --out FILE."
        )
