"""`lissom show`: what a bundle is, who signed it, and what was measured."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lissom.evidence import Evidence
from lissom.faces.as_json import of_shown, print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from lissom.evidence import Measured
    from lissom.pipeline import Shown

_WIDTH_IN_A_PIPE = 120  # columns; nobody's window sets a limit there


class Shows(Protocol):
    """The part of the pipeline that this command calls."""

    def show(self, bundle: Path) -> Shown:
        """Read what a bundle says of itself."""
        ...


@click.command("show")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(calls: Shows, bundle: Path, *, as_json: bool) -> None:
    """Show what BUNDLE is: its facts, its signature, every figure with its interval."""
    shown = calls.show(bundle)
    if as_json:
        print_json(of_shown(shown))
        return
    width = None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE
    console = Console(file=sys.stdout, highlight=False, width=width)
    console.print(Text(safe(shown.name), style="bold"))
    console.print(_facts(shown))
    console.print(_figures(shown.evidence))


def signature(shown: Shown) -> str:
    """Say in one sentence whether a bundle is signed and trusted."""
    if not shown.is_signed:
        return "not signed"
    trust = "trusted here" if shown.is_trusted else "NOT trusted here"
    return f"signed by {shown.signer}, {trust}"


def _facts(shown: Shown) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in {**shown.facts, "signature": signature(shown)}.items():
        # Text, not str: square brackets in a fact are no markup.
        table.add_row(Text(safe(label)), Text(safe(value)))
    return table


def _figures(evidence: tuple[Measured, ...]) -> Table:
    """Draw one row per figure; how it was found stands under its name, so that 80 columns do."""
    table = Table(title="What was measured", title_justify="left", title_style="bold")
    table.add_column("figure", overflow="fold")
    for heading in ("value", "95 % interval", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for item in evidence:
        name = Text(safe(item.name), style="bold")
        name.append(f"\n{safe(_how(item))}", style="not bold dim")
        table.add_row(name, *(Text(safe(cell)) for cell in _cells(item)))
    return table


def _how(item: Measured) -> str:
    return f"{item.method}; {item.source}" if isinstance(item, Evidence) else item.reason


def _cells(item: Measured) -> tuple[str, ...]:
    if not isinstance(item, Evidence):
        return ("not measured", "", "", "")
    interval = ""
    if item.low is not None and item.high is not None:
        interval = f"{item.low:.4g} to {item.high:.4g}"
    return (f"{item.value:.4g}", interval, str(item.n), item.unit)
