"""Requests and replies of the open inference protocol, as JSON or with tensors in binary."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from lissom.errors import TensorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.operate.serving import Given, Limits

HEADER = "inference-header-content-length"
BINARY = "application/octet-stream"

INPUT = "text"
_LENGTH = struct.Struct("<I")

Data = list[Any] | str | float | bool | None


class Tensor(msgspec.Struct):
    """An input. What the protocol allows and nobody here needs is passed over, not refused."""

    name: str
    shape: list[int]
    datatype: str
    parameters: dict[str, Any] = {}
    data: list[Any] | None = None


class Wanted(msgspec.Struct):
    """An output that a client asks for."""

    name: str
    parameters: dict[str, Any] = {}


class Inference(msgspec.Struct):
    """An inference request."""

    inputs: list[Tensor]
    id: str = ""
    parameters: dict[str, Any] = {}
    outputs: list[Wanted] = []


@dataclass(frozen=True, slots=True)
class Output:
    """A tensor that a model gives out.

    Args:
        name: as a client asks for it.
        datatype: of the protocol.
        is_wide: one value per label and text, instead of one per text.
    """

    name: str
    datatype: str
    is_wide: bool = False


OUTPUTS = (
    Output("label", "BYTES"),
    Output("probability", "FP32"),
    Output("unsure", "BOOL"),
    Output("probabilities", "FP32", is_wide=True),
)
_BY_NAME = {output.name: output for output in OUTPUTS}
_DECODER = msgspec.json.Decoder(Inference)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks, and how it wants its answer.

    Args:
        id: handed back.
        texts: at least one.
        outputs: (output, in binary) in the order of the reply.
        wait_s: give up after so long; None for the server's limit.
    """

    id: str
    texts: list[str]
    outputs: tuple[tuple[Output, bool], ...]
    wait_s: float | None


def read_inference(body: bytes, header: str, limits: Limits) -> Asked:
    """Read an inference request; no sentence quotes a text.

    Args:
        body: JSON, or JSON with the bytes of tensors behind it.
        header: value of `Inference-Header-Content-Length`, "" where there is none: how many bytes
            the JSON takes.
        limits: how many texts, and how long.

    Raises:
        TensorError: it does not fit the protocol or the model.

    >>> from lissom.operate.serving import Limits
    >>> raw = b'{"inputs": [{"name":"text","shape":[1],"datatype":"BYTES","data":["hi"]}]}'
    >>> read_inference(raw, "", Limits()).texts
    ['hi']
    """
    end = len(body)
    if header:
        if not header.isdecimal() or int(header) > len(body):
            raise TensorError(HEADER, f"it is no length within the body's {len(body)} bytes")
        end = int(header)
    try:
        inference = _DECODER.decode(body[:end])
    except (msgspec.DecodeError, RecursionError) as error:
        raise TensorError("body", str(error)) from error
    except UnicodeDecodeError as error:
        raise TensorError("body", "it is not UTF-8") from error
    texts = _read_texts(inference.inputs, body[end:], limits)
    return Asked(inference.id, texts, _read_outputs(inference), _read_wait(inference.parameters))


def _read_texts(inputs: list[Tensor], binary: bytes, limits: Limits) -> list[str]:
    if len(inputs) != 1 or inputs[0].name != INPUT:
        raise TensorError("inputs", f'there must be one tensor, called "{INPUT}"')
    tensor = inputs[0]
    if tensor.datatype != "BYTES":
        raise TensorError(INPUT, f"its datatype is {shorten(tensor.datatype)}, not BYTES")
    count = _count(tensor.shape, limits)
    size = tensor.parameters.get("binary_data_size")
    if size is None:
        if binary:
            raise TensorError(INPUT, "bytes follow the JSON, and binary_data_size is missing")
        texts = _flat(tensor.data)
    else:
        if size != len(binary):
            raise TensorError(INPUT, f"binary_data_size is not the {len(binary)} bytes that follow")
        texts = unpack_bytes(binary)
    if len(texts) != count:
        raise TensorError(INPUT, f"there are {len(texts)} texts, and its shape says {count}")
    if max(map(len, texts)) > limits.characters:
        raise TensorError(INPUT, f"a text is longer than {limits.characters} characters")
    return texts


def _count(shape: Sequence[int], limits: Limits) -> int:
    # Clients of batching servers send (texts, 1).
    if len(shape) not in {1, 2} or (len(shape) == 2 and shape[1] != 1):  # noqa: PLR2004 - axes
        raise TensorError(INPUT, "its shape is neither (texts) nor (texts, 1)")
    if not 1 <= shape[0] <= limits.texts:
        raise TensorError(INPUT, f"it holds {shape[0]} texts; 1 to {limits.texts} are allowed")
    return shape[0]


