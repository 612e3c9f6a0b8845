"""Folds and hold-outs that keep groups whole, from a seed and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def folds(
    targets: NDArray[np.int64], groups: NDArray[np.int64], k: int, seed: int
) -> NDArray[np.int64]:
    """Give each row a fold, with every class spread evenly and no group split.

    Groups are dealt out largest first, each to the fold that has least of the group's classes,
    then the fewest rows; the seed decides between equals. When no group has more than one row,
    the counts of a class differ by at most one between folds.

    Args:
        targets: class of each row; any whole numbers.
        groups: group of each row, as `near_groups` gives.
        k: folds wanted, at least 2; there are fewer when there are fewer groups, so
            `folds(...).max() + 1` is how many there are.
        seed: the same seed and rows give the same folds.

    Returns:
        A number from 0 for each row; no fold is empty.

    >>> folds(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), 2, seed=1).tolist()
    [0, 1, 0, 1]
    """
    if len(targets) == 0:
        return np.zeros(0, np.int64)
    _, classes = np.unique(targets, return_inverse=True)
    _, members = np.unique(groups, return_inverse=True)
    total = int(members.max()) + 1
    k = max(1, min(k, total))
    sizes = np.bincount(members)
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.permutation(total), -sizes))
    by_group = np.split(classes[np.argsort(members, kind="stable")], np.cumsum(sizes)[:-1])
    rare = 1.0 / np.bincount(classes)
    held = np.zeros((k, len(rare)))
    rows = np.zeros(k)
    tie = chance.permutation(k)
    fold_of = np.zeros(total, np.int64)
    for group in order:
        kinds, counts = np.unique(by_group[group], return_counts=True)
        crowd = held[:, kinds] @ (counts * rare[kinds])
        fold = int(np.lexsort((tie, rows, np.round(crowd, 9)))[0])
        fold_of[group] = fold
        held[fold, kinds] += counts
        rows[fold] += sizes[group]
    return renumber(fold_of)[members]


def renumber(fold_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber so that folds count from 0 without a gap, should one have stayed empty."""
    _, numbers = np.unique(fold_of, return_inverse=True)
    return numbers.astype(np.int64)


def holdout(groups: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    """Choose about a share of the rows, whole groups at a time.

    Groups come in random order, and one that would overshoot is passed over, so never more than
    the share is chosen.

    Args:
        groups: group of each row; `np.arange(n)` when every row stands alone.
        share: wanted part of the rows, 0 to 1.
        seed: the same seed and groups give the same choice.

    Returns:
        True for each row that was chosen.

    >>> int(holdout(np.arange(10), 0.3, seed=0).sum())
    3
    """
    _, members = np.unique(groups, return_inverse=True)
    sizes = np.bincount(members) if len(groups) else np.zeros(0, np.int64)
    left = round(share * len(groups))
    chosen = np.zeros(len(sizes), bool)
    for group in np.random.default_rng(seed).permutation(len(sizes)):
        if left == 0:
            break
        if sizes[group] <= left:
            chosen[group] = True
            left -= int(sizes[group])
    picked: NDArray[np.bool_] = chosen[members]
    return picked
