"""One model behind HTTP: strict about what comes in, silent about it in the logs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

import anyio
import anyio.to_thread
import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from lissom.faces.as_json import of_prediction

if TYPE_CHECKING:
    from starlette.requests import Request

    from lissom.pipeline import Prediction

MAX_TEXTS = 512
MAX_CHARACTERS = 20_000

_Text = Annotated[str, msgspec.Meta(max_length=MAX_CHARACTERS)]
_Texts = Annotated[list[_Text], msgspec.Meta(min_length=1, max_length=MAX_TEXTS)]
_SHAPE = 'Send {"text": "..."} or {"texts": ["...", "..."]}.'
_RETRY_AFTER_S = "1"
_PATHS = "There are POST /predict, GET /health/live and GET /health/ready."
_FROM_STARLETTE = {
    404: f"There is no such path. {_PATHS}",
    405: f"This path does not take that method. {_PATHS}",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the server takes on.

    Args:
        at_once: requests answered side by side, one thread each.
        waiting: requests that may wait for one of those; more are refused with 429.
        body_bytes: largest body.
        read_s: seconds a client has to send its body.
        drain_s: seconds that requests under way have to finish when the server stops.
    """

    at_once: int = 2
    waiting: int = 32  # a second or so of work: who waits longer had better try again
    body_bytes: int = 1_048_576
    read_s: float = 10.0
    drain_s: float = 20.0


class Answers(Protocol):
    """A loaded model; it is asked from several threads at once."""

    @property
    def name(self) -> str:
        """Return the bundle's name."""
        ...

    def predict(self, texts: list[str]) -> list[Prediction]:
        """Return one answer for each text, in order."""
        ...


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a client may send: one of the two."""

    text: _Text | msgspec.UnsetType = msgspec.UNSET
    texts: _Texts | msgspec.UnsetType = msgspec.UNSET


_DECODER = msgspec.json.Decoder(Asked)


def read_question(body: bytes) -> list[str]:
    """Return the texts in a request body.

    Raises:
        HTTPException: 422, with a sentence that quotes no text.

    >>> read_question(b'{"text": "Where is my parcel?"}')
    ['Where is my parcel?']
    """
    try:
        asked = _DECODER.decode(body)
    except UnicodeDecodeError as error:
        raise HTTPException(422, f"The body is not UTF-8. {_SHAPE}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise HTTPException(422, f"{error}. {_SHAPE}") from error
    match asked.text, asked.texts:
        case str(text), msgspec.UnsetType():
            return [text]
        case msgspec.UnsetType(), list(texts):
            return texts
    raise HTTPException(422, f"The body needs exactly one of text and texts. {_SHAPE}")


class Service:
    """A model with a bounded queue before it."""

    def __init__(self, model: Answers, limits: Limits) -> None:
        """Take a loaded model; nothing is opened here."""
        self._model = model
        self._limits = limits
        self._threads = anyio.CapacityLimiter(limits.at_once)
        self._under_way = 0
        self._is_stopping = False

    async def predict(self, request: Request) -> Response:
        """Answer the texts of one request."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPException(415, f"Send JSON with content-type application/json. {_SHAPE}")
        self._refuse_if_full()  # before the body is read: a refusal should cost next to nothing
        texts = read_question(await self._read_body(request))
        self._refuse_if_full()
        self._under_way += 1
        try:
            answers = await anyio.to_thread.run_sync(
                self._model.predict, texts, limiter=self._threads
            )
        # A fault's message may quote the text it choked on, and texts stay out of logs.
        except Exception as error:  # noqa: BLE001
            print(f"predict failed: {type(error).__name__}", file=sys.stderr, flush=True)
            raise HTTPException(500, "The model failed on this request.") from None
        finally:
            self._under_way -= 1
        return _json({"predictions": [of_prediction(answer) for answer in answers]})

    async def live(self, _request: Request) -> Response:
        """Say that the process answers at all."""
        return _json({"live": True})

    async def ready(self, _request: Request) -> Response:
        """Say whether to send requests here: 503 once the server is stopping."""
        ready = not self._is_stopping
        return _json({"ready": ready, "model": self._model.name}, 200 if ready else 503)

    async def drain(self) -> None:
        """Refuse what is new and wait until what is under way has been answered."""
        self._is_stopping = True
        with anyio.move_on_after(self._limits.drain_s):
            while self._under_way:  # noqa: ASYNC110  runs once in a server's life
                await anyio.sleep(0.02)

    def _refuse_if_full(self) -> None:
        retry = {"retry-after": _RETRY_AFTER_S}
        if self._is_stopping:
            raise HTTPException(503, "The server is stopping. Ask another one.", retry)
        if self._under_way >= self._limits.at_once + self._limits.waiting:
            raise HTTPException(429, "Too many requests are waiting. Try again later.", retry)

    async def _read_body(self, request: Request) -> bytes:
        """Read a body piece by piece; one that is too long is never held whole."""
        limit = self._limits.body_bytes
        too_long = HTTPException(413, f"The body is over {limit} bytes. Send fewer texts at once.")
        said = request.headers.get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            raise too_long
        body = bytearray()
        with anyio.move_on_after(self._limits.read_s):
            try:
                async for piece in request.stream():
                    body += piece
                    if len(body) > limit:
                        raise too_long
            except ClientDisconnect:
                raise HTTPException(400, "The client went away.") from None
            return bytes(body)
        raise HTTPException(408, f"The body did not arrive within {self._limits.read_s:g} seconds.")


def make_app(service: Service) -> Starlette:
    """Return the ASGI app around a service."""
    return Starlette(
        routes=[
            Route("/predict", service.predict, methods=["POST"]),
            Route("/health/live", service.live),
            Route("/health/ready", service.ready),
        ],
        exception_handlers={HTTPException: _tell},
    )


async def _tell(_request: Request, error: Exception) -> Response:
    # Starlette types every handler as taking Exception; this one is registered for one class.
    if not isinstance(error, HTTPException):
        raise error
    sentence = _FROM_STARLETTE.get(error.status_code, error.detail)
    return _json({"error": sentence}, error.status_code, dict(error.headers or {}))


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        headers={"x-content-type-options": "nosniff", **(headers or {})},
        media_type="application/json",
    )
