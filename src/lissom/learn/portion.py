"""How many unlabelled rows are learned from: reading them is most of what a build costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.learn.plan import DEFAULT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.learn.shapes import Shaping

_PIECE = 1000
"""Characters of the pieces that a long text is read in, about; nothing beyond the last is read."""


def how_many(texts: Sequence[str], most: int, shapes: Shaping) -> int:
    """Return how many texts are learned from, the first of those given.

    Args:
        texts: unlabelled texts, in the order in which they were drawn.
        most: rows that are read at most.
        shapes: the most characters, within which one text always is, and how much is read of it.

    >>> from lissom.learn import Shaping
    >>> how_many(["ten signs."] * 9, 8, Shaping(max_characters=50))
    5
    """
    lengths = [len(text) for text in texts[:most]]
    read = np.cumsum(np.minimum(lengths, _PIECE * shapes.max_windows))
    fitting = int(np.searchsorted(read, shapes.max_characters, side="right"))
    return max(fitting, min(1, len(lengths)))


def for_time(shapes: Shaping, seconds: float | None) -> Shaping:
    """Return the settings with as many more characters as there is more time than usual.

    Args:
        shapes: the settings.
        seconds: what learning may take; None for the usual, which changes nothing. Less time than
            usual reads less.

    >>> from lissom.learn import Shaping
    >>> for_time(Shaping(max_characters=1000), 100).max_characters
    2000
    """
    if seconds is None:
        return shapes
    return replace(shapes, max_characters=int(shapes.max_characters * seconds / DEFAULT_SECONDS))
