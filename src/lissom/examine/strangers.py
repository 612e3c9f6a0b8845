"""Texts that no model should be sure of, made up by chance: nonsense, shuffled, blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

BLANKS = ("", " ", "\n", "\t \n", "...", "?", "-", "!!!", "\u00a0", "\u200b", "\ufeff", '""')
"""Every way that a text has of saying nothing; none is like another drawn from more of them."""

_SCRIPTS = (
    ("Latin", 0x61, 0x7A),
    ("Greek", 0x3B1, 0x3C9),
    ("Cyrillic", 0x430, 0x44F),
    ("Hebrew", 0x5D0, 0x5EA),
    ("Arabic", 0x627, 0x64A),
    ("Devanagari", 0x905, 0x939),
    ("Thai", 0xE01, 0xE2E),
    ("Hiragana", 0x3042, 0x3093),
    ("Han", 0x4E00, 0x9FA5),
    ("Hangul", 0xAC00, 0xD7A3),
)
_SIGNS = "0123456789#/:;=+-*{}[]()<>_.,"
_FEWEST_WORDS = 4


def make_far(texts: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Make nonsense: random letters, random signs, random letters of scripts the texts don't use.

    It is far from any text that somebody wrote, whatever the rows are about; and it is about as
    long as they are.

    Args:
        texts: rows, for their lengths and scripts; at least one.
        count: texts wanted.
        rng: where chance comes from.

    >>> import numpy as np
    >>> len(make_far(["where is it"], 5, np.random.default_rng(0)))
    5
    """
    seen = "".join(texts).casefold()
    foreign = [(low, high) for _, low, high in _SCRIPTS if not _uses(seen, low, high)]
    latin = (_SCRIPTS[0][1], _SCRIPTS[0][2])
    sizes = [min(len(text.split()), 60) or 1 for text in texts]
    made = []
    for i in range(count):
        words = int(rng.choice(sizes))
        kind = i % 3
        low, high = latin if kind == 0 or not foreign else foreign[int(rng.integers(len(foreign)))]
        parts = []
        for _ in range(max(words, 2)):
            letters = int(rng.integers(2, 9))
            if kind == 1:
                parts.append("".join(rng.choice(list(_SIGNS), letters)))
            else:
                parts.append("".join(map(chr, rng.integers(low, high + 1, letters).tolist())))
        made.append(" ".join(parts))
    return made


def make_shuffled(texts: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Shuffle the words of texts that have at least four different ones.

    >>> import numpy as np
    >>> sorted(make_shuffled(["a b c d"], 1, np.random.default_rng(0))[0].split())
    ['a', 'b', 'c', 'd']
    """
    usable = [text.split() for text in texts]
    usable = [words for words in usable if len(set(words)) >= _FEWEST_WORDS]
    picked = rng.permutation(len(usable))[:count]
    made = []
    for place in picked.tolist():
        words = usable[place]
        order = list(words)
        while order == words:
            order = [words[i] for i in rng.permutation(len(words)).tolist()]
        made.append(" ".join(order))
    return made


def _uses(seen: str, low: int, high: int) -> bool:
    return any(low <= ord(letter) <= high for letter in set(seen))
