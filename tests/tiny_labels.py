"""Short texts with any number of labels, and a tiny model of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LABELS = ("delivery", "praise", "refund")
_WORDS = (
    ("parcel", "late", "courier", "where", "tracking", "arrive"),
    ("lovely", "great", "thanks", "happy", "best", "perfect"),
    ("money", "refund", "return", "broken", "charge", "card"),
)
_FILLING = ("the", "my", "is", "was", "it", "and", "a", "so", "very", "again", "today", "shop")


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts and the label cells of a person.

    Args:
        texts: the texts.
        sets: the true labels of each, any number.
        cells: the same as a person writes them, in any order; "" where nobody has looked.
    """

    texts: list[str]
    sets: list[tuple[str, ...]]
    cells: list[str]


def make_marked(count: int, seed: int) -> Marked:
    """Return texts of three kinds of words; one in six has none, every third has no cell."""
    rng = np.random.default_rng(seed)
    texts, sets, cells = [], [], []
    for i in range(count):
        held = np.flatnonzero(rng.random(len(LABELS)) < (0.5, 0.4, 0.45))
        words = [str(word) for kind in held for word in rng.choice(_WORDS[kind], 2, replace=False)]
        if rng.random() < 0.15:  # a slip, so that there are mistakes to be made
            words.append(str(rng.choice(_WORDS[rng.integers(3)])))
        words += [str(word) for word in rng.choice(_FILLING, rng.integers(2, 7))]
        texts.append(" ".join(rng.permutation(words)))
        names = [LABELS[kind] for kind in held]
        sets.append(tuple(names))
        cells.append("" if i % 3 == 2 else "|".join(rng.permutation(names)) or "-")
    return Marked(texts, sets, cells)
