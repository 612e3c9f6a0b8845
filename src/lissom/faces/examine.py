"""`lissom examine`: what a model can and cannot do, part by part."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from rich.console import Console
from rich.text import Text

from lissom.faces import options
from lissom.faces.as_json import of_exam, print_json
from lissom.faces.place import beside, to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import Given, Request, Scope

if TYPE_CHECKING:
    from lissom.evidence import Exam, Examined
    from lissom.pipeline import Policy
    from lissom.progress import Progress

_GATE_FAILED = 3
_STYLES = {
    "pass": "bold green",
    "fail": "bold red",
    "not enough data": "bold yellow",
    "": "dim",
}


class Examines(Protocol):
    """The part of the pipeline that this command calls."""

    def examine(self, request: Request, *, progress: Progress) -> Exam:
        """Examine a target."""
        ...

    def load_policy(self, path: Path | None, columns: tuple[str, ...]) -> Policy:
        """Read an exam.toml; without one, what holds by default."""
        ...

    def save_exam(self, exam: Exam, out: Path) -> Path:
        """Write the page."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    target: str
    data: str
    outside: str | None
    train: str | None
    parent: str | None
    policy: Path | None
    only: tuple[str, ...]
    groups: tuple[str, ...]
    quick: bool
    minutes: float | None
    out: Path | None
    seed: int
    text: str | None
    label: str | None
    date: str | None
    id: str | None
    threads: int | None
    fresh: bool
    as_json: bool


@click.command("examine")
@click.argument("target")
@click.argument("data")
@click.option("--outside", metavar="FILE", help="Texts that belong to no class, to be noticed.")
@click.option("--train", metavar="FILE", help="Rows that the model learned from, to find copies.")
@click.option("--parent", metavar="TARGET", help="The larger model that it was made from.")
@click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="An exam.toml: the rules it is held to.  [default: rules that suit most]",
)
@click.option("--only", metavar="PART", multiple=True, help="One part; may be given again.")
@options.group_columns
@click.option("--quick", is_flag=True, help="Ask fewer texts in the dear parts.")
@click.option(
    "--minutes",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop asking after so many minutes; what was not reached says so.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The page to write; holds texts.  [default: beside DATA, NAME-exam.html]",
)
@options.seed
@options.text_column
@options.answer_column
@options.date_column
@options.id_column
@options.threads
@options.ask_again
@options.as_json
@click.pass_obj
def command(calls: Examines, **chosen: Unpack[Chosen]) -> None:
    """Examine TARGET on DATA: labelled rows that it has not learned from.

    TARGET is a bundle, an .onnx or .skops file, a Hugging Face folder, or the address of a running
    server. Nothing is ever unpickled.
    """
    data = to_source(chosen["data"])
    policy = calls.load_policy(chosen["policy"], chosen["groups"])
    request = Request(
        target=chosen["target"],
        data=data,
        outside=_source(chosen["outside"]),
        train=_source(chosen["train"]),
        parent=chosen["parent"],
        given=Given(
            text=chosen["text"], label=chosen["label"], date=chosen["date"], id=chosen["id"]
        ),
        policy=policy,
        scope=Scope(
            only=chosen["only"],
            quick=chosen["quick"],
            minutes=chosen["minutes"],
            seed=chosen["seed"],
            threads=chosen["threads"],
            fresh=chosen["fresh"],
        ),
    )
    with open_watch(sys.stderr) as watch:
        exam = calls.examine(request, progress=watch)
    page: Path | None = None
    if chosen["out"] is not None or not chosen["as_json"]:
        page = calls.save_exam(exam, chosen["out"] or beside(data, "exam.html"))
    if chosen["as_json"]:
        print_json(of_exam(exam, page))
    else:
        _tell(exam, page)
    if exam.broken:
        click.get_current_context().exit(_GATE_FAILED)


def _source(typed: str | None) -> Path | str | None:
    return None if typed is None else to_source(typed)


def _tell(exam: Exam, page: Path | None) -> None:
    console = Console(file=sys.stdout, highlight=False)

    def say(*parts: str | tuple[str, str]) -> None:
        console.print(Text.assemble(*parts), soft_wrap=True)

    say((exam.outcome.upper(), _STYLES[exam.outcome]), f"  {safe(exam.headline)}")
    say()
    for part in exam.parts:
        _tell_part(part, console)
    for rule in exam.broken:
        say(("Gate failed: ", "bold red"), safe(rule))
    say()
    say(("Page: ", "bold"), safe(str(page)), " (private: holds rows to read)")


def _tell_part(part: Examined, console: Console) -> None:
    outcome = part.outcome or ""
    word = outcome or "no verdict"
    line = Text.assemble((f"{word:<16}", _STYLES[outcome]), (f"{part.key:<13}", "bold"))
    line.append(safe(part.sentence))
    console.print(line, soft_wrap=True)
    if outcome in {"fail", "not enough data"}:
        for reason in part.reasons[:2]:
            console.print(Text(f"{'':<29}- {safe(reason)}"), soft_wrap=True)
