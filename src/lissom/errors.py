"""Every error a person can meet.

Each class builds its own message: what went wrong, where, the value we got, what to do next.

LissomError
├── DataError                  the user's file or rows
│   ├── LineTooLongError
│   ├── NoRowsError
│   └── TooFewClassesError
├── BundleError                a bundle that will not be opened; exit code 5
│   ├── UnknownTaskError
│   └── UntrustedSignerError
├── BudgetError                a limit that cannot be met; exit code 4
├── UsageError                 a setting that means nothing; exit code 2
│   ├── NothingToPredictError
│   ├── NoWhereToWriteError
│   └── OnlyForFilesError
├── PortTakenError             an address that the server cannot have
└── MissingPartError           an optional part that is not installed
"""

from __future__ import annotations

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


class TooFewClassesError(DataError):
    """There is nothing to tell apart."""

    def __init__(self, names: Sequence[str]) -> None:
        """Name the one class, or say that there is none."""
        found = f'only "{names[0]}"' if names else "none"
        super().__init__(
            f"A classifier needs at least 2 different labels; found {found}. "
            "Label a few rows of another kind, or name the label column with --label."
        )


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


class BudgetError(LissomError):
    """A limit that the user set cannot be met."""

    exit_code = 4


class UsageError(LissomError):
    """A setting is unknown, misspelt or out of range."""

    exit_code = 2


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
