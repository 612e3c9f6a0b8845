"""Reading: every format, every hostile file, one clear error each."""

from __future__ import annotations

import gzip
import http.server
import io
import json
import threading
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lissom.data import Given, read
from lissom.data import tables as tables_room
from lissom.errors import (
    DamagedSourceError,
    DifferentColumnsError,
    EmptySourceError,
    FetchError,
    MissingPartError,
    NoHeaderError,
    NotATableError,
    NotAWorkbookError,
    RoleTwiceError,
    SourceMissingError,
    UnclearColumnError,
    UnknownColumnError,
    UnknownFormatError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = "text,label\nWhere is my parcel?,where\nI love it,praise\n"
TEXTS = ["Where is my parcel?", "I love it"]


def put(folder: Path, data: bytes | str, name: str = "inbox.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends_read_the_same(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = [("text", "label"), ("Größe passt nicht", "size"), ("¿Dónde está? 5 €", "where")]
    content = end.join(delimiter.join(row) for row in rows) + end
    found = read(put(tmp_path, content.encode(encoding)))
    assert found.dataset.texts == ["Größe passt nicht", "¿Dónde está? 5 €"]
    assert found.dataset.labels == ["size", "where"]
    assert any("cp1252" in note for note in found.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.jsonl.gz", "a.parquet"])
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    frame = pl.read_csv(io.StringIO(ROWS))
    raw = io.BytesIO()
    if ".parquet" in name:
        frame.write_parquet(raw)
    elif ".jsonl" in name:
        frame.write_ndjson(raw)
    else:
        frame.write_csv(raw)
    data = gzip.compress(raw.getvalue()) if name.endswith("gz") else raw.getvalue()
    found = read(put(tmp_path, data, name)).dataset
    assert (found.texts, found.labels, found.source) == (TEXTS, ["where", "praise"], name)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_in_memory_are_read(kind: type) -> None:
    found = read(kind({"text": TEXTS, "label": ["where", None]})).dataset
    assert (found.texts, found.labels) == (TEXTS, ["where", None])


def test_whole_floats_of_pandas_are_the_labels_that_csv_has() -> None:
    frame = pd.DataFrame({"text": [*TEXTS, "third one"], "label": [1, None, 2]})
    assert read(frame).dataset.labels == ["1", None, "2"]


def test_nested_cells_become_json_and_bytes_become_text() -> None:
    frame = pl.DataFrame({"text": TEXTS, "tags": [["a"], None], "raw": [b"x", b"y"]})
    assert read(frame).dataset.frame.rows()[0][1:] == ('["a"]', "x")


def test_quoted_line_breaks_and_doubled_quotes_are_kept(tmp_path: Path) -> None:
    path = put(tmp_path, 'text,label\n"She said ""hi"",\nthen left",a\nnext one,b\n')
    found = read(path)
    assert found.dataset.texts == ['She said "hi",\nthen left', "next one"]
    assert not found.set_aside


def test_rows_with_too_many_or_too_few_cells_are_set_aside_by_line(tmp_path: Path) -> None:
    found = read(put(tmp_path, ROWS + "one, two,three\nonly one\n" + "last text here,praise\n"))
    assert [(one.line, one.reason) for one in found.set_aside] == [
        (4, "it has 3 cells, the header has 2"),
        (5, "it has 1 cells, the header has 2"),
    ]
    assert found.dataset.rows.to_list() == [0, 1, 4]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    found = read(put(tmp_path, ROWS + '"never closed,x\n' + "fine again,praise\n" * 3))
    assert [one.line for one in found.set_aside] == [4]
    assert "never closed" in found.set_aside[0].reason
    assert len(found.dataset) == 5


def test_a_quote_that_is_not_doubled_costs_one_row(tmp_path: Path) -> None:
    found = read(put(tmp_path, ROWS + '"He said "no" twice",x\n"fine, again",praise\n'))
    assert [one.line for one in found.set_aside] == [4]
    assert found.dataset.texts[-1] == "fine, again"


def test_the_far_end_of_a_damaged_cell_is_not_taken_for_a_row(tmp_path: Path) -> None:
    found = read(put(tmp_path, ROWS + '"first\nsays "hi"\nbye",x\nfine again,praise\n'))
    assert [one.line for one in found.set_aside] == [4, 5, 6]
    assert found.dataset.texts == [*TEXTS, "fine again"]


def test_a_single_column_keeps_its_commas_and_blank_lines(tmp_path: Path) -> None:
    found = read(put(tmp_path, 'text\nwell, yes\n\n"Great" product\n'))
    assert found.dataset.texts == ["well, yes", "", '"Great" product']


def test_mixed_encodings_are_read_and_named(tmp_path: Path) -> None:
    data = "text,label\nGröße,a\n".encode() + "Straße,b\n".encode("cp1252") + b"plain one,a\n"
    found = read(put(tmp_path, data))
    assert found.dataset.texts == ["Größe", "Straße", "plain one"]
    assert any("mixes encodings" in note and "line 3" in note for note in found.notes)


def test_nul_characters_are_left_out_and_said(tmp_path: Path) -> None:
    found = read(put(tmp_path, b"text,label\nhe\0llo there,a\nall good here,b\n"))
    assert found.dataset.texts == ["hello there", "all good here"]
    assert any("NUL" in note and "line 2" in note for note in found.notes)


def test_a_cell_of_10_mb_is_set_aside_and_the_next_row_is_read(tmp_path: Path) -> None:
    wide, quoted = "x" * 10_000_000, f'"{"y " * 5_000_000}"'
    found = read(put(tmp_path, f"{ROWS}{wide},a\n{quoted},b\nend,c\n"))
    assert [one.line for one in found.set_aside] == [4, 5]
    assert "10,000,000 characters" in found.set_aside[0].reason
    assert found.dataset.texts == [*TEXTS, "end"]


def test_formulas_html_and_scripts_are_just_characters(tmp_path: Path) -> None:
    cells = ["=SUM(A1:A9)", "@cmd|' /C calc'!A0", "<script>alert(1)</script>", "-2+3"]
    frame = pl.DataFrame({"text": cells, "label": ["a"] * 4})
    frame.write_csv(tmp_path / "inbox.csv")
    assert read(tmp_path / "inbox.csv").dataset.texts == cells


def test_empty_and_repeated_ids_and_one_class_are_read(tmp_path: Path) -> None:
    path = put(tmp_path, "id,text,label\nA-1,one text here,a\n,two texts here,a\nA-1,three,a\n")
    found = read(path)
    assert len(found.dataset) == 3
    assert found.roles.text == "text"


def test_repeated_and_missing_column_names_get_names(tmp_path: Path) -> None:
    found = read(put(tmp_path, "text,,text\nlong enough to read,1,x\nanother text,2,y\n"))
    assert found.dataset.frame.columns == ["text", "column_2", "text_2"]
    assert any('"text_2"' in note for note in found.notes)


def test_an_empty_label_is_null_and_blanks_around_one_are_cut() -> None:
    found = read(pl.DataFrame({"text": ["a b", "c d", "e f"], "label": [" yes ", "  ", "yes"]}))
    assert found.dataset.labels == ["yes", None, "yes"]
    assert any("1 labels" in note for note in found.notes)


def test_a_label_that_is_a_slip_is_named_with_its_line(tmp_path: Path) -> None:
    rows = "".join(f"text number {i},positive\n" for i in range(6))
    found = read(put(tmp_path, "text,label\n" + rows + "one more text,postive\n"))
    assert (
        'inbox.csv, line 8: label "postive" appears once. Did you mean "positive" (6 rows)?'
        in (found.notes[-1])
    )


def test_blank_texts_stay(tmp_path: Path) -> None:
    assert read(put(tmp_path, "text,label\n,a\n  ,b\nhello you,a\n")).dataset.texts == [
        "",
        "  ",
        "hello you",
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "text,label\n"])
def test_an_empty_csv_names_the_file(tmp_path: Path, content: str) -> None:
    with pytest.raises(EmptySourceError, match=r"inbox\.csv"):
        read(put(tmp_path, content))


def test_a_file_without_one_usable_row_says_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(EmptySourceError, match=r"inbox\.csv, line 2: it has 3 cells"):
        read(put(tmp_path, "text,label\na,b,c\n"))


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    put(tmp_path, ROWS)
    with pytest.raises(SourceMissingError, match=r'Did you mean "inbox\.csv"'):
        read(tmp_path / "inbx.csv")


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError, match=r"\.parquet"):
        read(put(tmp_path, ROWS, "inbox.docx"))


@pytest.mark.parametrize("name", ["a.parquet", "a.csv.gz", "a.xlsx"])
def test_damaged_files_are_said_to_be(tmp_path: Path, name: str) -> None:
    data = gzip.compress(ROWS.encode() * 99)[:-20] if name.endswith("gz") else b"PAR1 not really"
    with pytest.raises(DamagedSourceError, match=name):
        read(put(tmp_path, data, name))


def test_an_unknown_column_suggests_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnError, match=r'Did you mean "label".*--label'):
        read(put(tmp_path, ROWS), Given(label="lable"))


