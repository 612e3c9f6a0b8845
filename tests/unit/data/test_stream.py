"""One row out for each row in, and files that are whole or not there."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.data import read, stream, write_rows
from lissom.errors import EmptySourceError, UnknownColumnError, UnknownFormatError

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.data import Source

FRAME = pl.DataFrame(
    {
        "text": ["one two", None, 'a "b"\nc', "=1+1", "<b>x</b>", "Größe 👍"],
        "n": ["1", "2", "3", None, "5", "6"],
    }
)
ENDINGS = ["csv", "tsv", "csv.gz", "jsonl", "jsonl.gz", "parquet"]


def rows_of(source: Source, text: str | None = None, size: int = 2) -> pl.DataFrame:
    with stream(source, text, batch_rows=size) as opened:
        return pl.concat(list(opened))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_batch_by_batch_reads_back_equal(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    with write_rows(path) as out:
        for batch in FRAME.iter_slices(4):
            out.append(batch)
    assert rows_of(path).equals(FRAME)
    assert read(path).dataset.frame.equals(FRAME)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    path.write_text("old")
    with pytest.raises(RuntimeError), write_rows(path) as out:  # noqa: PT012 - both must be inside
        out.append(FRAME)
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError, match=r"\.docx"), write_rows(tmp_path / "a.docx"):
        pass


def test_rows_that_are_not_sound_are_kept_and_named(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('text,label\na,b,c\nonly\n"open,x\n\nfine,z\n')
    with stream(path, "text") as opened:
        found = pl.concat(list(opened))
    assert found.rows() == [("a", "b,c"), ("only", None), ('"open', "x"), ("fine", "z")]
    assert [one.line for one in opened.mended.first] == [2, 3, 4]
    assert opened.mended.count == 3


def test_sound_rows_are_not_called_mended(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text,label\na,b\n,\n")
    with stream(path, "text") as opened:
        assert sum(batch.height for batch in opened) == 2
    assert opened.mended.count == 0


def test_a_cell_of_10_mb_and_a_nul_stay_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"text,label\n{'x' * 10_000_000},a\ny\0z,b\n")
    assert rows_of(path, "text")["text"].str.len_chars().to_list() == [10_000_000, 3]


def test_bad_json_lines_stay_rows_of_nulls(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "a"}\nbroken\n{"text": "b", "new": 1}\n')
    with stream(path, "text", batch_rows=2) as opened:
        found = pl.concat(list(opened))
    assert found["text"].to_list() == ["a", None, "b"]
    assert [one.line for one in opened.mended.first] == [2, 3]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv.gz"
        with gzip.open(path, "wt") as out:
            out.write("text,label\n")
            out.writelines(f"this is the text of row {i},x\n" for i in range(rows))
        tracemalloc.start()
        with stream(path, "text", batch_rows=500) as opened:
            assert sum(batch.height for batch in opened) == rows
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.5 * peak(4_000) + 1_000_000


def test_a_folder_and_a_table_stream(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,n\none two,1\n")
    (tmp_path / "b.csv").write_text("n,text\n2,three four\n")
    assert rows_of(tmp_path)["text"].to_list() == ["one two", "three four"]
    assert rows_of(FRAME, "text").equals(FRAME)


def test_an_empty_source_and_an_unknown_column_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text,label\n")
    with pytest.raises(EmptySourceError, match=r"in\.csv"):
        rows_of(path)
    with pytest.raises(UnknownColumnError, match="txt"):
        rows_of(FRAME, "txt")
