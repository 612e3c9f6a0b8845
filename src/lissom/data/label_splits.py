"""Folds for rows that have any number of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.data.splits import renumber

if TYPE_CHECKING:
    from numpy.typing import NDArray


def label_folds(
    marks: NDArray[np.float32], groups: NDArray[np.int64], k: int, seed: int
) -> NDArray[np.int64]:
    """Give each row a fold, with every label spread evenly and no group split.

    Groups with the rarest labels are dealt out first, each to the fold that lacks its labels most,
    a rare one counting more than a common one; rows without labels fill up what is left. The seed
    decides between equals.

    Args:
        marks: (rows, labels) 1 where the row has the label, else 0.
        groups: group of each row, as `near_groups` gives.
        k: folds wanted, at least 2; there are fewer when there are fewer groups, so
            `label_folds(...).max() + 1` is how many there are.
        seed: the same seed and rows give the same folds.

    Returns:
        A number from 0 for each row; no fold is empty.

    Source: Sechidis, Tsoumakas, Vlahavas (2011), "On the stratification of multi-label data",
    ECML PKDD; here for whole groups, and in one pass.

    >>> marks = np.float32([[1, 0], [1, 1], [0, 1], [1, 1]])
    >>> label_folds(marks, np.arange(4), 2, seed=0).tolist()
    [0, 1, 0, 1]
    """
    if not len(groups):
        return np.zeros(0, np.int64)
    _, members = np.unique(groups, return_inverse=True)
    total = int(members.max()) + 1
    k = max(1, min(k, total))
    sums = np.zeros((total, marks.shape[1]))
    np.add.at(sums, members, marks)
    sizes = np.bincount(members)
    counts = sums.sum(axis=0)
    # Of a group's labels the rarest says when its turn comes; a group without any comes last.
    rarest = np.where(sums > 0, counts, np.inf).min(axis=1, initial=np.inf)
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.permutation(total), -sizes, rarest))
    weight = 1 / np.maximum(counts, 1)
    held, rows, tie = np.zeros((k, marks.shape[1])), np.zeros(k), chance.permutation(k)
    fold_of = np.zeros(total, np.int64)
    for group in order:
        own = np.flatnonzero(sums[group])
        crowd = held[:, own] @ weight[own]
        fold = int(np.lexsort((tie, rows, np.round(crowd, 9)))[0])
        fold_of[group] = fold
        held[fold, own] += sums[group, own]
        rows[fold] += sizes[group]
    return renumber(fold_of)[members]
