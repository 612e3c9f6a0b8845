"""A base encoder as an ONNX graph, compared with torch before anybody relies on it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from safetensors import SafetensorError

from lissom.errors import BaseNotFoundError, ExportDiffersError
from lissom.nets.embedder import Embedder
from lissom.nets.graph import is_bert, write_graph
from lissom.runtime import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lissom.nets.source import Base

ALLOWED_DIFFERENCE = 1e-3
"""In one number of an embedding of length 1; float32 rounding gives about 1e-6."""

_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, SafetensorError)
"""What transformers, torch and we raise for weights that are damaged, missing or misshapen."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """An encoder graph and how far it is from torch.

    Args:
        graph: input_ids (texts, tokens) -> embedding (texts, dimensions), float32.
        difference: the largest difference in one number of an embedding, over `compared` texts.
        compared: texts compared.
    """

    graph: onnx.ModelProto
    difference: float
    compared: int


def export(
    base: Base,
    ids: Sequence[Sequence[int]],
    changed: Mapping[str, NDArray[np.float32]] | None = None,
) -> Exported:
    """Write the encoder as a graph and compare it with torch.

    Args:
        base: any encoder that transformers opens without code of its own.
        ids: token ids of the texts to compare on, marks included; at least one text.
        changed: weights that take the place of the base's, from `tune`.

    Raises:
        BaseNotFoundError: config.json and weights are not an encoder that can be opened.
        ExportDiffersError: a number of an embedding differs by more than `ALLOWED_DIFFERENCE`.
    """
    try:
        embedder = Embedder(base, changed)
        graph = write_graph(base, changed) if is_bert(base.config) else _trace(embedder)
    except _UNREADABLE as error:
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise BaseNotFoundError(base.name, f"it cannot be opened ({why[0]})") from error
    session = open_session(graph.SerializeToString())
    worst = 0.0
    with torch.inference_mode():
        for text in ids:
            row = np.asarray([text], np.int32)
            ours: NDArray[np.float32] = session.run(None, {"input_ids": row})[0]
            theirs = embedder(torch.from_numpy(row.astype(np.int64))).numpy()
            worst = max(worst, float(np.abs(ours - theirs).max()))
    if not worst <= ALLOWED_DIFFERENCE:
        raise ExportDiffersError(base.name, worst, ALLOWED_DIFFERENCE)
    return Exported(graph, worst, len(ids))


def _trace(embedder: Embedder) -> onnx.ModelProto:
    example = torch.tensor([[1, 2, 3, 4, 5], [1, 3, 2, 5, 4]], dtype=torch.int32)
    dynamic: Any = {"input_ids": {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens")}}
    with warnings.catch_warnings(), TemporaryDirectory() as folder:
        # The exporter warns about its own internals; what it made is compared with torch below.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            embedder,
            (example,),
            str(Path(folder) / "traced.onnx"),
            dynamo=True,
            input_names=["input_ids"],
            # "embedding" would be taken: the exporter names values after torch's operators.
            output_names=["text_embedding"],
            dynamic_shapes=dynamic,
            external_data=False,
            verbose=False,
        )
        return onnx.load(Path(folder) / "traced.onnx")
