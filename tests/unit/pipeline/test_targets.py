"""Whatever it was, it becomes something that answers texts; nothing is unpickled on the way."""

from __future__ import annotations

import json
import pickle  # noqa: TID251 - a trap is laid with it; nobody opens it
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from lissom.errors import (
    BundleError,
    PickleRefusedError,
    ServerTargetError,
    TargetNotFoundError,
    TargetUnreadableError,
    WrongAnswersError,
)
from lissom.examine import Replies, read_replies
from lissom.pipeline.targets import Target, open_target
from lissom.pipeline.targets.server import Web, open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = ["late parcel", "great shop", "parcel lost", "great service"] * 10
LABELS = ["ship", "praise", "ship", "praise"] * 10


def says(target: Target, texts: list[str]) -> Replies:
    return read_replies(target.answer(texts), len(texts), target.classes)


# --- live objects ------------------------------------------------------------------------------


def test_a_live_estimator_gives_its_probabilities() -> None:
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)
    target = open_target(model)
    found = says(target, TEXTS[:4])
    assert (target.kind, target.classes, found.says) == ("callable", ("praise", "ship"), "all")
    assert found.probabilities == pytest.approx(model.predict_proba(TEXTS[:4]))
    assert target.fingerprint == ""


def test_an_estimator_without_probabilities_gives_labels() -> None:
    model = make_pipeline(CountVectorizer(), LinearSVC()).fit(TEXTS, LABELS)
    found = says(open_target(model), TEXTS[:2])
    assert found.says == "label"
    assert [found.classes[i] for i in found.predicted] == ["ship", "praise"]


def test_classes_that_are_numbers_become_their_names() -> None:
    model = make_pipeline(CountVectorizer(), MultinomialNB()).fit(TEXTS, [0, 1] * 20)
    assert open_target(model).classes == ("0", "1")


def test_a_function_is_asked_as_it_is_and_a_number_cannot_be() -> None:
    target = open_target(lambda texts: [text[:1] for text in texts])
    assert says(target, ["b", "a"]).classes == ("a", "b")
    with pytest.raises(WrongAnswersError, match="int cannot be called"):
        open_target(7)
    assert open_target(target) is target


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["pkl", "joblib", "pt", "BIN"])
def test_a_pickle_is_refused_unopened(ending: str, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> object:
            return (exec, ("raise SystemExit('it was opened')",))

    path = tmp_path / f"model.{ending}"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(PickleRefusedError, match="runs code when it is opened"):
        open_target(path)


def test_nothing_and_something_else_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(TargetNotFoundError, match="there is nothing here"):
        open_target(tmp_path / "absent.onnx")
    (tmp_path / "notes.docx").write_text("hi")
    with pytest.raises(TargetNotFoundError, match=r'ending in "\.docx"'):
        open_target(str(tmp_path / "notes.docx"))
    with pytest.raises(BundleError):
        open_target(tmp_path)


def text_graph(path: Path) -> Path:
    """Write a graph that takes texts and knows two of them, as a converter of labels would."""
    node = helper.make_node(
        "LabelEncoder",
        ["texts"],
        ["label"],
        domain="ai.onnx.ml",
        keys_strings=["late parcel", "great shop"],
        values_strings=["ship", "praise"],
        default_string="other",
    )
    graph = helper.make_graph(
        [node],
        "labels",
        [helper.make_tensor_value_info("texts", TensorProto.STRING, [None])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, [None])],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
    return path


def test_a_graph_that_takes_texts_is_asked_with_texts(tmp_path: Path) -> None:
    target = open_target(text_graph(tmp_path / "labels.onnx"))
    found = says(target, ["late parcel", "great shop", "?"])
    assert [found.classes[i] for i in found.predicted] == ["ship", "praise", "other"]
    assert (target.kind, found.says) == ("ONNX graph", "label")
    assert len(target.fingerprint) == 64


def test_a_graph_that_takes_ids_uses_the_tokenizer_beside_it(
    tiny_base: Path, tmp_path: Path
) -> None:
    (tmp_path / "tokenizer.json").write_bytes((tiny_base / "tokenizer.json").read_bytes())
    names = {"id2label": {"0": "short", "1": "long"}, "max_position_embeddings": 64}
    (tmp_path / "config.json").write_text(json.dumps(names))
    # Scores of a text: 5 for the first class, its number of tokens for the second.
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["ones", "axis"], ["count"], keepdims=1),
        helper.make_node("Concat", ["five", "count"], ["logits"], axis=1),
    ]
    values = [
        helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
        helper.make_tensor("five", TensorProto.FLOAT, [1, 1], [5.0]),
    ]
    shape = ["texts", "tokens"]
    graph = helper.make_graph(
        nodes,
        "length",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", 2])],
        values,
    )
    path = tmp_path / "length.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path
    )
    found = says(open_target(path), ["late", "the my is was it and so very again today"])
    assert found.classes == ("short", "long")
    assert found.predicted.tolist() == [0, 1]
    assert found.probabilities[0, 0] == pytest.approx(np.exp(5) / (np.exp(5) + np.exp(3)))
    (tmp_path / "config.json").unlink()
    with pytest.raises(TargetUnreadableError, match="id2label"):
        open_target(path)


def test_what_is_no_graph_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a graph at all")
    with pytest.raises(TargetUnreadableError, match=r"broken\.onnx"):
        open_target(path)


