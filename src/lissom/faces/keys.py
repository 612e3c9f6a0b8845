"""`lissom keys`: the key that you sign with, and whose bundles you take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click
import msgspec

from lissom.faces.as_json import print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from datetime import date, datetime

    from lissom.pipeline import Keys, TrustedKey


class HandlesKeys(Protocol):
    """The part of the pipeline that these commands call."""

    def make_key(self, *, name: str, passphrase: str | None) -> str:
        """Make the signing key and return its fingerprint."""
        ...

    def list_keys(self) -> Keys:
        """Return all keys."""
        ...

    def export_key(self) -> bytes:
        """Return the public half of the signing key."""
        ...

    def retire_key(self, digits: str, *, compromised: str | None) -> str:
        """End the signing key and return its fingerprint."""
        ...

    def trust_key(
        self, source: Path, *, name: str | None, expires: date | None, fingerprint: str
    ) -> TrustedKey:
        """Take the bundles of a key from now on."""
        ...

    def untrust_key(self, digits: str, *, reason: str) -> TrustedKey:
        """Take none of them any more."""
        ...


@click.group("keys")
def command() -> None:
    """Make, show and end the key that you sign with; say whose bundles you take."""


@command.command("make")
@click.option("--name", metavar="WHO", default="my own key", help="What the trust file calls it.")
@click.option("--passphrase", is_flag=True, help="Put it under a passphrase, which is asked for.")
@click.pass_obj
def make(calls: HandlesKeys, *, name: str, passphrase: bool) -> None:
    """Make the key that you sign with. The first build does it too, without a passphrase."""
    secret = _ask_twice() if passphrase else None
    click.echo(calls.make_key(name=name, passphrase=secret))
    click.echo("Give others its public half: lissom keys export", err=True)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(calls: HandlesKeys, *, as_json: bool) -> None:
    """List your key, your retired keys, and the keys that you trust or trusted."""
    keys = calls.list_keys()
    if as_json:
        print_json(_as_tree(keys))
        return
    if keys.own is None:
        click.echo("signs    nothing yet; lissom keys make, or the first build, makes a key")
    else:
        locked = ", under a passphrase" if keys.own.is_locked else ""
        click.echo(f"signs    {keys.own.public.fingerprint}{locked}")
    for one in keys.retired:
        click.echo(f"retired  {one}")
    for key in keys.trusted:
        refusal = keys.refused.get(key.fingerprint, "")
        until = f", until {key.expires}" if key.expires else ""
        end = f", refused: {safe(refusal)}" if refusal else until
        state = "refused" if refusal else "trusted"
        click.echo(f"{state}  {key.fingerprint}  {safe(key.name)}{end}")
    click.echo(f"The trusted keys stand in {safe(str(keys.trust_file))}", err=True)


@command.command("export")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write it.  [default: stdout]",
)
@click.pass_obj
def export(calls: HandlesKeys, *, out: Path | None) -> None:
    """Print the public half of your key, to give to those who take your bundles."""
    pem = calls.export_key()
    if out is None:
        click.echo(pem, nl=False)
        return
    try:
        out.write_bytes(pem)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from error
    click.echo(f"Written to {safe(str(out))}", err=True)


@command.command("retire")
@click.argument("fingerprint")
@click.option(
    "--compromised",
    metavar="WHY",
    help="Revoke it too: nothing that it ever signed is accepted here.",
)
@click.pass_obj
def retire(calls: HandlesKeys, *, fingerprint: str, compromised: str | None) -> None:
    """End your key, whose FINGERPRINT begins with these digits, at least 8 of them.

    Its private half is deleted for good. What it signed is accepted as before, unless it is
    said to be compromised.
    """
    gone = calls.retire_key(fingerprint, compromised=compromised)
    click.echo(f"retired  {gone}")
    if compromised is not None:
        click.echo("Tell those who trust it: lissom keys untrust", err=True)
    click.echo("The next build makes a new key, or make one now: lissom keys make", err=True)


@command.command("trust")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--name", metavar="WHO", help="Whose key it is.  [default: the name of the file]")
@click.option(
    "--expires",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="From this day on, such as 2027-12-31, its bundles are refused.",
)
@click.option(
    "--fingerprint",
    metavar="HEX",
    default="",
    help="What its owner told you of it, at least 32 digits; needed when SOURCE is a bundle.",
)
@click.pass_obj
def trust(
    calls: HandlesKeys,
    *,
    source: Path,
    name: str | None,
    expires: datetime | None,
    fingerprint: str,
) -> None:
    """Take the bundles of a key from now on. SOURCE is a public key's file, or a bundle."""
    last = expires.date() if expires else None
    key = calls.trust_key(source, name=name, expires=last, fingerprint=fingerprint)
    click.echo(f"trusted  {key.fingerprint}  {safe(key.name)}")


@command.command("untrust")
@click.argument("fingerprint")
@click.option("--reason", metavar="WHY", default="", help="Kept with the key, in a few words.")
@click.pass_obj
def untrust(calls: HandlesKeys, *, fingerprint: str, reason: str) -> None:
    """Take no bundle of the key whose FINGERPRINT begins with these digits any more."""
    key = calls.untrust_key(fingerprint, reason=reason)
    click.echo(f"refused  {key.fingerprint}  {safe(key.name)}")


def ask_passphrase() -> str:
    """Ask a person for the passphrase of their signing key; nothing is shown while they type."""
    answer: str = click.prompt("Passphrase of your signing key", hide_input=True, err=True)
    return answer


def _ask_twice() -> str:
    answer: str = click.prompt(
        "New passphrase", hide_input=True, confirmation_prompt="The same again", err=True
    )
    return answer


def _as_tree(keys: Keys) -> dict[str, object]:
    own = keys.own
    return {
        "own": own and {"fingerprint": own.public.fingerprint, "is_locked": own.is_locked},
        "retired": list(keys.retired),
        "trusted": [
            {**msgspec.to_builtins(key), "refused": keys.refused.get(key.fingerprint, "")}
            for key in keys.trusted
        ],
        "trust_file": str(keys.trust_file),
    }
