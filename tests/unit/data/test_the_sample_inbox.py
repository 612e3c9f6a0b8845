"""The shipped inbox is what its datasheet says, and its truth file is true."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from lissom.audit import audit, find_personal
from lissom.audit.personal import luhn
from lissom.data import Dataset, Roles, near_pairs, read
from lissom.data.samples import write_sample
from lissom.progress import Silent

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = {"en": 0.78, "de": 0.13, "es": 0.09}


class Wrong(msgspec.Struct, frozen=True):
    id: str
    given: str
    true: str


class Personal(msgspec.Struct, frozen=True):
    id: str
    kind: str
    value: str


class NewKind(msgspec.Struct, frozen=True):
    kind: str
    first_month: str
    ids: list[str]


class Mix(msgspec.Struct, frozen=True, rename={"start": "from"}):
    start: str
    what: str
    share_before: dict[str, float]
    share_after: dict[str, float]


class Truth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    near_copies: list[tuple[str, str]]
    label_conflicts: list[tuple[str, str]]
    wrong_labels: list[Wrong]
    personal_data: list[Personal]
    out_of_scope: list[str]
    new_kind: NewKind
    changed_mix: Mix
    true_kind: dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    write_sample("inbox", path)
    return path


@pytest.fixture(scope="module")
def rows(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "inbox.csv", infer_schema=False)


@pytest.fixture(scope="module")
def truth(folder: Path) -> Truth:
    return msgspec.json.decode((folder / "inbox-truth.json").read_bytes(), type=Truth)


def texts(rows: pl.DataFrame) -> dict[str, str]:
    return dict(zip(rows["id"], rows["text"], strict=True))


def labels(rows: pl.DataFrame) -> dict[str, str]:
    given = rows.filter(pl.col("label").is_not_null() & (pl.col("label") != ""))
    return dict(zip(given["id"], given["label"], strict=True))


def shared_runs(texts: dict[str, str], copies: set[frozenset[str]]) -> list[str]:
    """Name each run of six words that two messages share without being copies."""
    at: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, text in texts.items():
        words = re.findall(r"\w+", text.lower())
        for start in range(len(words) - 5):
            at[tuple(words[start : start + 6])].add(name)
    return [
        " ".join(run) for run, who in at.items() if len(who) > 1 and frozenset(who) not in copies
    ]


def test_it_has_over_1500_rows_in_order_of_date_over_twelve_months(rows: pl.DataFrame) -> None:
    assert rows.columns == ["id", "date", "text", "label", "channel", "language"]
    assert len(rows) >= 1500
    assert rows["id"].to_list() == [f"KM-{at:04d}" for at in range(1, len(rows) + 1)]
    days = [date.fromisoformat(day) for day in rows["date"]]
    assert days == sorted(days)
    assert len({(day.year, day.month) for day in days}) == 12
    assert (days[0] >= date(2025, 3, 1), days[-1] <= date(2026, 2, 28)) == (True, True)


def test_no_message_is_blank_or_repeats_another_letter_by_letter(rows: pl.DataFrame) -> None:
    assert all(text.strip() for text in rows["text"])
    assert rows["text"].n_unique() == len(rows)


def test_there_are_twelve_kinds_and_each_row_has_one_or_is_out_of_scope(
    rows: pl.DataFrame, truth: Truth
) -> None:
    counts = Counter(truth.true_kind.values())
    assert set(truth.true_kind) == set(rows["id"])
    assert len(set(counts) - {"out_of_scope"}) == 12
    assert sorted(truth.out_of_scope) == sorted(
        name for name, kind in truth.true_kind.items() if kind == "out_of_scope"
    )


def test_the_shares_of_labels_and_languages_are_as_promised(rows: pl.DataFrame) -> None:
    assert len(labels(rows)) / len(rows) == pytest.approx(0.15, abs=0.01)
    shares = Counter(rows["language"])
    assert set(shares) == set(LANGUAGES)
    for language, share in LANGUAGES.items():
        assert shares[language] / len(rows) == pytest.approx(share, abs=0.02)
    assert set(rows["channel"]) == {"email", "chat", "form", "social"}


def test_each_old_kind_has_a_dozen_right_labels_from_the_early_months(
    rows: pl.DataFrame, truth: Truth
) -> None:
    given = labels(rows)
    right = Counter(kind for name, kind in given.items() if truth.true_kind[name] == kind)
    assert len(right) == 11
    assert min(right.values()) >= 12
    day = dict(zip(rows["id"], rows["date"], strict=True))
    assert sum(day[name] >= "2026" for name in given) <= len(given) // 20


def test_wrong_labels_are_exactly_those_listed(rows: pl.DataFrame, truth: Truth) -> None:
    given = labels(rows)
    wrong = {name: kind for name, kind in given.items() if truth.true_kind[name] != kind}
    assert wrong == {one.id: one.given for one in truth.wrong_labels}
    assert all(truth.true_kind[one.id] == one.true for one in truth.wrong_labels)
    assert 10 <= len(wrong) <= 15


def test_the_new_kind_comes_in_january_and_was_never_labelled(
    rows: pl.DataFrame, truth: Truth
) -> None:
    new = truth.new_kind
    day = dict(zip(rows["id"], rows["date"], strict=True))
    assert new.ids == [name for name, kind in truth.true_kind.items() if kind == new.kind]
    assert {day[name][:7] for name in new.ids} == {"2026-01", "2026-02"}
    assert new.kind not in labels(rows).values()


def test_the_changed_mix_is_counted_right(rows: pl.DataFrame, truth: Truth) -> None:
    mix = truth.changed_mix
    kinds = [truth.true_kind[name] for name in rows["id"]]
    for shares, is_after in ((mix.share_before, False), (mix.share_after, True)):
        there = [
            kind
            for kind, day in zip(kinds, rows["date"], strict=True)
            if (day >= mix.start) is is_after
        ]
        for kind, share in shares.items():
            assert there.count(kind) / len(there) == pytest.approx(share, abs=1e-4)
    assert mix.share_after["wholesale_custom"] < mix.share_before["wholesale_custom"] / 4


def test_only_planted_copies_share_six_words_in_a_row(rows: pl.DataFrame, truth: Truth) -> None:
    copies = {frozenset(pair) for pair in truth.near_copies}
    assert shared_runs(texts(rows), copies) == []


def test_a_shared_run_of_six_words_would_be_seen() -> None:
    planted = {"a": "one two three four five six seven", "b": "One two three, four five six."}
    assert shared_runs(planted, set()) == ["one two three four five six"]
    assert shared_runs(planted, {frozenset("ab")}) == []


def test_copies_follow_their_original_and_many_pairs_are_labelled_twice(
    rows: pl.DataFrame, truth: Truth
) -> None:
    given, text = labels(rows), texts(rows)
    day = dict(zip(rows["id"], rows["date"], strict=True))
    assert all(day[first] < day[again] for first, again in truth.near_copies)
    assert all(text[first] != text[again] for first, again in truth.near_copies)
    both = [pair for pair in truth.near_copies if all(name in given for name in pair)]
    differing = [pair for pair in both if given[pair[0]] != given[pair[1]]]
    assert len(both) - len(differing) >= 12
    assert differing == truth.label_conflicts


def test_near_pairs_names_nine_in_ten_of_the_planted_copies_and_nothing_else(
    rows: pl.DataFrame, truth: Truth
) -> None:
    names = rows["id"].to_list()
    found = near_pairs(rows["text"].to_list())
    seen = {frozenset((names[i], names[j])) for i, j in zip(found.left, found.right, strict=True)}
    planted = {frozenset(pair) for pair in truth.near_copies}
    assert seen <= planted
    assert len(seen & planted) / len(planted) >= 0.9


def test_personal_data_is_there_and_passes_its_checksum(rows: pl.DataFrame, truth: Truth) -> None:
    text = texts(rows)
    for one in truth.personal_data:
        assert one.value in text[one.id]
        plain = one.value.replace(" ", "")
        if one.kind == "card":
            assert luhn(plain)
        if one.kind == "iban":
            moved = plain[4:] + plain[:4]
            assert int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
    kinds = {one.kind for one in truth.personal_data}
    assert kinds == {"address", "birth_date", "card", "email", "iban", "ip", "phone"}


def test_patterns_find_all_planted_personal_data_and_no_more(
    rows: pl.DataFrame, truth: Truth
) -> None:
    found = {
        (name, one.kind, text[one.start : one.end])
        for name, text in texts(rows).items()
        for one in find_personal(text)
    }
    planted = {(one.id, one.kind, one.value) for one in truth.personal_data}
    assert found == planted


def test_the_audit_names_the_planted_rows(rows: pl.DataFrame, truth: Truth) -> None:
    data = Dataset.from_frame(rows, Roles("text", label="label"), "inbox.csv")
    found = audit(data, progress=Silent()).findings
    names = rows["id"].to_list()
    concerned = {one.kind: {names[row] for row in one.rows} for one in found}
    assert set(truth.label_conflicts[0]) <= concerned["label.conflict"]
    copies = concerned["duplicate.near"] | concerned["duplicate.exact"]
    hit = [pair for pair in truth.near_copies if copies & set(pair)]
    assert len(hit) / len(truth.near_copies) >= 0.9
    for kind in ("card", "email", "iban", "ip", "phone"):
        planted = {one.id for one in truth.personal_data if one.kind == kind}
        assert concerned[f"personal_data.{kind}"] == planted


def test_lissom_reads_it_without_being_told_anything(folder: Path, rows: pl.DataFrame) -> None:
    reading = read(folder / "inbox.csv")
    assert len(reading.dataset) == len(rows)
    assert reading.set_aside == ()
    assert reading.roles == Roles("text", label="label", date="date", id="id")


def test_the_bytes_are_the_same_each_time(tmp_path: Path, folder: Path) -> None:
    again = write_sample("inbox", tmp_path)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in again]
    first = [hashlib.sha256((folder / path.name).read_bytes()).hexdigest() for path in again]
    assert digests == first


def test_the_datasheet_says_synthetic_and_counts_right(
    folder: Path, rows: pl.DataFrame, truth: Truth
) -> None:
    sheet = (folder / "DATASHEET.md").read_text("utf-8")
    given, real = Counter(labels(rows).values()), Counter(truth.true_kind.values())
    assert "This data set is synthetic." in sheet
    assert "language model" in sheet
    assert f"{len(rows):,} messages" in sheet
    assert f"{len(truth.near_copies)} pairs" in sheet
    assert f"{len(truth.wrong_labels)}: ten" in sheet
    for kind, count in real.items():
        assert f"| `{kind}` | {count} | {given[kind]} |" in sheet
