"""What goes into a graph and what comes out: exactly one tensor each, of the form agreed on.

Source: ValueInfoProto and TypeProto in onnx/onnx.proto of ONNX 1.23.
"""

from __future__ import annotations

from dataclasses import dataclass

from lissom.bundle.malformed import Malformed
from lissom.bundle.protobuf import fields_of

INPUT, OUTPUT = "input_ids", "scores"
_INT32, _FLOAT = 6, 1
_GRAPH, _INPUTS, _OUTPUTS = 7, 11, 12
_NAME, _TYPE, _TENSOR, _ELEMENT, _SHAPE, _DIM, _SIZE = 1, 2, 1, 1, 2, 1, 1
_MATRIX = 2


@dataclass(frozen=True, slots=True)
class _Port:
    """A tensor that goes in or comes out.

    Args:
        name: as it is asked for.
        kind: number of the kind of number.
        sizes: of each dimension; None where it varies.
    """

    name: str
    kind: int
    sizes: tuple[int | None, ...]


def count_classes(raw: bytes) -> int:
    """Return how many classes a graph scores.

    Raises:
        Malformed: its input is not `input_ids`, int32, (texts, tokens), or its output is not
            `scores`, float32, (texts, classes) with a stated number of classes.
    """
    graph = _only(memoryview(raw), _GRAPH, "graph")
    source = _port(_only(graph, _INPUTS, "input"))
    scores = _port(_only(graph, _OUTPUTS, "output"))
    if (source.name, source.kind, len(source.sizes)) != (INPUT, _INT32, _MATRIX):
        message = f"its input is not {INPUT}, int32, (texts, tokens)"
        raise Malformed(message)
    classes = scores.sizes[-1] if len(scores.sizes) == _MATRIX else None
    if (scores.name, scores.kind) != (OUTPUT, _FLOAT) or not classes:
        message = f"its output is not {OUTPUT}, float32, (texts, classes)"
        raise Malformed(message)
    return classes


def _only(view: memoryview, wanted: int, what: str) -> memoryview:
    found = [value for number, value in fields_of(view) if number == wanted]
    if len(found) != 1 or isinstance(found[0], int):
        message = f"it has {len(found)} {what}s, not 1"
        raise Malformed(message)
    return found[0]


def _port(view: memoryview) -> _Port:
    name, kind = "", 0
    sizes: tuple[int | None, ...] = ()
    for number, value in fields_of(view):
        if isinstance(value, int):
            continue
        if number == _NAME:
            name = bytes(value).decode("ascii", "backslashreplace")
        elif number == _TYPE:
            kind, sizes = _tensor(_only(value, _TENSOR, "tensor type"))
    return _Port(name, kind, sizes)


def _tensor(view: memoryview) -> tuple[int, tuple[int | None, ...]]:
    kind = 0
    sizes: tuple[int | None, ...] = ()
    for number, value in fields_of(view):
        if number == _ELEMENT and isinstance(value, int):
            kind = value
        elif number == _SHAPE and not isinstance(value, int):
            sizes = tuple(_size(dim) for dim_number, dim in fields_of(value) if dim_number == _DIM)
    return kind, sizes


def _size(dim: memoryview | int) -> int | None:
    if isinstance(dim, int):
        return None
    stated = [value for number, value in fields_of(dim) if number == _SIZE]
    return stated[-1] if stated and isinstance(stated[-1], int) else None
