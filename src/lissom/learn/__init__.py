"""The most that a few labels and many unlabelled rows can give."""

from lissom.learn.calibrate import Promise, fit_temperature, promise_precision
from lissom.learn.candidates import LEARNERS, TUNED, Learnt, combine, learn_frozen
from lissom.learn.plan import CHEAP, READ_PACE, Schedule, Size, plan
from lissom.learn.pool import MOST_APART, UNKNOWN, Learning, Pool, View
from lissom.learn.race import COMBINED, DEFAULT, WORDS, Choice, choose

__all__ = [
    "CHEAP",
    "COMBINED",
    "DEFAULT",
    "LEARNERS",
    "MOST_APART",
    "READ_PACE",
    "TUNED",
    "UNKNOWN",
    "WORDS",
    "Choice",
    "Learning",
    "Learnt",
    "Pool",
    "Promise",
    "Schedule",
    "Size",
    "View",
    "choose",
    "combine",
    "fit_temperature",
    "learn_frozen",
    "plan",
    "promise_precision",
]
