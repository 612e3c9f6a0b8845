"""ONNX walked as protobuf, without the onnx package, as far as safety depends on it.

Source: onnx/onnx.proto of ONNX 1.23 for the field numbers; the protobuf encoding guide for the
wire. A field that is not in the table below is refused, so a newer ONNX cannot bring a meaning
that nobody here has looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lissom.bundle.limits import GRAPH_DEPTH, GRAPH_FIELDS
from lissom.bundle.malformed import Malformed
from lissom.bundle.operators import ALLOWED, DOMAINS

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10


@dataclass(frozen=True, slots=True)
class _Message:
    """What a kind of message may hold, by field number.

    Args:
        plain: looked at no further.
        inside: a message of this kind, checked in turn.
        refused: never allowed, and why.
        kept: text or number that the check of this message needs.
    """

    plain: frozenset[int]
    inside: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)


_MESSAGES = {
    "model": _Message(
        plain=frozenset({1, 2, 3, 4, 5, 6, 14}),
        inside={7: "graph", 8: "opset"},
        refused={20: "it holds training steps", 25: "it defines functions of its own"},
    ),
    "opset": _Message(plain=frozenset({2}), kept={1: "domain"}),
    "graph": _Message(
        plain=frozenset({2, 10, 11, 12, 13, 14, 16}),
        inside={1: "node", 5: "tensor", 15: "sparse"},
    ),
    "node": _Message(
        plain=frozenset({1, 2, 3, 6, 9}),
        inside={5: "attribute"},
        refused={8: "a node calls a function of its own"},
        kept={4: "operator", 7: "domain"},
    ),
    "attribute": _Message(
        plain=frozenset({1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 20}),
        inside={5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        refused={21: "a node takes a setting from a function of its own"},
    ),
    "tensor": _Message(
        plain=frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16}),
        refused={13: "it keeps weights in another file (external data)"},
        kept={14: "location"},
    ),
    "sparse": _Message(plain=frozenset({3}), inside={1: "tensor", 2: "tensor"}),
}


def check_graph(raw: bytes) -> None:
    """Check that a graph stands alone and uses allowed operators only.

    Raises:
        Malformed: it is no ONNX graph, keeps data elsewhere, or uses something not allowed.
    """
    waiting: list[tuple[str, memoryview, int]] = [("model", memoryview(raw), 1)]
    left = GRAPH_FIELDS
    nodes = 0
    while waiting:
        kind, view, level = waiting.pop()
        if level > GRAPH_DEPTH:
            message = f"nested deeper than {GRAPH_DEPTH} levels"
            raise Malformed(message)
        nodes += kind == "node"
        kept: dict[str, bytes | int] = {}
        for number, value in _fields(view):
            left -= 1
            if left < 0:
                message = f"more than {GRAPH_FIELDS} fields"
                raise Malformed(message)
            inner = _look_at(kind, number, value, kept)
            if inner is not None:
                waiting.append((*inner, level + 1))
        _check_kept(kind, kept)
    if not nodes:
        message = "not an ONNX graph: it computes nothing"
        raise Malformed(message)


def _look_at(
    kind: str, number: int, value: memoryview | int, kept: dict[str, bytes | int]
) -> tuple[str, memoryview] | None:
    """Judge one field; return the message in it, if there is one to look at."""
    known = _MESSAGES[kind]
    if number in known.plain:
        return None
    if number in known.refused:
        raise Malformed(known.refused[number])
    if number in known.inside:
        if isinstance(value, int):
            message = f"not an ONNX graph: field {number} of a {kind} is a number"
            raise Malformed(message)
        return known.inside[number], value
    name = known.kept.get(number)
    if name is None or name in kept:
        # A reader would take the last of two; nobody who means well writes two.
        why = "unknown" if name is None else "there twice"
        message = f"not an ONNX graph that is known here: field {number} of a {kind} is {why}"
        raise Malformed(message)
    kept[name] = value if isinstance(value, int) else bytes(value)
    return None


def _check_kept(kind: str, kept: dict[str, bytes | int]) -> None:
    if kept.get("location", 0) != 0:
        message = "it keeps weights in another file (external data)"
        raise Malformed(message)
    if kind not in {"node", "opset"}:
        return
    domain = _text(kept.get("domain", b""))
    if domain not in DOMAINS:
        message = f'the operator domain "{domain}" is not allowed'
        raise Malformed(message)
    if kind == "node":
        operator = _text(kept.get("operator", b""))
        if operator not in ALLOWED[DOMAINS[domain]]:
            message = f'the operator "{operator}" of domain "{domain}" is not allowed'
            raise Malformed(message)


def _text(value: bytes | int) -> str:
    # Never equal to a name in a table unless it is plain ASCII.
    return str(value) if isinstance(value, int) else value.decode("ascii", "backslashreplace")


def _fields(view: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Yield (field number, bytes or number); fixed-width numbers come as their bytes."""
    at, end = 0, len(view)
    while at < end:
        key, at = _varint(view, at)
        wire = key & 7
        value: memoryview | int
        if wire == _VARINT:
            value, at = _varint(view, at)
        else:
            if wire == _BYTES:
                size, at = _varint(view, at)
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


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    found = 0
    for i, byte in enumerate(view[at : at + _VARINT_BYTES]):
        found |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that more follow
            return found, at + i + 1
    message = "not an ONNX graph: a number does not end"
    raise Malformed(message)
