"""As small and fast as the budget asks, with the loss measured."""

from lissom.shrink.certify import Certificate, Compared, certify, expect_loss, lay_margins, walk
from lissom.shrink.frontier import Limits, Moves, Point, Tried, lay_points, nearest
from lissom.shrink.student import (
    Deferral,
    Pairs,
    Shrinking,
    choose_deferral,
    distil,
    distil_labels,
    find_margin,
)

__all__ = [
    "Certificate",
    "Compared",
    "Deferral",
    "Limits",
    "Moves",
    "Pairs",
    "Point",
    "Shrinking",
    "Tried",
    "certify",
    "choose_deferral",
    "distil",
    "distil_labels",
    "expect_loss",
    "find_margin",
    "lay_margins",
    "lay_points",
    "nearest",
    "walk",
]
