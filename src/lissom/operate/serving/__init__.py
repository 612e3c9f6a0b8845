"""Answering many who ask at once: the engine, its limits, keys and metrics."""

from lissom.operate.serving.answered import Answered
from lissom.operate.serving.curve import Curve
from lissom.operate.serving.desk import Desk, Given, Lane, Question, Served, choose_live
from lissom.operate.serving.engine import Engine, Meaning
from lissom.operate.serving.events import Events
from lissom.operate.serving.keeper import Folders, KeyFile
from lissom.operate.serving.keys import (
    SCOPES,
    Key,
    Keyring,
    NewKey,
    make_key,
    read_keys,
    write_keys,
)
from lissom.operate.serving.limits import Limits
from lissom.operate.serving.metrics import CONTENT_TYPE, Metrics
from lissom.operate.serving.ranked import rank, smallest_set
from lissom.operate.serving.shelf import find_folders, list_bundles, look_at
from lissom.operate.serving.versions import Proof, Version, open_version, prove, version_of

__all__ = [
    "CONTENT_TYPE",
    "SCOPES",
    "Answered",
    "Curve",
    "Desk",
    "Engine",
    "Events",
    "Folders",
    "Given",
    "Key",
    "KeyFile",
    "Keyring",
    "Lane",
    "Limits",
    "Meaning",
    "Metrics",
    "NewKey",
    "Proof",
    "Question",
    "Served",
    "Version",
    "choose_live",
    "find_folders",
    "list_bundles",
    "look_at",
    "make_key",
    "open_version",
    "prove",
    "rank",
    "read_keys",
    "smallest_set",
    "version_of",
    "write_keys",
]
