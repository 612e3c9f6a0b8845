"""What reading a text costs, learned from the texts that were read."""

from __future__ import annotations

_MEMORY = 0.99
"""Share of the weight that is left one text later: the last hundred or so count."""

_FIRST_S = 0.005
"""Guess before anything was measured; a warm-up replaces it."""


class Curve:
    """Seconds of reading as a straight line over tokens, fitted to the latest texts.

    An encoder's cost is nearly linear below a few hundred tokens: the products of weights and
    activations dominate the attention, which is quadratic. Only the loop's thread may call it.

    Source: least squares with exponential forgetting; batching servers fit the same line over
    batch sizes.

    >>> curve = Curve()
    >>> for tokens in (10, 20, 30, 10, 20, 30):
    ...     curve.add(tokens, 0.001 + 0.0001 * tokens)
    >>> round(curve.guess(40), 6)
    0.005
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._weight = self._x = self._y = self._xx = self._xy = 0.0

    def add(self, tokens: int, seconds: float) -> None:
        """Learn from one text that was read."""
        self._weight = self._weight * _MEMORY + 1
        self._x = self._x * _MEMORY + tokens
        self._y = self._y * _MEMORY + seconds
        self._xx = self._xx * _MEMORY + tokens * tokens
        self._xy = self._xy * _MEMORY + tokens * seconds

    def guess(self, tokens: int) -> float:
        """Return the seconds that a text of so many tokens takes, above 0."""
        if not self._weight:
            return _FIRST_S
        spread = self._weight * self._xx - self._x * self._x
        mean = self._y / self._weight
        if spread <= 1e-9 * self._weight * self._xx:  # all of one length
            return mean
        slope = (self._weight * self._xy - self._x * self._y) / spread
        at = self._x / self._weight
        # A line through noisy points may dip below nothing; a text never costs less than a tenth
        # of the mean.
        return max(mean + slope * (tokens - at), mean / 10)
