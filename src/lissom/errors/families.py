"""The families of errors: what a caller catches, and what the command line ends with."""

from __future__ import annotations


class LissomError(Exception):
    """Anything that a person can put right; the message says how.

    Faces catch this class and nothing else. `exit_code` is what the command line ends with.
    """

    exit_code = 1


class DataError(LissomError):
    """The rows that were handed in cannot be used as they are."""


class BundleError(LissomError):
    """A bundle was changed, is not trusted, or is not one."""

    exit_code = 5


class BundleWriteError(LissomError):
    """A bundle could not be written; what stood there before still stands."""


class SigningKeyError(LissomError):
    """A key on this machine cannot be used."""

    def __init__(self, path: str, why: str, remedy: str) -> None:
        """Name the file, what is wrong with it, and what to do."""
        super().__init__(f"{path}: {why}. {remedy}")


class BaseError(LissomError):
    """The base encoder cannot be used."""


class BudgetError(LissomError):
    """A limit that the user set cannot be met."""

    exit_code = 4


class UsageError(LissomError):
    """A setting is unknown, misspelt or out of range."""

    exit_code = 2


class TargetError(LissomError):
    """What was to be examined does not answer."""


class ReleaseError(LissomError):
    """A release cannot be changed; what served still serves."""


class LogError(LissomError):
    """The log of answers cannot be read or written."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. Make room there, check who may write to it, or name another folder."
        )


class RequestError(LissomError):
    """A request that gets no answer, and the sentence that it gets instead.

    `status` is the HTTP status. `retry_after_s` says when to come back, None where that would
    change nothing. No message quotes a text.
    """

    status = 500
    retry_after_s: int | None = None
