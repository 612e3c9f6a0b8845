"""Looks at an Arrow stream before anything unpacks it: how many rows, and is it packed at all."""

from __future__ import annotations

import struct

from lissom.errors import BadRequestError

_CONTINUES = 0xFFFFFFFF
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
_MOST_MESSAGES = 100_000


class _Flat:
    """A table of a flatbuffer: enough of the format to look fields up.

    Source: FlatBuffers binary format; Arrow columnar format, Message.fbs.
    """

    def __init__(self, raw: bytes, at: int) -> None:
        self._raw, self._at = raw, at
        self._vtable = at - _int(raw, at, "<i")
        self._size = _int(raw, self._vtable, "<H")

    @classmethod
    def root(cls, raw: bytes) -> _Flat:
        return cls(raw, _int(raw, 0, "<I"))

    def field(self, number: int) -> int | None:
        """Return where a field's value stands, or None for one that is absent."""
        slot = 4 + 2 * number
        if slot + 2 > self._size:
            return None
        offset = _int(self._raw, self._vtable + slot, "<H")
        return self._at + offset if offset else None

    def number(self, field: int, form: str) -> int:
        at = self.field(field)
        return 0 if at is None else _int(self._raw, at, form)

    def table(self, field: int) -> _Flat:
        at = self.field(field)
        if at is None:
            raise struct.error
        return _Flat(self._raw, at + _int(self._raw, at, "<I"))


def check_arrow(raw: bytes, most_rows: int) -> int:
    """Walk through the messages of an Arrow stream without unpacking any.

    A packed stream of a few kilobytes may unpack to gigabytes, so it is refused: who sends over
    HTTP can have the connection packed instead.

    Args:
        raw: the stream.
        most_rows: more are refused.

    Returns:
        How many rows it holds.

    Raises:
        BadRequestError: it is no such stream, is packed, or holds too many rows.
    """
    try:
        return _walk(raw, most_rows)
    except struct.error:
        raise BadRequestError("The body is no Arrow stream: it breaks off or is damaged.") from None


def _walk(raw: bytes, most_rows: int) -> int:
    at = rows = messages = 0
    while at < len(raw):
        if _int(raw, at, "<I") != _CONTINUES:
            raise struct.error
        size = _int(raw, at + 4, "<i")
        at += 8
        if size == 0:
            break
        head = raw[at : at + size]
        messages += 1
        if size < 0 or len(head) < size or messages > _MOST_MESSAGES:
            raise struct.error
        rows += _look(head)
        if rows > most_rows:
            message = f"The stream has more than {most_rows} rows. Send it in parts."
            raise BadRequestError(message)
        body = _Flat.root(head).number(3, "<q")
        if body < 0:
            raise struct.error
        at += size + body
    if not messages or at > len(raw):
        raise struct.error
    return rows


def _look(head: bytes) -> int:
    """Return the rows of one message."""
    message = _Flat.root(head)
    kind = message.number(1, "<B")
    if kind == _SCHEMA:
        return 0
    if kind not in {_DICTIONARY, _BATCH}:
        raise struct.error
    batch = message.table(2) if kind == _BATCH else message.table(2).table(1)
    if batch.field(3) is not None:
        raise BadRequestError("The Arrow stream is packed. Write it without compression.")
    rows = batch.number(0, "<q")
    if rows < 0:
        raise struct.error
    return rows if kind == _BATCH else 0


def _int(raw: bytes, at: int, form: str) -> int:
    if at < 0:  # Python would count from the end
        raise struct.error
    (value,) = struct.unpack_from(form, raw, at)
    return int(value)
