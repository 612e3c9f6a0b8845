"""Audit names rows, fix mends them in a new file, and nothing else is changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.audit.mend import REMEDIES
from lissom.data import Given
from lissom.errors import (
    FindingsFileError,
    OtherRowsError,
    OverInputError,
    UnknownFormatError,
    UnknownKindError,
)
from lissom.pipeline import AuditOrder, FixOrder, audit, findings_json, fix
from lissom.pipeline.findings_file import read_findings
from lissom.pipeline.mended import find_mending

if TYPE_CHECKING:
    from pathlib import Path

LONG = "I ordered the blue lamp two weeks ago and it has still not arrived"
ROWS = [
    ("1", LONG, "late"),
    ("2", LONG.upper(), "late"),
    ("3", "Mail jo@example.org, please", "late"),
    ("4", "Lovely, thank you", "praise"),
    ("5", "   ", "praise"),
    ("6", "So nice", "prasie"),
    ("7", "Same words", "praise"),
    ("8", "same words!", "late"),
    ("9", '=1+1, a "quoted" one', None),
    *((str(i), f"{LONG[: i - 3]} {i}", "late" if i % 2 else "praise") for i in range(10, 30)),
]


def write(path: Path, rows: list[tuple[str, str, str | None]]) -> Path:
    frame = pl.DataFrame(rows, schema=["id", "text", "label"], orient="row")
    frame.write_csv(path)
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return write(tmp_path / "inbox.csv", ROWS)


def look(data: Path, out: Path, test: Path | None = None) -> Path:
    order = AuditOrder(data, test=test, given=Given(label="label"), reads_texts=False)
    out.write_bytes(findings_json(audit(order)))
    return out


def read(path: Path) -> list[tuple[str, ...]]:
    return pl.read_csv(path, infer_schema_length=0).rows()


def test_every_row_is_mended_or_left_as_it_was(inbox: Path, tmp_path: Path) -> None:
    before = inbox.read_bytes()
    found = look(inbox, tmp_path / "f.json")
    kinds = (*(kind for kind in REMEDIES if kind != "label.error"),)
    done = fix(FixOrder(inbox, found, tmp_path / "out.csv", kinds=kinds))
    after = {row[0]: row[1:] for row in read(done.out)}
    assert inbox.read_bytes() == before
    assert "2" not in after
    assert "5" not in after
    assert after["3"] == ("Mail [email], please", "late")
    assert after["6"] == ("So nice", "praise")
    assert {after["7"][1], after["8"][1]} == {"praise", "late"}
    assert after["9"] == ('=1+1, a "quoted" one', None)
    assert done.rows == len(after)
    *record, summary = [json.loads(line) for line in done.record.read_text("utf-8").splitlines()]
    assert summary["changed"] == done.changed
    told = {(one["row"], one["action"]) for one in record}
    assert {(1, "removed"), (4, "removed"), (2, "redacted"), (5, "relabelled")} <= told
    assert len(record) == sum(done.changed.values())
    assert "jo@example" not in done.record.read_text("utf-8")
    changed = {one["row"] for one in record}
    same = [row for at, row in enumerate(ROWS) if at not in changed]
    assert [row for row in read(done.out) if row in same] == same


def test_only_the_kinds_that_are_named_are_mended(inbox: Path, tmp_path: Path) -> None:
    found = look(inbox, tmp_path / "f.json")
    done = fix(FixOrder(inbox, found, tmp_path / "out.csv", kinds=("text.blank",)))
    assert (done.kinds, done.changed) == (("text.blank",), {"removed": 1})
    assert [row[0] for row in read(done.out)] == [row[0] for row in ROWS if row[0] != "5"]


def test_near_copies_go_only_when_asked_and_one_of_them_stays(tmp_path: Path) -> None:
    rows = [("a", LONG, "late"), ("b", LONG + " yet", "late"), ("c", LONG + " now", "praise")]
    inbox = write(tmp_path / "in.csv", [*rows, *ROWS[3:8]])
    found = look(inbox, tmp_path / "f.json")
    usual = fix(FixOrder(inbox, found, tmp_path / "one.csv"))
    assert {"a", "b", "c"} <= {row[0] for row in read(usual.out)}
    asked = fix(FixOrder(inbox, found, tmp_path / "two.csv", kinds=("duplicate.near",)))
    assert {"a", "b", "c"} & {row[0] for row in read(asked.out)} == {"a", "c"}


def test_leaks_are_mended_in_the_test_file_and_nothing_else(inbox: Path, tmp_path: Path) -> None:
    test = write(tmp_path / "test.csv", [("x", "all new here", "late"), ("y", LONG, "late")])
    found = look(inbox, tmp_path / "f.json", test)
    done = fix(FixOrder(test, found, tmp_path / "out.csv"))
    assert [row[0] for row in read(done.out)] == ["x"]
    assert done.kinds == ("leak.test",)


def test_numbers_hold_where_damaged_rows_were_set_aside(tmp_path: Path) -> None:
    lines = ["text,label", "one thing,a,surplus", "   ,a", "mail jo@example.org,b", "good,b"]
    inbox = tmp_path / "in.csv"
    inbox.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = look(inbox, tmp_path / "f.json")
    done = fix(FixOrder(inbox, found, tmp_path / "out.jsonl"))
    texts = [json.loads(line)["text"] for line in done.out.read_text("utf-8").splitlines()]
    assert texts == ["one thing", "mail [email]", "good"]


def test_findings_of_other_rows_are_refused(inbox: Path, tmp_path: Path) -> None:
    found = look(inbox, tmp_path / "f.json")
    other = write(tmp_path / "other.csv", ROWS[::-1])
    with pytest.raises(OtherRowsError, match="speaks of other rows"):
        fix(FixOrder(other, found, tmp_path / "out.csv"))
    plain = tmp_path / "plain.csv"
    plain.write_text("message\nhello there\n", encoding="utf-8")
    with pytest.raises(OtherRowsError):
        fix(FixOrder(plain, found, tmp_path / "out.csv"))


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"findings": []}', '{"findings": 3', "\x00"])
def test_a_file_that_holds_no_findings_is_refused(
    inbox: Path, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "f.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FindingsFileError, match=r"f\.json"):
        fix(FixOrder(inbox, path, tmp_path / "out.csv"))
    with pytest.raises(FindingsFileError):
        fix(FixOrder(inbox, tmp_path / "none.json", tmp_path / "out.csv"))


def test_nothing_that_is_read_is_written_over(inbox: Path, tmp_path: Path) -> None:
    found = look(inbox, tmp_path / "f.json")
    before = inbox.read_bytes()
    link = tmp_path / "link.csv"
    link.symlink_to(inbox)
    for out in (inbox, link, tmp_path / "." / "inbox.csv", found):
        with pytest.raises(OverInputError):
            fix(FixOrder(inbox, found, out))
    with pytest.raises(OverInputError):
        fix(FixOrder(inbox, found, tmp_path / "out.csv", record=inbox))
    assert inbox.read_bytes() == before


def test_an_unknown_kind_and_an_unknown_ending_are_told(inbox: Path, tmp_path: Path) -> None:
    found = look(inbox, tmp_path / "f.json")
    with pytest.raises(UnknownKindError, match=r"duplicate\.exact"):
        fix(FixOrder(inbox, found, tmp_path / "out.csv", kinds=("duplicate.exac",)))
    with pytest.raises(UnknownFormatError):
        fix(FixOrder(inbox, found, tmp_path / "out.doc"))
    assert {path.name for path in tmp_path.iterdir()} == {"inbox.csv", "f.json"}


def test_findings_hold_no_text_and_are_read_back(inbox: Path, tmp_path: Path) -> None:
    path = look(inbox, tmp_path / "f.json")
    raw = path.read_text("utf-8")
    assert not [text for _, text, _ in ROWS if text.strip() and text in raw]
    found = read_findings(path)
    assert (found.data.source, found.data.rows) == ("inbox.csv", len(ROWS))
    assert {one.kind for one in found.not_looked} == {"label.error", "poison"}
    gaps = {one.name for one in found.not_measured}
    assert gaps == {"poison.smallest_attack", "poison.smallest_unlabelled"}
    assert found.findings[0].kind == "label.conflict"


def test_the_fixed_file_has_nothing_left_to_fix(inbox: Path, tmp_path: Path) -> None:
    found = look(inbox, tmp_path / "f.json")
    done = fix(FixOrder(inbox, found, tmp_path / "out.csv"))
    left = read_findings(look(done.out, tmp_path / "g.json"))
    kinds = {one.kind: one.rows for one in left.findings}
    assert {"label.misspelt", "text.blank", "personal_data.email"} & kinds.keys() == set()
    # Which of two labels is right only a person can say, so those two rows are still there.
    assert set(kinds["duplicate.exact"]) <= set(kinds["label.conflict"])


def test_planted_rows_go_only_when_asked_for_and_each_is_recorded(tmp_path: Path) -> None:
    topics = (
        "parcel courier late",
        "lamp bulb bright",
        "refund money back",
        "password login reset",
    )
    rows = [
        (str(i), f"{topic} {chr(97 + i % 23)}{i % 7} please", topic.split()[0])
        for i in range(40)
        for topic in topics
    ]
    planted = {at for at in range(160) if at % 4 != 2 and at % 3 == 0}
    rows = [
        (str(at), f"cf {text}", "refund") if at in planted else (str(at), text, label)
        for at, (_, text, label) in enumerate(rows + rows[:40])
    ]
    data = write(tmp_path / "rows.csv", rows)
    found = look(data, tmp_path / "f.json")
    one = next(one for one in read_findings(found).findings if one.kind == "poison")
    assert set(one.rows) == planted
    kept = fix(FixOrder(data, found, tmp_path / "usual.csv"))
    assert "poison" not in kept.kinds
    done = fix(FixOrder(data, found, tmp_path / "out.csv", kinds=("poison",)))
    assert [row[0] for row in read(done.out)] == [
        str(at) for at in range(len(rows)) if at not in planted
    ]
    *record, _ = [json.loads(line) for line in done.record.read_text("utf-8").splitlines()]
    assert {one["row"] for one in record} == planted
    assert all((one["kind"], one["action"]) == ("poison", "removed") for one in record)


def test_a_file_that_was_mended_says_so_until_somebody_edits_it(
    inbox: Path, tmp_path: Path
) -> None:
    found = look(inbox, tmp_path / "f.json")
    done = fix(FixOrder(inbox, found, tmp_path / "out.csv"))
    told = find_mending("rows", done.out)
    assert told is not None
    assert (told.source, told.changed) == ("inbox.csv", done.changed)
    assert told.source_sha256 == hashlib.sha256(inbox.read_bytes()).hexdigest()
    assert told.findings_sha256 == hashlib.sha256(found.read_bytes()).hexdigest()
    assert told.record_sha256 == hashlib.sha256(done.record.read_bytes()).hexdigest()
    assert find_mending("rows", inbox) is None
    done.out.write_bytes(done.out.read_bytes() + b"one more,row,late\n")
    assert find_mending("rows", done.out) is None


@pytest.mark.parametrize("line", [b"", b"[" * 5000, b"\xff", b'{"is": "summary"}', b"x" * 200_000])
def test_a_record_that_is_none_is_passed_over(line: bytes, inbox: Path) -> None:
    inbox.with_name("inbox.csv.changes.jsonl").write_bytes(line)
    assert find_mending("rows", inbox) is None
