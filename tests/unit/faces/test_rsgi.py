"""Bodies as Granian hands them in: too long, too slow, cut off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from lissom.errors import BadRequestError, OversizeBodyError, SlowBodyError
from lissom.faces.web.exchange import Reply
from lissom.faces.web.rsgi import Incoming, to_rsgi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lissom.faces.web.exchange import Request


@dataclass
class Scope:
    headers: dict[str, str] = field(default_factory=dict)
    proto: str = "http"
    method: str = "POST"
    path: str = "/predict"
    query_string: str = "a=1"


@dataclass
class Channel:
    """A body in pieces; None stands for a client that goes away, ... for one that is slow."""

    pieces: list[object]
    sent: list[tuple[int, list[tuple[str, str]], bytes]] = field(default_factory=list)
    taken: int = 0

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if piece is None:
                message = "RSGI transport is closed"
                raise RuntimeError(message)
            if piece is ...:
                await asyncio.sleep(30)
            else:
                self.taken += len(piece)
                yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.sent.append((status, headers, body))


CHUNKED = {"transfer-encoding": "chunked"}


def read(pieces: list[object], headers: dict[str, str], limit: int = 100) -> tuple[object, int]:
    """Return the body or the error, and how many bytes were taken."""
    channel = Channel(pieces)

    async def go() -> bytes:
        return await Incoming(Scope(headers), channel, 0.05).body(limit)

    try:
        found: object = asyncio.run(go())
    except (BadRequestError, OversizeBodyError, SlowBodyError) as error:
        found = error
    return found, channel.taken


@pytest.mark.parametrize("headers", [{"content-length": "4"}, CHUNKED])
def test_a_body_is_read_whole(headers: dict[str, str]) -> None:
    assert read([b"ab", b"cd"], headers) == (b"abcd", 4)


def test_no_body_is_an_empty_one() -> None:
    assert read([b"never sent"], {}) == (b"", 0)


def test_a_body_that_says_it_is_too_long_is_refused_unread() -> None:
    found, taken = read([b"x" * 101], {"content-length": "101"})
    assert (type(found), taken) == (OversizeBodyError, 0)


def test_a_body_that_grows_too_long_is_refused_on_the_way() -> None:
    found, taken = read([b"x" * 60] * 50, CHUNKED)
    assert (type(found), taken) == (OversizeBodyError, 120)


@pytest.mark.parametrize("headers", [{"content-length": "4"}, CHUNKED])
def test_a_body_that_never_ends_gets_408(headers: dict[str, str]) -> None:
    assert isinstance(read([b"{", ...], headers)[0], SlowBodyError)


@pytest.mark.parametrize("headers", [{"content-length": "4"}, CHUNKED])
def test_a_client_who_goes_away_is_no_fault_of_the_server(headers: dict[str, str]) -> None:
    assert isinstance(read([b"{", None], headers)[0], BadRequestError)


def test_a_request_goes_in_and_its_reply_comes_out() -> None:
    async def answer(request: Request) -> Reply:
        body = await request.body(10)
        said = f"{request.method} {request.path} {request.query} {request.header('x')}"
        return Reply(201, [("a", "b")], said.encode() + body)

    channel = Channel([b"hi"])
    call = to_rsgi(answer, 1)
    asyncio.run(call(Scope({"x": "1", "content-length": "2"}), channel))
    assert channel.sent == [(201, [("a", "b")], b"POST /predict a=1 1hi")]
