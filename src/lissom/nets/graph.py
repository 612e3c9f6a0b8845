"""A BERT-shaped encoder written as an ONNX graph from its weights.

The graph holds the fused operators of ONNX Runtime directly, so nothing depends on a fusion pass
recognising what an exporter wrote. A call holds texts of equal length and therefore no padding, so
there is no attention mask anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from onnx import ModelProto, NodeProto

    from lissom.nets.source import Base

_FUSED = "com.microsoft"
_OPSET = 17
_IR = 9

EMBEDDED = "embedded"
TOKEN_TABLE = "embeddings.word_embeddings.weight"  # noqa: S105 - the name of a table
"""Names in a graph of ours, by which it can be changed afterwards."""


def name_hidden(number: int) -> str:
    """Return the name of what comes out of a layer, from 1; 0 is what goes into the first.

    >>> name_hidden(0), name_hidden(1)
    ('embedded', 'encoder.layer.0.output.normed')
    """
    return f"encoder.layer.{number - 1}.output.normed" if number else EMBEDDED


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A linear layer over the embedding.

    Args:
        weights: (dimensions, classes).
        bias: (classes,).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def beside(self, other: Head) -> Head:
        """Return a layer that gives this one's scores, and behind them the other's.

        >>> one = Head(np.eye(2, dtype=np.float32), np.zeros(2, np.float32))
        >>> one.beside(one).score(np.float32([[3, 4]])).tolist()
        [[3.0, 4.0, 3.0, 4.0]]
        """
        return Head(
            np.concatenate([self.weights, other.weights], axis=1),
            np.concatenate([self.bias, other.bias]),
        )

    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (rows, classes) scores of (rows, dimensions) embeddings."""
        scores: NDArray[np.float32] = vectors @ self.weights + self.bias
        return scores


def is_bert(config: dict[str, Any]) -> bool:
    """Say whether `write_graph` can write this encoder; any other goes through torch's exporter.

    >>> is_bert({"model_type": "bert", "hidden_act": "gelu"})
    True
    >>> is_bert({"model_type": "modernbert"})
    False
    """
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act", "gelu") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
    )


@dataclass(slots=True)
class _Sheet:
    """Nodes and constants while a graph is being written."""

    weights: dict[str, NDArray[np.float32]]
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def constant(self, name: str, values: NDArray[Any]) -> str:
        # Not ascontiguousarray: it would turn a single number into a list of one.
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def weight(self, key: str) -> str:
        return self.constant(key, self.weights[key])

    def turned(self, key: str) -> str:
        return self.constant(key, self.weights[key].T)

    def add(
        self,
        kind: str,
        inputs: list[str],
        output: str,
        **settings: Any,  # noqa: ANN401 - whatever the operator takes
    ) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **settings))
        return output


def write_graph(base: Base, changed: Mapping[str, NDArray[np.float32]] | None = None) -> ModelProto:
    """Write the encoder: input_ids (texts, tokens) int32 -> embedding (texts, dimensions).

    The embedding has length 1. Every text of a call has the same number of tokens.

    Args:
        base: a base for which `is_bert` holds.
        changed: weights that take the place of the base's, from `tune`.
    """
    config = base.config
    sheet = _Sheet(_read_weights(base) | dict(changed or {}))
    hidden = _embed(sheet, float(config.get("layer_norm_eps", 1e-12)))
    for layer in range(int(config["num_hidden_layers"])):
        hidden = _layer(sheet, hidden, layer, config)
    _pool(sheet, hidden, base.pooling)
    texts = helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["texts", "tokens"])
    vectors = helper.make_tensor_value_info(
        "embedding", TensorProto.FLOAT, ["texts", int(config["hidden_size"])]
    )
    graph = helper.make_graph(sheet.nodes, "encoder", [texts], [vectors], sheet.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR)


