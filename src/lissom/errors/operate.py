"""Serving, releasing, watching, and incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import BundleError, LissomError, LogError, ReleaseError, UsageError
from lissom.errors.wording import did_you_mean, one_line, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class PortTakenError(LissomError):
    """The server cannot listen where it was told to."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        """Name the address and what the system said."""
        super().__init__(
            f"Cannot listen on {host} port {port}: {reason}. Choose another with --port or --host."
        )


class NoReleaseError(ReleaseError):
    """Nothing was released in a folder."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: nothing was released here. Begin with: "
            f"lissom release {folder} --live BUNDLE"
        )


class NothingOnTrialError(ReleaseError):
    """There is no canary and no shadow."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: no version is on trial. Put one there with --shadow BUNDLE or "
            "--canary BUNDLE."
        )


class NothingToGoBackToError(ReleaseError):
    """Only one version ever served."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: no other version served before this one. Name a bundle with --live BUNDLE."
        )


class SameVersionError(ReleaseError):
    """A version is where it was to be put."""

    def __init__(self, version: str, why: str, instead: str = "name another bundle") -> None:
        """Name it, and what to do instead."""
        super().__init__(f"Version {version} {why}. Nothing was changed; {instead}.")


class ReleaseNotWrittenError(ReleaseError):
    """The system would not let us write."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. What served still serves. Make room there, or check who may write "
            "to it."
        )


class RecordBrokenError(LissomError):
    """A record that is only added to, or its pointer, is not what was written."""

    exit_code = 5

    def __init__(self, path: str, line: int, why: str) -> None:
        """Name the file, the line from 1, and what is wrong."""
        where = f"{path}, line {line}" if line else path
        super().__init__(
            f"{where}: {shown(why, 200)}. Somebody changed it, or the disk did. A server goes on "
            "with what it has; put the file back from a copy before anything is added to it."
        )


class IncidentsNotWrittenError(LissomError):
    """The record of incidents cannot be added to."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. Nothing was noted. Make room there, or check who may write to it."
        )


class NoSuchLogError(LogError):
    """There is no log in a folder."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        LissomError.__init__(
            self, f"{folder} holds no log. Name the folder that was given to lissom serve --log."
        )


class HourDamagedError(LogError):
    """A file with the answers of an hour is none."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        LissomError.__init__(
            self,
            f"{path}: it cannot be read as the answers of an hour ({why}). Put it back from a "
            "copy, or delete it: the log goes on without them.",
        )


class ServerKeyError(LissomError):
    """The file of API keys cannot be used."""

    def __init__(self, path: str, why: str, remedy: str) -> None:
        """Name the file, what is wrong with it, and what to do."""
        super().__init__(f"{path}: {why}. {remedy}")


class ProofError(BundleError):
    """A bundle is whole and does not answer as it should."""

    def __init__(self, bundle: str, why: str) -> None:
        """Say what was seen."""
        super().__init__(
            f"Bundle {shown(bundle)}: {why}. It will not be served. Build it again; if that does "
            "not help, run lissom doctor and see whether this machine is the kind it was built on."
        )


class OneAtATimeError(UsageError):
    """Two options that do different things."""

    def __init__(self, first: str, second: str) -> None:
        """Name them."""
        super().__init__(f"{first} and {second} do different things. Give one of them.")


class OnlyWithLogError(UsageError):
    """An option speaks of a log, and there is none."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(f"{option} says how a log is kept. Add --log FOLDER, or leave it out.")


class NothingToAcceptError(UsageError):
    """The log knows no such model."""

    def __init__(self, model: str, known: Sequence[str]) -> None:
        """Name what was asked for and what there is."""
        super().__init__(
            f'The log has no model "{shown(model)}".{did_you_mean(model, known)} '
            f"It has: {', '.join(known) or 'none'}."
        )


class IncidentNumberError(UsageError):
    """An incident was asked for that is not there, or is closed already."""

    def __init__(self, number: int, what: str, known: Sequence[int]) -> None:
        """Say what it is not, and which ones are."""
        there = ", ".join(map(str, known[-20:])) or "none"
        super().__init__(f"There is no {what} {number}. There are: {there}.")


class BecauseError(UsageError):
    """Something is noted for good and has no reason."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(f'{option} goes into the record for good. Say why: --because "...".')


class RecordWordsError(UsageError):
    """What somebody says of a change is too long, or no text."""

    def __init__(self, why: str) -> None:
        """Say what is wrong with it."""
        super().__init__(
            f"This cannot go into the record: {shown(why, 200)}. Say it in fewer, plain words."
        )


class AlarmFileError(UsageError):
    """A file that says whom to tell of an incident cannot be used; no secret is ever quoted."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {one_line(why)}. Correct it; docs/incidents.md shows a whole one."
        )


class NotWatchedError(UsageError):
    """A log was asked for, and a model's answers are of a kind that no monitor understands."""

    def __init__(self, name: str) -> None:
        """Name the model."""
        super().__init__(
            f'"{shown(name)}" may give several labels to a text, and such answers are not watched '
            "yet. Serve it without --log."
        )


class ServeNothingError(UsageError):
    """Nothing was named that can be served under a name of its own."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"{why}. Name bundle folders, each of another name, or --models FOLDER.")


class TlsError(UsageError):
    """HTTPS was asked for and cannot be had."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"{why}. HTTPS needs both: --tls-cert FILE and --tls-key FILE.")