def test_a_skops_file_is_opened_without_running_anything(tmp_path: Path) -> None:
    skops = pytest.importorskip(
        "skops.io", reason="2026-11-23: skops comes with the examine extra, which is not installed"
    )
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)
    path = tmp_path / "model.skops"
    skops.dump(model, path)
    found = says(open_target(path), TEXTS[:4])
    assert found.probabilities == pytest.approx(model.predict_proba(TEXTS[:4]))
    skops.dump(make_pipeline(CountVectorizer(tokenizer=str.split), LogisticRegression()), path)
    path.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(TargetUnreadableError, match="skops cannot open it"):
        open_target(path)


def test_a_skops_file_with_strange_types_is_refused(tmp_path: Path) -> None:
    skops = pytest.importorskip(
        "skops.io", reason="2026-11-23: skops comes with the examine extra, which is not installed"
    )
    path = tmp_path / "model.skops"
    skops.dump({"model": Said("a")}, path)
    with pytest.raises(TargetUnreadableError, match="types that might run code"):
        open_target(path)


class Said:
    def __init__(self, label: str) -> None:
        self.label = label


def test_a_hugging_face_folder_is_read_by_torch_from_safetensors_only(
    tiny_base: Path, tmp_path: Path
) -> None:
    transformers = pytest.importorskip("transformers", reason="2026-11-23: part of the train extra")
    config = transformers.BertConfig.from_pretrained(tiny_base)
    config.id2label = {0: "ship", 1: "praise"}
    net = transformers.BertForSequenceClassification(config)
    folder = tmp_path / "net"
    net.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((tiny_base / "tokenizer.json").read_bytes())
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    target = open_target(folder)
    found = says(target, ["late parcel", ""])
    assert (target.kind, found.classes) == ("Hugging Face folder", ("ship", "praise"))
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1], abs=1e-6)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(TargetUnreadableError, match="weights in a pickle are not opened"):
        open_target(folder)


# --- servers -----------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """Answers both protocols; says "ship" where it reads "parcel"."""

    busy = 0
    broken = False

    def do_GET(self) -> None:
        inputs = [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
        self.reply({"name": "shop", "inputs": inputs, "outputs": []})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if Handler.busy:
            Handler.busy -= 1
            self.reply({"error": "busy"}, 429, {"Retry-After": "0"})
        elif Handler.broken:
            self.reply({"error": "the model failed"}, 500)
        elif self.path.endswith("/infer"):
            self.reply(self.infer(asked["inputs"][0]["data"]))
        else:
            self.reply({"predictions": [self.one(text) for text in asked["texts"]]})

    def one(self, text: str) -> dict[str, object]:
        label = "ship" if "parcel" in text else "praise"
        return {"label": label, "probability": 0.75, "unsure": not text}

    def infer(self, texts: list[str]) -> dict[str, object]:
        said = [self.one(text) for text in texts]
        outputs = [
            {
                "name": "label",
                "datatype": "BYTES",
                "shape": [len(said)],
                "data": [one["label"] for one in said],
            },
            {
                "name": "unsure",
                "datatype": "BOOL",
                "shape": [len(said)],
                "data": [one["unsure"] for one in said],
            },
            {
                "name": "probabilities",
                "datatype": "FP32",
                "shape": [len(said), 2],
                "data": [0.5] * 2 * len(said),
            },
            {
                "name": "probability",
                "datatype": "FP32",
                "shape": [len(said)],
                "data": [0.75] * len(said),
            },
        ]
        return {"model_name": "shop", "outputs": outputs}

    def reply(self, body: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Handler.busy, Handler.broken = 0, False
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("path", ["", "/", "/predict", "/v2/models/shop", "/v2/models/shop/infer"])
def test_a_server_is_asked_in_the_protocol_of_its_address(server: str, path: str) -> None:
    target = open_target(server + path)
    texts = [f"parcel {i}" if i % 2 else f"great {i}" for i in range(150)] + [""]
    found = says(target, texts)
    assert [found.classes[i] for i in found.predicted[:2]] == ["praise", "ship"]
    assert found.sureness.tolist() == [0.75] * 151
    assert found.is_unsure is not None
    assert found.is_unsure.tolist() == [False] * 150 + [True]
    assert (target.is_here, target.fingerprint) == (False, "")


def test_a_busy_server_is_asked_again_after_the_time_that_it_names(server: str) -> None:
    waited: list[float] = []
    Handler.busy = 3
    open_server(server, Web(sleep=waited.append))
    assert len(waited) == 3


def test_a_server_that_fails_is_named_with_what_it_said(server: str) -> None:
    Handler.broken = True
    with pytest.raises(ServerTargetError, match="500"):
        open_target(server)
    with pytest.raises(ServerTargetError, match="no answer"):
        open_target("http://127.0.0.1:9/predict")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x"])
def test_only_the_web_is_spoken(url: str) -> None:
    with pytest.raises((TargetNotFoundError, ServerTargetError)):
        open_target(url)
    with pytest.raises(ServerTargetError):
        Web().ask(url)


# --- bundles -----------------------------------------------------------------------------------


def test_a_bundle_answers_as_it_ships_and_its_encoder_is_its_parent(
    tiny_bundle: Path, made: object
) -> None:
    target = open_target(tiny_bundle, trust=False, threads=1)
    texts = made.texts[:40]  # type: ignore[attr-defined]  # the fixture's own type needs torch
    found = says(target, texts)
    assert target.kind == "bundle"
    assert found.is_unsure is not None
    assert found.strangeness is not None
    assert target.parent is not None
    whole = says(target.parent, texts)
    assert whole.classes == found.classes
    assert target.fingerprint != target.parent.fingerprint
    assert target.probe is not None
    assert {item.name for item in target.probe(texts)} == {"cost.memory_mib", "cost.start_ms"}
