"""Watching a server's answers: the log beside it, and what it says."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.errors import NoSuchLogError, NothingToAcceptError
from lissom.evidence import Evidence
from lissom.evidence.written import read_evidence
from lissom.operate import watching
from lissom.operate.incidents import AlarmOrder
from lissom.operate.watching import (
    Chronicle,
    Facts,
    Keeping,
    Log,
    Promise,
    Recorder,
    VersionStatus,
    Watcher,
    read_status,
)

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.operate.serving import Version
    from lissom.operate.watching import Tells


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """How a server's answers are kept and watched.

    Args:
        folder: of the log; made when it is not there.
        keeping: what is kept, and how long.
        promise: what is watched for, and how often an alarm may be false.
        is_log_first: an answer is sent only when it stands in the log.
        look_s: seconds between two looks.
        alarms: whom to tell of an incident, and when to go back by itself.
    """

    folder: Path
    keeping: Keeping = field(default_factory=Keeping)
    promise: Promise = field(default_factory=Promise)
    is_log_first: bool = False
    look_s: float = 3600.0
    alarms: AlarmOrder = field(default_factory=AlarmOrder)


def open_chronicle(order: WatchOrder, tell: Tells) -> Chronicle:
    """Open the log of a server that starts.

    Args:
        order: where, and how.
        tell: hears of alarms and of trouble.

    Raises:
        LogError: the folder cannot be used.
    """
    log = Log(order.folder, order.keeping)
    # Lots must not repeat when a server is started anew, so they have no seed.
    recorder = Recorder(log, tell, np.random.default_rng())
    watcher = Watcher(log, order.promise, np.random.default_rng())
    return Chronicle(recorder, watcher, _now_ms, tell, facts_of)


def facts_of(version: Version) -> Facts:
    """Return what was measured of a version, as far as the monitors need it."""
    try:
        found = {item.name: item for item in read_evidence(version.evidence)}
    except msgspec.MsgspecError:
        return Facts()
    accuracy, error = found.get("task.accuracy"), found.get("calibration.ece")
    facts = Facts()
    if isinstance(accuracy, Evidence):
        facts = msgspec.structs.replace(facts, accuracy=accuracy.value)
    if isinstance(error, Evidence):
        worst = error.value if error.high is None else error.high
        facts = msgspec.structs.replace(facts, calibration_error=worst)
    return facts


def watch(folder: Path) -> tuple[VersionStatus, ...]:
    """Return what the last looks at a log said; a server may be writing it.

    Raises:
        NoSuchLogError: there is no log.
        LogError: it cannot be read.
    """
    log = _open(folder)
    try:
        return read_status(log)
    finally:
        log.close()


def accept_change(folder: Path, model: str) -> int:
    """Take what a model's server sees from now on as normal: its alarms end.

    Returns:
        How many versions of it there are.

    Raises:
        NothingToAcceptError: the log has no such model.
        LogError: it cannot be read or written.
    """
    log = _open(folder)
    try:
        count = watching.accept(log, model, None)
        if not count:
            known = sorted({str(name) for (name,) in log.read("select model from versions")})
            raise NothingToAcceptError(model, known)
        return count
    finally:
        log.close()


def erase_subject(folder: Path, subject: str) -> int:
    """Delete every answer about a subject from a log.

    Returns:
        How many answers there were.

    Raises:
        NoSuchLogError: there is no log.
        LogError: it cannot be read or written.
    """
    log = _open(folder)
    try:
        return watching.erase(log, subject)
    finally:
        log.close()


def _open(folder: Path) -> Log:
    if not (folder / watching.FILE).is_file():
        raise NoSuchLogError(str(folder))
    return Log(folder, Keeping())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
