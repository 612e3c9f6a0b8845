"""`lissom serve`: bundles over HTTP."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from lissom.errors import OnlyWithLogError, PortTakenError, TlsError
from lissom.faces import options
from lissom.faces.running import Place, Running
from lissom.faces.safe import safe
from lissom.operate.loopback import is_loopback
from lissom.operate.serving import Keyring, read_keys
from lissom.operate.watching import Keeping
from lissom.pipeline.serving import Demands, ServeOrder
from lissom.pipeline.watching import WatchOrder

try:
    # A faster loop where there is one: it halves what the sockets cost. Not for Windows.
    from uvloop import run as run_loop
except ImportError:
    run_loop = asyncio.run  # type: ignore[assignment,unused-ignore]  # both take a coroutine

if TYPE_CHECKING:
    from lissom.faces.running import Serves

_SWITCH_S = 0.0005
"""How long a thread may keep the interpreter. The default of 5 ms is longer than an answer takes:
the threads that read would hold up the one that talks to clients."""


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    bundles: tuple[Path, ...]
    models: Path | None
    host: str
    port: int
    threads: int | None
    keys: bool
    tls_cert: Path | None
    tls_key: Path | None
    log_requests: bool
    log: Path | None
    log_first: bool
    keep_days: float
    keep_texts: float
    look_minutes: float
    on_alarm: Path | None
    any_signer: bool
    policy: Path | None
    despite_policy: bool


@click.command("serve")
@click.argument("bundles", metavar="BUNDLE...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--models",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Serve every bundle in this folder, those that appear later too.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(min=1),
    help="Texts read side by side.  [default: one per core]",
)
@click.option("--keys", is_flag=True, help="Answer only who has a key; see lissom access.")
@click.option(
    "--tls-cert",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Certificate chain in PEM; serve HTTPS.",
)
@click.option(
    "--tls-key", metavar="FILE", type=click.Path(path_type=Path), help="Its private key in PEM."
)
@click.option("--log-requests", is_flag=True, help="Write a line for every request; never a text.")
@click.option(
    "--log",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Keep every answer there, without its text, and watch for changes; see lissom watch.",
)
@click.option("--log-first", is_flag=True, help="Send an answer only when it stands in the log.")
@click.option(
    "--keep-days",
    default=400.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="Days after which an answer is deleted from the log.",
)
@click.option(
    "--keep-texts",
    metavar="DAYS",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Keep the texts too, for so many days.",
)
@click.option(
    "--look-minutes",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0.01),
    help="Minutes between two looks at the log.",
)
@click.option(
    "--on-alarm",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Whom to tell of an incident, and when to go back; TOML, see docs/incidents.md.",
)
@options.any_signer
@options.own_policy
@click.option(
    "--despite-policy", is_flag=True, help="Serve BUNDLE although its own policy says no."
)
@click.pass_obj
def command(calls: Serves, **chosen: Unpack[Chosen]) -> None:
    """Answer over HTTP with each BUNDLE: POST /predict, and the open inference protocol on /v2.

    The name of a model is the name of its folder. Only this machine can reach the server unless
    --host says otherwise.
    """
    tls = find_tls(chosen["tls_cert"], chosen["tls_key"])
    watch = to_watch(chosen)
    if watch is not None and chosen["on_alarm"] is not None:
        watch = replace(watch, alarms=calls.read_alarms(chosen["on_alarm"]))
    demands = Demands(
        trust=not chosen["any_signer"],
        released=not chosen["despite_policy"],
        policy=chosen["policy"],
        watched=watch is not None,
    )
    order = ServeOrder(chosen["bundles"], chosen["models"], demands)
    opened = calls.open_models(order)
    keyring = Keyring(read_keys(calls.keys_path())) if chosen["keys"] else None
    place = Place(find_address(chosen["host"], chosen["port"]), chosen["port"], tls)
    _warn(chosen, is_open=keyring is None, is_plain=tls is None)
    shown = f"[{chosen['host']}]" if ":" in chosen["host"] else chosen["host"]
    scheme = "https" if tls else "http"
    served = [version.name for version, _ in opened]
    served += calls.find_releases(order)
    names = ", ".join(map(safe, served))
    click.echo(f"Serving {names} at {scheme}://{safe(shown)}:{place.port}/", err=True)
    click.echo("Ctrl-C stops it.", err=True)
    sys.setswitchinterval(_SWITCH_S)
    running = Running(calls, order, keyring, place, chosen["log_requests"], watch)
    run_loop(running.serve(opened, chosen["threads"] or os.cpu_count() or 1))
    click.echo("Stopped.", err=True)


def _warn(chosen: Chosen, *, is_open: bool, is_plain: bool) -> None:
    if is_loopback(chosen["host"]):
        return
    where = safe(chosen["host"])
    if is_open:
        click.echo(
            f"Warning: {where} can be reached from other machines, and anybody may ask. Add "
            "--keys, or put a proxy that checks who asks in front of it.",
            err=True,
        )
    if is_plain:
        click.echo(
            f"Warning: texts and keys cross the network as they are on {where}. Add --tls-cert and "
            "--tls-key, or put a proxy that speaks HTTPS in front of it.",
            err=True,
        )


def to_watch(chosen: Chosen) -> WatchOrder | None:
    """Return how answers are kept, or None where no log was asked for.

    Raises:
        OnlyWithLogError: something was asked of a log, and there is none.
    """
    folder = chosen["log"]
    if folder is None:
        for option in ("log_first", "keep_texts", "on_alarm"):
            if chosen[option]:
                raise OnlyWithLogError(f"--{option.replace('_', '-')}")
        return None
    keeping = Keeping(chosen["keep_days"], chosen["keep_texts"])
    look_s = chosen["look_minutes"] * 60
    return WatchOrder(folder, keeping, is_log_first=chosen["log_first"], look_s=look_s)


def find_tls(cert: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """Return certificate and key, or None for plain HTTP.

    Raises:
        TlsError: one without the other, or a file that cannot be read.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        given, lacking = ("--tls-cert", "--tls-key") if key is None else ("--tls-key", "--tls-cert")
        raise TlsError(f"{given} was given without {lacking}")
    for path in (cert, key):
        if not path.is_file():
            raise TlsError(f"{path} is not there")
    return cert, key


def find_address(host: str, port: int) -> str:
    """Return the number of `host`, once it is sure that we can listen there.

    The server itself wants a number, and shares a port that is in use without a word.

    Raises:
        PortTakenError: somebody listens there already, or the address is not ours.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do on POSIX: a port in TIME_WAIT counts as free, one in use does not.
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return str(probe.getsockname()[0])
    except OSError as error:
        raise PortTakenError(host, port, error.strerror or str(error)) from error
    except UnicodeError as error:  # what getaddrinfo makes of "a..b"
        raise PortTakenError(host, port, "that is no host name") from error
