from __future__ import annotations

import re
from pathlib import Path

import pytest

from lissom.evidence import NAMES, PICTURES, UNITS, find_name

DOCS = Path(__file__).parents[2] / "docs" / "evidence.md"


def tables() -> list[list[list[str]]]:
    """Return the cells of every table in the page, heads left out."""
    blocks = re.findall(r"(?:^\|.*\n)+", DOCS.read_text("utf-8"), re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()[2:]]
        for block in blocks
    ]


def test_the_docs_list_every_figure_with_its_unit_and_meaning() -> None:
    wanted = [
        [f"`{name.pattern}`", name.unit, name.meaning + ("" if name.is_built else " (not built)")]
        for name in NAMES
    ]
    assert tables()[0] == wanted


def test_the_docs_list_every_unit_and_picture() -> None:
    assert tables()[1] == [[unit, meaning] for unit, meaning in UNITS.items()]
    assert tables()[2] == [[f"`{name}`", columns] for name, columns in PICTURES.items()]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.pattern)
def test_every_name_is_dotted_snake_case_with_a_known_unit_and_one_sentence(name: object) -> None:
    entry = next(item for item in NAMES if item is name)
    assert re.fullmatch(r"[a-z]+(\.([a-z][a-z0-9_]*|<[a-z]+>))+", entry.pattern)
    assert entry.unit in UNITS
    assert entry.meaning.endswith(".")
    assert "|" not in entry.meaning


def test_names_are_unique_and_each_finds_itself() -> None:
    for name in NAMES:
        assert find_name(name.pattern.replace("<label>", "a.b\nc")) is name
