"""What is committed: no trace of one machine, suites that hold tests, documents that agree."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = ("unit", "property", "contract", "browser", "house")

# Put together here, so that this file does not find itself.
PLACES = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/home" + r"/\w", "/Us" + r"ers/\w"]))
TOOLS = re.compile(
    r"\b(" + "|".join(["cla" + "ude", "anthro" + "pic", "chat" + "gpt", "co" + "pilot"]) + r")\b"
    "|co-authored" + "-by",
    re.IGNORECASE,
)


def committed() -> list[Path]:
    """Return the files of the repository as git knows them."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("2026-11-23: not a checkout, so nothing says which files are committed")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def traces(text: str) -> list[str]:
    """Return what names one machine or the tools that somebody wrote with."""
    return [found[0] for pattern in (PLACES, TOOLS) for found in pattern.finditer(text)]


def count_tests(folder: Path) -> int:
    """Return how many test functions pytest would find below a folder, cases not counted."""
    return sum(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for path in folder.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def links(page: Path) -> list[str]:
    """Return the relative links of a page."""
    found = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    return [link for link in found if "://" not in link]


def test_nothing_committed_names_a_machine_or_a_tool() -> None:
    found = {}
    for path in committed():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            found[path.relative_to(ROOT).as_posix()] = traces(raw.decode("utf-8", "replace"))
    assert len(found) > 100
    assert {name: what for name, what in found.items() if what} == {}


def test_a_trace_is_found() -> None:
    assert traces("open('/ro" + "ot/x')") == ["/ro" + "ot/"]
    assert traces("made with Cla" + "ude") == ["Cla" + "ude"]
    assert traces("Claudia has a root canal and works from /homepage") == []


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_that_collected_nothing_fails(suite: str) -> None:
    assert count_tests(ROOT / "tests" / suite) > 0


def test_every_folder_of_tests_is_a_known_suite() -> None:
    here = {path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py"))}
    assert here == set(SUITES)


def test_unit_tests_mirror_the_rooms() -> None:
    rooms = {path.name for path in (ROOT / "src" / "lissom").iterdir()}
    tested = {path.name for path in (ROOT / "tests" / "unit").iterdir() if any(path.glob("*.py"))}
    assert tested - rooms == set()


def test_an_empty_suite_counts_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def helper() -> None: ...\n", encoding="utf-8")
    assert count_tests(tmp_path) == 0


def test_every_test_file_holds_a_test() -> None:
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name.startswith("test_")]
    empty = [path.name for path in files if not re.search(r"def test_", path.read_text("utf-8"))]
    assert empty == []


def test_the_readme_has_one_line_for_each_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    told = dict(re.findall(r"^([a-z-]+):.* ## (.+)$", makefile, re.MULTILINE))
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `make ([a-z-]+)` \| (.+) \|$", readme, re.MULTILINE)
    assert {name: what.replace("`", "") for name, what in rows} == told
    assert {"demo", "test", "setup", "check", "bench"} <= told.keys()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    assert [link for link in links(ROOT / page) if not (ROOT / link).exists()] == []
    assert links(ROOT / page)


def test_every_line_of_news_is_one_that_the_changelog_will_hold() -> None:
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    assert [
        name for name in names if not re.fullmatch(r"[a-z0-9+-]+\.(added|changed|fixed)\.md", name)
    ] == []
