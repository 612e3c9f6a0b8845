"""`lissom verify`: nobody changed this bundle, and you trust who signed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from lissom.errors import UntrustedSignerError
from lissom.faces.as_json import of_verified, print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from lissom.pipeline import Verified


class Verifies(Protocol):
    """The part of the pipeline that this command calls."""

    def verify(self, bundle: Path) -> Verified:
        """Check every file and the signature, or raise BundleError."""
        ...


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(calls: Verifies, bundle: Path, *, as_json: bool) -> None:
    """Check that nobody changed BUNDLE and that its signer is trusted; ends with 0 or 5."""
    verified = calls.verify(bundle)
    if not verified.is_trusted:
        raise UntrustedSignerError(str(bundle), verified.signer)
    if as_json:
        print_json(of_verified(verified))
        return
    for line in verified.checked:
        click.echo(f"checked  {safe(line)}")
    click.echo(f"signed   by {safe(verified.signer)}, trusted here")
    click.echo(f"{safe(str(bundle))}: unchanged")
