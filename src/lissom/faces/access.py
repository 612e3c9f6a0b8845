"""`lissom access`: who may ask a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import click

from lissom.faces.as_json import print_json
from lissom.faces.safe import safe

if TYPE_CHECKING:
    from lissom.operate.serving import Key, NewKey

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCOPES = ("predict", "feedback", "look")


class Keeps(Protocol):
    """The part of the pipeline that this command calls."""

    def list_access_keys(self) -> tuple[Key, ...]:
        """Return the keys there are."""
        ...

    def add_access_key(self, name: str, scopes: tuple[str, ...], per_minute: int) -> NewKey:
        """Make a key."""
        ...

    def drop_access_key(self, name: str) -> None:
        """Withdraw a key."""
        ...


@click.command("access")
@click.argument("act", type=click.Choice(["new", "list", "drop"]))
@click.argument("name", required=False)
@click.option(
    "--for",
    "scopes",
    multiple=True,
    type=click.Choice(_SCOPES),
    help="What it is for; give it once for each.  [default: predict]",
)
@click.option(
    "--per-minute",
    default=0,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    help="Requests it may make in a minute; 0 for any number.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    calls: Keeps,
    act: str,
    name: str | None,
    scopes: tuple[str, ...],
    per_minute: int,
    *,
    as_json: bool,
) -> None:
    """Make, list or drop the keys that `lissom serve --keys` asks for; ACT is new, list or drop.

    A key is shown once, when it is made; only its hash is kept. NAME says whose it is.
    """
    if act == "list":
        _list(calls.list_access_keys(), as_json=as_json)
        return
    if name is None or not _NAME.fullmatch(name):
        message = "NAME takes 1 to 64 letters, digits, dots, dashes and underscores."
        raise click.UsageError(message)
    if act == "drop":
        calls.drop_access_key(name)
        _say({"dropped": name}, f"{name} is dropped; a running server stops taking it.", as_json)
        return
    made = calls.add_access_key(name, tuple(dict.fromkeys(scopes)) or ("predict",), per_minute)
    if as_json:
        print_json({"name": name, "key": made.secret})
        return
    click.echo(made.secret)
    click.echo("It is not shown again. Send it as: authorization: Bearer KEY", err=True)


def _say(value: dict[str, object], sentence: str, as_json: bool) -> None:  # noqa: FBT001 - our own
    if as_json:
        print_json(value)
    else:
        click.echo(sentence, err=True)


def _list(keys: tuple[Key, ...], *, as_json: bool) -> None:
    if as_json:
        rows = [{"name": key.name, "for": key.scopes, "per_minute": key.per_minute} for key in keys]
        print_json({"keys": rows})
        return
    for key in keys:
        rate = f"{key.per_minute} a minute" if key.per_minute else "any number"
        click.echo(f"{safe(key.name)}\t{','.join(key.scopes)}\t{rate}")
