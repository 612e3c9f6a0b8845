"""Small bundles, and the pieces of hostile ones; a graph is written byte by byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from lissom import bundle, errors
from lissom.bundle import BaseModel, Facts
from lissom.bundle.json_form import canonical
from lissom.bundle.manifest import describe
from lissom.bundle.parts import LISTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FACTS = Facts(
    task="text-classification",
    created_by="lissom 0.1.0",
    recipe_fingerprint="1" * 64,
    data_fingerprint="2" * 64,
    base_model=BaseModel(name="tiny", sha256="3" * 64, licence="Apache-2.0"),
    measured_on="x86-64 avx512_vnni",
)

Field = tuple[int, bytes | int]


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def message(*fields: Field) -> bytes:
    """Write protobuf: bytes become length and bytes, whole numbers varints."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def node(
    kind: str, inputs: str, output: str, *attributes: bytes, domain: str | None = None
) -> bytes:
    fields: list[Field] = [(1, name.encode()) for name in inputs.split()]
    fields += [(2, output.encode()), (4, kind.encode())]
    fields += [(5, attribute) for attribute in attributes]
    if domain is not None:
        fields.append((7, domain.encode()))
    return message(*fields)


def tensor(name: str, values: np.ndarray, *more: Field) -> bytes:
    dims: list[Field] = [(1, size) for size in values.shape]
    return message(*dims, (2, 1), (8, name.encode()), (9, values.tobytes()), *more)


def value_info(name: str, kind: int, *sizes: int | str) -> bytes:
    dims = [message((1, s) if isinstance(s, int) else (2, s.encode())) for s in sizes]
    shape = message(*((1, dim) for dim in dims))
    return message((1, name.encode()), (2, message((1, message((1, kind), (2, shape))))))


def graph(*more_nodes: bytes, more: tuple[Field, ...] = ()) -> bytes:
    """Write a graph that scores a text by the mean of its token ids."""
    nodes = [
        node("Cast", "input_ids", "numbers", message((1, b"to"), (3, 1), (20, 2))),
        node(
            "ReduceMean",
            "numbers",
            "mean",
            message((1, b"axes"), (8, 1), (20, 7)),
            message((1, b"keepdims"), (3, 1), (20, 2)),
        ),
        node("Gemm", "mean weight bias", "scores"),
        *more_nodes,
    ]
    weight = tensor("weight", np.float32([[1, -1]]))
    bias = tensor("bias", np.float32([-2, 2]))
    return message(
        *((1, item) for item in nodes),
        (2, b"tiny"),
        (5, weight),
        (5, bias),
        (11, value_info("input_ids", 6, "texts", "tokens")),
        (12, value_info("scores", 1, "texts", 2)),
        *more,
    )


def model(graph_bytes: bytes | None = None, *more: Field, domain: str = "") -> bytes:
    opset = message((1, domain.encode()), (2, 17))
    return message((1, 9), (7, graph() if graph_bytes is None else graph_bytes), (8, opset), *more)


def tokenizer() -> bytes:
    vocabulary = {"[UNK]": 0, "refund": 1, "please": 2, "lovely": 3, "shop": 4}
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": None,
            "decoder": None,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
        }
    ).encode()


def lexical(bits: int = 4) -> bytes:
    return save(
        {
            "bias": np.float32([0, 0]),
            "scale": np.float32([1, 1]),
            "slots": np.zeros(1 << bits, np.int32),
            "weights": np.zeros((1, 2), np.int8),
        }
    )


def files(**changed: bytes) -> dict[str, bytes]:
    """Return a whole set of files; `model_onnx=...` puts other bytes in place of one."""
    made = {
        "model.onnx": model(),
        "tokenizer.json": tokenizer(),
        "lexical.safetensors": lexical(),
        "answer.json": (
            b'{"classes": ["praise", "refund"], "max_tokens": 16, "encoder_temperature": 1.0, '
            b'"lexical_temperature": 1.0, "defer_margin": null, "defer_known": 0.5, '
            b'"unsure_below": 0.6, "promised_precision": null}'
        ),
        "golden.json": b'{"rows": []}',
        "evidence.json": b'{"evidence": [], "not_measured": []}',
        "recipe.toml": b"seed = 1\n",
        "card.md": "# A tiny model, naïve\n".encode(),
        "report.html": b"<!doctype html><title>Tiny</title>\n",
    }
    for key, raw in changed.items():
        name = next(name for name in made if name.replace(".", "_") == key)
        made[name] = raw
    return made


def whole() -> dict[str, bytes]:
    """Return a set of files with one of each kind that a bundle may hold."""
    more = {
        name: b"{}" if name.endswith(".json") else b"text = 1\n"
        for name, part in LISTED.items()
        if not part.is_required
    }
    return files() | more


def put(folder: Path, parts: Mapping[str, bytes], manifest: bytes | None = None) -> None:
    """Write an unsigned bundle without a single check, as somebody hostile would."""
    folder.mkdir()
    for name, raw in parts.items():
        (folder / name).write_bytes(raw)
    (folder / "manifest.json").write_bytes(canonical(tree(parts)) if manifest is None else manifest)


def tree(parts: Mapping[str, bytes], **changed: object) -> dict[str, object]:
    """Return the manifest of these files as plain JSON values."""
    listed = {
        name: {"bytes": describe(raw).bytes, "sha256": describe(raw).sha256}
        for name, raw in parts.items()
    }
    return {
        "base_model": {"licence": "Apache-2.0", "name": "tiny", "sha256": "3" * 64},
        "created_by": "lissom 0.1.0",
        "data_fingerprint": "2" * 64,
        "files": listed,
        "format": "lissom-bundle",
        "format_version": "1.0",
        "measured_on": "x86-64 avx512_vnni",
        "recipe_fingerprint": "1" * 64,
        "task": "text-classification",
    } | changed


def rewrite(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Change the manifest of a bundle and write it in its canonical form."""
    path = folder / "manifest.json"
    found = json.loads(path.read_bytes())
    change(found)
    path.write_bytes(canonical(found))


def copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def own_errors() -> set[type[errors.BundleError]]:
    """Return what the bundle room raises; other rooms refuse a bundle for reasons of their own."""
    room = "".join(path.read_text() for path in Path(bundle.__file__).parent.glob("*.py"))
    return {error for error in errors.BundleError.__subclasses__() if error.__name__ in room}