def add_head(encoder: ModelProto, head: Head) -> ModelProto:
    """Return a copy of the graph that gives out scores (texts, classes) instead of embeddings."""
    model = type(encoder)()
    model.CopyFrom(encoder)
    graph = model.graph
    graph.initializer.extend(
        [
            numpy_helper.from_array(head.weights, "head.weight"),
            numpy_helper.from_array(head.bias, "head.bias"),
        ]
    )
    graph.node.append(
        helper.make_node(
            "Gemm", [graph.output[0].name, "head.weight", "head.bias"], ["scores"], name="scores"
        )
    )
    del graph.output[:]
    graph.output.append(
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", len(head.bias)])
    )
    return model


def _read_weights(base: Base) -> dict[str, NDArray[np.float32]]:
    raw = load_file(base.folder / "model.safetensors")
    return {
        key.removeprefix("bert."): values.astype(np.float32)
        for key, values in raw.items()
        if not key.endswith("position_ids")
    }


def _embed(sheet: _Sheet, epsilon: float) -> str:
    # One kind of segment is ever used; the fused operator still wants its index, all zero.
    sheet.add("Sub", ["input_ids", "input_ids"], "segments")
    inputs = ["input_ids", "segments"]
    inputs += [
        sheet.weight(f"embeddings.{kind}_embeddings.weight")
        for kind in ("word", "position", "token_type")
    ]
    inputs += [sheet.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
    sheet.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            inputs,
            [EMBEDDED, "unused_mask_index"],
            name=EMBEDDED,
            domain=_FUSED,
            epsilon=epsilon,
        )
    )
    return EMBEDDED


def _layer(sheet: _Sheet, hidden: str, number: int, config: dict[str, Any]) -> str:
    at = f"encoder.layer.{number}."
    mixed = [sheet.weights[f"{at}attention.self.{part}.weight"].T for part in _PARTS]
    biases = [sheet.weights[f"{at}attention.self.{part}.bias"] for part in _PARTS]
    attended = sheet.add(
        "Attention",
        [
            hidden,
            sheet.constant(f"{at}attention.weight", np.concatenate(mixed, axis=1)),
            sheet.constant(f"{at}attention.bias", np.concatenate(biases)),
        ],
        f"{at}attended",
        domain=_FUSED,
        num_heads=int(config["num_attention_heads"]),
    )
    epsilon = float(config.get("layer_norm_eps", 1e-12))
    hidden = _dense_and_norm(sheet, attended, hidden, f"{at}attention.output.", epsilon)
    inner = sheet.add(
        "MatMul", [hidden, sheet.turned(f"{at}intermediate.dense.weight")], f"{at}inner"
    )
    curved = sheet.add(
        "BiasGelu",
        [inner, sheet.weight(f"{at}intermediate.dense.bias")],
        f"{at}curved",
        domain=_FUSED,
    )
    return _dense_and_norm(sheet, curved, hidden, f"{at}output.", epsilon)


_PARTS = ("query", "key", "value")


def _dense_and_norm(sheet: _Sheet, inner: str, residual: str, at: str, epsilon: float) -> str:
    dense = sheet.add("MatMul", [inner, sheet.turned(f"{at}dense.weight")], f"{at}dense")
    shifted = sheet.add("Add", [dense, sheet.weight(f"{at}dense.bias")], f"{at}shifted")
    summed = sheet.add("Add", [shifted, residual], f"{at}summed")
    return sheet.add(
        "LayerNormalization",
        [
            summed,
            sheet.weight(f"{at}LayerNorm.weight"),
            sheet.weight(f"{at}LayerNorm.bias"),
        ],
        f"{at}normed",
        axis=-1,
        epsilon=epsilon,
    )


def _pool(sheet: _Sheet, hidden: str, pooling: str) -> None:
    if pooling == "cls":
        sheet.constant("first", np.array(0, np.int64))
        pooled = sheet.add("Gather", [hidden, "first"], "pooled", axis=1)
    else:
        pooled = sheet.add("ReduceMean", [hidden], "pooled", axes=[1], keepdims=0)
    sheet.add("ReduceL2", [pooled], "length", axes=[1], keepdims=1)
    sheet.add("Div", [pooled, "length"], "embedding")
