"""Attacks inside the parts: sizes that lie, texts that grow, parts that do not fit each other."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING

import bundle_makers as make
import numpy as np
from attacks import FOLDER, MANIFEST, PARTS, Attack, extra, instead, swap
from safetensors.numpy import save

from lissom import errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Field = tuple[int, bytes | int]

FLOAT, TEXT, INT64 = 1, 8, 7
EDGE = 1 << 33
"""Numbers that nobody has the memory for."""


def graph(raw: bytes) -> Callable[[Path], None]:
    return swap("model.onnx", make.model(raw))


def weights(*fields: Field) -> Callable[[Path], None]:
    """Put one more tensor, field by field, into the graph."""
    return graph(make.graph(more=((5, make.message(*fields, (8, b"w"))),)))


def computing(
    *nodes: bytes, inputs: tuple[bytes, ...] = (), outputs: tuple[bytes, ...] = (), more: tuple = ()
) -> bytes:
    """Write a graph of these nodes; scores (texts, 2) of input_ids unless said otherwise."""
    source = inputs or (make.value_info("input_ids", 6, "texts", "tokens"),)
    scores = outputs or (make.value_info("scores", 1, "texts", 2),)
    return make.message(
        *((1, node) for node in nodes),
        (2, b"made"),
        *((11, one) for one in source),
        *((12, one) for one in scores),
        *more,
    )


def whole(name: str, *values: int) -> Field:
    """Write an initializer of whole numbers."""
    raw = np.array(values, np.int64).tobytes()
    return 5, make.message((1, len(values)), (2, INT64), (8, name.encode()), (9, raw))


MEAN = (
    make.node("Cast", "input_ids", "numbers", make.message((1, b"to"), (3, 1), (20, 2))),
    make.node("ReduceMean", "numbers", "mean", make.message((1, b"keepdims"), (3, 1), (20, 2))),
)
PAIR = make.node("Concat", "mean mean", "scores", make.message((1, b"axis"), (3, 1), (20, 2)))


def tokenizer(**changed: object) -> Callable[[Path], None]:
    """Change parts of the tokenizer."""
    tree = json.loads(make.tokenizer()) | changed
    return swap("tokenizer.json", json.dumps(tree).encode())


def replacing(pattern: dict[str, str], content: str) -> dict[str, object]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def one_after_another(*steps: object) -> dict[str, object]:
    return {"type": "Sequence", "normalizers": list(steps)}


def charsmap(*texts: bytes, trie: bytes = bytes(4)) -> dict[str, str]:
    raw = len(trie).to_bytes(4, "little") + trie + b"\0".join(texts)
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(raw).decode()}


def model(**changed: object) -> dict[str, object]:
    return {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"} | changed


def settings(**changed: object) -> Callable[[Path], None]:
    tree = json.loads(make.files()["answer.json"]) | changed
    kept = {name: value for name, value in tree.items() if value != "gone"}
    return swap("answer.json", json.dumps(kept).encode())


def lexical(**changed: np.ndarray | None) -> Callable[[Path], None]:
    parts: dict[str, np.ndarray | None] = {
        "bias": np.float32([0, 0]),
        "scale": np.float32([1, 1]),
        "slots": np.zeros(1 << 18, np.int32),
        "weights": np.zeros((1, 2), np.int8),
    }
    kept = {name: part for name, part in (parts | changed).items() if part is not None}
    return swap("lexical.safetensors", save(kept))


def link_to(target: str) -> Callable[[Path], None]:
    return instead("model.onnx", lambda path: path.symlink_to(target))


def raw_name(name: bytes) -> Callable[[Path], None]:
    return lambda folder: open(os.fsencode(folder) + b"/" + name, "wb").close()  # noqa: PTH123 - no text stands for this name


def beside(folder: Path) -> None:
    (folder / "CARD.md").write_bytes((folder / "card.md").read_bytes())


UNSAFE = errors.UnsafeFileError

NAMES = [
    Attack("link to endless zeros", link_to("/dev/zero"), errors.LinkedFileError, "symbolic link"),
    Attack("link to nowhere", link_to("/nowhere"), errors.LinkedFileError, "symbolic link"),
    Attack("two names that some disks hold for one", beside, errors.LookalikeFileError, "CARD.md"),
    Attack("space at the end", extra("card.md "), errors.LookalikeFileError, "looks like card.md"),
    Attack("dot at the end", extra("model.onnx."), errors.UnknownFileError, '"model.onnx."'),
    Attack("name that is no text", raw_name(b"\xff\xfe.py"), errors.UnknownFileError, "dcff"),
    Attack("name of 255 letters", extra("a" * 255), errors.UnknownFileError, "aaa..."),
    Attack("pickle beside", extra("model.pkl"), errors.UnknownFileError, '"model.pkl"'),
    Attack("code beside", extra("sitecustomize.py"), errors.UnknownFileError, "sitecustomize"),
]

WEIGHTS = [
    Attack("huge and empty", weights((1, EDGE), (2, FLOAT)), UNSAFE, "says that it takes"),
    Attack("large and empty", weights((1, 1 << 20), (2, FLOAT)), UNSAFE, "data does not (none)"),
    Attack(
        "shape that overflows, in a graph",
        weights((1, 1 << 62), (1, 4), (2, FLOAT), (9, bytes(4))),
        UNSAFE,
        "says that it takes",
    ),
    Attack(
        "negative size in a graph",
        weights((1, (1 << 64) - 1), (2, FLOAT), (9, bytes(4))),
        UNSAFE,
        "a shape that no tensor has",
    ),
    Attack(
        "sizes packed, one of them huge",
        weights((1, make.varint(2) + make.varint(EDGE)), (2, FLOAT), (9, bytes(8))),
        UNSAFE,
        "says that it takes",
    ),
    Attack(
        "a hundred dimensions",
        weights(*[(1, 1)] * 100, (2, FLOAT), (9, bytes(4))),
        UNSAFE,
        "a shape that no tensor has",
    ),
    Attack(
        "more data than shape", weights((1, 1), (2, FLOAT), (9, bytes(8))), UNSAFE, "does not (8)"
    ),
    Attack(
        "data in two places",
        weights((1, 1), (2, FLOAT), (4, bytes(4)), (9, bytes(4))),
        UNSAFE,
        "does not (1, 4)",
    ),
    Attack(
        "data twice", weights((1, 1), (2, FLOAT), (9, b""), (9, bytes(4))), UNSAFE, "does not (5)"
    ),
    Attack("texts for numbers", weights((1, 1), (2, TEXT), (6, b"a")), UNSAFE, "it holds texts"),
    Attack("kind of number unknown", weights((1, 1), (2, 99), (9, b"a")), UNSAFE, "of kind 99"),
    Attack("piece of a tensor", weights((3, b""), (2, FLOAT)), UNSAFE, "a piece of a tensor"),
    Attack(
        "sparse weights of a huge shape",
        graph(make.graph(more=((15, make.message((3, EDGE))),))),
        UNSAFE,
        "sparse weights",
    ),
    Attack(
        "sparse weights in a node",
        graph(
            make.graph(make.node("Constant", "", "c", make.message((1, b"s"), (22, b""), (20, 11))))
        ),
        UNSAFE,
        "sparse weights",
    ),
    Attack(
        "huge constant in a branch",
        graph(
            make.graph(
                make.node(
                    "If",
                    "a",
                    "b",
                    make.message(
                        (6, make.message((5, make.message((1, EDGE), (2, FLOAT), (8, b"w")))))
                    ),
                )
            )
        ),
        UNSAFE,
        "says that it takes",
    ),
]

PORTS = [
    Attack(
        "another input",
        graph(computing(*MEAN, PAIR, inputs=(make.value_info("text", 6, "a", "b"),))),
        UNSAFE,
        "its input is not input_ids",
    ),
    Attack(
        "input of another kind",
        graph(computing(*MEAN, PAIR, inputs=(make.value_info("input_ids", 7, "a", "b"),))),
        UNSAFE,
        "its input is not input_ids, int32",
    ),
    Attack(
        "a second input",
        graph(computing(*MEAN, PAIR, inputs=(make.value_info("input_ids", 6, "a", "b"),) * 2)),
        UNSAFE,
        "it has 2 inputs",
    ),
    Attack(
        "a second output",
        graph(computing(*MEAN, PAIR, outputs=(make.value_info("scores", 1, "a", 2),) * 2)),
        UNSAFE,
        "it has 2 outputs",
    ),
    Attack(
        "classes left open",
        graph(computing(*MEAN, PAIR, outputs=(make.value_info("scores", 1, "a", "b"),))),
        UNSAFE,
        "its output is not scores, float32, (texts, classes)",
    ),
    Attack(
        "output of texts",
        graph(computing(*MEAN, PAIR, outputs=(make.value_info("scores", 8, "a", 2),))),
        UNSAFE,
        "its output is not scores",
    ),
]

TOKENIZERS = [
    Attack(
        "pattern that takes for ever",
        tokenizer(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(a+)+$"}}),
        UNSAFE,
        "not a known one",
    ),
    Attack(
        "pattern with two ways to match",
        tokenizer(pre_tokenizer={"type": "Split", "pattern": {"Regex": "a*a*b"}}),
        UNSAFE,
        "not a known one",
    ),
    Attack(
        "pattern that matches nothing",
        tokenizer(normalizer=replacing({"String": ""}, "aa")),
        UNSAFE,
        "not a known one",
    ),
    Attack(
        "text that doubles again and again",
        tokenizer(normalizer=one_after_another(*[replacing({"String": "a"}, "aa")] * 20)),
        UNSAFE,
        "1048576 times longer",
    ),
    Attack(
        "one letter for a book",
        tokenizer(normalizer=replacing({"String": "a"}, "a" * 70)),
        UNSAFE,
        "which is no short text",
    ),
    Attack(
        "table with a book in it",
        tokenizer(normalizer=charsmap(b"a" * 1000)),
        UNSAFE,
        "one of 1000 bytes",
    ),
    Attack(
        "table that makes its reader panic",
        tokenizer(normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAA"}),
        UNSAFE,
        "is not one",
    ),
    Attack(
        "step that nobody knows",
        tokenizer(normalizer={"type": "Exec", "command": "id"}),
        UNSAFE,
        "of kind Exec",
    ),
    Attack(
        "too many steps",
        tokenizer(normalizer=one_after_another(*[{"type": "NFC"}] * 100)),
        UNSAFE,
        "too many",
    ),
    Attack("part that nobody knows", tokenizer(run="id"), UNSAFE, "not known: run"),
    Attack(
        "number beyond any vocabulary",
        tokenizer(model=model(vocab={"a": 4294967295})),
        UNSAFE,
        "not in 0..16777215",
    ),
    Attack(
        "number that is none",
        tokenizer(model=model(vocab={"a": True})),
        UNSAFE,
        "not in 0..16777215",
    ),
    Attack(
        "merges left out at random",
        tokenizer(model=model(type="BPE", dropout=0.5)),
        UNSAFE,
        "at random",
    ),
    Attack(
        "words without end",
        tokenizer(model=model(type="WordPiece", max_input_chars_per_word=10**9)),
        UNSAFE,
        "words of 1000000000",
    ),
    Attack("model of no kind", tokenizer(model={"type": "Pickle"}), UNSAFE, "known kind"),
    Attack(
        "marks without end",
        tokenizer(
            post_processor={
                "type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "x", "type_id": 0}}] * 1000,
                "pair": [],
                "special_tokens": {},
            }
        ),
        UNSAFE,
        "more than 16 marks",
    ),
    Attack(
        "added token that is none", tokenizer(added_tokens=[{"id": 1}]), UNSAFE, "an added token"
    ),
    Attack(
        "number without end",
        swap("answer.json", b'{"encoder_temperature": 1e999}'),
        UNSAFE,
        "1e999 is too large",
    ),
    Attack(
        "four million empty lists",
        swap("tokenizer.json", b'{"a":[' + b"[]," * 2_500_000 + b"[]]}"),
        UNSAFE,
        "more than 4000000 values",
    ),
]

OPENING = [*FOLDER, *MANIFEST, *PARTS, *NAMES, *WEIGHTS, *PORTS, *TOKENIZERS]
"""Refused when the bundle is opened."""

BOMB = make.node("ConstantOfShape", "shape", "big")
SUM = make.node("ReduceSum", "big", "sum", make.message((1, b"keepdims"), (3, 1), (20, 2)))
STRETCH = make.node("Expand", "sum two", "scores")
NEGATIVE = make.node("Neg", "mean", "below")
GRAPH, FILE = errors.GraphFailedError, errors.LexicalFileError
RULES = errors.AnswerSettingsError
OTHER = errors.DisagreeingPartsError

ANSWERING = [
    Attack("a field of the settings lost", settings(unsure_below="gone"), RULES, "missing"),
    Attack("a field more", settings(run="id"), RULES, "unknown field `run`"),
    Attack("one class", settings(classes=["a"]), RULES, "fewer than 2"),
    Attack("a class twice", settings(classes=["a", "a"]), RULES, "a name twice"),
    Attack("endless texts", settings(max_tokens=10**9), RULES, "3..8192"),
    Attack("divided by 0", settings(encoder_temperature=0), RULES, "temperature"),
    Attack("divided by less than 0", settings(lexical_temperature=-1.0), RULES, "temperature"),
    Attack("share below 0", settings(lexical_share=-1.0), RULES, "lexical_share"),
    Attack("surer than sure", settings(unsure_below=2.0), RULES, "unsure_below"),
    Attack("promise above 1", settings(promised_precision=7.0), RULES, "promised_precision"),
    Attack("number as text", settings(defer_known="all"), RULES, "Expected `float"),
    Attack("three names for two", settings(classes=["a", "b", "c"]), OTHER, "names 3 classes"),
    Attack(
        "lexical tier of three",
        lexical(
            bias=np.zeros(3, np.float32),
            scale=np.ones(3, np.float32),
            weights=np.zeros((1, 3), np.int8),
        ),
        OTHER,
        "lexical.safetensors scores 3",
    ),
    Attack(
        "graph of four",
        graph(computing(*MEAN, PAIR, outputs=(make.value_info("scores", 1, "texts", 4),))),
        OTHER,
        "model.onnx gives 4",
    ),
    Attack("tensor lost", lexical(slots=None), FILE, "it holds"),
    Attack("tensor more", lexical(code=np.zeros(3, np.uint8)), FILE, "code"),
    Attack("slots as fractions", lexical(slots=np.zeros(1 << 18, np.float32)), FILE, "float32"),
    Attack("bias that is no number", lexical(bias=np.float32([0, np.nan])), FILE, "no number"),
    Attack("scale without end", lexical(scale=np.float32([1, np.inf])), FILE, "no number"),
    Attack(
        "too few slots",
        lexical(slots=np.zeros(16, np.int32)),
        errors.LexicalShapeError,
        "slots (16,)",
    ),
    Attack(
        "slot past the weights",
        lexical(slots=np.full(1 << 18, 9, np.int32)),
        errors.LexicalShapeError,
        "do not fit",
    ),
    Attack(
        "slot before the weights",
        lexical(slots=np.full(1 << 18, -1, np.int32)),
        errors.LexicalShapeError,
        "do not fit",
    ),
    Attack(
        "weights without rows",
        lexical(weights=np.zeros((0, 2), np.int8)),
        errors.LexicalShapeError,
        "do not fit",
    ),
    Attack(
        "64 GiB out of a shape",
        graph(computing(BOMB, SUM, STRETCH, more=(whole("shape", EDGE), whole("two", 1, 2)))),
        GRAPH,
        "more than the 4096 MiB",
    ),
    Attack(
        "64 GiB out of a text",
        graph(
            computing(
                *MEAN,
                make.node("Expand", "mean shape", "big"),
                SUM,
                STRETCH,
                more=(whole("shape", EDGE, 2), whole("two", 1, 2)),
            )
        ),
        GRAPH,
        "more than the 4096 MiB",
    ),
    Attack(
        "8 GiB of copies put together",
        graph(
            computing(
                *MEAN,
                make.node("Expand", "mean many", "some"),
                make.node(
                    "Concat",
                    " ".join(["some"] * 128),
                    "big",
                    make.message((1, b"axis"), (3, 1), (20, 2)),
                ),
                SUM,
                STRETCH,
                more=(whole("many", 1, 1 << 24), whole("two", 1, 2)),
            )
        ),
        GRAPH,
        "more than the 4096 MiB",
    ),
    Attack(
        "more scores than it says",
        graph(
            computing(
                *MEAN,
                make.node("Expand", "mean four", "scores"),
                more=(whole("four", 1, 4),),
            )
        ),
        GRAPH,
        "shape (1, 4)",
    ),
    Attack(
        "scores that are no numbers",
        graph(
            computing(
                *MEAN,
                make.node(
                    "Concat", "mean mean", "both", make.message((1, b"axis"), (3, 1), (20, 2))
                ),
                make.node("Sub", "both both", "nought"),
                make.node("Div", "nought nought", "scores"),
            )
        ),
        GRAPH,
        "not 2 numbers",
    ),
    Attack(
        "whole number divided by 0",
        graph(
            computing(
                make.node("Sub", "input_ids input_ids", "nought"),
                make.node("Div", "input_ids nought", "odd"),
                make.node("Cast", "odd", "scores", make.message((1, b"to"), (3, 1), (20, 2))),
            )
        ),
        GRAPH,
        "model.onnx failed",
    ),
    Attack(
        "circle",
        graph(computing(make.node("Add", "scores scores", "scores"))),
        GRAPH,
        "model.onnx failed",
    ),
    Attack(
        "input from nowhere",
        graph(computing(make.node("Neg", "nowhere", "scores"))),
        GRAPH,
        "model.onnx failed",
    ),
    Attack("scores from nowhere", graph(computing(*MEAN)), GRAPH, "model.onnx failed"),
    Attack(
        "no mark for what is unknown",
        tokenizer(model=model(vocab={"a": 1}, unk_token="gone")),  # noqa: S106 - a word piece
        errors.TokenizerFileError,
        "tokenizer.json: ",
    ),
    Attack(
        "piece beyond its own list",
        tokenizer(model={"type": "Unigram", "vocab": [["a", -1.0]], "unk_id": 5}),
        errors.TokenizerFileError,
        "tokenizer.json: ",
    ),
    Attack(
        "merges of unknown pieces",
        tokenizer(model={"type": "BPE", "vocab": {"a": 0}, "merges": ["x y"]}),
        errors.TokenizerFileError,
        "tokenizer.json: ",
    ),
]
"""Opened, since each part is of its kind, and refused before the first answer."""
