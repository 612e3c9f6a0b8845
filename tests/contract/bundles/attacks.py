"""Ways to spoil a good bundle, and what must be said of each; two tests run them all."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bundle_makers as make
import numpy as np

from lissom import errors
from lissom.bundle.manifest import describe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Attack:
    """A way to spoil a good, unsigned bundle, and what must be said of it."""

    name: str
    spoil: Callable[[Path], object]
    error: type[errors.BundleError]
    says: str


def swap(name: str, raw: bytes) -> Callable[[Path], None]:
    """Put other bytes in place of a file and write their hash into the manifest."""

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(raw)
        entry = {"bytes": len(raw), "sha256": describe(raw).sha256}
        make.rewrite(folder, lambda tree: tree["files"].update({name: entry}))

    return spoil


def manifest(**changed: object) -> Callable[[Path], None]:
    return lambda folder: make.rewrite(folder, lambda tree: tree.update(changed))


def named(name: str, entry: object = None) -> Callable[[Path], None]:
    """Name one more file in the manifest."""
    entry = entry or {"bytes": 1, "sha256": "0" * 64}
    return lambda folder: make.rewrite(folder, lambda tree: tree["files"].update({name: entry}))


def raw_manifest(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_bytes(change(path.read_bytes()))

    return spoil


def extra(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"payload")

    return spoil


def instead(name: str, put: Callable[[Path], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        put(folder / name)

    return spoil


def link_out(folder: Path) -> None:
    target = folder.parent / "elsewhere"
    (folder / "card.md").rename(target)
    (folder / "card.md").symlink_to(target)


def hard_link(folder: Path) -> None:
    os.link(folder / "card.md", folder.parent / "second name")


def listen(path: Path) -> None:
    # A socket's path may be too long for the system; a short one, moved, is the same socket.
    here = os.open(path.parent, os.O_RDONLY)
    before = os.open(".", os.O_RDONLY)
    os.fchdir(here)
    try:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.bind(path.name)
    finally:
        os.fchdir(before)
        os.close(here)
        os.close(before)


def sparse(name: str, size: int) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        os.truncate(folder / name, size)

    return spoil


def tensors(header: object, data: bytes = b"") -> bytes:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + data


def one_tensor(**changed: object) -> dict[str, object]:
    return {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} | changed}


PICKLE = b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."
WEIGHT = np.float32([[1, -1]])
AWAY = make.graph(more=((5, make.tensor("far", WEIGHT, (14, 1))),))
PATH = make.message((1, b"location"), (2, b"/etc/passwd"))
FAR = make.graph(more=((5, make.tensor("far", WEIGHT, (13, PATH))),))
IN_ATTRIBUTE = make.graph(
    make.node(
        "Constant", "", "c", make.message((1, b"value"), (5, make.tensor("c", WEIGHT, (14, 1))))
    )
)
INNER = make.message((1, make.node("Loop", "a", "b")))
BRANCH = make.graph(make.node("If", "a", "b", make.message((1, b"then_branch"), (6, INNER))))
SPARSE = make.message((1, make.tensor("s", WEIGHT, (14, 1))))


def nested(levels: int) -> bytes:
    inner = make.message((1, make.node("Add", "a b", "c")))
    for _ in range(levels):
        inner = make.message((1, make.node("If", "a", "b", make.message((6, inner)))))
    return make.model(inner)


FOLDER = [
    Attack("payload in a dot folder", extra(".git/hooks"), errors.UnknownFileError, '".git"'),
    Attack("payload in a folder", extra("code/run.py"), errors.UnknownFileError, '"code"'),
    Attack("extra dot file", extra(".env"), errors.UnknownFileError, 'the folder holds ".env"'),
    Attack("extra file", extra("weights.bin"), errors.UnknownFileError, '"weights.bin"'),
    Attack("terminal codes in a name", extra("a\x1b[2Jb"), errors.UnknownFileError, r'"a\x1b[2Jb"'),
    Attack("other case", extra("Model.ONNX"), errors.LookalikeFileError, "looks like model.onnx"),
    Attack("full-width letters", extra("ｍodel.onnx"), errors.LookalikeFileError, "model.onnx"),  # noqa: RUF001 - the attack
    Attack("invisible letter", extra("card\u200b.md"), errors.LookalikeFileError, r"card\u200b"),
    Attack("accent apart", extra("card.md\u0301"), errors.LookalikeFileError, "looks like card.md"),
    Attack("symbolic link", link_out, errors.LinkedFileError, "card.md is a symbolic link"),
    Attack("hard link", hard_link, errors.LinkedFileError, "card.md is a hard link"),
    Attack("folder as file", instead("model.onnx", os.mkdir), errors.SpecialFileError, "folder"),
    Attack("pipe as file", instead("model.onnx", os.mkfifo), errors.SpecialFileError, "is a pipe"),
    Attack("socket as file", instead("card.md", listen), errors.SpecialFileError, "is a socket"),
    Attack("lost file", lambda f: (f / "card.md").unlink(), errors.AbsentFileError, "card.md is m"),
    Attack("no manifest", lambda f: (f / "manifest.json").unlink(), errors.NoBundleError, "no man"),
    Attack("huge file", sparse("card.md", 1 << 40), errors.OversizeFileError, "1099511627776"),
    Attack("huge manifest", sparse("manifest.json", 1 << 30), errors.OversizeFileError, "65536"),
    Attack("cut file", sparse("report.html", 3), errors.ChangedFileError, "report.html changed"),
    Attack(
        "swapped report beside good weights",
        lambda f: (f / "report.html").write_bytes(b"<h1>99 %</h1>"),
        errors.ChangedFileError,
        "report.html changed",
    ),
]

MANIFEST = [
    Attack("climbs out", named("../../.bashrc"), errors.PathEscapeError, r'"../../.bashrc"'),
    Attack("absolute", named("/etc/passwd"), errors.PathEscapeError, "points out"),
    Attack("other slash", named("..\\x"), errors.PathEscapeError, "points out"),
    Attack("drive", named("C:evil"), errors.PathEscapeError, "points out"),
    Attack("empty name", named(""), errors.PathEscapeError, "points out"),
    Attack("NUL in name", named("card.md\0.png"), errors.UnknownFileError, r"card.md\x00.png"),
    Attack("names itself", named("manifest.json"), errors.UnknownFileError, '"manifest.json"'),
    Attack("names code", named("model.py"), errors.UnknownFileError, 'names "model.py"'),
    Attack("case twin", named("CARD.md"), errors.LookalikeFileError, "looks like card.md"),
    Attack(
        "negative size",
        named("card.md", {"bytes": -1, "sha256": "0" * 64}),
        errors.ManifestError,
        "int` >= 0",
    ),
    Attack(
        "size as text",
        named("card.md", {"bytes": "9", "sha256": "0" * 64}),
        errors.ManifestError,
        "Expected `int`",
    ),
    Attack(
        "said to be huge",
        named("card.md", {"bytes": 2**50, "sha256": "0" * 64}),
        errors.OversizeFileError,
        str(2**50),
    ),
    Attack(
        "short hash",
        named("card.md", {"bytes": 1, "sha256": "ab"}),
        errors.ManifestError,
        "matching regex",
    ),
    Attack("unknown field", manifest(run="me"), errors.ManifestError, "unknown field `run`"),
    Attack("newer major", manifest(format_version="2.0"), errors.NewerFormatError, "is 2.0 and"),
    Attack(
        "newer minor with news",
        manifest(format_version="1.7", news=1),
        errors.NewerFormatError,
        "is 1.7 and holds what",
    ),
    Attack("odd version", manifest(format_version="1.0\n"), errors.ManifestError, "not like 1.0"),
    Attack("version 0", manifest(format_version="0.9"), errors.ManifestError, "never was"),
    Attack("other format", manifest(format="zip"), errors.ManifestError, '"format" is not'),
    Attack("control code", manifest(created_by="a\x1b[2J"), errors.ManifestError, "created_by"),
    Attack("turned line", manifest(measured_on="a\u202eb"), errors.ManifestError, "measured_on"),
    Attack("truncated", raw_manifest(lambda raw: raw[:-9]), errors.ManifestError, "not JSON"),
    Attack("not UTF-8", raw_manifest(lambda raw: b"\xff" + raw), errors.ManifestError, "not UTF-8"),
    Attack("BOM", raw_manifest(lambda raw: b"\xef\xbb\xbf" + raw), errors.ManifestError, "BOM"),
    Attack("empty", raw_manifest(lambda _: b""), errors.ManifestError, "not JSON"),
    Attack("a list", raw_manifest(lambda _: b"[]\n"), errors.ManifestError, '"format" is not'),
    Attack(
        "a key twice",
        raw_manifest(lambda raw: b'{"task":"evil",' + raw[1:]),
        errors.ManifestError,
        '"task" stands twice',
    ),
    Attack(
        "too deep",
        raw_manifest(lambda _: b"[" * 60_000),
        errors.ManifestError,
        "deeper than 4 levels",
    ),
    Attack(
        "huge number",
        raw_manifest(lambda _: b'{"a":' + b"9" * 9_000 + b"}"),
        errors.ManifestError,
        "not JSON",
    ),
    Attack(
        "lone surrogate",
        raw_manifest(lambda raw: raw.replace(b'"tiny"', b'"\\ud800"')),
        errors.ManifestError,
        "half a character",
    ),
    Attack(
        "spaces between",
        raw_manifest(lambda raw: raw.replace(b",", b", ", 1)),
        errors.NotCanonicalError,
        "another form",
    ),
    Attack(
        "no last line feed", raw_manifest(lambda raw: raw[:-1]), errors.NotCanonicalError, "form"
    ),
    Attack(
        "needless escape",
        raw_manifest(lambda raw: raw.replace(b'"tiny"', b'"\\u0074iny"')),
        errors.NotCanonicalError,
        "another form",
    ),
]

PARTS = [
    Attack(
        "pickle as safetensors",
        swap("lexical.safetensors", PICKLE),
        errors.UnsafeFileError,
        "begins like a pickle",
    ),
    Attack(
        "zip as safetensors",
        swap("lexical.safetensors", b"PK\3\4" + bytes(30)),
        errors.UnsafeFileError,
        "begins like a pickle",
    ),
    Attack(
        "oversized header",
        swap("lexical.safetensors", (1 << 40).to_bytes(8, "little") + b"{}"),
        errors.UnsafeFileError,
        "header would have 1099511627776 bytes",
    ),
    Attack(
        "long header",
        swap(
            "lexical.safetensors", tensors(json.dumps(one_tensor()).encode().ljust(70_000), b"1234")
        ),
        errors.UnsafeFileError,
        "header would have 70000 bytes",
    ),
    Attack(
        "tensor of objects",
        swap("lexical.safetensors", tensors(one_tensor(dtype="BF16"), b"1234")),
        errors.UnsafeFileError,
        "holds BF16",
    ),
    Attack(
        "tensor past the end",
        swap("lexical.safetensors", tensors(one_tensor(data_offsets=[0, 400]), b"1234")),
        errors.UnsafeFileError,
        "does not lie where",
    ),
    Attack(
        "shape that overflows",
        swap("lexical.safetensors", tensors(one_tensor(shape=[2**32, 2**32]), b"1234")),
        errors.UnsafeFileError,
        "does not lie where",
    ),
    Attack(
        "data in no tensor",
        swap("lexical.safetensors", tensors(one_tensor(), b"1234#!/bin/sh")),
        errors.UnsafeFileError,
        "9 bytes belong to no tensor",
    ),
    Attack(
        "tensor twice",
        swap("lexical.safetensors", tensors(b'{"a":{},"a":{}}')),
        errors.UnsafeFileError,
        '"a" stands twice',
    ),
    Attack(
        "metadata",
        swap("lexical.safetensors", tensors({"__metadata__": {"row": "my card"}})),
        errors.UnsafeFileError,
        "header is wrong",
    ),
    Attack("cut tensors", swap("lexical.safetensors", b"\1\0"), errors.UnsafeFileError, "1 bytes"),
    Attack(
        "weights elsewhere", swap("model.onnx", make.model(AWAY)), errors.UnsafeFileError, "data)"
    ),
    Attack(
        "weights at a path", swap("model.onnx", make.model(FAR)), errors.UnsafeFileError, "data)"
    ),
    Attack(
        "weights elsewhere in a node",
        swap("model.onnx", make.model(IN_ATTRIBUTE)),
        errors.UnsafeFileError,
        "external data",
    ),
    Attack(
        "weights elsewhere, sparse",
        swap("model.onnx", make.model(make.graph(more=((15, SPARSE),)))),
        errors.UnsafeFileError,
        "sparse weights",
    ),
    Attack(
        "second graph merged in",
        swap("model.onnx", make.model(None, (7, AWAY))),
        errors.UnsafeFileError,
        "external data",
    ),
    Attack(
        "unknown operator",
        swap("model.onnx", make.model(make.graph(make.node("RandomNormal", "", "r")))),
        errors.UnsafeFileError,
        'operator "RandomNormal"',
    ),
    Attack(
        "operator renamed by a second name",
        swap(
            "model.onnx",
            make.model(make.graph(make.message((4, b"Loop"), (2, b"o"), (4, b"Add")))),
        ),
        errors.UnsafeFileError,
        "field 4 of a node is there twice",
    ),
    Attack(
        "unknown domain",
        swap("model.onnx", make.model(make.graph(make.node("Add", "a b", "c", domain="evil")))),
        errors.UnsafeFileError,
        'domain "evil"',
    ),
    Attack(
        "domain of another kind",
        swap("model.onnx", make.model(domain="ai.onnx.ml")),
        errors.UnsafeFileError,
        'domain "ai.onnx.ml"',
    ),
    Attack(
        "loop in a branch",
        swap("model.onnx", make.model(BRANCH)),
        errors.UnsafeFileError,
        'operator "Loop"',
    ),
    Attack(
        "functions of its own",
        swap("model.onnx", make.model(None, (25, b""))),
        errors.UnsafeFileError,
        "functions of its own",
    ),
    Attack(
        "training steps",
        swap("model.onnx", make.model(None, (20, b""))),
        errors.UnsafeFileError,
        "tr",
    ),
    Attack(
        "unknown graph field",
        swap("model.onnx", make.model(None, (99, b"x"))),
        errors.UnsafeFileError,
        "field 99 of a model is unknown",
    ),
    Attack("deep graph", swap("model.onnx", nested(40)), errors.UnsafeFileError, "deeper than 32"),
    Attack(
        "cut graph", swap("model.onnx", make.model()[:-1]), errors.UnsafeFileError, "breaks off"
    ),
    Attack("no graph", swap("model.onnx", b""), errors.UnsafeFileError, "computes nothing"),
    Attack(
        "endless number", swap("model.onnx", b"\x80" * 20), errors.UnsafeFileError, "does not end"
    ),
    Attack("wire of no kind", swap("model.onnx", b"\x0b"), errors.UnsafeFileError, "wire type 3"),
    Attack("graph as number", swap("model.onnx", b"\x38\x01"), errors.UnsafeFileError, "a number"),
    Attack(
        "pickle as graph", swap("model.onnx", PICKLE), errors.UnsafeFileError, "not an ONNX graph"
    ),
    Attack(
        "deep JSON",
        swap("tokenizer.json", b'{"a":' * 200 + b"1" + b"}" * 200),
        errors.UnsafeFileError,
        "deeper than 64 levels",
    ),
    Attack(
        "deep JSON after a quote that never closes",
        swap("answer.json", b'"' + b'\\"' * 200_000),
        errors.UnsafeFileError,
        "answer.json: not JSON",
    ),
    Attack(
        "key twice in settings",
        swap("answer.json", b'{"classes":[],"classes":["a"]}'),
        errors.UnsafeFileError,
        '"classes" stands twice',
    ),
    Attack(
        "not a number", swap("evidence.json", b'{"a":NaN}'), errors.UnsafeFileError, "NaN is not"
    ),
    Attack("JSON list", swap("evidence.json", b"[]"), errors.UnsafeFileError, "not a JSON object"),
    Attack("binary card", swap("card.md", b"\xff\xfe"), errors.UnsafeFileError, "not UTF-8 text"),
    Attack("NUL in card", swap("card.md", b"a\0b"), errors.UnsafeFileError, "holds a NUL"),
]
