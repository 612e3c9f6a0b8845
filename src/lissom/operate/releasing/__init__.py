"""Releasing: shadow, canary, live and back, with a record."""

from lissom.operate.releasing.plan import (
    TRIAL_FILE,
    By,
    Plan,
    check,
    go_back,
    go_canary,
    go_live,
    go_shadow,
    is_release,
    promote,
    read_plan,
    step,
    stop,
)
from lissom.operate.releasing.record import Entry, read_record
from lissom.operate.releasing.runner import DIFFERENCES_FILE, Releases, falls_to
from lissom.operate.releasing.trial import (
    QUESTIONS,
    Judged,
    Rules,
    Trial,
    judge,
    rates,
    see,
    step_for,
)

__all__ = [
    "DIFFERENCES_FILE",
    "QUESTIONS",
    "TRIAL_FILE",
    "By",
    "Entry",
    "Judged",
    "Plan",
    "Releases",
    "Rules",
    "Trial",
    "check",
    "falls_to",
    "go_back",
    "go_canary",
    "go_live",
    "go_shadow",
    "is_release",
    "judge",
    "promote",
    "rates",
    "read_plan",
    "read_record",
    "see",
    "step",
    "step_for",
    "stop",
]
