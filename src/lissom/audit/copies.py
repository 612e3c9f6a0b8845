"""Rows that are there twice, and test rows that were there in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lissom.data import Copies, Dataset, Pairs


def see_copies(copies: Copies, data: Dataset) -> Iterator[Seen]:
    """See texts that repeat (equal after `normalise`) and texts that almost do.

    Of equal texts one is kept, the first with a label or else the first, and the others are
    copies; both rows of a near pair are named.
    """
    pairs = copies.within
    again = _not_kept(pairs, _has_label(data))
    if len(again):
        yield Seen(
            "duplicate.exact",
            "low",
            "{count} {repeat} the text of another row.",
            again,
            np.ones(len(again)),
            "Nothing is needed: copies stay on one side of every split. "
            "Remove them if they are a mistake, since each one weighs again.",
        )
    is_near = ~pairs.is_equal
    rows = np.concatenate([pairs.left[is_near], pairs.right[is_near]])
    if len(rows):
        closest = np.zeros(len(data))
        np.maximum.at(closest, rows, np.tile(pairs.similarity[is_near], 2))
        near = np.flatnonzero(closest)
        yield Seen(
            "duplicate.near",
            "low",
            "{count} {say} almost the same as another row.",
            near,
            closest[near],
            "Nothing is needed: near copies stay on one side of every split. "
            "Look at a few to see whether a template wrote them.",
        )


def _not_kept(pairs: Pairs, has_label: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the rows of each group of equal texts, all but the one to keep."""
    first, later = pairs.left[pairs.is_equal], pairs.right[pairs.is_equal]
    members = np.unique(np.concatenate([first, later]))
    head = np.arange(len(has_label))
    head[later] = first
    # By group, then labelled rows before others, then in order: the first of each is kept.
    order = members[np.lexsort((members, ~has_label[members], head[members]))]
    is_kept = np.r_[True, head[order][1:] != head[order][:-1]][: len(order)]
    return np.sort(order[~is_kept])


def _has_label(data: Dataset) -> NDArray[np.bool_]:
    if data.roles.label is None:
        return np.zeros(len(data), np.bool_)
    return (data.frame[data.roles.label].fill_null("") != "").to_numpy()


def see_leaks(copies: Copies, train: Dataset) -> Iterator[Seen]:
    """See test rows whose text, or almost that text, training has too."""
    pairs = copies.across
    if not len(pairs.left):
        return
    exact = int(pairs.is_equal.sum())
    unlabelled = int((~_has_label(train)[pairs.right]).sum())
    told = f"; {unlabelled:,} of them stand there without a label" if unlabelled else ""
    yield Seen(
        "leak.test",
        "high" if exact else "medium",
        f"{{count}} of the test file {{are}} in the training rows too: {exact:,} the same, "
        f"{len(pairs.left) - exact:,} almost{told}.",
        pairs.left,
        pairs.similarity,
        "Remove these rows from the test file, or believe its accuracy a little less.",
    )


def see_shared_groups(train: Dataset, test: Dataset) -> Iterator[Seen]:
    """See test rows of a group (a customer, a thread) that training has rows of."""
    if train.roles.group is None or test.roles.group is None:
        return
    known = {group for group in train.groups if group}
    rows = np.array([at for at, group in enumerate(test.groups) if group in known], np.int64)
    if len(rows):
        yield Seen(
            "leak.group",
            "medium",
            "{count} of the test file {are} of a group that the training rows have too.",
            rows,
            np.ones(len(rows)),
            "Split by group, or take the accuracy as that on known customers, not on new ones.",
        )
