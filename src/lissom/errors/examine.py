"""What was to be examined, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import DataError, TargetError, UsageError
from lissom.errors.wording import did_you_mean, short, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class WrongAnswersError(TargetError):
    """A target answered in a way that cannot be read."""

    def __init__(self, why: str) -> None:
        """Say what is wrong with the answers."""
        super().__init__(
            f"The model that is examined does not answer as it should: {why}. For a list of texts "
            "it must return one label each, or one probability for each class."
        )


class TargetNotFoundError(TargetError):
    """There is nothing to examine where something was said to be."""

    def __init__(self, target: str, why: str) -> None:
        """Name the target and what was found instead."""
        super().__init__(
            f"{shown(target, 300)}: {why}. Give a bundle, an .onnx or .skops file, a Hugging Face "
            "folder, or the address of a running server."
        )


class TargetUnreadableError(TargetError):
    """A file or folder is there and is not what can be examined."""

    def __init__(self, target: str, why: str) -> None:
        """Name the target and what is wrong with it."""
        super().__init__(
            f"{shown(target, 300)}: {shown(why, 400)}. Export it again, or serve it and give the "
            "server's address."
        )


class PickleRefusedError(TargetError):
    """Opening a pickle runs whatever its writer put in it."""

    def __init__(self, target: str) -> None:
        """Name the file."""
        super().__init__(
            f"{shown(target, 300)}: a pickle runs code when it is opened, so it is not opened. "
            "Save the model with skops or as ONNX or safetensors, or call "
            "lissom.examine_model(model, data) where it is already loaded."
        )


class ServerTargetError(TargetError):
    """A server does not answer, or not in a form that can be read."""

    def __init__(self, url: str, why: str) -> None:
        """Name the address and what went wrong."""
        super().__init__(
            f"{shown(url, 300)}: {shown(why, 600)}. Check that the server runs; an address with "
            "/v2/models/NAME speaks Open Inference Protocol v2, any other takes a POST of "
            '{"texts": [...]}.'
        )


class ExamFileError(UsageError):
    """An exam.toml that says something we don't know."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(f"{where}: {why}. Correct it, or leave --policy out.")


class UnknownPartError(UsageError):
    """A part of the examination that does not exist."""

    def __init__(self, part: str, known: Sequence[str]) -> None:
        """Name it, the nearest one, and all that there are."""
        super().__init__(
            f'There is no part "{short(part)}".{did_you_mean(part, known)} '
            f"The parts are: {', '.join(known)}."
        )


class NoSuchGroupError(DataError):
    """A column to group by does not exist."""

    def __init__(self, source: str, column: str, columns: Sequence[str]) -> None:
        """Name the column, the nearest one, and all that there are."""
        has = ", ".join(columns) or "none besides text and label"
        super().__init__(
            f'{source}: there is no column "{column}" to group by.'
            f"{did_you_mean(column, columns)} It has: {has}. Give one of these with --groups."
        )