def test_one_column_cannot_have_two_roles(tmp_path: Path) -> None:
    with pytest.raises(RoleTwiceError, match='"text"'):
        read(put(tmp_path, ROWS), Given(text="text", label="text"))


def test_a_missing_header_is_noticed(tmp_path: Path) -> None:
    content = "I have been waiting for my parcel since last Monday,x\nand me too,z\n"
    with pytest.raises(NoHeaderError, match="waiting for my parcel"):
        read(put(tmp_path, content))


def test_something_that_is_no_table_is_refused() -> None:
    with pytest.raises(NotATableError, match="int"):
        read(3)  # type: ignore[arg-type]  # the point of the test


def test_a_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    put(tmp_path, "text,label\nsecond file text,a\n", "b.csv")
    put(tmp_path, "label,text\nb,first file text\nx\n", "a.csv")
    put(tmp_path, "not a table", "notes.md")
    found = read(tmp_path)
    assert found.dataset.texts == ["first file text", "second file text"]
    assert found.dataset.rows.to_list() == [0, 2]
    assert found.set_aside[0].file.endswith("a.csv")


def test_a_folder_of_different_columns_names_the_file(tmp_path: Path) -> None:
    put(tmp_path, ROWS, "a.csv")
    put(tmp_path, "text,topic\na b,c\n", "b.csv")
    with pytest.raises(DifferentColumnsError, match=r"b\.csv has the columns text, topic"):
        read(tmp_path)


