"""ONNX walked as protobuf, without the onnx package, as far as safety depends on it.

Source: onnx/onnx.proto of ONNX 1.23 for the field numbers. A field that is not in the table below
is refused, so a newer ONNX cannot bring a meaning that nobody here has looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lissom.bundle.limits import GRAPH_DEPTH, GRAPH_FIELDS
from lissom.bundle.malformed import Malformed
from lissom.bundle.operators import ALLOWED, DOMAINS
from lissom.bundle.protobuf import fields_of
from lissom.bundle.weights import check_weights

_SPARSE = "it holds sparse weights, which take more memory than the file says"


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
        inside={1: "node", 5: "tensor"},
        refused={15: _SPARSE},
    ),
    "node": _Message(
        plain=frozenset({1, 2, 3, 6, 9}),
        inside={5: "attribute"},
        refused={8: "a node calls a function of its own"},
        kept={4: "operator", 7: "domain"},
    ),
    "attribute": _Message(
        plain=frozenset({1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 20}),
        inside={5: "tensor", 6: "graph", 10: "tensor", 11: "graph"},
        refused={
            21: "a node takes a setting from a function of its own",
            22: _SPARSE,
            23: _SPARSE,
        },
    ),
    "tensor": _Message(
        plain=frozenset({1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 16}),
        refused={
            3: "it holds a piece of a tensor",
            6: "it holds texts",
            13: "it keeps weights in another file (external data)",
        },
        kept={14: "location"},
    ),
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
        for number, value in fields_of(view):
            left -= 1
            if left < 0:
                message = f"more than {GRAPH_FIELDS} fields"
                raise Malformed(message)
            inner = _look_at(kind, number, value, kept)
            if inner is not None:
                waiting.append((*inner, level + 1))
        _check_kept(kind, kept)
        if kind == "tensor":
            check_weights(view)
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