def _flat(data: list[Any] | None) -> list[str]:
    if data is None:
        raise TensorError(INPUT, "it has no data")
    flat = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in data]
    if not all(isinstance(one, str) for one in flat):
        raise TensorError(INPUT, "its data holds something that is no text")
    return flat


def unpack_bytes(raw: bytes) -> list[str]:
    r"""Return the texts of a BYTES tensor: four bytes of length before each.

    Raises:
        TensorError: it breaks off, or a text is not UTF-8.

    >>> unpack_bytes(b"\x02\0\0\0hi\0\0\0\0")
    ['hi', '']
    """
    texts, at = [], 0
    while at < len(raw):
        if at + _LENGTH.size > len(raw):
            raise TensorError(INPUT, "its bytes break off inside a length")
        (size,) = _LENGTH.unpack_from(raw, at)
        at += _LENGTH.size
        if at + size > len(raw):
            raise TensorError(INPUT, "its bytes break off inside a text")
        try:
            texts.append(raw[at : at + size].decode())
        except UnicodeDecodeError as error:
            raise TensorError(INPUT, f"text {len(texts)} is not UTF-8") from error
        at += size
    return texts


def pack_bytes(texts: Sequence[str]) -> bytes:
    r"""Return a BYTES tensor.

    >>> pack_bytes(["hi"])
    b'\x02\x00\x00\x00hi'
    """
    encoded = [text.encode() for text in texts]
    return b"".join(part for raw in encoded for part in (_LENGTH.pack(len(raw)), raw))


def _read_outputs(inference: Inference) -> tuple[tuple[Output, bool], ...]:
    in_binary = inference.parameters.get("binary_data_output") is True
    if not inference.outputs:
        return tuple((output, in_binary) for output in OUTPUTS)
    found = []
    for wanted in inference.outputs:
        output = _BY_NAME.get(wanted.name)
        if output is None:
            names = ", ".join(_BY_NAME)
            raise TensorError("outputs", f"one is not known; there are {names}")
        if "classification" in wanted.parameters:
            raise TensorError("outputs", "classification is not built; ask for label, or all")
        found.append((output, wanted.parameters.get("binary_data", in_binary) is True))
    return tuple(found)


def _read_wait(parameters: dict[str, Any]) -> float | None:
    """Return the client's own limit; the protocol's clients give it in microseconds."""
    wait = parameters.get("timeout")
    if wait is None or isinstance(wait, bool) or not isinstance(wait, int) or wait <= 0:
        return None
    return wait / 1e6


def write_inference(asked: Asked, given: Given) -> tuple[bytes, int | None]:
    """Return the body of the reply, and the length of its JSON where tensors follow in binary."""
    outputs, tail = [], []
    for output, in_binary in asked.outputs:
        values = _values(output, given)
        shape = [len(given.answered.cells)]
        if output.is_wide:
            shape.append(len(given.version.labels))
        said: dict[str, object] = {
            "name": output.name,
            "datatype": output.datatype,
            "shape": shape,
        }
        if in_binary:
            raw = _pack(output, values)
            said["parameters"] = {"binary_data_size": len(raw)}
            tail.append(raw)
        else:
            said["data"] = values.ravel().tolist() if isinstance(values, np.ndarray) else values
        outputs.append(said)
    head = msgspec.json.encode(
        {
            "model_name": given.version.name,
            "model_version": given.version.version,
            **({"id": asked.id} if asked.id else {}),
            "outputs": outputs,
        }
    )
    return head + b"".join(tail), len(head) if tail else None


def _values(output: Output, given: Given) -> list[Any] | np.ndarray[Any, np.dtype[np.float32]]:
    answered = given.answered
    match output.name:
        case "label":
            return answered.cells
        case "probability":
            return answered.chances
        case "unsure":
            return answered.unsure
        case _:
            return answered.probabilities


def _pack(output: Output, values: list[Any] | np.ndarray[Any, np.dtype[np.float32]]) -> bytes:
    match output.datatype:
        case "BYTES":
            return pack_bytes([str(value) for value in values])
        case "BOOL":
            return np.asarray(values, np.bool_).tobytes()
        case _:
            return np.asarray(values, "<f4").tobytes()


def shorten(name: str) -> str:
    """Return what a client called something, so that it can be said back.

    >>> shorten("INT" * 20)
    'INTINTINTINTINTI...'
    """
    return name if len(name) <= 16 else f"{name[:16]}..."  # noqa: PLR2004 - long for a datatype
