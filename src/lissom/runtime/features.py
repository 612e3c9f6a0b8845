"""Token ids to hashed word, pair and skip-pair features.

The arithmetic is written down in docs/bundle.md so that another language can repeat it: all of it
is unsigned 32-bit and wraps around.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BITS = 18
"""Buckets are 2**BITS; about five times the distinct features of 10,000 short texts."""

_FIRST = np.uint32(0x9E3779B1)
_SECOND = np.uint32(0x85EBCA77)
_MIX = np.uint32(0x2C1B3C6D)
_MASK = np.uint32((1 << BITS) - 1)
_SINGLE, _PAIR, _SKIP = np.uint32(1), np.uint32(7), np.uint32(13)


def hash_tokens(ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the features of each text: its tokens, neighbours, and neighbours but one.

    Args:
        ids: token ids of each text.

    Returns:
        (rows, buckets): for each distinct feature of a text its row (ascending) and its bucket in
        [0, 2**BITS). A text without tokens has no features.

    Source: hashing, Weinberger et al. (2009), ICML; skip-grams, Guthrie et al. (2006), LREC.

    >>> rows, buckets = hash_tokens([[101, 7, 102], [101, 102]])
    >>> rows.tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 1]
    """
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    flat = np.fromiter((i for text in ids for i in text), np.uint32, int(lengths.sum()))
    row = np.repeat(np.arange(len(ids), dtype=np.int64), lengths)
    beside, beyond = row[1:] == row[:-1], row[2:] == row[:-2]
    rows = np.concatenate([row, row[:-1][beside], row[:-2][beyond]])
    buckets = np.concatenate(
        [
            _bucket(flat, np.zeros_like(flat), _SINGLE),
            _bucket(flat[:-1], flat[1:], _PAIR)[beside],
            _bucket(flat[:-2], flat[2:], _SKIP)[beyond],
        ]
    )
    # One sort brings the rows together and shows repeats, which count once.
    keys = np.sort((rows << BITS) | buckets)
    # Not numpy's unique, which is forty times slower on keys like these.
    keys = keys[np.append(keys[1:] != keys[:-1], True)[: len(keys)]]
    return keys >> BITS, keys & int(_MASK)


def _bucket(
    first: NDArray[np.uint32], second: NDArray[np.uint32], salt: np.uint32
) -> NDArray[np.int64]:
    mixed = (first * _FIRST) ^ ((second + salt) * _SECOND)
    mixed ^= mixed >> np.uint32(15)
    mixed *= _MIX
    mixed ^= mixed >> np.uint32(13)
    return (mixed & _MASK).astype(np.int64)
