"""Which version serves, which is on trial; changed under a lock, one line of record at a time."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle.swap import alone_in, sync_folder
from lissom.errors import (
    NoReleaseError,
    NothingOnTrialError,
    NothingToGoBackToError,
    RecordBrokenError,
    ReleaseNotWrittenError,
    SameVersionError,
)
from lissom.operate.chain import NOTHING, append, hash_line, read_lines, to_line
from lissom.operate.releasing.record import FILE as RECORD_FILE
from lissom.operate.releasing.record import Entry, read_record
from lissom.operate.serving import version_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lissom.bundle import Bundle

POINTER = "pointer.json"
VERSIONS = "versions"
TRIAL_FILE = "trial.json"
"""What is known of the version on trial; it ends with the trial."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What serves now; the whole of it is changed at once.

    Args:
        live: the version that answers.
        previous: the one before it, kept warm to go back to; None at first.
        canary: the version on trial that answers some requests, or None.
        share: of the requests that go to it, 0 to 1.
        shadow: the version that answers unheard, or None.
        number: of the last line of the record.
        head: hash of that line.
    """

    live: str
    previous: str | None = None
    canary: str | None = None
    share: float = 0.0
    shadow: str | None = None
    number: int = 0
    head: str = NOTHING

    @property
    def versions(self) -> tuple[str, ...]:
        """Return every version that must be kept warm."""
        found = (self.live, self.previous, self.canary, self.shadow)
        return tuple(dict.fromkeys(version for version in found if version is not None))


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when and why.

    Args:
        who: a person's name, or the part of the program that decided.
        why: in their words.
        at: time in UTC, ISO 8601.
    """

    who: str
    why: str
    at: str


def is_release(folder: Path) -> bool:
    """Say whether a folder is one that `lissom release` keeps."""
    return (folder / RECORD_FILE).is_file()


def read_plan(folder: Path) -> Plan:
    """Return what serves now, unchecked against the record; cheap.

    Raises:
        NoReleaseError: nothing was released here.
        RecordBrokenError: the pointer is damaged.
    """
    try:
        raw = (folder / POINTER).read_bytes()
    except OSError as error:
        raise NoReleaseError(str(folder)) from error
    try:
        return msgspec.json.decode(raw, type=Plan)
    except msgspec.MsgspecError as error:
        raise RecordBrokenError(str(folder / POINTER), 0, str(error)) from error


def check(folder: Path) -> tuple[Plan, tuple[Entry, ...]]:
    """Return what serves now and the whole record, each checked against the other.

    A process that was killed between the record and the pointer leaves a record that is one line
    ahead; then the line counts, and the pointer is written anew with the next change.

    Raises:
        NoReleaseError: nothing was released here.
        RecordBrokenError: they do not belong together, or a line was changed.
    """
    entries = read_record(folder)
    if not entries:
        raise NoReleaseError(str(folder))
    plan = read_plan(folder) if (folder / POINTER).exists() else None
    if plan is not None and plan.number > len(entries):
        why = f"the pointer speaks of line {plan.number}, and there are {len(entries)}"
        raise RecordBrokenError(str(folder / RECORD_FILE), len(entries), why)
    if plan is not None and plan.number and plan.head != _hash(entries[plan.number - 1]):
        why = "it is not the line that the pointer speaks of"
        raise RecordBrokenError(str(folder / RECORD_FILE), plan.number, why)
    if plan is None or plan.number < len(entries):
        plan = _replay(entries)
    return plan, entries


def go_live(folder: Path, bundle: Bundle, by: By) -> Plan:
    """Let a bundle serve at once, without a trial.

    Args:
        folder: of the release; made when it is not there.
        bundle: opened and checked; the very bytes that were checked are what is copied in.
        by: who does it and why.

    Raises:
        SameVersionError: it serves already.
        ReleaseNotWrittenError: the disk said no; what served still serves.
    """

    def change(plan: Plan | None, version: str) -> Plan:
        if plan is None:
            return Plan(live=version)
        if plan.live == version:
            raise SameVersionError(version, "serves already")
        return Plan(live=version, previous=plan.live)

    return _bring(folder, bundle, by, "live", change)


def go_shadow(folder: Path, bundle: Bundle, by: By) -> Plan:
    """Let a bundle answer every request unheard, beside the live one.

    Raises:
        LissomError: as `go_live`; NoReleaseError where nothing is live.
    """

    def change(plan: Plan | None, version: str) -> Plan:
        if plan is None:
            raise NoReleaseError(str(folder))
        if plan.live == version:
            raise SameVersionError(version, "serves already")
        if plan.shadow == version:
            raise SameVersionError(version, "is in the shadow already")
        return msgspec.structs.replace(plan, shadow=version, canary=None, share=0.0)

    return _bring(folder, bundle, by, "shadow", change)


def go_canary(folder: Path, bundle: Bundle, by: By, share: float) -> Plan:
    """Let a bundle answer a share of the requests, on trial.

    Raises:
        LissomError: as `go_live`; NoReleaseError where nothing is live.
    """

    def change(plan: Plan | None, version: str) -> Plan:
        if plan is None:
            raise NoReleaseError(str(folder))
        if plan.live == version:
            raise SameVersionError(version, "serves already")
        if (plan.canary, plan.share) == (version, share):
            why, instead = (
                "is on trial already, with this share",
                "name another bundle or another --share",
            )
            raise SameVersionError(version, why, instead)
        return msgspec.structs.replace(plan, canary=version, share=share, shadow=None)

    return _bring(folder, bundle, by, "canary", change)


