"""Weights in eight bits."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onnx import ModelProto

_KINDS = ["MatMul", "Attention", "EmbedLayerNormalization"]
"""The head (Gemm) stays in float: it is small, and its scores are what people see."""


def to_int8(model: ModelProto, *, is_narrow: bool = False) -> ModelProto:
    """Return a copy with int8 weights, the embedding table too; activations stay dynamic.

    Args:
        model: a graph of ours; layers by `MatMul`, `Attention` and `EmbedLayerNormalization` are
            made smaller, anything else is left.
        is_narrow: weights have seven of the eight bits, for processors that clip; see
            `is_clipping`.

    Source: Jacob et al. (2018), CVPR; per-channel weights, dynamic ranges for activations.
    """
    with TemporaryDirectory() as folder, _quiet():
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        onnx.save(model, full)
        quantize_dynamic(
            full,
            small,
            per_channel=True,
            reduce_range=is_narrow,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=_KINDS,
            extra_options={
                # The fused operators hide shapes from type inference; all of ours are float.
                "DefaultTensorType": onnx.TensorProto.FLOAT,
                "MatMulConstBOnly": True,
            },
        )
        return onnx.load(small)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the quantizer's advice, which is about graphs of other exporters, off the screen."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
