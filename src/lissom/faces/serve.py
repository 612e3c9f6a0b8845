"""`lissom serve`: bundles over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from lissom.errors import PortTakenError, TlsError
from lissom.faces.safe import safe
from lissom.faces.web.app import App, House
from lissom.faces.web.rsgi import to_rsgi
from lissom.operate.serving import Desk, Events, Folders, KeyFile, Keyring, Metrics, read_keys
from lissom.pipeline.serving import ServeOrder

try:
    # A faster loop where there is one: it halves what the sockets cost. Not for Windows.
    from uvloop import run as run_loop
except ImportError:
    run_loop = asyncio.run

if TYPE_CHECKING:
    from lissom.operate.serving import Proof, Question, Version
    from lissom.pipeline.uploads import Upload

_FLUSH_S = 0.1
_LOOK_S = 1.0
_HEADER_MS = 20_000
_BACKLOG = 1024
_SWITCH_S = 0.0005
"""How long a thread may keep the interpreter. The default of 5 ms is longer than an answer takes:
the threads that read would hold up the one that talks to clients."""


class Serves(Protocol):
    """The part of the pipeline that this command calls."""

    def open_models(self, order: ServeOrder) -> tuple[tuple[Version, Proof], ...]:
        """Check and open bundles."""
        ...

    def open_model(self, folder: Path, name: str) -> tuple[Version, Proof]:
        """Check and open one bundle."""
        ...

    def keys_path(self) -> Path:
        """Return where the API keys are."""
        ...

    async def answer_upload(self, desk: Desk, upload: Upload, question: Question) -> bytes:
        """Return a table with its answers."""
        ...


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen.

    Args:
        address: a number.
        port: of it.
        tls: certificate and key, or None for plain HTTP.
    """

    address: str
    port: int
    tls: tuple[Path, Path] | None


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
@click.option("--log-requests", is_flag=True, help="Log a line for every request; never a text.")
@click.pass_obj
def command(calls: Serves, **chosen: Unpack[Chosen]) -> None:
    """Answer over HTTP with each BUNDLE: POST /predict, and the open inference protocol on /v2.

    The name of a model is the name of its folder. Only this machine can reach the server unless
    --host says otherwise.
    """
    tls = find_tls(chosen["tls_cert"], chosen["tls_key"])
    order = ServeOrder(chosen["bundles"], chosen["models"])
    opened = calls.open_models(order)
    keyring = Keyring(read_keys(calls.keys_path())) if chosen["keys"] else None
    place = Place(find_address(chosen["host"], chosen["port"]), chosen["port"], tls)
    _warn(chosen, is_open=keyring is None, is_plain=tls is None)
    shown = f"[{chosen['host']}]" if ":" in chosen["host"] else chosen["host"]
    scheme = "https" if tls else "http"
    names = ", ".join(safe(version.name) for version, _ in opened) or "nothing yet"
    click.echo(f"Serving {names} at {scheme}://{safe(shown)}:{place.port}/", err=True)
    click.echo("Ctrl-C stops it.", err=True)
    sys.setswitchinterval(_SWITCH_S)
    running = Running(calls, order, keyring, place, chosen["log_requests"])
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


@dataclass(frozen=True, slots=True)
class Running:
    """A server from its start to its end; one process and one copy of each model."""

    calls: Serves
    order: ServeOrder
    keyring: Keyring | None
    place: Place
    logs_requests: bool

    async def serve(self, opened: tuple[tuple[Version, Proof], ...], threads: int) -> None:
        """Serve until SIGTERM or Ctrl-C; what is under way is answered before the end."""
        events = Events(_write_line, lambda: datetime.now(UTC))
        desk = Desk(self.order.limits, Metrics(), threads)
        for version, proof in opened:
            desk.put(version, proof)
            events.say("ready", model=version.name, version=version.version, checked=proof.checked)
        app = App(
            House(
                desk,
                events,
                self.keyring,
                self.logs_requests,
                answer_upload=self.calls.answer_upload,
            )
        )
        server = self._make_server(app)
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            # signal.signal, not loop.add_signal_handler: the latter does not exist on Windows.
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(told.set))
        serving = asyncio.create_task(server.serve())
        keeping = asyncio.create_task(self._keep(desk, events))
        stopping = asyncio.create_task(told.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await desk.drain()
        await asyncio.sleep(_FLUSH_S)  # the last answers are still on their way out
        server.stop()  # type: ignore[no-untyped-call]  # Granian leaves this one untyped
        await serving
        desk.close()
        events.say("stopped")

    def _make_server(self, app: App) -> Server:
        limits = self.order.limits
        cert, key = self.place.tls or (None, None)
        return Server(
            to_rsgi(app.answer, limits.read_s),
            address=self.place.address,
            port=self.place.port,
            interface=Interfaces.RSGI,
            # HTTP/1 only: sniffing for HTTP/2 waits for a first byte without any limit, so that
            # connections which never speak would take all places.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MS),
            websockets=False,
            backlog=_BACKLOG,
            backpressure=limits.connections,
            log_level=LogLevels.error,
            ssl_cert=cert,
            ssl_key=key,
        )

    async def _keep(self, desk: Desk, events: Events) -> None:
        """Look after keys and folders, once a second."""
        folders = Folders(desk, self.order.models, self.calls.open_model, events)
        keys = None
        if self.keyring is not None:
            keys = KeyFile(self.calls.keys_path(), self.keyring, events)
        while True:
            await asyncio.sleep(_LOOK_S)
            await folders.look()
            if keys is not None:
                keys.look()


def _write_line(line: str) -> None:
    click.echo(line, err=True)