def step(folder: Path, share: float, by: By) -> Plan:
    """Give the version on trial another share of the requests.

    Raises:
        NothingOnTrialError: there is none.
    """

    def change(plan: Plan) -> tuple[Plan, str]:
        if plan.canary is None:
            raise NothingOnTrialError(str(folder))
        return msgspec.structs.replace(plan, share=share), plan.canary

    return _change(folder, by, "step", change)


def promote(folder: Path, by: By) -> Plan:
    """Let the version on trial serve; the one before stays warm.

    Raises:
        NothingOnTrialError: there is none.
    """

    def change(plan: Plan) -> tuple[Plan, str]:
        version = _on_trial(folder, plan)
        return Plan(live=version, previous=plan.live), version

    return _change(folder, by, "promote", change)


def stop(folder: Path, by: By) -> Plan:
    """End the trial; the live version goes on alone.

    Raises:
        NothingOnTrialError: there is none.
    """

    def change(plan: Plan) -> tuple[Plan, str]:
        version = _on_trial(folder, plan)
        return Plan(live=plan.live, previous=plan.previous), version

    return _change(folder, by, "stop", change)


def go_back(folder: Path, by: By, *, only_from: str | None = None) -> Plan:
    """Let the version that served before serve again; a trial ends with it.

    Args:
        folder: of the release.
        by: who does it and why.
        only_from: go back only while this version serves: somebody else may have been faster, and
            going back twice is going nowhere. None for whichever serves.

    Raises:
        NothingToGoBackToError: there is none.
        SameVersionError: another version serves by now.
    """

    def change(plan: Plan) -> tuple[Plan, str]:
        if only_from is not None and plan.live != only_from:
            raise SameVersionError(only_from, "serves no longer", "look at what serves now")
        if plan.previous is None:
            raise NothingToGoBackToError(str(folder))
        return Plan(live=plan.previous, previous=plan.live), plan.previous

    return _change(folder, by, "back", change)


def _on_trial(folder: Path, plan: Plan) -> str:
    version = plan.canary or plan.shadow
    if version is None:
        raise NothingOnTrialError(str(folder))
    return version


def _bring(
    folder: Path,
    bundle: Bundle,
    by: By,
    act: str,
    change: Callable[[Plan | None, str], Plan],
) -> Plan:
    version = version_of(bundle.read("manifest.json"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder):
            entries = read_record(folder)
            before = check(folder)[0] if entries else None
            after = change(before, version)
            files = {name: bundle.read(name) for name in bundle.names}
            _put(folder / VERSIONS / version, files)
            return _write(folder, after, len(entries), before, _entry(act, version, by))
    except OSError as error:
        raise ReleaseNotWrittenError(str(folder), error.strerror or str(error)) from error


def _change(folder: Path, by: By, act: str, change: Callable[[Plan], tuple[Plan, str]]) -> Plan:
    if not is_release(folder):
        raise NoReleaseError(str(folder))
    try:
        with alone_in(folder):
            before, entries = check(folder)
            after, version = change(before)
            return _write(folder, after, len(entries), before, _entry(act, version, by))
    except OSError as error:
        raise ReleaseNotWrittenError(str(folder), error.strerror or str(error)) from error


def _entry(act: str, version: str, by: By) -> Entry:
    return Entry(
        number=0,
        at=by.at,
        act=act,
        version=version,
        who=by.who,
        why=by.why,
        live="",
        canary=None,
        share=0.0,
        shadow=None,
        before=NOTHING,
    )


def _write(folder: Path, after: Plan, count: int, before: Plan | None, entry: Entry) -> Plan:
    """Add the line, then switch the pointer: a kill between the two is put right by `check`."""
    whole = msgspec.structs.replace(
        entry,
        number=count + 1,
        live=after.live,
        canary=after.canary,
        share=after.share,
        shadow=after.shadow,
        before=NOTHING if before is None else _head(folder),
    )
    line = to_line(whole)
    append(folder / RECORD_FILE, line)
    plan = msgspec.structs.replace(after, number=count + 1, head=hash_line(line))
    part = folder / f".{POINTER}.part"
    with part.open("wb") as file:
        file.write(msgspec.json.encode(plan) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / POINTER)
    if after.canary is None and after.shadow is None:
        forget_trial(folder)
    sync_folder(folder)
    return plan


def forget_trial(folder: Path) -> None:
    """Drop what a trial has found, once it is over.

    Else a version that was taken back for a reason would be promoted anew on its old evidence.
    """
    (folder / TRIAL_FILE).unlink(missing_ok=True)


def _head(folder: Path) -> str:
    return hash_line(read_lines(folder / RECORD_FILE)[-1])


def _hash(entry: Entry) -> str:
    return hash_line(to_line(entry))


def _replay(entries: tuple[Entry, ...]) -> Plan:
    """Return what serves, from the record alone."""
    last, previous = entries[-1], None
    for entry, after in pairwise(entries):
        if after.live != entry.live:
            previous = entry.live
    return Plan(
        live=last.live,
        previous=previous,
        canary=last.canary,
        share=last.share,
        shadow=last.shadow,
        number=last.number,
        head=_hash(last),
    )


def _put(folder: Path, files: dict[str, bytes]) -> None:
    """Put a bundle's checked files in place, in one step; a version is never changed again."""
    if folder.is_dir():
        return
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, raw in files.items():
        with (part / name).open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    part.rename(folder)
    sync_folder(folder.parent)
