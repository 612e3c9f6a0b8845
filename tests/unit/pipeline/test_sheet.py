"""The file that a person fills in is begun, continued, and never thrown away."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.data import Dataset, Filled, Roles, fill_in, read_labels
from lissom.errors import (
    ColumnTakenError,
    SheetInTheWayError,
    StrangeLabelsError,
    UnknownFormatError,
)
from lissom.pipeline.ask import Asked
from lissom.pipeline.sheet import open_sheet

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ("Where is it?", "Lovely!", "=my money", "Is it blue?")
COLUMNS = ["data_row", "why", "text", "kind", "suggested_label", "suggested_probability", "from"]
ASKED = (
    Asked(2, TEXTS[2], "learn", "refund", 0.25),
    Asked(0, TEXTS[0], "examine", None, None),
)


def table(columns: dict[str, list[str | None]] | None = None) -> Dataset:
    every = columns or {"text": [*TEXTS], "kind": [None] * 4, "from": ["a", "b", "c", "d"]}
    frame = pl.DataFrame(every, schema=dict.fromkeys(every, pl.String))
    return Dataset.from_frame(frame, Roles("text", "kind"), "inbox.csv")


def nothing(data: Dataset) -> Filled:
    return Filled(data, frozenset(), frozenset(), ())


def begin(path: Path) -> list[dict[str, str]]:
    """Write the first sheet and return its rows."""
    sheet, _ = open_sheet(path, table(), nothing(table()), None)
    assert sheet is not None
    sheet.write(table(), ASKED)
    return rows_of(path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: list[dict[str, str]]) -> None:
    """Save rows as a spreadsheet would, without the byte order mark."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_new_sheet_holds_the_rows_with_the_tables_columns_and_an_empty_label(
    tmp_path: Path,
) -> None:
    first, second = begin(tmp_path / "l.csv")
    assert list(first) == COLUMNS
    assert first == dict(
        zip(COLUMNS, ["2", "learn", "'=my money", "", "refund", "0.250", "c"], strict=True)
    )
    assert second == dict(zip(COLUMNS, ["0", "examine", TEXTS[0], "", "", "", "a"], strict=True))


def test_what_was_filled_in_counts_and_stays_on_top_and_what_was_not_makes_way(
    tmp_path: Path,
) -> None:
    path = tmp_path / "l.csv"
    rows = begin(path)
    rows[0]["kind"] = "-refund"
    save(path, rows)
    sheet, filled = open_sheet(path, table(), nothing(table()), None)
    assert sheet is not None
    assert (sheet.kept, sheet.left) == (1, 1)
    assert filled.dataset.labels == [None, None, "-refund", None]
    assert filled.chosen == {2}
    sheet.write(table(), [Asked(3, TEXTS[3], "learn", "ask", None)])
    top, new = rows_of(path)
    assert top == {**rows[0], "text": "'=my money"}
    assert (new["data_row"], new["kind"], new["suggested_probability"]) == ("3", "", "")


def test_filling_in_and_continuing_many_times_loses_no_label(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    for row, label in enumerate(["late", "praise", "?", "ask"]):
        sheet, _ = open_sheet(path, table(), nothing(table()), None)
        assert sheet is not None
        sheet.write(table(), [Asked(row, TEXTS[row], "learn", None, None)])
        rows = rows_of(path)
        assert [r["kind"] for r in rows[:-1]] == ["late", "praise", "?", "ask"][:row]
        rows[-1]["kind"] = label
        save(path, rows)
    filled = fill_in(table(), read_labels(path, table()))
    assert filled.dataset.labels == ["late", "praise", None, "ask"]
    assert filled.undecided == {2}


def test_the_same_file_named_twice_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = begin(path)
    rows[0]["kind"] = "refund"
    save(path, rows)
    named = fill_in(table(), read_labels(path, table()))
    sheet, filled = open_sheet(path, table(), named, tmp_path / "." / "l.csv")
    assert filled is named
    assert sheet is not None
    assert sheet.kept == 1


def test_labels_of_another_file_and_of_the_sheet_come_together(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = begin(path)
    rows[0]["kind"] = "refund"
    save(path, rows)
    other = tmp_path / "other.csv"
    save(other, [{"data_row": "1", "why": "learn", "text": TEXTS[1], "kind": "praise"}])
    named = fill_in(table(), read_labels(other, table()))
    _, filled = open_sheet(path, table(), named, other)
    assert filled.dataset.labels == [None, "praise", "refund", None]
    assert filled.chosen == {1, 2}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("name,price\ntea,4\n", "holds no rows of this table"),
        ("text,kind\nLovely!,praise\n", "was not written by lissom next"),
        ("", "holds no rows of this table"),
    ],
)
def test_a_file_of_something_else_is_not_touched(tmp_path: Path, raw: str, why: str) -> None:
    path = tmp_path / "l.csv"
    path.write_text(raw, encoding="utf-8")
    with pytest.raises(SheetInTheWayError, match=why):
        open_sheet(path, table(), nothing(table()), None)
    assert path.read_text(encoding="utf-8") == raw


def test_labels_of_another_table_are_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    rows = begin(path)
    rows[0].update(kind="refund", text="a text of another table")
    save(path, rows)
    before = path.read_bytes()
    with pytest.raises(StrangeLabelsError):
        open_sheet(path, table(), nothing(table()), None)
    assert path.read_bytes() == before


def test_a_column_of_ours_in_the_table_is_refused(tmp_path: Path) -> None:
    columns: dict[str, list[str | None]] = {"text": ["a"], "kind": [None], "why": ["so"]}
    data = table(columns)
    with pytest.raises(ColumnTakenError, match='"why"'):
        open_sheet(tmp_path / "l.csv", data, nothing(data), None)


def test_the_file_to_fill_in_is_a_csv(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError):
        open_sheet(tmp_path / "l.xlsx", table(), nothing(table()), None)


def test_no_sheet_is_asked_for_and_none_is_there() -> None:
    filled = nothing(table())
    assert open_sheet(None, table(), filled, None) == (None, filled)
