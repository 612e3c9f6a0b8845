"""docs/bundle.md names every file, field, limit and error that the code knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import bundle_makers as make
import pytest

from lissom.bundle import limits, sign, swap
from lissom.bundle.keyring import KEY_FILE, PUBLIC_FILE, RETIRED_FOLDER
from lissom.bundle.manifest import FORMAT, FORMAT_VERSION, BaseModel, FileEntry, Manifest
from lissom.bundle.operators import DOMAINS
from lissom.bundle.parts import PARTS, Part
from lissom.bundle.tensors import DTYPE_BYTES
from lissom.bundle.trust import TRUST_FILE, TRUSTED_FOLDER, TrustedKey
from lissom.runtime import AnswerSettings

if TYPE_CHECKING:
    import msgspec

PAGE = (Path(__file__).parents[3] / "docs" / "bundle.md").read_text(encoding="utf-8")
LIMITS = {
    name: value
    for name, value in vars(limits).items()
    if name.isupper() and name not in {"KIB", "MIB"}
}


def rows(first: str) -> list[list[str]]:
    """Return the cells of each table row that begins with this cell."""
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| `{first}` |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_there_is_something_to_compare() -> None:
    assert len(PARTS) > 10
    assert len(LIMITS) > 15


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_file_stands_in_the_table_as_the_code_has_it(part: Part) -> None:
    ((_, required, listed, limit, _),) = rows(part.name)
    assert (required == "yes") is part.is_required
    assert (listed == "yes") is part.is_listed
    assert LIMITS[limit.strip("`")] == part.max_bytes


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_stands_there_with_its_value(name: str) -> None:
    ((_, value, _),) = rows(name)
    assert int(value) == LIMITS[name]


@pytest.mark.parametrize("field", Manifest.__struct_fields__)
def test_every_field_of_the_manifest_has_a_row(field: str) -> None:
    assert len(rows(field)) == 1


@pytest.mark.parametrize("struct", [FileEntry, BaseModel, AnswerSettings, TrustedKey])
def test_every_smaller_field_is_named(struct: type[msgspec.Struct]) -> None:
    for field in struct.__struct_fields__:
        assert re.search(rf'[`"]{field}[`"]', PAGE), field


def test_every_error_about_opening_is_named() -> None:
    assert len(make.own_errors()) > 10
    for error in make.own_errors():
        assert f"`{error.__name__}`" in PAGE, error.__name__


@pytest.mark.parametrize(
    "word",
    [
        FORMAT,
        f"format {FORMAT_VERSION}",
        sign.PAYLOAD_TYPE,
        f"DSSEv1 {len(sign.PAYLOAD_TYPE)} {sign.PAYLOAD_TYPE} ",
        sign.STATEMENT_TYPE,
        sign.PREDICATE_TYPE,
        sign.MEDIA_TYPE,
        f'"name": "{sign.SUBJECT}"',
        KEY_FILE,
        PUBLIC_FILE,
        f"`{RETIRED_FOLDER}/`",
        f"`{TRUST_FILE}`",
        f"`{TRUSTED_FOLDER}/*.pem`",
        swap.new_beside(Path("shop")).name,
        swap.old_beside(Path("shop")).name,
        *DTYPE_BYTES,
        *filter(None, DOMAINS),
    ],
)
def test_every_constant_of_the_format_is_written_down(word: str) -> None:
    assert word in PAGE


def test_the_page_names_no_file_that_is_none() -> None:
    table = PAGE[PAGE.index("## Files") : PAGE.index("## Canonical JSON")]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(part.name for part in PARTS)
