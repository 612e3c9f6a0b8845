"""What a file may be called, how long it may be, and what it may not hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lissom"
FILES = sorted(SOURCE.rglob("*.py"))
OURS = [
    path
    for folder in ("src", "tests", "benchmarks", "docs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path != Path(__file__)  # its examples are faults on purpose
]

MOST_LINES = 400
# One tree of all errors is worth more than a short file: a line for each, here and in two lists.
LONGER = {"errors/__init__.py": 700}
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "misc", "types"}

IMPORTERS = {"__init__.py", "pipeline/__init__.py", "faces/commands.py", "govern/drawing.py"}
"""The named doors that keep start-up light: they import by name, when first asked."""
TIMED = {"runtime/probe.py"}
"""Imports inside a function because the import is what it times."""


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def late_imports(source: str) -> list[int]:
    """Return the lines on which something is imported inside a function."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    return sorted(
        {
            inner.lineno
            for function in functions
            for inner in ast.walk(function)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        }
    )


def imports_by_name(source: str) -> bool:
    """Say whether a module is imported by its name as a text."""
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr)
        in {"import_module", "__import__", "exec_module"}
        for node in ast.walk(ast.parse(source))
    )


def unexplained(source: str) -> list[int]:
    """Return the lines that silence a rule without naming it, or without a reason.

    The reason stands behind the rule, or in a comment on the line above.
    """
    found = []
    above = ""
    for number, line in enumerate(source.splitlines(), 1):
        marks = re.findall(r"#\s*(noqa|type:\s*ignore)\b([^#]*)(#.*)?", line)
        for kind, rest, after in marks:
            rule = re.match(
                r":\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*(.*)" if kind == "noqa" else r"\[[a-z-, ]+\](.*)",
                rest.rstrip(),
            )
            reason = (rule[rule.lastindex or 0] if rule else "") + after
            has_reason = bool(re.search(r"[a-z]{2}", reason)) or above.startswith("#")
            if not rule or not has_reason:
                found.append(number)
        above = line.strip()
    return found


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 100
    assert len(OURS) > len(FILES)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_short_enough_to_be_read_over_one_coffee(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGER.get(name_of(path), MOST_LINES), "look for the second idea in it"


def test_no_file_or_room_has_a_name_that_says_nothing() -> None:
    names = {part for path in FILES for part in Path(name_of(path)).with_suffix("").parts}
    assert names & FORBIDDEN == set()
    assert "errors" in names


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_stand_at_the_top_save_at_the_named_doors(path: Path) -> None:
    source = path.read_text("utf-8")
    assert late_imports(source) == [] or name_of(path) in TIMED
    assert not imports_by_name(source) or name_of(path) in IMPORTERS


def test_every_named_door_is_in_use() -> None:
    read = {name_of(path): path.read_text("utf-8") for path in FILES}
    assert {name for name, source in read.items() if imports_by_name(source)} == IMPORTERS
    assert {name for name, source in read.items() if late_imports(source)} == TIMED


def test_a_late_import_is_found() -> None:
    assert late_imports("import a\n\ndef f():\n    if 1:\n        from b import c\n") == [5]
    assert late_imports("if TYPE_CHECKING:\n    import a\n") == []
    assert imports_by_name("import importlib\nimportlib.import_module('torch')\n")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_silenced_rule_is_named_with_a_reason(path: Path) -> None:
    assert unexplained(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        ("x = 1  # noqa: PLR2004 - two is a pair", True),
        ("x = 1  # noqa: PLR2004, FBT001 - two is a pair", True),
        ("x = 1  # noqa: PLR2004", False),
        ("x = 1  # noqa", False),
        ("# two is a pair\nx = 1  # noqa: PLR2004", True),
        ("x = y  # type: ignore[misc]  # untyped library", True),
        ("x = y  # type: ignore[misc]", False),
        ("x = y  # type: ignore  # untyped library", False),
        ("x = y  # type: ignore[misc]  # noqa: PLR2004 - one reason for both", True),
    ],
)
def test_a_silenced_rule_without_a_reason_is_found(line: str, is_fine: bool) -> None:  # noqa: FBT001 - a claim
    assert (unexplained(line) == []) is is_fine
