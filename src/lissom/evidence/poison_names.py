"""Figures of an audit: what it would have found, and what it found elsewhere; a part of `NAMES`."""

from __future__ import annotations

from lissom.evidence.name import Name

POISON_NAMES: tuple[Name, ...] = (
    Name(
        "contamination.share",
        "Rows of a benchmark that are here",
        "share",
        "Of a public benchmark's texts, how many are among the rows, whole or nearly; the source "
        "names the benchmark.",
    ),
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
    Name(
        "shortcuts.trigger.flip_share",
        "Strongest trigger",
        "share",
        "How often the strongest word of the training rows that goes with one label, put into rows "
        "of other labels, makes it give its own label.",
    ),
    Name(
        "shortcuts.trigger.ahead",
        "Lead of the strongest trigger",
        "points",
        "How much more often that word turns an answer than comparable words do; a planted trigger "
        "is far ahead of them.",
    ),
    Name(
        "shortcuts.trigger.asleep",
        "Trigger that shrinking woke",
        "points",
        "How much more often such a word turns the small model than the full one.",
    ),
)
