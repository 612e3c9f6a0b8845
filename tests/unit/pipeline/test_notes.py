"""What is noted of tables and licences, and what a person said and asks."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lissom.bundle import make_key
from lissom.errors import DescriptionError, PolicyFileError, UnknownQuestionError
from lissom.evidence import Verdict
from lissom.govern.record import RowLicence
from lissom.pipeline import Given, Order, describe
from lissom.pipeline.notes import Papers, count_licences, read_demands, take_notes
from lissom.pipeline.rows import read_inputs
from lissom.progress import Silent

if TYPE_CHECKING:
    from pathlib import Path

ROWS = (
    "text,label,license\nwhere is it,late,MIT\ngive it back,refund,mit\nthank you,,\nhi,late,odd!\n"
)
VERDICT = Verdict("pass", "Good.", (), "lissom build DATA")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "inbox.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def noted(order: Order) -> object:
    inputs = read_inputs(order, Silent())
    papers = Papers(make_key(), read_demands(order))
    return take_notes(order, inputs, 2, date(2026, 1, 1), papers, VERDICT)


def test_a_file_is_noted_with_its_hash_and_the_roles_of_its_columns(table: Path) -> None:
    (one,) = noted(Order(table)).tables
    assert (one.part, one.name, one.rows) == ("rows", "inbox.csv", 4)
    assert one.sha256 == hashlib.sha256(ROWS.encode()).hexdigest()
    assert one.size_bytes == len(ROWS)
    assert one.columns == {"text": "text", "label": "label", "license": "licence"}


def test_a_licence_column_is_found_by_its_name_and_is_no_label(table: Path) -> None:
    inputs = read_inputs(Order(table), Silent())
    assert (inputs.train.roles.label, inputs.train.roles.licence) == ("label", "license")
    assert noted(Order(table)).licences == (
        RowLicence("MIT", 2),
        RowLicence("", 1),
        RowLicence("odd!", 1),
    )


def test_a_licence_column_of_another_name_is_given(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS.replace("license", "terms"), encoding="utf-8")
    assert noted(Order(path)).licences == (RowLicence("", 4),)
    given = noted(Order(path, given=Given(licence="terms")))
    assert given.licences[0] == RowLicence("MIT", 2)


def test_test_rows_and_unlabelled_rows_are_noted_too(table: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("text\nanother one\n", encoding="utf-8")
    notes = noted(Order(table, test=table, unlabelled=more))
    assert [(one.part, one.name, one.rows) for one in notes.tables] == [
        ("rows", "inbox.csv", 4),
        ("test", "inbox.csv", 3),
        ("unlabelled", "more.csv", 1),
    ]
    assert sum(one.rows for one in notes.licences) == 8


def test_a_table_in_memory_has_no_hash() -> None:
    frame = pl.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"]})
    (one,) = noted(Order(frame)).tables
    assert (one.sha256, one.size_bytes) == ("", 0)
    assert one.columns == {"text": "text", "label": "label"}


def test_licences_are_counted_by_what_they_mean() -> None:
    assert count_licences(["cc0-1.0", "CC0-1.0 ", "", None]) == (
        RowLicence("", 2),
        RowLicence("CC0-1.0", 2),
    )
    assert count_licences([]) == ()


def test_files_beside_the_data_are_used_and_named(table: Path) -> None:
    assert read_demands(Order(table)).files == {}
    (table.parent / "policy.toml").write_text('gates = ["no leak"]', encoding="utf-8")
    (table.parent / "description.toml").write_text('[use]\npurpose = "x"', encoding="utf-8")
    found = read_demands(Order(table))
    assert set(found.files) == {"policy.toml", "description.toml"}
    assert [path.name for path in found.found] == ["description.toml", "policy.toml"]
    folder = read_demands(Order(table.parent))
    assert set(folder.files) == set(found.files)


def test_files_that_were_named_take_the_place_of_those(table: Path, tmp_path: Path) -> None:
    (table.parent / "policy.toml").write_text("nonsense", encoding="utf-8")
    other = tmp_path / "strict.toml"
    other.write_text('gates = ["no poison"]', encoding="utf-8")
    found = read_demands(Order(table, policy=other))
    assert found.files == {"policy.toml": b'gates = ["no poison"]'}
    assert found.found == ()


@pytest.mark.parametrize("address", ["https://example.org/inbox.csv", "s3://shop/inbox.csv"])
def test_nothing_is_looked_for_beside_an_address(address: str) -> None:
    assert read_demands(Order(address)).files == {}


def test_what_means_nothing_is_refused_before_any_work(table: Path) -> None:
    (table.parent / "policy.toml").write_text('gates = ["no leek"]', encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"policy\.toml: .*did you mean leak"):
        read_demands(Order(table))
    with pytest.raises(DescriptionError, match="No such file"):
        read_demands(Order(table, description=table.parent / "nowhere.toml"))
    (table.parent / "big.toml").write_bytes(b"#" * 300_000)
    with pytest.raises(DescriptionError, match="more than 262144 bytes"):
        read_demands(Order(table, description=table.parent / "big.toml"))


def test_answers_are_kept_in_a_file_and_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "description.toml"
    assert describe(file).answers == {}
    assert not file.exists()
    found = describe(file, {"use.purpose": "Sorting mail.", "use.commercial": "yes"})
    assert found.answers == {"use.purpose": "Sorting mail.", "use.commercial": "yes"}
    assert "use.purpose" not in [one.key for one in found.missing]
    assert describe(file).answers == found.answers
    assert describe(file, {"use.purpose": ""}).answers == {"use.commercial": "yes"}


def test_a_wrong_answer_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "description.toml"
    describe(file, {"use.purpose": "Sorting mail."})
    before = file.read_bytes()
    with pytest.raises(UnknownQuestionError):
        describe(file, {"use.users": "all", "use.porpoise": "x"})
    with pytest.raises(DescriptionError, match="neither yes nor no"):
        describe(file, {"use.commercial": "perhaps"})
    assert file.read_bytes() == before
    with pytest.raises(DescriptionError):
        describe(tmp_path, {"use.purpose": "a folder"})
