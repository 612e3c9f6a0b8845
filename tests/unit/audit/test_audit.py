"""Each detector finds what was planted and is silent on a clean control."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.audit import KINDS, Audited, Auditing, audit
from lissom.audit.rates import KNOWN, known_rate
from lissom.data import Dataset, Roles
from lissom.progress import Silent

if TYPE_CHECKING:
    from lissom.evidence import Finding

NOUNS = ["lamp", "cup", "rug", "fork", "vase", "desk", "sofa", "tray", "bowl", "mug"]
WORDS = [
    *NOUNS,
    "shelf",
    "stool",
    "towel",
    "clock",
    "frame",
    "jar",
    "plate",
    "knife",
    "bed",
    "oven",
]
ADVERBS = [
    "slowly",
    "quickly",
    "gladly",
    "sadly",
    "badly",
    "boldly",
    "calmly",
    "kindly",
    "so",
    "no",
]
CLEAN = [f"{w} {v} {x}" for w, v, x in zip(WORDS, WORDS[7:] + WORDS[:7], ADVERBS * 2, strict=True)]
LABELS = ["refund", "praise"] * 10
LONG = "I ordered the blue lamp two weeks ago and it has still not arrived"


def look(
    texts: list[str | None],
    labels: list[str | None] | None = None,
    test: list[str] | None = None,
    **columns: list[str],
) -> Audited:
    frame = pl.DataFrame(
        {"text": texts, "label": labels or [None] * len(texts), **columns},
        schema_overrides={"label": pl.String},
    )
    train = Dataset.from_frame(frame, Roles("text", "label"), "train.csv")
    other = Dataset.from_frame(pl.DataFrame({"text": test or []}), Roles("text"), "test.csv")
    return audit(train, other if test else None, progress=Silent())


def kinds(found: Audited) -> list[str]:
    return [one.kind for one in found.findings]


def rows(found: Audited, kind: str) -> set[int]:
    return {row for one in found.findings if one.kind == kind for row in one.rows}


def test_clean_rows_have_no_finding() -> None:
    found = look(CLEAN, LABELS, ["a new kind of question", "something else again"])
    assert kinds(found) == []
    assert found.rows_to_read == {}


def test_copies_are_told_from_near_copies() -> None:
    found = look([*CLEAN, LONG, LONG.upper() + "!", LONG + " yet"], [*LABELS, *["refund"] * 3])
    assert rows(found, "duplicate.exact") == {21}
    assert 22 in rows(found, "duplicate.near")


def test_leaks_name_rows_of_the_test_file() -> None:
    found = look([*CLEAN, LONG], test=["all new here", CLEAN[3].title(), LONG + " yet"])
    assert kinds(found) == ["leak.test"]
    assert found.findings[0].rows == (1, 2)
    assert found.findings[0].scores[0] == 1.0
    assert "1 the same, 1 almost" in found.findings[0].title
    assert found.rows_to_read["leak.test"][0] == (1, CLEAN[3].title())


def test_equal_texts_under_different_labels_are_a_conflict() -> None:
    texts = [*CLEAN, "same words", "Same words!", "same  words"]
    found = look(texts, [*LABELS, "refund", "refund", "praise"])
    one = next(one for one in found.findings if one.kind == "label.conflict")
    assert one.rows[0] == 22
    assert set(one.rows) == {20, 21, 22}
    assert one.suggestions == ("refund", "", "")


def test_a_tie_between_labels_has_no_suggestion() -> None:
    found = look([*CLEAN, "same words", "Same words!"], [*LABELS, "refund", "praise"])
    assert only(found, "label.conflict").suggestions == ("", "")


def test_of_equal_texts_the_one_with_a_label_is_kept() -> None:
    found = look([*CLEAN, "same words", "Same words!"], [*LABELS, None, "praise"])
    assert rows(found, "duplicate.exact") == {20}


def test_a_test_row_of_a_known_customer_is_seen() -> None:
    train = pl.DataFrame({"text": CLEAN, "who": [f"c{i}" for i in range(20)]})
    test = pl.DataFrame({"text": ["all new here", "and this"], "who": ["c3", "c99"]})
    found = audit(
        Dataset.from_frame(train, Roles("text", group="who"), "a.csv"),
        Dataset.from_frame(test, Roles("text", group="who"), "b.csv"),
        progress=Silent(),
    )
    assert (kinds(found), found.findings[0].rows) == (["leak.group"], (0,))


def test_a_finding_names_all_rows_when_asked_to() -> None:
    texts = ["the very same words again"] * 1500
    frame = pl.DataFrame({"text": texts})
    data = Dataset.from_frame(frame, Roles("text"), "a.csv")
    named = {most: Auditing(most_rows=most) for most in (None, 1000)}
    for most, how in named.items():
        one = audit(data, progress=Silent(), how=how).findings[0]
        assert (one.count, len(one.rows)) == (1499, most or 1499)


def only(found: Audited, kind: str) -> Finding:
    return next(one for one in found.findings if one.kind == kind)


def test_a_misspelt_label_comes_with_the_one_that_was_meant() -> None:
    found = look([*CLEAN, "one more text"], [*LABELS, "refnud"])
    one = only(found, "label.misspelt")
    assert (one.rows, one.suggestions) == ((20,), ("refund",))
    assert '"refnud" (1) for "refund"' in one.title
    assert "label.rare" not in kinds(found)


def test_a_label_in_other_letters_is_the_same_label_whatever_its_rows() -> None:
    labels = ["late_parcel"] * 9 + ["Late parcel"] * 8 + ["praise"] * 3
    one = only(look(CLEAN, labels), "label.misspelt")
    assert set(one.rows) == set(range(9, 17))
    assert set(one.suggestions) == {"late_parcel"}


@pytest.mark.parametrize("pair", [("buy", "bug"), ("grade 1", "grade 2"), ("delivery", "returns")])
def test_two_real_labels_are_not_taken_for_slips(pair: tuple[str, str]) -> None:
    assert "label.misspelt" not in kinds(look(CLEAN, [pair[0]] * 18 + [pair[1]] * 2))


def test_labels_of_the_same_size_are_not_taken_for_slips() -> None:
    assert "label.misspelt" not in kinds(look(CLEAN, ["complaint", "complaints"] * 10))


def test_a_label_with_few_rows_is_rare() -> None:
    one = only(look([*CLEAN, "one more text"], [*LABELS, "else"]), "label.rare")
    assert (one.rows, one.suggestions) == ((20,), ())
    assert one.error_rate == 0.0


def test_braces_in_a_label_are_no_trouble() -> None:
    found = look([*CLEAN, "one more text"], [*LABELS, "{0}{count}"])
    assert "{0}{count}" in only(found, "label.rare").title


def test_one_label_that_crowds_out_the_rest_is_seen() -> None:
    assert "label.imbalance" in kinds(look(CLEAN, ["a"] * 18 + ["b"] * 2))
    assert "label.imbalance" not in kinds(look(CLEAN, ["a"] * 14 + ["b"] * 6))


def test_one_class_alone_is_not_called_imbalance() -> None:
    assert kinds(look(CLEAN, ["a"] * 20)) == []


@pytest.mark.parametrize("form", ["{label}-{i}", "{label}", "X{i}"])
def test_a_label_in_an_id_is_seen(form: str) -> None:
    ids = [form.format(label=label.upper(), i=i) for i, label in enumerate(LABELS)]
    assert ("label.leak" in kinds(look(CLEAN, LABELS, ticket=ids))) == ("label" in form)


def test_a_column_that_only_hints_at_the_label_is_no_leak() -> None:
    channel = [
        "mail" if (label == "refund") != (i % 5 == 0) else "chat" for i, label in enumerate(LABELS)
    ]
    assert kinds(look(CLEAN, LABELS, channel=channel)) == []


def test_a_column_of_rare_values_is_no_leak() -> None:
    assert kinds(look(CLEAN, LABELS, who=[chr(97 + i) * 2 for i in range(20)])) == []


def test_blank_and_long_texts_are_named_and_count_agrees_with_verb() -> None:
    found = look([*CLEAN, None, "  ", "word " * 1017, "word " * 1016])
    assert rows(found, "text.blank") == {20, 21}
    assert rows(found, "text.long") == {22}
    titles = [one.title for one in found.findings]
    assert "2 rows have no text." in titles
    assert "1 row is longer than 1016 words." in titles


def test_personal_data_is_shown_masked() -> None:
    found = look([*CLEAN, "write to jo@example.org please"])
    assert kinds(found) == ["personal_data.email"]
    assert found.rows_to_read["personal_data.email"] == ((20, "write to j*** please"),)


def test_row_numbers_are_those_of_the_source() -> None:
    frame = pl.DataFrame({"text": ["some words", ""]})
    data = Dataset(frame, Roles("text"), pl.Series("row", [7, 9], pl.UInt64), "a.csv")
    assert audit(data, progress=Silent()).findings[0].rows == (9,)


def test_the_gravest_finding_comes_first() -> None:
    found = look([*CLEAN, "same words", "same words", ""], [*LABELS, "refund", "praise", None])
    assert [one.severity for one in found.findings] == ["high", "medium", "low"]


def test_an_error_rate_is_that_of_the_table_or_not_claimed() -> None:
    assert known_rate("text.blank").value == 0.0
    assert known_rate("no.such.kind").value is None
    for kind, rate in KNOWN.items():
        assert kind in KINDS
        assert rate.basis
        assert rate.value is None or 0 <= rate.value <= 1
