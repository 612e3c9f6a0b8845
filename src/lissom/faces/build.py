"""`lissom build`: the whole path from a table to a model, and what came of it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from rich.console import Console
from rich.text import Text

from lissom.faces import options
from lissom.faces.as_json import of_built, print_json
from lissom.faces.duration import Duration
from lissom.faces.keys import ask_passphrase
from lissom.faces.place import default_out, to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import Budget, Declared, Gates, Given, Order

if TYPE_CHECKING:
    from lissom.pipeline import Built
    from lissom.progress import Progress

_GATE_FAILED = 3
_STYLES = {"pass": "bold green", "fail": "bold red", "not enough data": "bold yellow"}


class Builds(Protocol):
    """The part of the pipeline that this command calls."""

    def build(self, order: Order, *, progress: Progress) -> Built:
        """Make a bundle."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    data: str
    test: str | None
    unlabelled: str | None
    labels: str | None
    out: Path | None
    seed: int | None
    text: str | None
    label: str | None
    group: str | None
    date: str | None
    id: str | None
    classes: str | None
    other: str | None
    base: str | None
    teacher: str | None
    min_accuracy: float | None
    max_mib: float | None
    max_ms: float | None
    max_loss: float | None
    min_throughput: float | None
    task: str | None
    none: str | None
    keep_rare_labels: bool
    threads: int | None
    processes: int
    time: float | None
    recipe: Path | None
    fresh: bool
    licence: str | None
    annotator: str | None
    description: Path | None
    policy: Path | None
    as_json: bool


