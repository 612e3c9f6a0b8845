"""As small and fast as the budget asks, with the loss measured."""

from lissom.shrink.student import Deferral, Pairs, Shrinking, choose_deferral, distil

__all__ = ["Deferral", "Pairs", "Shrinking", "choose_deferral", "distil"]
