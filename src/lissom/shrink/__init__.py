"""As small and fast as the budget asks, with the loss measured."""

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
    "Deferral",
    "Pairs",
    "Shrinking",
    "choose_deferral",
    "distil",
    "distil_labels",
    "find_margin",
]