def _finite(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:
    # "nan" is a float to click and passes every range, because no comparison with it holds.
    if value is not None and not math.isfinite(value):
        message = f"{value} is not a number that a limit can have."
        raise click.BadParameter(message, ctx=ctx, param=option)
    return value


@click.command("build")
@click.argument("data")
@click.option("--test", metavar="FILE", help="Labelled rows kept apart, to measure on.")
@click.option("--unlabelled", metavar="FILE", help="More rows without labels, to learn from.")
@click.option("--labels", metavar="FILE", help="Labels filled in beside DATA; see lissom next.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder for the model.  [default: beside the data, NAME-model]",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Same data, same seed: same model.  [default: 0, or the recipe's]",
)
@options.text_column
@options.label_column
@options.group_column
@options.date_column
@click.option("--id", metavar="COL", help="Column that names a row; never learned from.")
@click.option(
    "--classes",
    metavar="FILE",
    help='The classes, each with a description: a table, .txt or .toml; or "a,b,c".',
)
@click.option("--other", metavar="NAME", help='The class of whatever fits no other; "" for none.')
@click.option("--licence", metavar="COL", help="Column with each row's licence, as SPDX writes it.")
@options.annotator_column
@click.option(
    "--description",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What a person says of the model.  [default: description.toml beside the data]",
)
@click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Gates that must hold, or it ends with 3.  [default: policy.toml beside the data]",
)
@options.base
@click.option(
    "--teacher",
    metavar="FOLDER",
    help="A stronger encoder on this machine to learn from; it does not ship.",
)
@click.option(
    "--min-accuracy",
    metavar="X",
    type=click.FloatRange(0, 1),
    callback=_finite,
    help="A gate, 0 to 1: below it the command ends with 3.",
)
@click.option(
    "--max-mib",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="The largest bundle you accept, in MiB; ends with 4 when impossible.",
)
@click.option(
    "--max-ms",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="The longest wait for one text, in 19 of 20 cases, in milliseconds.",
)
@click.option(
    "--max-loss",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="The most accuracy that shrinking may be expected to cost, in points.",
)
@click.option(
    "--min-throughput",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="The fewest texts per second, when there are many.",
)
@click.option(
    "--task",
    metavar="KIND",
    help="classes (one in each row) or labels (any number, late|refund).  [default: told from "
    "the cells]",
)
@click.option("--none", metavar="WORD", help="Label cell of a row that has no label.  [default: -]")
@click.option("--keep-rare-labels", is_flag=True, help="Learn labels that appear once, too.")
@options.threads
@click.option(
    "--processes",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    help="Processes that tune an encoder together, started by torchrun.",
)
@click.option(
    "--time",
    metavar="SPAN",
    type=Duration(),
    help="What learning may take, about: 90s, 10m, 1h. Longer lets slower ways of learning in.",
)
@click.option(
    "--recipe",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A bundle's recipe.toml: build by the same settings and steps.",
)
@click.option("--fresh", is_flag=True, help="Repeat every stage, whatever was kept from before.")
@options.as_json
@click.pass_obj
def command(calls: Builds, **chosen: Unpack[Chosen]) -> None:
    """Make a model out of DATA: a table of texts, some of them with a label.

    DATA is CSV, Parquet, JSONL or Excel, a folder of them, or a web address.
    """
    order = to_order(chosen)
    with open_watch(sys.stderr) as watch:
        built = calls.build(order, progress=watch)
    if chosen["as_json"]:
        print_json(of_built(built))
    else:
        _tell(built)
    if built.story.verdict.failed_gates or not is_released(built):
        click.get_current_context().exit(_GATE_FAILED)


def to_order(chosen: Chosen) -> Order:
    """Return what was typed as the pipeline wants it."""
    if chosen["recipe"] is not None and chosen["seed"] is not None:
        message = "The recipe holds the seed; give --seed or --recipe, not both."
        raise click.UsageError(message)
    data = to_source(chosen["data"])
    test, unlabelled = chosen["test"], chosen["unlabelled"]
    labels = chosen["labels"]
    return Order(
        data=data,
        out=chosen["out"] or default_out(data),
        test=to_source(test) if test else None,
        unlabelled=to_source(unlabelled) if unlabelled else None,
        labels=to_source(labels) if labels else None,
        given=Given(
            text=chosen["text"],
            label=chosen["label"],
            date=chosen["date"],
            group=chosen["group"],
            id=chosen["id"],
            licence=chosen["licence"],
            annotator=chosen["annotator"],
        ),
        declared=Declared(chosen["classes"], chosen["other"]),
        base=chosen["base"],
        teacher=chosen["teacher"],
        seed=chosen["seed"] or 0,
        gates=Gates(min_accuracy=chosen["min_accuracy"]),
        budget=Budget(
            chosen["max_mib"], chosen["max_ms"], chosen["max_loss"], chosen["min_throughput"]
        ),
        task=chosen["task"],
        none=chosen["none"],
        keep_rare_labels=chosen["keep_rare_labels"],
        threads=chosen["threads"],
        seconds=chosen["time"],
        processes=chosen["processes"],
        recipe_file=chosen["recipe"],
        fresh=chosen["fresh"],
        description=chosen["description"],
        policy=chosen["policy"],
        unlock=ask_passphrase if sys.stdin.isatty() else None,
    )


def is_released(built: Built) -> bool:
    """Say whether the bundle's own decision lets it be used."""
    return built.decision is None or built.decision.is_released


def _refusals(built: Built) -> list[str]:
    """Return why the model may not be released, one sentence for each gate."""
    if built.decision is None or built.decision.is_released:
        return []
    return [f"{one.gate}: {one.reason}" for one in built.decision.failed]


def _tell(built: Built) -> None:
    """Print the verdict, its reasons, what changed, and where to go from here."""
    verdict = built.story.verdict
    console = Console(file=sys.stdout, highlight=False)

    def say(*parts: str | tuple[str, str]) -> None:
        # soft_wrap: a path or a command that is broken over lines cannot be copied.
        console.print(Text.assemble(*parts), soft_wrap=True)

    say((verdict.outcome.upper(), _STYLES[verdict.outcome]), f"  {safe(verdict.headline)}")
    for warning in built.story.warnings:
        say(("  Warning: ", "bold yellow"), safe(warning))
    for gate in verdict.failed_gates:
        say(("  Gate failed: ", "bold red"), safe(gate))
    for reason in verdict.reasons:
        say(f"  - {safe(reason)}")
    for line in _refusals(built):
        say(("  Not released: ", "bold red"), safe(line))
    for change in built.story.changes:
        say(f"  Changed: {safe(change)}")
    if built.reused:
        say(f"  Reused: {safe(', '.join(built.reused))}")
    say()
    say(("Next:    ", "bold"), safe(verdict.next_step))
    say(("Bundle:  ", "bold"), safe(str(built.bundle)))
    say(("Report:  ", "bold"), safe(str(built.bundle / "report.html")), " (figures only)")
    say(("Private: ", "bold"), safe(str(built.private_report)), " (with rows to read)")
