"""Which column plays which part."""

from __future__ import annotations

import polars as pl
import pytest

from lissom.data import Given, read
from lissom.data.labels import near_name
from lissom.errors import UnclearColumnError

TEXTS = [f"I would like to know where parcel {i} has gone to" for i in range(40)]
KINDS = ["where", "praise"] * 20
IDS = [f"M-{i:05}" for i in range(40)]
DATES = [f"2026-01-{i % 28 + 1:02}" for i in range(40)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("text", "label"),
        ("Message", "Category"),
        ("review_body", "sentiment"),
        ("Nachricht", "Kategorie"),
        ("mensaje", "etiqueta"),
        ("utterance", "intent"),
        ("q17", "y"),
    ],
)
def test_texts_and_labels_are_known_by_name_and_content(text: str, label: str) -> None:
    frame = pl.DataFrame({"id": IDS, "created_at": DATES, text: TEXTS, label: KINDS})
    roles = read(frame).roles
    assert (roles.id, roles.date, roles.text, roles.label) == ("id", "created_at", text, label)


def test_the_shop_inbox_is_understood() -> None:
    frame = pl.DataFrame(
        {
            "id": IDS,
            "date": DATES,
            "text": TEXTS,
            "label": [kind if i < 6 else None for i, kind in enumerate(KINDS)],
            "channel": ["mail", "chat"] * 20,
            "language": ["en", "de"] * 20,
        }
    )
    roles = read(frame).roles
    assert (roles.text, roles.label, roles.date, roles.id) == ("text", "label", "date", "id")
    assert roles.group is None


def test_an_id_is_never_the_text() -> None:
    with pytest.raises(UnclearColumnError):
        read(pl.DataFrame({"message": IDS}))


def test_a_customer_number_that_repeats_is_a_group() -> None:
    customers = [f"C{i // 2}" for i in range(40)]
    roles = read(pl.DataFrame({"text": TEXTS, "label": KINDS, "CustomerID": customers})).roles
    assert roles.group == "CustomerID"


def test_a_group_with_few_values_is_not_guessed() -> None:
    roles = read(pl.DataFrame({"text": TEXTS, "label": KINDS, "group": ["a", "b"] * 20})).roles
    assert roles.group is None


def test_what_the_user_says_wins() -> None:
    frame = pl.DataFrame({"text": TEXTS, "subject": TEXTS, "label": KINDS, "tag": KINDS})
    roles = read(frame, Given(text="subject", label="tag")).roles
    assert (roles.text, roles.label) == ("subject", "tag")


def test_two_unnamed_columns_of_few_values_are_not_guessed_to_be_labels() -> None:
    frame = pl.DataFrame({"text": TEXTS, "channel": KINDS, "language": ["en", "de"] * 20})
    assert read(frame).roles.label is None


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("postive", ["positive"], "positive"),
        ("Positive", ["positive"], "positive"),
        ("bug", ["buy"], None),
        ("topic 1", ["topic 2"], None),
        ("refund", ["praise"], None),
    ],
)
def test_slips_are_told_from_other_names(name: str, known: list[str], near: str | None) -> None:
    assert near_name(name, known) == near
