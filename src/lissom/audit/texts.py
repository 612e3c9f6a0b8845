"""Texts that are empty, longer than a model reads, or hold personal data."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lissom.audit.personal import find_personal
from lissom.audit.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.data import Dataset
    from lissom.progress import Progress

LONG_WORDS = 1016
"""Four times the 254 word pieces that the base encoder reads at once: a text of more words is
certainly cut off."""

_STEP_ROWS = 500
_CALLED = {
    "card": "a payment card number",
    "email": "an e-mail address",
    "iban": "a bank account number (IBAN)",
    "ip": "an internet address (IP)",
    "national_id": "a national identity or tax number",
    "phone": "a phone number",
}


def find_blank(data: Dataset) -> Iterator[Seen]:
    """See rows whose text is empty or only blanks."""
    hits = [(at, 1.0) for at, text in enumerate(data.texts) if not text.strip()]
    if hits:
        yield Seen(
            "text.blank",
            "medium",
            "{count} {have} no text.",
            hits,
            "Fill in the text or remove the row; a label on an empty text teaches nothing.",
        )


def find_long(data: Dataset) -> Iterator[Seen]:
    """See texts of more words than are read; the longest scores highest."""
    words = [len(text.split()) for text in data.texts]
    hits = [(at, float(count)) for at, count in enumerate(words) if count > LONG_WORDS]
    if hits:
        yield Seen(
            "text.long",
            "low",
            f"{{count}} {{are}} longer than {LONG_WORDS} words.",
            hits,
            "Put what matters first: the model does not read to the end of such texts.",
        )


def find_personal_data(data: Dataset, progress: Progress) -> Iterator[Seen]:
    """See rows with something that looks like personal data, kind by kind.

    The score is how many such pieces a row holds.
    """
    by_kind: dict[str, dict[int, float]] = defaultdict(dict)
    total = len(data)
    for at, text in enumerate(data.texts):
        if at % _STEP_ROWS == 0:
            progress.step(at, total)
        for one in find_personal(text):
            row = by_kind[one.kind]
            row[at] = row.get(at, 0.0) + 1
    progress.step(total, total)
    for kind, hits in sorted(by_kind.items()):
        yield Seen(
            f"personal_data.{kind}",
            "medium" if kind == "ip" else "high",
            f"{{count}} {{seem}} to hold {_CALLED[kind]}.",
            list(hits.items()),
            "Remove or replace it unless you may keep it; a bundle holds no row of yours, "
            "but the file does.",
        )
