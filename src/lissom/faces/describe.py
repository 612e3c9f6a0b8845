"""`lissom describe`: ask what only a person can answer, and keep it in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from lissom.faces.as_json import print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lissom.pipeline import Described


class Describes(Protocol):
    """The part of the pipeline that this command calls."""

    def describe(self, file: Path, answers: Mapping[str, str] | None = None) -> Described:
        """Put answers into the file and return it as it then stands."""
        ...


@click.command("describe")
@click.argument("file", type=click.Path(path_type=Path), default=Path("description.toml"))
@click.option(
    "--set",
    "given",
    metavar="KEY=ANSWER",
    multiple=True,
    help="Answer one question without being asked; a blank answer takes one back. May be repeated.",
)
@click.option("--all", "ask_all", is_flag=True, help="Ask every question, not only the first few.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and ask nothing.")
@click.pass_obj
def command(
    calls: Describes, *, file: Path, given: tuple[str, ...], ask_all: bool, as_json: bool
) -> None:
    """Answer what only a person can say of a model. FILE keeps the answers; build reads it.

    In a terminal it asks what nobody has answered yet; Enter leaves a question open. A document
    says MISSING where an answer is missing.
    """
    found = calls.describe(file, _read(given) if given else None)
    is_asked = not given and not as_json and sys.stdin.isatty()
    if is_asked:
        found = calls.describe(file, _ask(found, ask_all=ask_all))
    if as_json:
        print_json(_as_tree(found))
        return
    for key, answer in found.answers.items():
        click.echo(f"{key}: {safe(answer)}")
    for question in found.missing:
        click.echo(f"{question.key}: MISSING  {safe(question.text)}")
    if found.answers:
        click.echo(
            f"Kept in {safe(str(found.file))}; lissom build reads it beside the data.", err=True
        )


def _read(given: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for one in given:
        key, sign, answer = one.partition("=")
        if not sign:
            message = f'"{one}" has no "="; write it like use.purpose="Sorting mail".'
            raise click.BadParameter(message, param_hint="--set")
        answers[key.strip()] = answer
    return answers


def _ask(found: Described, *, ask_all: bool) -> dict[str, str]:
    answers = {}
    for question in found.missing:
        if question.is_first or ask_all:
            typed: str = click.prompt(question.text, default="", show_default=False, err=True)
            if typed.strip():
                answers[question.key] = typed
    return answers


def _as_tree(found: Described) -> dict[str, object]:
    return {
        "file": str(found.file),
        "answers": found.answers,
        "missing": [{"key": one.key, "question": one.text} for one in found.missing],
    }
