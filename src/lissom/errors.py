"""Every error a person can meet.

Each class builds its own message: what went wrong, where, the value we got, what to do next.

LissomError
├── DataError                  the user's file or rows
│   ├── NoRowsError
│   └── TooFewClassesError
├── BundleError                a bundle that will not be opened; exit code 5
│   └── UnknownTaskError
├── BudgetError                a limit that cannot be met; exit code 4
├── UsageError                 a setting that means nothing; exit code 2
│   └── GateRangeError
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
