"""Texts that are empty, longer than a model reads, or hold personal data."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.personal import find_personal
from lissom.audit.seen import Seen, arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.data import Dataset
    from lissom.progress import Progress

LONG_WORDS = 1016
"""Four times the 254 word pieces that the base encoder reads at once: a text of more words is
certainly cut off."""

_STEP_ROWS = 16_384
_WORTH_READING = r"@|\d"
"""Nothing that is looked for has neither."""

CALLED = {
    "address": "a postal address",
    "birth_date": "somebody's date of birth",
    "card": "a payment card number",
    "email": "an e-mail address",
    "iban": "a bank account number (IBAN)",
    "ip": "an internet address (IP)",
    "national_id": "a national identity, tax or passport number",
    "phone": "a phone number",
}
"""What is looked for, as the end of the sentence "it seems to hold ..."."""


def find_blank(data: Dataset) -> Iterator[Seen]:
    """See rows whose text is empty or only blanks."""
    at = np.flatnonzero((data.column.fill_null("").str.strip_chars() == "").to_numpy())
    if len(at):
        yield Seen(
            "text.blank",
            "medium",
            "{count} {have} no text.",
            at.astype(np.int64),
            np.ones(len(at)),
            "Fill in the text or remove the row; a label on an empty text teaches nothing.",
        )


def find_long(data: Dataset) -> Iterator[Seen]:
    """See texts of more words than are read; the longest scores highest."""
    words = data.column.str.count_matches(r"\S+").fill_null(0).to_numpy()
    at = np.flatnonzero(words > LONG_WORDS)
    if len(at):
        yield Seen(
            "text.long",
            "low",
            f"{{count}} {{are}} longer than {LONG_WORDS} words.",
            at.astype(np.int64),
            words[at].astype(np.float64),
            "Put what matters first: the model does not read to the end of such texts.",
        )


def find_personal_data(data: Dataset, progress: Progress) -> Iterator[Seen]:
    """See rows with something that looks like personal data, kind by kind.

    The score is how many such pieces a row holds.
    """
    by_kind: dict[str, dict[int, float]] = defaultdict(dict)
    total = len(data)
    for start in range(0, total, _STEP_ROWS):
        progress.step(start, total)
        column = data.column[start : start + _STEP_ROWS].fill_null("")
        worth = column.str.contains(_WORTH_READING)
        places = np.flatnonzero(worth.to_numpy()) + start
        for at, text in zip(places.tolist(), column.filter(worth), strict=True):
            for one in find_personal(text):
                row = by_kind[one.kind]
                row[at] = row.get(at, 0.0) + 1
    progress.step(total, total)
    for kind, hits in sorted(by_kind.items()):
        rows, scores = arrays(hits.items())
        yield Seen(
            f"personal_data.{kind}",
            "medium" if kind == "ip" else "high",
            f"{{count}} {{seem}} to hold {CALLED[kind]}.",
            rows,
            scores,
            "Remove or replace it unless you may keep it; a bundle holds no row of yours, "
            "but the file does.",
        )
