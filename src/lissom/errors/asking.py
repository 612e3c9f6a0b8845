"""What was asked for means nothing, or needs what is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import LissomError, UsageError
from lissom.errors.wording import did_you_mean, short, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


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


class TaskWordError(UsageError):
    """A kind of task was asked for that there is not."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        """Name the word and those that are known."""
        hint = did_you_mean(word, known)
        super().__init__(f'There is no task called "{word}"; known: {", ".join(known)}.{hint}')


class NoneWordError(UsageError):
    """A word for "none of the labels" was given where every row has exactly one."""

    def __init__(self, word: str) -> None:
        """Name the word, and what would make it mean something."""
        super().__init__(
            f'"{word}" as the word for none means nothing here: each row has exactly one label. '
            "Leave it out, or pass --task labels."
        )


class LabelNameError(UsageError):
    """A label has a name that cannot be written into a cell beside others."""

    def __init__(self, name: str) -> None:
        """Name the label."""
        super().__init__(
            f'A label cannot be called "{name}": "|" stands between labels, "-" for none of them, '
            "and blanks at the ends are cut off. Give it another name."
        )


class OutputNotBuiltError(UsageError):
    """A task gives out something that nothing here can learn yet."""

    def __init__(self, output: str) -> None:
        """Name the output."""
        super().__init__(
            f"Nothing here learns {output} yet; there are classes and labels. See docs/design.md."
        )


class NoSuchClassError(UsageError):
    """A class was spoken of that there is none of."""

    def __init__(self, name: str, classes: Sequence[str]) -> None:
        """Name it, and the nearest that there is."""
        super().__init__(
            f'--other "{short(name)}": no row has that label, and no list of classes names it.'
            f"{did_you_mean(name, classes)} Give the name of one of the {len(classes)} classes."
        )


class DescriptionError(UsageError):
    """A description.toml says something that means nothing."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"{where}: {shown(why, 300)}. Correct it, or answer again: lissom describe."
        )


class UnknownQuestionError(UsageError):
    """There is no such question."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        """Name what was typed and what there is."""
        super().__init__(
            f'There is no question "{shown(key)}".{did_you_mean(key, known)} '
            f"There are: {', '.join(known)}."
        )


class PolicyFileError(UsageError):
    """A policy.toml says something that means nothing; it is not read around."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"{where}: {shown(why, 400)}. Correct it; docs/policy.md lists what is known."
        )


class MissingPartError(LissomError):
    """An optional part of lissom is needed and not installed."""

    def __init__(self, need: str, extra: str) -> None:
        """Name what needs the part and the command that brings it."""
        super().__init__(
            f'{need} needs a part that is not installed. Run: pip install "lissom[{extra}]"'
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
