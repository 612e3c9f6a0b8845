"""`lissom doctor`: what this machine has and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import click
import msgspec

from lissom.faces.as_json import print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from lissom.pipeline import Check


class Examines(Protocol):
    """The part of the pipeline that this command calls."""

    def doctor(self) -> tuple[Check, ...]:
        """Look at this machine."""
        ...


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(calls: Examines, *, as_json: bool) -> None:
    """Check this machine; what is missing comes with its remedy. Ends with 0 either way."""
    checks = calls.doctor()
    if as_json:
        print_json({"checks": [msgspec.to_builtins(check) for check in checks]})
        return
    for check in checks:
        click.echo(f"{'ok  ' if check.ok else 'look'}  {safe(check.name)}: {safe(check.found)}")
        if not check.ok:
            click.echo(f"      {safe(check.remedy)}")
