"""Lists of classes, as people write them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from lissom.data import Described, read_classes
from lissom.errors import ClassListError, SourceMissingError

if TYPE_CHECKING:
    from pathlib import Path


def test_names_with_commas_between_them_are_a_list() -> None:
    assert read_classes("late parcel, refund ,praise") == (
        Described("late parcel"),
        Described("refund"),
        Described("praise"),
    )
    assert read_classes(["b", " a "]) == (Described("b"), Described("a"))


def test_a_long_list_of_names_is_not_taken_for_a_file_name() -> None:
    names = [f"class number {i}" for i in range(1000)]
    assert [one.name for one in read_classes(",".join(names))] == names


@pytest.mark.parametrize("name", ["classes.csv", "classes.tsv"])
def test_a_table_has_names_descriptions_and_examples(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    gap = "\t" if name.endswith("tsv") else ","
    rows = [
        ["Name", "description", "example 1", "examples"],
        ["refund", "money back", "I want my money", "pay me back | return"],
        ["praise", "", "", ""],
    ]
    path.write_text("\n".join(gap.join(row) for row in rows) + "\n", encoding="utf-8")
    assert read_classes(path) == (
        Described("refund", "money back", ("I want my money", "pay me back", "return")),
        Described("praise"),
    )
    assert read_classes(str(path)) == read_classes(path)


def test_a_text_file_has_a_class_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "classes.txt"
    path.write_text("# ours\nrefund: money back: all of it\n\npraise\n", encoding="utf-8")
    assert read_classes(path) == (Described("refund", "money back: all of it"), Described("praise"))
    packed = tmp_path / "packed.txt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_classes(packed) == read_classes(path)


def test_a_toml_file_has_lines_or_sections(tmp_path: Path) -> None:
    path = tmp_path / "classes.toml"
    path.write_text(
        'refund = "money back"\n["a.b"]\ndescription = "both"\nexamples = ["one", " "]\n',
        encoding="utf-8",
    )
    assert read_classes(path) == (
        Described("refund", "money back"),
        Described("a.b", "both", ("one",)),
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "kind,words\nrefund,money\n", 'no column "name"'),
        ("a.csv", "name,description\n,money\n", "class 1 has no name"),
        ("a.txt", "refund\npraise\nrefund\n", '"refund" stands there twice, as class 1 and 3'),
        ("a.txt", "# nothing\n", "names no class"),
        ("a.txt", "x" * 300 + "\n", "300 characters"),
        ("a.toml", "refund = 3\n", '"refund" is neither'),
        ("a.toml", "[refund]\nwords = 3\n", '"refund" is neither'),
        ("a.toml", "[refund]\nexamples = [1]\n", '"refund" is neither'),
        ("a.toml", "refund = [\n", "not TOML"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ClassListError) as caught:
        read_classes(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize("source", ["nowhere/classes.csv", "clases.csv"])
def test_a_path_that_leads_nowhere_is_no_class(source: str) -> None:
    with pytest.raises(SourceMissingError):
        read_classes(source)


def test_blank_and_repeated_names_in_a_list_are_refused() -> None:
    for source in ("refund,,praise", "refund,refund", ""):
        with pytest.raises(ClassListError):
            read_classes(source)
