"""Names of labels that are probably the same name."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FREQUENT = 5
_MOST_NAMES = 5000


def edit_distance(left: str, right: str, *, most: int) -> int:
    """Count the least inserted, deleted, replaced or swapped characters; most + 1 when over it.

    Source: Damerau (1964), Commun. ACM 7(3), 171-176; swaps of neighbours only.

    >>> [edit_distance("positive", slip, most=2) for slip in ("postive", "psoitive", "refund")]
    [1, 1, 3]
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    above: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, above, row = above, row, [i]
        for j, b in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
            if before and j > 1 and a == right[j - 2] and b == left[i - 2]:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most and min(above) > most:
            return most + 1
    return min(row[-1], most + 1)


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` is most likely a slip of, or None.

    Letter case and spaces count as nothing. Short names differ by a letter and mean different
    things ("buy", "bug"), so up to 4 letters no edit is allowed, up to 7 one, then two. Names
    that differ in their digits ("grade 1", "grade 2") never match.

    >>> near_name("postive", ["negative", "positive"]), near_name("grade 1", ["grade 2"])
    ('positive', None)
    """
    plain = _plain(name)
    allowed = 0 if len(plain) <= 4 else 1 if len(plain) <= 7 else 2  # noqa: PLR2004 - see above
    found: list[tuple[int, str]] = []
    for other in known:
        if other == name or re.findall(r"\d", other) != re.findall(r"\d", name):
            continue
        distance = edit_distance(plain, _plain(other), most=allowed)
        if distance <= allowed:
            found.append((distance, other))
    return min(found)[1] if found else None


def slips(labels: Sequence[str | None]) -> list[tuple[int, str, str, int]]:
    """Find labels that occur once and look like a frequent one.

    Returns:
        (position, label, the frequent label, its rows), in order of position.

    >>> slips(["positive"] * 5 + ["postive"])
    [(5, 'postive', 'positive', 5)]
    """
    # A cell such as "a|b" is a list; what it lists is looked at where lists are understood.
    labels = [label if label and "|" not in label else None for label in labels]
    counts = Counter(label for label in labels if label)
    if len(counts) > _MOST_NAMES:  # free text in the label column: nothing to compare with
        return []
    frequent = [label for label, count in counts.items() if count >= _FREQUENT]
    found = []
    for position, label in enumerate(labels):
        if label and counts[label] == 1:
            near = near_name(label, frequent)
            if near:
                found.append((position, label, near, counts[near]))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name.strip().casefold())
