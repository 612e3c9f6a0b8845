"""`lissom verify`: nobody changed this bundle, and you trust who signed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from lissom.errors import UntrustedSignerError
from lissom.faces import options
from lissom.faces.as_json import of_verified, print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.pipeline import Verified


class Verifies(Protocol):
    """The part of the pipeline that this command calls."""

    def verify(
        self,
        bundle: Path,
        *,
        signed_by: Sequence[str],
        needs_signature: bool,
        policy: Path | None,
    ) -> Verified:
        """Check every file, the signature and the documents, or raise BundleError."""
        ...


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--signed-by",
    metavar="KEY",
    multiple=True,
    help="Who must have signed it: a public key's file or its fingerprint. May be repeated.",
)
@click.option(
    "--any-signer", is_flag=True, help="Accept it whoever signed it, and when nobody did."
)
@options.own_policy
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    calls: Verifies,
    bundle: Path,
    *,
    signed_by: tuple[str, ...],
    any_signer: bool,
    policy: Path | None,
    as_json: bool,
) -> None:
    """Check that nobody changed BUNDLE and that its signer is trusted; ends with 0 or 5."""
    verified = calls.verify(
        bundle, signed_by=signed_by, needs_signature=not any_signer, policy=policy
    )
    if not verified.is_trusted and not any_signer:
        raise UntrustedSignerError(str(bundle), verified.signer)
    if as_json:
        print_json(of_verified(verified))
        return
    for line in verified.checked:
        click.echo(f"checked  {safe(line)}")
    for line in verified.unchecked:
        click.echo(f"not      {safe(line)}")
    click.echo(_say_signer(verified))
    click.echo(f"{safe(str(bundle))}: unchanged")


def _say_signer(verified: Verified) -> str:
    if not verified.signer:
        return "signed   by nobody, which --any-signer accepts"
    trust = "trusted here" if verified.is_trusted else "NOT trusted here"
    return f"signed   by {safe(verified.signer)}, {trust}"
