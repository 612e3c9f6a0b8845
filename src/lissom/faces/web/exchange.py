"""A request and its reply, whatever server carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

import msgspec

from lissom.errors import BadRequestError

if TYPE_CHECKING:
    from lissom.errors import RequestError

JSON = "application/json"
HTML = "text/html; charset=utf-8"

_SAFE = ("x-content-type-options", "nosniff")
_JSON_HEADERS = [("content-type", JSON), _SAFE]
_ENCODER = msgspec.json.Encoder()

Headers = list[tuple[str, str]]


class Request(Protocol):
    """What a client sends; the body is read when somebody wants it."""

    method: str
    path: str
    query: str

    def header(self, name: str) -> str:
        """Return a header by its name in small letters, "" where there is none."""
        ...

    async def body(self, limit: int) -> bytes:
        """Return the body, of at most `limit` bytes.

        Raises:
            RequestError: it is longer, too slow, or the client went away.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What a client gets.

    Args:
        status: of HTTP.
        headers: names in small letters.
        body: the bytes.
        facts: what the access log may say of it; never a text.
    """

    status: int
    headers: Headers
    body: bytes
    facts: dict[str, object] = field(default_factory=dict)


def json_reply(value: object, status: int = 200, facts: dict[str, object] | None = None) -> Reply:
    """Return a reply in JSON.

    >>> json_reply({"live": True}).body
    b'{"live":true}'
    """
    return Reply(status, _JSON_HEADERS, _ENCODER.encode(value), facts or {})


def bytes_reply(kind: str, body: bytes, more: Headers | None = None) -> Reply:
    """Return a reply of another kind.

    >>> bytes_reply("text/csv", b"a").headers[0]
    ('content-type', 'text/csv')
    """
    return Reply(200, [("content-type", kind), _SAFE, *(more or [])], body)


def refusal(error: RequestError, more: Headers | None = None) -> Reply:
    """Return what is sent instead of an answer: one sentence.

    >>> from lissom.errors import LateError
    >>> refusal(LateError()).status
    504
    """
    headers = [*_JSON_HEADERS, *(more or [])]
    if error.retry_after_s is not None:
        headers.append(("retry-after", str(error.retry_after_s)))
    return Reply(error.status, headers, _ENCODER.encode({"error": str(error)}))


def read_query(query: str, allowed: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters behind the question mark.

    Raises:
        BadRequestError: one is not known, or stands twice.

    >>> read_query("text=body%20text", ("text",))
    {'text': 'body text'}
    """
    if not query:
        return {}
    found = parse_qs(query, keep_blank_values=True, max_num_fields=16)
    for name, values in found.items():
        if name not in allowed or len(values) > 1:
            known = ", ".join(allowed) or "none"
            raise BadRequestError(f"A parameter is unknown or stands twice; known: {known}.")
    return {name: values[0] for name, values in found.items()}
