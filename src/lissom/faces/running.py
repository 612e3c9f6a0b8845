"""A server from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from lissom.faces.web.app import App, House
from lissom.faces.web.rsgi import to_rsgi
from lissom.operate.releasing import Releases, Rules
from lissom.operate.serving import Desk, Events, Folders, KeyFile, Metrics

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.operate.incidents import AlarmOrder, Incidents
    from lissom.operate.serving import Keyring, Proof, Question, Version
    from lissom.operate.watching import Chronicle, Tells
    from lissom.pipeline.serving import Demands, ServeOrder
    from lissom.pipeline.uploads import Upload
    from lissom.pipeline.watching import WatchOrder

_FLUSH_S = 0.1
_LOOK_S = 1.0
_FOLLOW_S = 0.2
"""A pointer that is switched is followed within a second; looking costs one `stat`."""
_HEADER_MS = 20_000
_BACKLOG = 1024


class Serves(Protocol):
    """The part of the pipeline that this command calls."""

    def open_models(self, order: ServeOrder) -> tuple[tuple[Version, Proof], ...]:
        """Check and open bundles."""
        ...

    def open_model(self, folder: Path, name: str, demands: Demands) -> tuple[Version, Proof]:
        """Check and open one bundle."""
        ...

    def find_releases(self, order: ServeOrder) -> dict[str, Path]:
        """Return model to folder, for the releases among what is to be served."""
        ...

    def keys_path(self) -> Path:
        """Return where the API keys are."""
        ...

    def open_chronicle(self, order: WatchOrder, tell: Tells) -> Chronicle:
        """Open the log."""
        ...

    def read_alarms(self, path: Path) -> AlarmOrder:
        """Read whom to tell of an incident."""
        ...

    def open_incidents(
        self, chronicle: Chronicle, order: AlarmOrder, releases: dict[str, Path], tell: Tells
    ) -> Incidents:
        """Keep incidents beside the log."""
        ...

    async def answer_upload(self, desk: Desk, upload: Upload, question: Question) -> bytes:
        """Return a table with its answers."""
        ...


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


@dataclass(frozen=True, slots=True)
class Running:
    """A server from its start to its end; one process and one copy of each model."""

    calls: Serves
    order: ServeOrder
    keyring: Keyring | None
    place: Place
    logs_requests: bool
    watch: WatchOrder | None

    async def serve(self, opened: tuple[tuple[Version, Proof], ...], threads: int) -> None:
        """Serve until SIGTERM or Ctrl-C; what is under way is answered before the end."""
        events = Events(_write_line, lambda: datetime.now(UTC))
        desk = Desk(self.order.limits, Metrics(), threads)
        chronicle = self._open_chronicle(desk, events)
        for version, proof in opened:
            desk.put(version, proof)
            events.say("ready", model=version.name, version=version.version, checked=proof.checked)
        releases = Releases(
            desk,
            partial(self.calls.open_model, demands=self.order.demands),
            Rules(),
            events.say,
            events.now,
        )
        folders = self.calls.find_releases(self.order)
        for name, folder in folders.items():
            await releases.follow(folder, name)
        incidents = None
        if chronicle is not None and self.watch is not None:
            chronicle.label_hearers.append(releases.label_told)
            incidents = self.calls.open_incidents(chronicle, self.watch.alarms, folders, events.say)
            _count_incidents(desk, incidents)
        app = App(
            House(
                desk,
                events,
                self.keyring,
                self.logs_requests,
                chronicle,
                self.calls.answer_upload,
                incidents,
            )
        )
        server = self._make_server(app)
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # signal.signal, not loop.add_signal_handler: the latter does not exist on Windows.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
        serving = asyncio.create_task(server.serve())
        keeping = asyncio.create_task(self._keep(desk, events, chronicle))
        following = asyncio.create_task(_follow(releases))
        stopping = asyncio.create_task(told.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (keeping, following):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await desk.drain()
        await releases.close()
        await asyncio.sleep(_FLUSH_S)  # the last answers are still on their way out
        server.stop()  # type: ignore[no-untyped-call]  # Granian leaves this one untyped
        await serving
        desk.close()
        if incidents is not None:
            await asyncio.to_thread(incidents.close)
        if chronicle is not None:
            await asyncio.to_thread(chronicle.close)
        events.say("stopped")

    def _open_chronicle(self, desk: Desk, events: Events) -> Chronicle | None:
        if self.watch is None:
            return None
        chronicle = self.calls.open_chronicle(self.watch, events.say)
        desk.welcomers.append(chronicle.add)
        desk.next_number = chronicle.first_number()
        desk.hearers.append(chronicle)
        recorder = chronicle.recorder
        desk.metrics.watch(
            "lissom_log_held", "Answers on their way into the log.", (), lambda: {(): recorder.held}
        )
        desk.metrics.watch(
            "lissom_log_lost",
            "Answers that never came into the log, for want of room.",
            (),
            lambda: {(): recorder.lost},
        )
        if self.watch.is_log_first:
            desk.before_reply = chronicle.written
        return chronicle

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

    async def _keep(self, desk: Desk, events: Events, chronicle: Chronicle | None) -> None:
        """Look after keys and folders, once a second, and after the log, once an hour."""
        folders = Folders(
            desk,
            self.order.models,
            partial(self.calls.open_model, demands=self.order.demands),
            events,
        )
        keys = None
        if self.keyring is not None:
            keys = KeyFile(self.calls.keys_path(), self.keyring, events)
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            await asyncio.sleep(_LOOK_S)
            await folders.look()
            if keys is not None:
                keys.look()
            # A clock that never goes back: a jump of the wall clock brings no look and costs none.
            if chronicle is not None and self.watch and loop.time() - looked >= self.watch.look_s:
                looked = loop.time()
                await asyncio.to_thread(chronicle.look)
                await asyncio.to_thread(chronicle.tidy)


def _count_incidents(desk: Desk, incidents: Incidents) -> None:
    desk.metrics.watch(
        "lissom_open_incidents",
        "Incidents that nobody has closed; -1 when their record was changed.",
        ("model",),
        incidents.count_open,
    )
    if incidents.alerts is None:
        return
    alerts = incidents.alerts
    desk.metrics.watch(
        "lissom_alerts_sent",
        "Alerts that arrived, ever.",
        ("channel",),
        lambda: {(name,): sent.sent for name, sent in alerts.sent.items()},
    )
    desk.metrics.watch(
        "lissom_alerts_failed",
        "Tries to send an alert that failed, ever.",
        ("channel",),
        lambda: {(name,): sent.failed for name, sent in alerts.sent.items()},
    )


async def _follow(releases: Releases) -> None:
    while True:
        await asyncio.sleep(_FOLLOW_S)
        await releases.look()


def _write_line(line: str) -> None:
    click.echo(line, err=True)
