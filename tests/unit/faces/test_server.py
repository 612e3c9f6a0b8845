"""The app is driven as a server drives it: no client library, no socket."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
from lissom.faces.server import MAX_CHARACTERS, MAX_TEXTS, Limits, Service, make_app

from lissom.pipeline import Prediction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.applications import Starlette

JSON = {"content-type": "application/json"}


class Model:
    """Answers with the text's length; waits at `gate` when there is one."""

    name = "inbox"

    def __init__(self, gate: threading.Event | None = None) -> None:
        self._gate = gate

    def predict(self, texts: list[str]) -> list[Prediction]:
        if self._gate is not None:
            assert self._gate.wait(20)
        if texts == ["boom"]:
            message = "cannot read: my card is 4111"
            raise ValueError(message)
        return [Prediction(str(len(text)), 0.5, unsure=True, tier="lexical") for text in texts]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    said: dict[str, object]


async def ask(
    app: Starlette,
    body: bytes = b"",
    *,
    path: str = "/predict",
    method: str = "POST",
    headers: dict[str, str] | None = None,
    pieces: Iterator[dict[str, object]] | None = None,
) -> Reply:
    """Send one request; `pieces` replaces the body, and what follows it never arrives."""
    sent: list[dict[str, object]] = []
    coming = pieces or iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, object]:
        for piece in coming:
            return piece
        await anyio.sleep(30)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    raw = [(k.encode(), v.encode()) for k, v in (JSON if headers is None else headers).items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": raw,
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    out = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Reply(sent[0]["status"], out, json.loads(b"".join(m["body"] for m in sent[1:])))


def ask_once(body: bytes = b"", limits: Limits | None = None, **how: object) -> Reply:
    async def go() -> Reply:
        return await ask(make_app(Service(Model(), limits or Limits())), body, **how)

    return anyio.run(go)


def test_one_text_gets_one_prediction() -> None:
    reply = ask_once(b'{"text": "hello"}')
    assert reply.status == 200
    assert reply.said == {"predictions": [{"label": "5", "probability": 0.5, "unsure": True}]}
    assert reply.headers["content-type"] == "application/json"


def test_many_texts_are_answered_in_order() -> None:
    reply = ask_once(b'{"texts": ["a", "", "ccc"]}')
    assert [answer["label"] for answer in reply.said["predictions"]] == ["1", "0", "3"]


def test_the_largest_request_allowed_is_answered() -> None:
    many = json.dumps({"texts": ["x"] * MAX_TEXTS}).encode()
    long = json.dumps({"text": "é" * MAX_CHARACTERS}, ensure_ascii=False).encode()
    assert (ask_once(many).status, ask_once(long).status) == (200, 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": null}',
        b'{"text": 3}',
        b'{"text": ["a"]}',
        b'{"texts": "a"}',
        b'{"texts": []}',
        b'{"texts": ["a", null]}',
        b'{"text": "a", "texts": ["b"]}',
        b'{"text": "a", "model": "b"}',
        b'{"text": "a"} {"text": "b"}',
        b'{"text": NaN}',
        b'{"text": "\xff"}',
        b'{"text": "\\ud83d"}',
        b'{"text": "\\ud83d\\u0041"}',
        b'\xef\xbb\xbf{"text": "a"}',
        b'{"text": "a\x00"}',
        b'{"a":' + b"[" * 100_000,
        json.dumps({"texts": ["x"] * (MAX_TEXTS + 1)}).encode(),
        json.dumps({"text": "x" * (MAX_CHARACTERS + 1)}).encode(),
        json.dumps({"texts": ["a", "x" * (MAX_CHARACTERS + 1)]}).encode(),
    ],
    ids=range(24),
)
def test_a_body_that_is_not_a_question_gets_422_and_a_sentence(body: bytes) -> None:
    reply = ask_once(body)
    assert reply.status == 422
    assert list(reply.said) == ["error"]
    assert "Send {" in reply.said["error"]


