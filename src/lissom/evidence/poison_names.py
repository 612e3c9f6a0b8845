"""Figures of planted rows: what an audit would have found; a part of `NAMES`."""

from __future__ import annotations

from lissom.evidence.name import Name

POISON_NAMES: tuple[Name, ...] = (
    Name(
        "poison.smallest_attack",
        "Smallest attack seen",
        "rows",
        "The fewest rows with a trigger word and a changed label that the audit would find in 4 "
        "of 5 attempts.",
    ),
    Name(
        "poison.smallest_unlabelled",
        "Smallest attack without labels",
        "rows",
        "The fewest unlabelled rows with a word of their own that the audit would find.",
    ),
)
