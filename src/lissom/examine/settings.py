"""What the examination is asked to do, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass

TERMS: tuple[tuple[str, ...], ...] = (
    ("he", "she", "they"),
    ("man", "woman"),
    ("men", "women"),
    ("boy", "girl"),
    ("husband", "wife"),
    ("mother", "father"),
    ("son", "daughter"),
    ("christian", "muslim", "jewish", "buddhist", "hindu", "atheist"),
    ("straight", "gay", "lesbian", "bisexual", "transgender"),
    ("white", "black", "asian", "latino"),
    ("american", "german", "chinese", "mexican", "nigerian", "russian", "turkish", "polish"),
    ("young", "old"),
    ("deaf", "blind", "disabled"),
)
"""Words that may take each other's place; English. A user's own replace them."""

FLOOR = 30
"""Rows under which a group is not judged: at 30, a share is known to about 15 points."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """One thing that a user says of how the model must behave.

    Args:
        name: in the user's words.
        kind: "same" (the change must not alter the answer), "rises" or "falls" (it must move the
            probability of `label` that way), "is" (each of `texts` must get `label`).
        texts: texts to try it on; empty takes the labelled rows that the change applies to.
        prefix: put before the text.
        suffix: put after it.
        replace: words and what takes their place, whole words only.
        label: the label that is spoken of; for "same" and empty, any.
        at_least: share of texts that must behave so, in [0, 1].
    """

    name: str
    kind: str
    texts: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    replace: tuple[tuple[str, str], ...] = ()
    label: str = ""
    at_least: float = 0.95


@dataclass(frozen=True, slots=True)
class Settings:
    """What the parts are held to, as far as they themselves need it.

    Args:
        precision: what answers that are given alone are promised to be right in, in (0, 1).
        least_rows: rows under which a group is not judged, at least 5.
        columns: columns to group by; empty takes those that look like groups.
        terms: words that may take each other's place.
        tests: what the user says of how the model must behave.
    """

    precision: float = 0.95
    least_rows: int = FLOOR
    columns: tuple[str, ...] = ()
    terms: tuple[tuple[str, ...], ...] = TERMS
    tests: tuple[TextTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """How many texts the dear parts may spend; the task is always measured on every row.

    Args:
        changed_rows: labelled rows that are changed in each way that the robustness part knows;
            also, training rows that are asked about.
        curve_rows: of these, rows for each further strength of a change.
        strange: texts made up of each kind from outside.
        swapped_rows: rows in which words are swapped.
        words: words that are tried as shortcuts, on a few rows each.
        word_rows: rows for the most powerful of them.
        probed_rows: rows whose answers are explained and attacked, word by word.
        compared_rows: rows that the parent is asked about too.
        single_queries: texts asked one at a time.
        batch_texts: texts asked together, five times over.
    """

    changed_rows: int = 1000
    curve_rows: int = 250
    strange: int = 300
    swapped_rows: int = 600
    words: int = 120
    word_rows: int = 60
    probed_rows: int = 100
    compared_rows: int = 100_000
    single_queries: int = 2000
    batch_texts: int = 2000


QUICK = Effort(
    changed_rows=150,
    curve_rows=0,
    strange=60,
    swapped_rows=60,
    words=40,
    word_rows=45,
    probed_rows=50,
    compared_rows=600,
    single_queries=200,
    batch_texts=150,
)
"""Under half a minute on a small encoder and two cores, with 3,000 labelled rows."""
