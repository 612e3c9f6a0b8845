"""`lissom next`: the rows to label next, in a file to fill in."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from rich.console import Console
from rich.text import Text

from lissom.evidence import Evidence
from lissom.faces import options
from lissom.faces.as_json import of_proposed, print_json
from lissom.faces.place import default_sheet, to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import Ask, Given, Order

if TYPE_CHECKING:
    from lissom.evidence import Measured
    from lissom.pipeline import Proposed
    from lissom.progress import Progress


class Proposes(Protocol):
    """The part of the pipeline that this command calls."""

    def next_rows(self, ask: Ask, *, progress: Progress) -> Proposed:
        """Choose rows and write them down."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    data: str
    n: int
    out: Path | None
    labels: str | None
    seed: int
    text: str | None
    label: str | None
    group: str | None
    date: str | None
    id: str | None
    base: str | None
    threads: int | None
    fresh: bool
    as_json: bool


@click.command("next")
@click.argument("data")
@click.option(
    "-n",
    "--rows",
    "n",
    metavar="N",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many rows you want to label.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The CSV to fill in.  [default: beside the data, NAME-labels.csv]",
)
@click.option("--labels", metavar="FILE", help="More labels of DATA, filled in beside it.")
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Keep it from round to round.",
)
@options.text_column
@options.label_column
@options.group_column
@options.date_column
@options.id_column
@options.base
@options.threads
@click.option("--fresh", is_flag=True, help="Read every text again, whatever was kept from before.")
@options.as_json
@click.pass_obj
def command(calls: Proposes, **chosen: Unpack[Chosen]) -> None:
    """Choose the rows of DATA whose labels would help most, and write them into a CSV to fill in.

    DATA is what build takes, with few labels or none. Fill in the label column and save the file;
    then build with --labels FILE, or run the same command again for more: what is filled in stays.
    """
    ask = to_ask(chosen)
    with open_watch(sys.stderr) as watch:
        proposed = calls.next_rows(ask, progress=watch)
    if chosen["as_json"]:
        print_json(of_proposed(proposed))
    else:
        _tell(proposed, chosen["data"])


def to_ask(chosen: Chosen) -> Ask:
    """Return what was typed as the pipeline wants it."""
    data, labels = to_source(chosen["data"]), chosen["labels"]
    order = Order(
        data=data,
        labels=to_source(labels) if labels else None,
        given=Given(
            text=chosen["text"],
            label=chosen["label"],
            date=chosen["date"],
            group=chosen["group"],
            id=chosen["id"],
        ),
        base=chosen["base"],
        seed=chosen["seed"],
        threads=chosen["threads"],
        fresh=chosen["fresh"],
    )
    return Ask(order, chosen["n"], chosen["out"] or default_sheet(data))


def _tell(proposed: Proposed, data: str) -> None:
    """Print how many rows there are and why, what they would bring, and what to do with them."""
    console = Console(file=sys.stdout, highlight=False)

    def say(*parts: str | tuple[str, str]) -> None:
        # soft_wrap: a path or a command that is broken over lines cannot be copied.
        console.print(Text.assemble(*parts), soft_wrap=True)

    whys = [one.why for one in proposed.rows]
    learn, examine = whys.count("learn"), whys.count("examine")
    say(
        (f"{len(whys)} rows to label", "bold"),
        f": {learn} that teach most, {examine} at random, for the examination.",
    )
    say(f"  Labels so far: {proposed.labels} in {proposed.classes} classes.")
    for item in proposed.evidence:
        say(f"  {_TITLES[item.name]}: {_figure(item)}")
    if proposed.curve is not None:
        points = zip(*(proposed.curve.columns[name] for name in ("labels", "right")), strict=True)
        told = ", ".join(f"{right:.0%} from {labels:.0f}" for labels, right in points)
        say(f"  With fewer labels: {told}")
    say()
    sheet = str(proposed.sheet)
    say(("Fill in: ", "bold"), f'the column "{safe(proposed.label_column)}" of {safe(sheet)}')
    say("         Write ? where you cannot tell, and leave no examine row out.")
    say(("Next:    ", "bold"), f"lissom build {_quote(data)} --labels {_quote(sheet)}")


_TITLES = {"next.accuracy": "Accuracy so far", "next.accuracy_doubled": "With twice the labels"}


def _figure(item: Measured) -> str:
    if not isinstance(item, Evidence):
        return f"not measured; {safe(item.reason)}"
    interval = ""
    if item.low is not None and item.high is not None:
        interval = f" ({item.low:.0%} to {item.high:.0%})"
    return f"{item.value:.0%}{interval}, on {item.n} labels that were hidden"


def _quote(typed: str) -> str:
    return shlex.quote(safe(typed))
