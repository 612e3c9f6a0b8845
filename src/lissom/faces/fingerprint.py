"""`lissom fingerprint`: a benchmark as hashes, for `lissom audit --against`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from lissom.faces import options
from lissom.faces.as_json import of_fingerprinted, print_json
from lissom.faces.place import to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import FingerprintOrder, Given

if TYPE_CHECKING:
    from lissom.pipeline import Fingerprinted
    from lissom.progress import Progress


class Fingerprints(Protocol):
    """The part of the pipeline that this command calls."""

    def fingerprint(self, order: FingerprintOrder, *, progress: Progress) -> Fingerprinted:
        """Write hashes of a benchmark's rows."""
        ...


@click.command("fingerprint")
@click.argument("data")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write.",
)
@click.option("--name", metavar="NAME", help="What the benchmark is called.  [default: DATA]")
@options.text_column
@options.as_json
@click.pass_obj
def command(
    calls: Fingerprints, data: str, out: Path, name: str | None, text: str | None, *, as_json: bool
) -> None:
    """Write hashes of the rows of a benchmark, DATA, to look for them in other rows.

    Its text is not in the file; whoever guesses a text can check the guess.
    """
    order = FingerprintOrder(to_source(data), out, name, Given(text=text))
    with open_watch(sys.stderr) as watch:
        done = calls.fingerprint(order, progress=watch)
    if as_json:
        print_json(of_fingerprinted(done))
        return
    short = f"; {done.too_short:,} are too short to look for" if done.too_short else ""
    click.echo(f"{safe(str(done.out))}: {safe(done.name)}, {done.rows:,} rows{short}")
