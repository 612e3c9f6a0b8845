"""The most that a few labels and many unlabelled rows can give."""

from lissom.learn.beside import see_words_too
from lissom.learn.calibrate import Promise, fit_temperature, promise_precision
from lissom.learn.candidates import (
    BESIDE,
    LABELLED_WEIGHT,
    LEARNERS,
    TAUGHT,
    TUNED,
    Learnt,
    combine,
    learn_frozen,
)
from lissom.learn.choose_rows import Choosing, Ground, choose_rows, sharpen
from lissom.learn.curve import SHARES, Curve, draw_curve, look_ahead
from lissom.learn.leaning import Leaning, find_leaning
from lissom.learn.mix import Mix, add_bias, estimate_mix, fit_bias, fit_mix
from lissom.learn.opinions import HeldOut, Known, Opinion, answer_by, form_opinion, hold_out
from lissom.learn.plan import CHEAP, READ_PACE, Schedule, Size, plan
from lissom.learn.pool import MOST_APART, UNKNOWN, Learning, Pool, View
from lissom.learn.portion import for_time, how_many
from lissom.learn.race import COMBINED, DEFAULT, WORDS, Choice, choose
from lissom.learn.rarity import Rarity
from lissom.learn.shapes import STARTERS, Field, Shaping, find_field, lone_rows
from lissom.learn.spread import find_nearest

__all__ = [
    "BESIDE",
    "CHEAP",
    "COMBINED",
    "DEFAULT",
    "LABELLED_WEIGHT",
    "LEARNERS",
    "MOST_APART",
    "READ_PACE",
    "SHARES",
    "STARTERS",
    "TAUGHT",
    "TUNED",
    "UNKNOWN",
    "WORDS",
    "Choice",
    "Choosing",
    "Curve",
    "Field",
    "Ground",
    "HeldOut",
    "Known",
    "Leaning",
    "Learning",
    "Learnt",
    "Mix",
    "Opinion",
    "Pool",
    "Promise",
    "Rarity",
    "Schedule",
    "Shaping",
    "Size",
    "View",
    "add_bias",
    "answer_by",
    "choose",
    "choose_rows",
    "combine",
    "draw_curve",
    "estimate_mix",
    "find_field",
    "find_leaning",
    "find_nearest",
    "fit_bias",
    "fit_mix",
    "fit_temperature",
    "for_time",
    "form_opinion",
    "hold_out",
    "how_many",
    "learn_frozen",
    "lone_rows",
    "look_ahead",
    "plan",
    "promise_precision",
    "see_words_too",
    "sharpen",
]
