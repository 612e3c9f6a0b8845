"""Paths, keys, counting, and errors as one sentence each."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lissom.errors import (
    BadRequestError,
    FaultError,
    LissomError,
    NoKeyError,
    NoSuchPathError,
    RequestError,
    WrongMethodError,
)
from lissom.faces.incidents import of_incident, troubles_of
from lissom.faces.web import v2
from lissom.faces.web.exchange import HTML, Reply, bytes_reply, json_reply, refusal
from lissom.faces.web.feedback import take_feedback
from lissom.faces.web.openapi import describe
from lissom.faces.web.predict import predict
from lissom.faces.web.status_page import write_page
from lissom.faces.web.tables import predict_file
from lissom.operate.serving import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from lissom.faces.web.exchange import Request
    from lissom.faces.web.tables import AnswersUploads
    from lissom.operate.incidents import Alerts, Incident
    from lissom.operate.serving import Desk, Events, Keyring
    from lissom.operate.watching import Told, VersionStatus

    Answers = Callable[[Request, "At"], Awaitable[Reply]]

_BEARER = "bearer "
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class At:
    """What a request is for.

    Args:
        model: in its path, or "".
        version: likewise.
        who: the name of the key that was sent, or "".
    """

    model: str
    version: str
    who: str


@dataclass(frozen=True, slots=True)
class Route:
    """A path, or a family of paths.

    Args:
        name: what metrics and logs call it; one of a few, whatever a client asks for.
        scope: what a key must be for, "" for a path that needs none.
        calls: method to what answers.
    """

    name: str
    scope: str
    calls: Mapping[str, Answers]


class Casebook(Protocol):
    """What keeps the incidents; see `Incidents`."""

    @property
    def alerts(self) -> Alerts | None:
        """Return what tells of them, or None where nobody is told."""
        ...

    def read_open(self) -> tuple[Incident, ...]:
        """Return the incidents that are open."""
        ...


class Diary(Protocol):
    """What keeps the answers; see `Chronicle`."""

    @property
    def promise_looks(self) -> float:
        """Return in how many looks at most one false alarm is expected."""
        ...

    def statuses(self) -> Sequence[VersionStatus]:
        """Return what the last looks said."""
        ...

    def tell_labels(self, told: Sequence[Told], who: str) -> int:
        """Write true labels down."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What the app stands on.

    Args:
        desk: answers.
        events: the log.
        keyring: who may ask, or None for everybody.
        logs_requests: write a line for every request.
        diary: keeps what was answered and takes true labels; None for a server without a log.
        answer_upload: turns a table into one with answers; without it, there is no such path.
        incidents: what alarms came to; None for a server without a log.
    """

    desk: Desk
    events: Events
    keyring: Keyring | None = None
    logs_requests: bool = False
    diary: Diary | None = None
    answer_upload: AnswersUploads | None = None
    incidents: Casebook | None = None


_NOWHERE = Route("other", "", {})


class App:
    """Turns every request into a reply; it never raises.

    Args:
        house: what it stands on.
    """

    def __init__(self, house: House) -> None:
        """Lay out the paths."""
        self._house = house
        self._desk = house.desk
        self._metrics = house.desk.metrics
        self._exact = self._lay_out()
        if house.diary is not None:
            self._exact |= self._lay_out_diary()
        self._named = {
            "predict": Route("predict", "predict", {"POST": self._predict}),
            "metadata": Route("v2", "predict", {"GET": self._metadata}),
            "ready": Route("health", "", {"GET": self._model_ready}),
            "infer": Route("infer", "predict", {"POST": self._infer}),
        }

    @property
    def paths(self) -> list[tuple[str, Route]]:
        """Return every path there is, names in braces, with what stands behind it."""
        patterns = {path: self._named[kind] for path, kind in _PATTERNS.items()}
        return sorted((self._exact | patterns).items())

    async def answer(self, request: Request) -> Reply:
        """Answer one request."""
        began = time.perf_counter()
        route, model, version = self._find(request.path)
        who = ""
        try:
            call = self._choose(route, request.method)
            if self._house.keyring is not None and route.scope:
                who = self._admit(self._house.keyring, request, route.scope)
            reply = await call(request, At(model, version, who))
        except RequestError as error:
            reply = self._refuse(route, error)
        except LissomError as error:
            # Input that a room below could not read; its sentence is meant for people.
            reply = self._refuse(route, BadRequestError(str(error)))
        except Exception as error:  # noqa: BLE001 - nobody gets a traceback, and no text is logged
            reply = self._refuse(route, FaultError(type(error).__name__))
        seconds = time.perf_counter() - began
        self._metrics.requests.add(route.name, str(reply.status))
        self._metrics.request_s.add(seconds, route.name)
        if self._house.logs_requests:
            self._log(route, reply, who, seconds)
        if request.method == "HEAD":
            return Reply(reply.status, reply.headers, b"")
        return reply

    def _lay_out(self) -> dict[str, Route]:
        live = Route("health", "", {"GET": self._live})
        ready = Route("health", "", {"GET": self._ready})
        return {
            "/predict": Route("predict", "predict", {"POST": self._predict}),
            "/health/live": live,
            "/health/ready": ready,
            "/v2/health/live": live,
            "/v2/health/ready": ready,
            "/v2": Route("v2", "", {"GET": self._server}),
            "/metrics": Route("metrics", "look", {"GET": self._write_metrics}),
            "/openapi.json": Route("openapi", "", {"GET": self._describe}),
            "/predict/file": Route("file", "predict", {"POST": self._predict_file}),
        }

    def _lay_out_diary(self) -> dict[str, Route]:
        return {
            "/feedback": Route("feedback", "feedback", {"POST": self._feedback}),
            "/status": Route("status", "look", {"GET": self._status}),
            "/status.json": Route("status", "look", {"GET": self._status_json}),
        }

    def _find(self, path: str) -> tuple[Route, str, str]:
        route = self._exact.get(path)
        if route is not None:
            return route, "", ""
        match path.split("/"):
            case ["", "predict", model]:
                found = ("predict", model, "")
            case ["", "v2", "models", model]:
                found = ("metadata", model, "")
            case ["", "v2", "models", model, "ready" | "infer" as act]:
                found = (act, model, "")
            case ["", "v2", "models", model, "versions", version]:
                found = ("metadata", model, version)
            case ["", "v2", "models", model, "versions", version, "ready" | "infer" as act]:
                found = (act, model, version)
            case _:
                return _NOWHERE, "", ""
        return self._named[found[0]], *found[1:]

    def _choose(self, route: Route, method: str) -> Answers:
        if not route.calls:
            raise NoSuchPathError
        call = route.calls.get("GET" if method == "HEAD" else method)
        if call is None:
            raise WrongMethodError(sorted(route.calls))
        return call

    def _admit(self, keyring: Keyring, request: Request, scope: str) -> str:
        sent = request.header("authorization")
        secret = sent[len(_BEARER) :] if sent[: len(_BEARER)].lower() == _BEARER else ""
        secret = secret.strip() or request.header("x-api-key")
        return keyring.admit(secret, scope, time.monotonic()).name

    def _refuse(self, route: Route, error: RequestError) -> Reply:
        if isinstance(error, FaultError):
            self._house.events.say_sometimes(
                "fault", time.monotonic(), route=route.name, kind=error.kind
            )
        if isinstance(error, NoKeyError):
            return refusal(error, [("www-authenticate", "Bearer")])
        if isinstance(error, WrongMethodError):
            return refusal(error, [("allow", error.allowed)])
        return refusal(error)

    def _log(self, route: Route, reply: Reply, who: str, seconds: float) -> None:
        facts = {"key": who, **reply.facts} if who else reply.facts
        self._house.events.say(
            "request",
            route=route.name,
            status=reply.status,
            ms=round(seconds * 1000, 3),
            **facts,
        )

    async def _predict(self, request: Request, at: At) -> Reply:
        is_logged = self._house.diary is not None
        return await predict(self._desk, request, at.model or None, is_logged=is_logged)

    async def _feedback(self, request: Request, at: At) -> Reply:
        return await take_feedback(self._diary(), request, self._desk.limits.body_bytes, at.who)

    async def _status(self, _request: Request, _at: At) -> Reply:
        diary = self._diary()
        statuses = await asyncio.to_thread(diary.statuses)
        incidents, troubles = await asyncio.to_thread(self._read_incidents)
        page = write_page(
            statuses, self._house.events.now(), diary.promise_looks, incidents, troubles
        )
        return bytes_reply(HTML, page.encode(), [("content-security-policy", _POLICY)])

    async def _status_json(self, _request: Request, _at: At) -> Reply:
        statuses = await asyncio.to_thread(self._diary().statuses)
        incidents, troubles = await asyncio.to_thread(self._read_incidents)
        found = [of_incident(one) for one in incidents]
        return json_reply({"versions": statuses, "incidents": found, "troubles": troubles})

    def _read_incidents(self) -> tuple[tuple[Incident, ...], list[str]]:
        """Return those that are open, and what is wrong with telling of them."""
        house = self._house.incidents
        if house is None:
            return (), []
        troubles = [] if house.alerts is None else troubles_of(house.alerts.sent)
        try:
            return house.read_open(), troubles
        except LissomError as error:
            # The monitors' own page must not go dark because of a record beside it.
            return (), [*troubles, str(error)]

    def _diary(self) -> Diary:
        if self._house.diary is None:
            raise NoSuchPathError
        return self._house.diary

    async def _predict_file(self, request: Request, _at: At) -> Reply:
        answer = self._house.answer_upload
        if answer is None:
            raise NoSuchPathError
        return await predict_file(self._desk, request, answer)

    async def _describe(self, _request: Request, _at: At) -> Reply:
        wants_key = self._house.keyring is not None
        return json_reply(describe(self.paths, wants_key=wants_key))

    async def _infer(self, request: Request, at: At) -> Reply:
        return await v2.infer(self._desk, request, at.model, at.version or None)

    async def _metadata(self, _request: Request, at: At) -> Reply:
        return v2.metadata(self._desk, at.model, at.version or None)

    async def _model_ready(self, _request: Request, at: At) -> Reply:
        return v2.model_ready(self._desk, at.model, at.version or None)

    async def _server(self, _request: Request, _at: At) -> Reply:
        return v2.server()

    async def _live(self, _request: Request, _at: At) -> Reply:
        return v2.health(self._desk, asks_ready=False)

    async def _ready(self, _request: Request, _at: At) -> Reply:
        return v2.health(self._desk, asks_ready=True)

    async def _write_metrics(self, _request: Request, _at: At) -> Reply:
        return bytes_reply(CONTENT_TYPE, self._metrics.write().encode())


_PATTERNS = {
    "/predict/{model}": "predict",
    "/v2/models/{model}": "metadata",
    "/v2/models/{model}/ready": "ready",
    "/v2/models/{model}/infer": "infer",
    "/v2/models/{model}/versions/{version}": "metadata",
    "/v2/models/{model}/versions/{version}/ready": "ready",
    "/v2/models/{model}/versions/{version}/infer": "infer",
}
