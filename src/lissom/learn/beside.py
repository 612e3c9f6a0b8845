"""Rows as the encoder sees them, with the words that they share beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.learn.pool import Pool

_DIRECTIONS = 128
"""64, 128 and 256 gave alike on twelve public sets that no benchmark of ours uses."""

_SHARE = np.float32(0.6)
"""Length of the words' part where the encoder's part has 1."""

_FEWEST_ROWS = 3
"""Of fewer rows there are no directions worth the name."""


def see_words_too(pool: Pool) -> NDArray[np.float32]:
    """Return the rows' embeddings with the main directions of their words beside them.

    An encoder that never met a trade's own words puts texts together that differ in one of them.
    Words that come up in the same unlabelled texts form directions, and a few labels are then
    enough to say which of these matter. No label has a part in it.

    Args:
        pool: the rows; its table is the bag of words.

    Returns:
        (rows, dimensions + at most 128) of length 1, or the embeddings themselves where there are
        no words to speak of.

    Source: Deerwester, Dumais, Furnas, Landauer, Harshman (1990), "Indexing by latent semantic
    analysis"; the decomposition by Halko, Martinsson, Tropp (2011), SIAM Review 53(2), from a
    fixed start, so that the same rows give the same directions.
    """
    most = min(_DIRECTIONS, *(size - 1 for size in pool.table.shape))
    if most < 1 or len(pool.vectors) < _FEWEST_ROWS or not pool.table.nnz:
        return pool.vectors
    table = normalize(pool.table.astype(np.float32))
    left, sizes, _ = randomized_svd(table, most, n_iter=3, random_state=0)
    words = normalize((left * sizes).astype(np.float32)) * _SHARE
    both: NDArray[np.float32] = normalize(np.hstack([pool.vectors, words])).astype(np.float32)
    return both