def test_bad_lines_of_json_are_set_aside(tmp_path: Path) -> None:
    rows = [json.dumps({"text": "hello you", "n": 1}), "{broken", "[1]", '{"text": null}']
    found = read(put(tmp_path, "\n".join(rows), "a.jsonl"))
    assert [one.line for one in found.set_aside] == [2, 3]
    assert found.dataset.frame.rows() == [("hello you", "1"), (None, None)]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel", reason="2026-11-23: needs the extra called excel")
    found = read(put(tmp_path, workbook([["text", "label"], ["a text here", "x"]]), "a.xlsx"))
    assert (found.dataset.texts, found.dataset.labels) == (["a text here"], ["x"])


def test_a_workbook_without_its_reader_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr(tables_room.pl, "read_excel", absent)  # polars', not ours
    with pytest.raises(MissingPartError, match=r"lissom\[excel\]"):
        read(put(tmp_path, b"PK", "a.xlsx"))


def test_a_locked_or_broken_workbook_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkbookError, match="workbook"):
        read(put(tmp_path, b"not one", "a.xlsx"))


def workbook(rows: list[list[str]]) -> bytes:
    """The least that is a workbook, so that the tests need no writer of workbooks."""
    cells = "".join(
        f'<row r="{r}">'
        + "".join(
            f'<c r="{chr(64 + c)}{r}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for c, cell in enumerate(row, 1)
        )
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="s1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/s1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


class _Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/inbox.csv":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(ROWS.encode())
        elif self.path == "/moved.csv":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_is_read(shop: str) -> None:
    assert read(f"{shop}/inbox.csv").dataset.texts == TEXTS


@pytest.mark.parametrize("path", ["/none.csv", "/moved.csv"])
def test_an_address_without_a_file_says_why(shop: str, path: str) -> None:
    with pytest.raises(FetchError, match=path):
        read(shop + path)


@pytest.mark.parametrize("address", ["file:///etc/hosts.csv", "ftp://x/y.csv"])
def test_only_http_is_fetched(address: str) -> None:
    with pytest.raises(FetchError, match="only http and https"):
        read(address)


def test_an_unclear_table_shows_its_columns_and_the_flag(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,2\n3,4\n")
    with pytest.raises(UnclearColumnError, match=r"--text NAME.*a \(2 values"):
        read(path)
    assert read(path, Given(text="a")).roles.text == "a"


def test_a_label_that_is_needed_and_unclear_is_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "text\nhello you there\nand you too\n")
    assert read(path).roles.label is None
    with pytest.raises(UnclearColumnError, match="--label"):
        read(path, needs_label=True)
