"""`lissom compare`: which of two models is better, where, and whether the data can tell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from rich.console import Console
from rich.text import Text

from lissom.faces import options
from lissom.faces.as_json import of_compared, print_json
from lissom.faces.place import to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import Given, Pairing, Scope

if TYPE_CHECKING:
    from lissom.pipeline import Compared
    from lissom.progress import Progress

_SHOWN = 10


class Compares(Protocol):
    """The part of the pipeline that this command calls."""

    def compare(self, pairing: Pairing, *, progress: Progress) -> Compared:
        """Compare two targets."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    first: str
    second: str
    data: str
    groups: tuple[str, ...]
    seed: int
    text: str | None
    label: str | None
    date: str | None
    threads: int | None
    fresh: bool
    as_json: bool


@click.command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.argument("data")
@options.group_columns
@options.seed
@options.text_column
@options.answer_column
@options.date_column
@options.threads
@options.ask_again
@options.as_json
@click.pass_obj
def command(calls: Compares, **chosen: Unpack[Chosen]) -> None:
    """Say whether B is better than A on DATA: labelled rows that neither has learned from.

    A and B are bundles, .onnx or .skops files, Hugging Face folders, or addresses of running
    servers.
    """
    pairing = Pairing(
        chosen["first"],
        chosen["second"],
        to_source(chosen["data"]),
        Given(text=chosen["text"], label=chosen["label"], date=chosen["date"]),
        chosen["groups"],
        Scope(seed=chosen["seed"], threads=chosen["threads"], fresh=chosen["fresh"]),
    )
    with open_watch(sys.stderr) as watch:
        found = calls.compare(pairing, progress=watch)
    if chosen["as_json"]:
        print_json(of_compared(found))
        return
    console = Console(file=sys.stdout, highlight=False)
    console.print(Text(safe(found.sentence), style="bold"), soft_wrap=True)
    console.print(Text(f"First: {safe(found.first)}. Second: {safe(found.second)}."))
    for name, better in found.where[:_SHOWN]:
        console.print(Text(f"  {safe(name)}: the {better} is better"), soft_wrap=True)
    if len(found.where) > _SHOWN:
        console.print(f"  and {len(found.where) - _SHOWN} more; see --json")
