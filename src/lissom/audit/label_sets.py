"""Labels that are too few or crowd out the rest, where a row has any number of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lissom.audit.answers import RARE
from lissom.audit.seen import Seen, arrays, plain
from lissom.data.labels import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CROWD_SHARE = 0.8
_MOST_UNEVEN = 100
_MIN_ROWS = 20
_NAMED = 8


def find_rare_labels(sets: Sequence[tuple[str, ...] | None]) -> Iterator[Seen]:
    """See labels on fewer than 5 rows, and names that they may be a slip of.

    Args:
        sets: the labels of each row, None for one without an answer.
    """
    counts = _count(sets)
    rare = {name for name, count in counts.items() if count < RARE}
    if not rare:
        return
    often = sorted(set(counts) - rare)
    near = {name: near_name(name, often) for name in sorted(rare)}
    hits = [
        (
            at,
            max(1.0 if near[name] else 1 / (1 + counts[name]) for name in rare.intersection(names)),
        )
        for at, names in enumerate(sets)
        if names and rare.intersection(names)
    ]
    told = [
        f'"{name}" ({counts[name]}' + (f'; is it "{like}"?)' if like else ")")
        for name, like in near.items()
    ]
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    yield Seen(
        "label.rare",
        "medium",
        f"{{count}} {{have}} a label with fewer than {RARE} rows: "
        + plain(", ".join(told[:_NAMED]) + more)
        + ".",
        *arrays(hits),
        f"Label at least {RARE} rows of each, merge them into another label, or leave them out.",
    )


def find_uneven_labels(sets: Sequence[tuple[str, ...] | None]) -> Iterator[Seen]:
    """See a label that over 80 % of the rows have, or over 100 times as many as another.

    Args:
        sets: the labels of each row, None for one without an answer.
    """
    counts = _count(sets).most_common()
    total = sum(names is not None for names in sets)
    if total < _MIN_ROWS or len(counts) < 2:  # noqa: PLR2004 - nothing to compare
        return
    (name, most), (_, least) = counts[0], counts[-1]
    if most / total < _CROWD_SHARE and most < _MOST_UNEVEN * least:
        return
    hits = [(at, most / total) for at, names in enumerate(sets) if names and name in names]
    yield Seen(
        "label.imbalance",
        "medium",
        f'{{count}} of {total:,} labelled ones {{have}} the label "{plain(name)}"; '
        f"the rarest label has {least:,}.",
        *arrays(hits),
        "Judge by macro-F1 and label by label, and label more rows of the rare ones.",
    )


def _count(sets: Sequence[tuple[str, ...] | None]) -> Counter[str]:
    return Counter(name for names in sets if names for name in names)
