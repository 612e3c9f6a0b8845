"""`lissom serve`: one bundle over HTTP."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from lissom.errors import PortTakenError
from lissom.faces.safe import safe
from lissom.faces.server import Limits, Service, make_app

if TYPE_CHECKING:
    from lissom.faces.server import Answers

_FLUSH_S = 0.1


class Loads(Protocol):
    """The part of the pipeline that this command calls."""

    def load(self, bundle: Path, *, trust: bool, released: bool, policy: Path | None) -> Answers:
        """Check and open a bundle."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    host: str
    port: int
    threads: int | None
    any_signer: bool
    policy: Path | None
    despite_policy: bool


@click.command("serve")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(min=1),
    help="Requests answered side by side.  [default: one per core]",
)
@click.option(
    "--any-signer", is_flag=True, help="Take BUNDLE whoever signed it, and when nobody did."
)
@click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A policy.toml of your own whose gates must hold, too; else it ends with 3.",
)
@click.option(
    "--despite-policy", is_flag=True, help="Serve BUNDLE although its own policy says no."
)
@click.pass_obj
def command(calls: Loads, bundle: Path, **chosen: Unpack[Chosen]) -> None:
    """Answer over HTTP with BUNDLE: POST /predict, GET /health/live, GET /health/ready."""
    host, port, threads = chosen["host"], chosen["port"], chosen["threads"]
    model = calls.load(
        bundle,
        trust=not chosen["any_signer"],
        released=not chosen["despite_policy"],
        policy=chosen["policy"],
    )
    address = find_address(host, port)
    if not is_loopback(host):
        click.echo(
            f"Warning: {safe(host)} can be reached from other machines, and there is no password. "
            "Put a proxy that checks who asks in front of it.",
            err=True,
        )
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"{safe(model.name)} answers at http://{safe(shown)}:{port}/predict", err=True)
    click.echo("Ctrl-C stops it.", err=True)
    limits = Limits(at_once=threads or os.cpu_count() or 1)
    asyncio.run(_serve(model, limits, address, port))
    click.echo("Stopped.", err=True)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`; a name other than localhost may not be.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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


async def _serve(model: Answers, limits: Limits, address: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; what is under way is answered before the end.

    One process and one copy of the model: the threads share it.
    """
    service = Service(model, limits)
    server = Server(
        make_app(service),
        address=address,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_level=LogLevels.error,
    )
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        # signal.signal, not loop.add_signal_handler: the latter does not exist on Windows.
        signal.signal(name, lambda *_: loop.call_soon_threadsafe(told.set))
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(told.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await service.drain()
    await asyncio.sleep(_FLUSH_S)  # the last answers are still on their way out
    server.stop()  # type: ignore[no-untyped-call]  # Granian leaves this one untyped
    await serving
