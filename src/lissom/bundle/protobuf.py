"""Protobuf's wire format, read as far as a graph needs it.

Source: the protobuf encoding guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.bundle.malformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10


def fields_of(view: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Yield (field number, bytes or number); fixed-width numbers come as their bytes.

    Raises:
        Malformed: it breaks off, or uses what protobuf gave up long ago.

    >>> [(number, bytes(value)) for number, value in fields_of(memoryview(bytes([10, 1, 65])))]
    [(1, b'A')]
    """
    at, end = 0, len(view)
    while at < end:
        key, at = read_varint(view, at)
        wire = key & 7
        value: memoryview | int
        if wire == _VARINT:
            value, at = read_varint(view, at)
        else:
            if wire == _BYTES:
                size, at = read_varint(view, at)
            elif wire in {_FIXED32, _FIXED64}:
                size = 8 if wire == _FIXED64 else 4
            else:
                message = f"not an ONNX graph: wire type {wire}"
                raise Malformed(message)
            if size > end - at:
                message = "not an ONNX graph: it breaks off"
                raise Malformed(message)
            value, at = view[at : at + size], at + size
        yield key >> 3, value


def read_varint(view: memoryview, at: int) -> tuple[int, int]:
    """Return a number of any length and where the next field begins.

    Raises:
        Malformed: it does not end.

    >>> read_varint(memoryview(bytes([0x96, 0x01])), 0)
    (150, 2)
    """
    found = 0
    for i, byte in enumerate(view[at : at + _VARINT_BYTES]):
        found |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that more follow
            return found, at + i + 1
    message = "not an ONNX graph: a number does not end"
    raise Malformed(message)
