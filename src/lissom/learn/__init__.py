"""The most that a few labels and many unlabelled rows can give."""

from lissom.learn.calibrate import Promise, fit_temperature, promise_precision
from lissom.learn.candidates import LEARNERS, Learnt, learn_frozen
from lissom.learn.pool import MOST_APART, UNKNOWN, Learning, Pool
from lissom.learn.race import DEFAULT, Choice, choose

__all__ = [
    "DEFAULT",
    "LEARNERS",
    "MOST_APART",
    "UNKNOWN",
    "Choice",
    "Learning",
    "Learnt",
    "Pool",
    "Promise",
    "choose",
    "fit_temperature",
    "learn_frozen",
    "promise_precision",
]
