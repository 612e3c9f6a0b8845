"""Rows that are there twice, and test rows that were there in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.audit.seen import Seen
from lissom.data import near_pairs, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.data import Dataset


def find_copies(data: Dataset) -> Iterator[Seen]:
    """See texts that repeat (equal after `normalise`) and texts that almost do.

    Every row after the first of its text is a copy; both rows of a near pair are named.
    """
    pairs = near_pairs(data.texts)
    exact: dict[int, float] = {}
    near: dict[int, float] = {}
    for left, right, value in zip(
        pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist(), strict=True
    ):
        if value == 1.0 and normalise(data.texts[left]) == normalise(data.texts[right]):
            exact[right] = 1.0
        else:
            near[left] = max(near.get(left, 0.0), value)
            near[right] = max(near.get(right, 0.0), value)
    if exact:
        yield Seen(
            "duplicate.exact",
            "low",
            "{count} {repeat} the text of an earlier row.",
            list(exact.items()),
            "Nothing is needed: copies stay on one side of every split. "
            "Remove them if they are a mistake, since each one weighs again.",
        )
    if near:
        yield Seen(
            "duplicate.near",
            "low",
            "{count} {say} almost the same as another row.",
            list(near.items()),
            "Nothing is needed: near copies stay on one side of every split. "
            "Look at a few to see whether a template wrote them.",
        )


def find_leaks(train: Dataset, test: Dataset) -> Iterator[Seen]:
    """See test rows whose text, or almost that text, training has too."""
    pairs = near_pairs(test.texts, train.texts)
    if not len(pairs.left):
        return
    exact = int((pairs.similarity == 1.0).sum())
    hits = list(zip(pairs.left.tolist(), pairs.similarity.tolist(), strict=True))
    yield Seen(
        "leak.test",
        "high" if exact else "medium",
        f"{{count}} of the test file {{are}} in the training rows too: {exact:,} the same, "
        f"{len(hits) - exact:,} almost.",
        hits,
        "Remove these rows from the test file, or believe its accuracy a little less.",
    )
