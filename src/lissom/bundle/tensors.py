"""Safetensors checked as far as its own reader's safety depends on it."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec

from lissom.bundle.json_form import parse
from lissom.bundle.limits import TENSORS_COUNT, TENSORS_HEADER_BYTES
from lissom.bundle.malformed import Malformed

DTYPE_BYTES = {"I8": 1, "U8": 1, "I16": 2, "I32": 4, "U32": 4, "I64": 8, "F16": 2, "F32": 4}
"""The kinds of number allowed, and the bytes of one."""

_LENGTH_BYTES = 8
_HEADER_DEPTH = 3

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class _Tensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dtype: str
    shape: Annotated[list[Whole], msgspec.Meta(max_length=8)]
    data_offsets: tuple[Whole, Whole]


def check_tensors(raw: bytes) -> None:
    """Check length and form of the header, kinds of number, and that tensors fill the file.

    Raises:
        Malformed: something is out of bounds.
    """
    length = int.from_bytes(raw[:_LENGTH_BYTES], "little")
    if len(raw) < _LENGTH_BYTES or length > min(TENSORS_HEADER_BYTES, len(raw) - _LENGTH_BYTES):
        # A pickle starts with 0x80 and its protocol; a zip, which newer ones are in, with PK.
        kind = "; it begins like a pickle" if raw[:1] == b"\x80" or raw[:2] == b"PK" else ""
        message = f"not a safetensors file: its header would have {length} bytes{kind}"
        raise Malformed(message)
    start = _LENGTH_BYTES + length
    header = parse(raw[_LENGTH_BYTES:start], max_depth=_HEADER_DEPTH)
    if not isinstance(header, dict) or not 1 <= len(header) <= TENSORS_COUNT:
        message = f"its header does not name 1 to {TENSORS_COUNT} tensors"
        raise Malformed(message)
    try:
        tensors = msgspec.convert(header, dict[str, _Tensor])
    except msgspec.ValidationError as error:
        message = f"its header is wrong: {error}"
        raise Malformed(message) from error
    _check_layout(tensors, len(raw) - start)


def _check_layout(tensors: dict[str, _Tensor], size: int) -> None:
    """Check that tensors lie end to end: a gap could hide a second file."""
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].data_offsets):
        if tensor.dtype not in DTYPE_BYTES:
            message = f'tensor "{name}" holds {tensor.dtype}, which is not allowed'
            raise Malformed(message)
        begin, end = tensor.data_offsets
        if begin != at or end - begin != math.prod(tensor.shape) * DTYPE_BYTES[tensor.dtype]:
            message = f'tensor "{name}" does not lie where its shape says'
            raise Malformed(message)
        at = end
    if at != size:
        message = f"{size - at} bytes belong to no tensor"
        raise Malformed(message)