def test_an_error_quotes_no_text() -> None:
    reply = ask_once(b'{"texts": ["my card is 4111", 3]}')
    assert "4111" not in reply.said["error"]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_anything_but_json_gets_415(kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    assert ask_once(b'{"text": "a"}', headers=headers).status == 415


def test_a_charset_behind_the_content_type_does_no_harm() -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert ask_once(b'{"text": "a"}', headers=headers).status == 200


def test_a_body_that_says_it_is_too_long_is_refused_unread() -> None:
    nothing = iter(())
    headers = {**JSON, "content-length": "1048577"}
    assert ask_once(headers=headers, pieces=nothing).status == 413


def test_a_body_that_grows_too_long_is_refused_on_the_way() -> None:
    piece = {"type": "http.request", "body": b"x" * 60, "more_body": True}
    assert ask_once(limits=Limits(body_bytes=100), pieces=iter([piece] * 2)).status == 413


def test_a_body_that_never_ends_gets_408() -> None:
    piece = {"type": "http.request", "body": b"{", "more_body": True}
    assert ask_once(limits=Limits(read_s=0.05), pieces=iter([piece])).status == 408


def test_a_client_who_goes_away_is_no_fault_of_the_server() -> None:
    pieces = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert ask_once(pieces=iter(pieces)).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/predict", 405), ("POST", "/predicted", 404)]
)
def test_a_wrong_path_or_method_names_the_right_ones(method: str, path: str, status: int) -> None:
    reply = ask_once(method=method, path=path)
    assert (reply.status, "POST /predict" in reply.said["error"]) == (status, True)


@pytest.mark.parametrize(
    ("path", "said"),
    [("/health/live", {"live": True}), ("/health/ready", {"ready": True, "model": "inbox"})],
)
def test_health_says_so(path: str, said: dict[str, object]) -> None:
    assert ask_once(method="GET", path=path).said == said


def test_a_fault_of_the_model_puts_no_text_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    reply = ask_once(b'{"text": "boom"}')
    assert reply.status == 500
    log = capfd.readouterr()
    assert log.err == "predict failed: ValueError\n"
    assert "4111" not in str(reply.said) + log.out


def ask_a_crowd(crowd: int, limits: Limits) -> list[Reply]:
    """Send `crowd` requests at once to a model that answers only when all have been sent."""
    replies: list[Reply] = []

    async def go() -> None:
        gate = threading.Event()
        app = make_app(Service(Model(gate), limits))

        async def one() -> None:
            replies.append(await ask(app, b'{"text": "a"}'))

        async with anyio.create_task_group() as tasks:
            for _ in range(crowd):
                tasks.start_soon(one)
            await anyio.wait_all_tasks_blocked()
            gate.set()

    anyio.run(go)
    return replies


def test_more_than_the_queue_holds_gets_429_and_when_to_come_back() -> None:
    replies = ask_a_crowd(6, Limits(at_once=1, waiting=2))
    assert sorted(reply.status for reply in replies) == [200, 200, 200, 429, 429, 429]
    assert {reply.headers.get("retry-after") for reply in replies if reply.status == 429} == {"1"}


def test_a_crowd_that_fits_is_answered_whole() -> None:
    assert {reply.status for reply in ask_a_crowd(3, Limits(at_once=1, waiting=2))} == {200}


def test_after_a_crowd_there_is_room_again() -> None:
    async def go() -> list[int]:
        app = make_app(Service(Model(), Limits(at_once=1, waiting=0)))
        bodies = [b'{"text": "a"}', b'{"text": "boom"}', b'{"text": "a"}']
        return [(await ask(app, body)).status for body in bodies]

    assert anyio.run(go) == [200, 500, 200]


def test_a_stopping_server_answers_what_is_under_way_and_refuses_the_rest() -> None:
    statuses: dict[str, int] = {}

    async def go() -> None:
        gate = threading.Event()
        service = Service(Model(gate), Limits())
        app = make_app(service)

        async def early() -> None:
            statuses["early"] = (await ask(app, b'{"text": "a"}')).status

        async def stop() -> None:
            await service.drain()
            statuses["drained after early"] = statuses["early"]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(early)
            await anyio.sleep(0.02)
            tasks.start_soon(stop)
            await anyio.sleep(0.02)
            statuses["late"] = (await ask(app, b'{"text": "a"}')).status
            statuses["ready"] = (await ask(app, path="/health/ready", method="GET")).status
            gate.set()

    anyio.run(go)
    assert statuses == {"early": 200, "late": 503, "ready": 503, "drained after early": 200}
