"""Watching what was answered: the log, and what it says about a change."""

from lissom.operate.watching.answers import count_answers, find_by_number
from lissom.operate.watching.chronicle import MOST_LABELS, Chronicle, Told, accept, read_status
from lissom.operate.watching.describing import Facts, Promise
from lissom.operate.watching.entries import Entry, Keeping
from lissom.operate.watching.log import FILE, Log
from lissom.operate.watching.moving import delete_old, erase, move
from lissom.operate.watching.recorder import Recorder, Tells
from lissom.operate.watching.status import (
    MEANINGS,
    MonitorStatus,
    Share,
    VersionStatus,
)
from lissom.operate.watching.watcher import Looked, Watcher

__all__ = [
    "FILE",
    "MEANINGS",
    "MOST_LABELS",
    "Chronicle",
    "Entry",
    "Facts",
    "Keeping",
    "Log",
    "Looked",
    "MonitorStatus",
    "Promise",
    "Recorder",
    "Share",
    "Tells",
    "Told",
    "VersionStatus",
    "Watcher",
    "accept",
    "count_answers",
    "delete_old",
    "erase",
    "find_by_number",
    "move",
    "read_status",
]
