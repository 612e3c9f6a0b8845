"""Labels filled in beside a table find their rows again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.data import Dataset, Roles, fill_in, label_column, read, read_labels
from lissom.errors import LabelsFileError, StrangeLabelsError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["Where is it?", "Lovely!", "Give me my money", "Lovely!", "Is it blue?"]


def table(labels: list[str | None] | None = None, roles: Roles | None = None) -> Dataset:
    columns: dict[str, list[str | None]] = {"text": list(TEXTS)}
    if labels is not None:
        columns["kind"] = labels
        roles = roles or Roles("text", "kind")
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Dataset.from_frame(frame, roles or Roles("text"), "inbox.csv")


def sheet(rows: list[tuple[str | None, str | None, str, str | None]], label: str) -> Dataset:
    """Return a filled-in file from (row number, why, text, label)."""
    names = ("data_row", "why", "text", label)
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return Dataset.from_frame(frame, Roles("text", label), "inbox-labels.csv")


def test_a_row_is_found_by_its_number_among_equal_texts() -> None:
    filled = fill_in(table(), sheet([("3", "learn", "Lovely!", "praise")], "label"))
    assert filled.dataset.labels == [None, None, None, "praise", None]
    assert filled.dataset.roles.label == "label"


def test_a_table_that_was_sorted_anew_is_matched_by_text() -> None:
    rows = [("0", "learn", "Is it blue?", "ask"), ("1", "examine", "Where is it?", "late")]
    filled = fill_in(table(), sheet(rows, "label"))
    assert filled.dataset.labels == ["late", None, None, None, "ask"]
    assert filled.chosen == {4}


@pytest.mark.parametrize("text", ["where is it", "'Where is it?", " WHERE  IS IT? "])
def test_what_a_spreadsheet_does_to_a_text_loses_nothing(text: str) -> None:
    filled = fill_in(table(), sheet([("0", "learn", text, "late")], "label"))
    assert filled.dataset.labels[0] == "late"
    assert filled.chosen == {0}


@pytest.mark.parametrize("number", ["0.0", "0,0", " 0 ", "", None, "first", "-1", "\u00b2"])
def test_a_row_number_in_any_dress_does_no_harm(number: str | None) -> None:
    filled = fill_in(table(), sheet([(number, "learn", "Where is it?", "late")], "label"))
    assert filled.dataset.labels[0] == "late"


def test_a_file_with_text_and_label_alone_will_do() -> None:
    frame = pl.DataFrame({"text": ["Lovely!", "Lovely!"], "label": ["praise", "praise"]})
    own = Dataset.from_frame(frame, Roles("text", "label"), "mine.csv")
    filled = fill_in(table(), own)
    assert filled.dataset.labels == [None, "praise", None, "praise", None]
    assert filled.chosen == frozenset()


def test_a_question_mark_is_no_label_and_is_remembered() -> None:
    rows = [("0", "learn", "Where is it?", "?"), ("2", "learn", "Give me my money", "refund")]
    filled = fill_in(table(), sheet(rows, "label"))
    assert filled.dataset.labels == [None, None, "refund", None, None]
    assert filled.undecided == {0}
    assert any('"?"' in note for note in filled.notes)


def test_empty_rows_of_the_file_change_nothing() -> None:
    given = table([None, "praise", None, None, None])
    rows = [("1", "learn", "Lovely!", None), ("0", "examine", "Where is it?", None)]
    filled = fill_in(given, sheet(rows, "kind"))
    assert filled.dataset.labels == given.labels
    assert filled.chosen == frozenset()


def test_the_file_counts_more_than_the_table_and_it_is_said() -> None:
    given = table(["late", "praise", None, None, None])
    rows = [("0", "learn", "Where is it?", "question"), ("1", "learn", "Lovely!", "praise")]
    filled = fill_in(given, sheet(rows, "kind"))
    assert filled.dataset.labels[:2] == ["question", "praise"]
    assert any(note.startswith("1 of them replace") for note in filled.notes)


def test_rows_of_another_table_are_left_out_and_counted() -> None:
    rows = [("0", "learn", "Where is it?", "late"), ("1", "learn", "Not of here", "odd")]
    filled = fill_in(table(), sheet(rows, "label"))
    assert filled.dataset.labels == ["late", None, None, None, None]
    assert any("1 labelled rows" in note for note in filled.notes)


def test_a_file_of_another_table_is_refused() -> None:
    with pytest.raises(StrangeLabelsError, match=r"none of its 1 labelled rows is in inbox\.csv"):
        fill_in(table(), sheet([("0", "learn", "Not of here", "odd")], "label"))


def test_a_label_that_looks_like_a_slip_is_named() -> None:
    frame = pl.DataFrame({"text": ["Where is it?", *"abcde"], "kind": [None, *["praise"] * 5]})
    given = Dataset.from_frame(frame, Roles("text", "kind"), "inbox.csv")
    filled = fill_in(given, sheet([("0", "learn", "Where is it?", "priase")], "kind"))
    assert any('Did you mean "praise"' in note for note in filled.notes)
    sure = fill_in(given, sheet([("0", "learn", "Where is it?", "praise")], "kind"))
    assert not any("Did you mean" in note for note in sure.notes)


def test_a_file_without_the_label_column_says_which_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,colour\nLovely!,red\n", encoding="utf-8")
    with pytest.raises(LabelsFileError, match=r'no column "label".*lissom next writes'):
        read_labels(path, table())


def test_a_file_that_a_spreadsheet_saved_with_semicolons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    raw = 'data_row;why;text;label\n2;learn;"Give me my money";Rückgabe\n'
    path.write_bytes(raw.encode("cp1252"))
    filled = fill_in(table(), read_labels(path, table()))
    assert filled.dataset.labels[2] == "Rückgabe"


def test_a_table_without_labels_gets_a_column_that_it_does_not_have_yet() -> None:
    assert label_column(table()) == "label"
    assert label_column(table([None] * 5)) == "kind"
    frame = pl.DataFrame({"label": ["Where is it?"]})
    assert label_column(Dataset.from_frame(frame, Roles("label"), "odd.csv")) == "your_label"


def test_row_numbers_count_rows_that_were_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("text,label\none,a,too,many\nsecond text,\nthird text,\n", encoding="utf-8")
    data = read(path).dataset
    named = pl.DataFrame({"data_row": ["2"], "text": ["third text"], "label": ["x"]})
    filled = fill_in(data, Dataset.from_frame(named, Roles("text", "label"), "l.csv"))
    assert filled.dataset.labels == [None, "x"]
