"""A file for a person to fill in opens as it should, and takes its place in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.data import read, write_sheet
from lissom.data.sheet import disarm
from lissom.errors import SheetNotWrittenError

if TYPE_CHECKING:
    from pathlib import Path

CELLS = ["=1+1", "+49 30 1", "-5 % off?", "@home", "\tx", "-12,5", "+3", "fine", "a=b", "'=1", None]


def test_no_cell_begins_like_a_formula(tmp_path: Path) -> None:
    write_sheet(tmp_path / "s.csv", pl.DataFrame({"text": CELLS}))
    found = read(tmp_path / "s.csv").dataset.texts
    assert found == [
        *("'=1+1", "'+49 30 1", "'-5 % off?", "'@home", "'\tx"),
        *("-12,5", "+3", "fine", "a=b", "'=1", ""),
    ]


def test_disarming_twice_is_disarming_once() -> None:
    for cell in filter(None, CELLS):
        assert disarm(disarm(cell)) == disarm(cell)


def test_columns_that_are_the_users_own_stay_as_they_are(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["a text"], "label": ["-broken"]})
    write_sheet(tmp_path / "s.csv", frame, own=("label",))
    assert read(tmp_path / "s.csv").dataset.labels == ["-broken"]


def test_a_spreadsheet_is_told_the_encoding_and_we_read_it_back(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    write_sheet(path, pl.DataFrame({"text": ['Größe, "so"\nzwei'], "label": ["ß"]}))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    data = read(path).dataset
    assert data.frame.columns == ["text", "label"]
    assert data.texts == ['Größe, "so"\nzwei']


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(SheetNotWrittenError, match=r"no-folder.*--out"):
        write_sheet(tmp_path / "no-folder" / "s.csv", pl.DataFrame({"text": ["a"]}))
    blocked = tmp_path / "s.csv"
    blocked.mkdir()
    with pytest.raises(SheetNotWrittenError):
        write_sheet(blocked, pl.DataFrame({"text": ["a"]}))
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv"]
