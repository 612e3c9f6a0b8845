"""`lissom fix`: chosen findings mended in a new file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click

from lissom.faces import options
from lissom.faces.as_json import of_fixed, print_json
from lissom.faces.place import to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import FixOrder

if TYPE_CHECKING:
    from lissom.pipeline import Fixed
    from lissom.progress import Progress


class Fixes(Protocol):
    """The part of the pipeline that this command calls."""

    def fix(self, order: FixOrder, *, progress: Progress) -> Fixed:
        """Mend rows into a new file."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    data: str
    findings: Path
    out: Path
    kinds: str | None
    use_suggestions: bool
    record: Path | None
    as_json: bool


@click.command("fix")
@click.argument("data")
@click.option(
    "--findings",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="What lissom audit DATA --out FILE wrote.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="The new file; DATA is never changed.",
)
@click.option("--kinds", metavar="K,K", help="Kinds of findings to mend.  [default: the usual]")
@click.option(
    "--use-suggestions", is_flag=True, help="Give doubtful labels the suggested one, not none."
)
@click.option(
    "--record",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where each change is written.  [default: OUT.changes.jsonl]",
)
@options.as_json
@click.pass_obj
def command(calls: Fixes, **chosen: Unpack[Chosen]) -> None:
    """Mend what audit found in DATA, into a new file, with a record of every row changed."""
    order = FixOrder(
        data=to_source(chosen["data"]),
        findings=chosen["findings"],
        out=chosen["out"],
        kinds=tuple(kind.strip() for kind in (chosen["kinds"] or "").split(",") if kind.strip()),
        record=chosen["record"],
        takes_suggestions=chosen["use_suggestions"],
    )
    with open_watch(sys.stderr) as watch:
        done = calls.fix(order, progress=watch)
    if chosen["as_json"]:
        print_json(of_fixed(done))
        return
    told = ", ".join(f"{count:,} {action}" for action, count in done.changed.items())
    click.echo(f"{safe(str(done.out))}: {done.rows:,} rows; {told or 'nothing to change'}")
    click.echo(f"Record: {safe(str(done.record))}")
