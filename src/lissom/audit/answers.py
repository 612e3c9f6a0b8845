"""Labels that disagree, are too few, crowd out the rest, or stand in another column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from lissom.audit.seen import Seen
from lissom.data import normalise
from lissom.data.labels import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lissom.data import Dataset

RARE = 5
"""A class with fewer rows cannot be in every one of five folds."""

_CROWD_SHARE = 0.8
_CROWD_RATIO = 20
_MIN_ROWS = 20
_LEAK_ACCURACY = 0.95
_BASE_MOST = 0.8
_NAMED = 8


def find_conflicts(data: Dataset) -> Iterator[Seen]:
    """See equal texts under different labels; the label that fewer of them have scores higher."""
    by_text: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, (text, label) in enumerate(zip(data.texts, data.labels, strict=True)):
        if label and (key := normalise(text)):
            by_text[key].append((at, label))
    hits = []
    for rows in by_text.values():
        counts = Counter(label for _, label in rows)
        if len(counts) > 1:
            hits += [(at, 1 - counts[label] / len(rows)) for at, label in rows]
    if hits:
        yield Seen(
            "label.conflict",
            "high",
            "{count} {have} a text that another row has under a different label.",
            hits,
            "Decide which label is right for each of these texts, and correct the others.",
        )


def find_rare(data: Dataset) -> Iterator[Seen]:
    """See classes with fewer than 5 labelled rows, and names that they may be a slip of."""
    counts = Counter(label for label in data.labels if label)
    rare = sorted(name for name, count in counts.items() if count < RARE)
    if not rare:
        return
    often = [name for name, count in counts.items() if count >= RARE]
    near = {name: near_name(name, often) for name in rare}
    hits = [
        (at, 1.0 if near[label] else 1 / (1 + counts[label]))
        for at, label in enumerate(data.labels)
        if label in near and label
    ]
    names = [
        f'"{name}" ({counts[name]}' + (f'; is it "{near[name]}"?)' if near[name] else ")")
        for name in rare
    ]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    # The names go through str.format later, so a brace in one has to be doubled.
    told = (", ".join(names[:_NAMED]) + more).replace("{", "{{").replace("}", "}}")
    yield Seen(
        "label.rare",
        "medium",
        f"{{count}} {{have}} a label with fewer than {RARE} rows: {told}.",
        hits,
        f"Label at least {RARE} rows of each, or merge them into another label.",
    )


def find_imbalance(data: Dataset) -> Iterator[Seen]:
    """See one label with over 80 % of the rows, or with over 20 times those of another."""
    counts = Counter(label for label in data.labels if label).most_common()
    total = sum(count for _, count in counts)
    if total < _MIN_ROWS or len(counts) < 2:  # noqa: PLR2004 - nothing to compare
        return
    (name, most), (_, least) = counts[0], counts[-1]
    if most / total < _CROWD_SHARE and most < _CROWD_RATIO * least:
        return
    hits = [(at, most / total) for at, label in enumerate(data.labels) if label == name]
    plain = name.replace("{", "{{").replace("}", "}}")
    yield Seen(
        "label.imbalance",
        "medium",
        f'{{count}} of {total:,} labelled ones {{have}} the label "{plain}"; '
        f"the rarest label has {least:,}.",
        hits,
        "Judge by macro-F1 rather than accuracy, and label more rows of the rare kinds.",
    )


def find_leaking_columns(data: Dataset) -> Iterator[Seen]:
    """See a column other than the text that gives the label away, by its value or its beginning.

    Each labelled row's label is guessed from the other rows with the same value (or the same
    letters before the first digit or sign). Right for 95 % of all rows, where always guessing the
    commonest label is right for less than 80 %, is a leak. Dates and groups are not looked at:
    a customer who always asks the same thing is no mistake.
    """
    roles = data.roles
    skipped = {roles.text, roles.label, roles.date, roles.group}
    labelled = [(at, label) for at, label in enumerate(data.labels) if label]
    labels = [label for _, label in labelled]
    commonest = max(Counter(labels).values(), default=0)
    if len(labels) < _MIN_ROWS or commonest >= _BASE_MOST * len(labels):
        return
    for name in data.frame.columns:
        if name in skipped:
            continue
        cells = data.frame[name].to_list()
        values = [(cells[at] or "").strip().lower() for at, _ in labelled]
        starts = [match[0] if (match := re.match(r"[^\W\d_]+", v)) else "" for v in values]
        share = max(_told_share(values, labels), _told_share(starts, labels))
        if share >= _LEAK_ACCURACY:
            plain = name.replace("{", "{{").replace("}", "}}")
            yield Seen(
                "label.leak",
                "medium",
                f'The column "{plain}" gives the label away in {{count}}.',
                [(at, share) for at, _ in labelled],
                "The model reads the text only, so it cannot cheat with this column; "
                "make sure that its contents are not pasted into the text.",
            )


def _told_share(values: Sequence[str], labels: Sequence[str]) -> float:
    """Return the share of rows whose label the other rows with the same value tell."""
    by_value: dict[str, Counter[str]] = defaultdict(Counter)
    for value, label in zip(values, labels, strict=True):
        by_value[value][label] += 1
    right = 0
    for value, label in zip(values, labels, strict=True):
        others = by_value[value].copy() if len(by_value[value]) > 1 else by_value[value]
        if others is by_value[value]:
            right += bool(value) and others[label] > 1
            continue
        others[label] -= 1
        best = max(others.values())
        right += bool(value) and others[label] == best and list(others.values()).count(best) == 1
    return right / len(values)
