"""Every command, option, exit code and status is in docs/cli.md, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from lissom import errors
from lissom.faces.cli import main
from lissom.faces.commands import TABLE, find_row, open_command
from lissom.faces.web.openapi import SUMMARIES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
NAMES = [row.name for row in TABLE]


def section(page: str, name: str) -> str:
    """Return the part of the page under "## lissom name"."""
    found = re.search(rf"^## lissom {name}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def options_in(text: str) -> set[str]:
    """Return the options that a table on the page explains."""
    rows = re.findall(r"^\| (`-.*?) \|", text, re.MULTILINE)
    return {option for row in rows for option in re.findall(r"--[a-z-]+", row)}


def parts_of(command: click.Command) -> list[click.Command]:
    """Return the commands of a group, or the command itself."""
    return list(command.commands.values()) if isinstance(command, click.Group) else [command]


def options_of(command: click.Command) -> set[str]:
    return {
        name
        for part in {*parts_of(command), command}
        for option in part.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    }


def test_there_are_commands_to_check() -> None:
    assert len(NAMES) == 19


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_options_of_a_command_and_no_others(name: str) -> None:
    command = open_command(find_row(name))
    assert section(PAGE, name), f"docs/cli.md has no section for {name}"
    assert options_in(section(PAGE, name)) == options_of(command)


def test_an_option_that_is_not_documented_is_found() -> None:
    page = PAGE.replace("| `--fresh` |", "| fresh |")
    assert options_of(open_command(find_row("build"))) - options_in(section(page, "build")) == {
        "--fresh"
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_is_on_the_page(name: str) -> None:
    for part in parts_of(open_command(find_row(name))):
        for param in part.params:
            if isinstance(param, click.Argument):
                assert (param.metavar or param.name).upper() in section(PAGE, name)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_has_help(name: str) -> None:
    for part in parts_of(open_command(find_row(name))):
        assert part.help
        assert [p.name for p in part.params if isinstance(p, click.Option) and not p.help] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_command_of_a_group_has_its_own_options_on_the_page(name: str) -> None:
    group = open_command(find_row(name))
    headings = re.findall(rf"^### lissom {name} (\w+)$", section(PAGE, name), re.MULTILINE)
    assert headings == (list(group.commands) if isinstance(group, click.Group) else [])
    for part in headings:
        text = section(PAGE, name).split(f"### lissom {name} {part}\n")[1].split("\n### ")[0]
        assert options_in(text) == options_of(group.commands[part]), part


def test_the_options_of_all_commands_are_on_the_page() -> None:
    own = {name for option in main.params for name in option.opts if name.startswith("--")}
    assert own | {"--help"} == options_in(PAGE.split("## Exit codes")[0])


def test_the_page_names_no_command_that_does_not_exist() -> None:
    assert re.findall(r"^## lissom (\w+)", PAGE, re.MULTILINE) == NAMES


def test_every_exit_code_is_on_the_page_and_no_other() -> None:
    known = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.LissomError)
    }
    part = PAGE.split("## Exit codes")[1].split("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)}
    # 0 is done, 3 a failed gate, 6 an alarm and 130 Ctrl-C: no error class stands behind them.
    assert documented == known | {0, 3, 6, 130}


def test_every_status_of_the_server_is_on_its_page() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    statuses = {str(kind.status) for kind in kinds if issubclass(kind, errors.RequestError)}
    assert len(statuses) > 10
    page = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    table = page.split("| status |")[1].split("\n\n")[0]
    assert statuses == set(re.findall(r"\b[45]\d\d\b", table))


def test_every_path_of_the_server_is_on_its_page() -> None:
    page = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    assert {path for path in SUMMARIES if f"`{' '.join(path)}`" not in page} == set()
