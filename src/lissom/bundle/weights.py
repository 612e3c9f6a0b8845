"""A tensor of a graph: what it says of its size is what it has.

A reader that believes the stated shape asks for that much memory before it looks at the data.

Source: TensorProto in onnx/onnx.proto of ONNX 1.23.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np

from lissom.bundle.limits import TENSOR_BYTES
from lissom.bundle.malformed import Malformed
from lissom.bundle.protobuf import fields_of, read_varint

_DIMS, _KIND, _RAW = 1, 2, 9
_FLOATS, _WHOLE, _WHOLE64, _DOUBLES, _POSITIVE64 = 4, 5, 7, 10, 11
_FIXED_BYTES = {_FLOATS: 4, _DOUBLES: 8}
_MOST_DIMS = 16

# Kind of number: bits of one, and the field that holds them where they are not raw bytes. Texts,
# complex numbers and kinds that are newer than this table are refused.
_KINDS = {
    1: (32, _FLOATS),
    2: (8, _WHOLE),
    3: (8, _WHOLE),
    4: (16, _WHOLE),
    5: (16, _WHOLE),
    6: (32, _WHOLE),
    7: (64, _WHOLE64),
    9: (8, _WHOLE),
    10: (16, _WHOLE),
    11: (64, _DOUBLES),
    12: (32, _POSITIVE64),
    13: (64, _POSITIVE64),
    16: (16, _WHOLE),
    **dict.fromkeys((17, 18, 19, 20, 24), (8, _WHOLE)),  # the float8 kinds
    **dict.fromkeys((21, 22, 23), (4, _WHOLE)),  # two to a byte
}


@dataclass(slots=True)
class _Tensor:
    kind: int = 0
    dims: list[int] = field(default_factory=list)
    found: dict[int, int] = field(default_factory=dict)


def check_weights(view: memoryview) -> None:
    """Check that a tensor has exactly the numbers that its shape asks for.

    Raises:
        Malformed: it has more or fewer, or is of a kind that is not allowed.
    """
    tensor = _read(view)
    if tensor.kind not in _KINDS:
        message = f"a tensor holds numbers of kind {tensor.kind}, which is not allowed"
        raise Malformed(message)
    bits, home = _KINDS[tensor.kind]
    if len(tensor.dims) > _MOST_DIMS or any(size >= 1 << 63 for size in tensor.dims):
        message = "a tensor has a shape that no tensor has"
        raise Malformed(message)
    count = prod(tensor.dims)
    size = (count * bits + 7) // 8
    if size > TENSOR_BYTES:
        message = f"a tensor says that it takes {size} bytes; at most {TENSOR_BYTES} are allowed"
        raise Malformed(message)
    # Less than a byte each: the other form packs them into bytes as well.
    typed = size if bits < 8 else count  # noqa: PLR2004 - bits in a byte
    if tensor.found not in ({_RAW: size}, {home: typed}, *([{}] if not count else [])):
        has = ", ".join(str(one) for one in tensor.found.values()) or "none"
        message = f"a tensor says that it holds {count} numbers, and its data does not ({has})"
        raise Malformed(message)


def _read(view: memoryview) -> _Tensor:
    tensor = _Tensor()
    for number, value in fields_of(view):
        if number == _DIMS:
            tensor.dims += [value] if isinstance(value, int) else _unpack(value)
        elif number == _KIND:
            tensor.kind = value if isinstance(value, int) else 0
        elif number in {_RAW, _FLOATS, _WHOLE, _WHOLE64, _DOUBLES, _POSITIVE64}:
            before = tensor.found.get(number, 0)
            # A reader takes the last of two raw fields; nobody who means well writes two.
            more = 1 if number == _RAW and number in tensor.found else 0
            tensor.found[number] = before + more + _count(number, value)
    return tensor


def _count(number: int, value: memoryview | int) -> int:
    if isinstance(value, int):
        return 1
    if number == _RAW:
        return len(value)
    if number in _FIXED_BYTES:
        return len(value) // _FIXED_BYTES[number]
    # Whole numbers of any length one after the other: each ends with a byte below 128.
    return int((np.frombuffer(value, np.uint8) < 0x80).sum())  # noqa: PLR2004 - the high bit


def _unpack(value: memoryview) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(value) and len(found) <= _MOST_DIMS:
        one, at = read_varint(value, at)
        found.append(one)
    return found
