"""Writing a sample: whole files, nothing of the user's overwritten, clear errors."""

from __future__ import annotations

import gzip
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from lissom.data.samples import write_sample
from lissom.errors import (
    LissomError,
    SampleDiffersError,
    SampleNotWrittenError,
    UnknownSampleError,
    UsageError,
)
from lissom.pipeline import sample

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["inbox.csv", "inbox-truth.json", "DATASHEET.md"]


def test_the_folder_is_made_and_the_table_is_named_first(tmp_path: Path) -> None:
    written = write_sample("inbox", tmp_path / "a" / "b")
    assert [path.name for path in written] == NAMES
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(NAMES)


def test_the_pipeline_writes_the_same(tmp_path: Path) -> None:
    assert sample("inbox", tmp_path) == write_sample("inbox", tmp_path)


def test_writing_again_leaves_equal_files_alone(tmp_path: Path) -> None:
    written = write_sample("inbox", tmp_path)
    before = [path.stat().st_mtime_ns for path in written]
    write_sample("inbox", tmp_path)
    assert [path.stat().st_mtime_ns for path in written] == before


def test_a_file_that_differs_is_kept_and_nothing_else_is_written(tmp_path: Path) -> None:
    mine = tmp_path / "DATASHEET.md"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(SampleDiffersError, match=r"DATASHEET\.md is there already"):
        write_sample("inbox", tmp_path)
    assert mine.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["DATASHEET.md"]


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownSampleError, match=r'"inbx".*Did you mean "inbox".*Known: inbox'):
        write_sample("inbx", tmp_path / "out")
    assert issubclass(UnknownSampleError, UsageError)
    assert not (tmp_path / "out").exists()


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "taken"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(SampleNotWrittenError, match="taken"):
        write_sample("inbox", blocked)


def test_a_folder_where_a_file_should_be_is_an_error_a_face_can_show(tmp_path: Path) -> None:
    (tmp_path / "inbox.csv").mkdir()
    with pytest.raises(LissomError, match="cannot be written"):
        write_sample("inbox", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["inbox.csv"]


@pytest.mark.parametrize("name", ["inbox.csv.gz", "inbox-truth.json.gz"])
def test_the_packed_files_carry_no_time_and_no_name(name: str) -> None:
    packed = files("lissom.data.samples").joinpath(name).read_bytes()
    # RFC 1952: byte 3 holds the flags (8 means a file name follows), bytes 4 to 7 the time.
    assert packed[3] == 0
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed)
