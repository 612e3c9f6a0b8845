"""`lissom sample`: data to try things with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Protocol

import click

from lissom.faces.safe import safe


class Samples(Protocol):
    """The part of the pipeline that this command calls."""

    def sample(self, name: str, folder: Path) -> tuple[Path, ...]:
        """Write the files and name them, the table to build from first."""
        ...


@click.command("sample")
@click.argument("name")
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def command(calls: Samples, name: str, out: Path) -> None:
    """Write the sample called NAME ("inbox") into the folder OUT.

    The inbox is that of a shop that does not exist; every message in it was made up.
    """
    written = calls.sample(name, out)
    for path in written:
        click.echo(safe(str(path)))
    if written:
        click.echo(f"Next: lissom build {shlex.quote(safe(str(written[0])))}", err=True)
