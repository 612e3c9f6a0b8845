"""The tier that reads: an ONNX graph, one text per call, several calls at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Measured: the fused operator takes about twice the time of the two that it replaces."""


def open_session(graph: bytes | str) -> onnxruntime.InferenceSession:
    """Open an ONNX graph (bytes, or the path of a file) for one thread per call."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )


class EncoderTier:
    """Scores texts by reading them.

    Dynamic int8 takes its range from the tensor at hand, so texts that share a call change each
    other's scores. Here every text has a call of its own: a batched answer is the single answer,
    no padding is computed, and threads share the work by whole texts.

    Args:
        graph: the bytes of model.onnx: input_ids (1, tokens) int32 -> scores (1, classes) float32.
        threads: calls that run at a time; None for one per core.
    """

    def __init__(self, graph: bytes, threads: int | None = None) -> None:
        """Open the graph."""
        self._session = open_session(graph)
        self._threads = threads or count_cores()
        self._classes = int(self._session.get_outputs()[0].shape[-1])

    def score(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return (texts, classes) scores, given token ids."""
        scores = np.empty((len(ids), self._classes), np.float32)

        def read(start: int) -> None:
            for i in range(start, len(ids), threads):
                scores[i] = self.read(ids[i])

        threads = min(self._threads, len(ids))
        if threads <= 1:
            for i, text in enumerate(ids):
                scores[i] = self.read(text)
            return scores
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(read, range(threads)))
        return scores

    def read(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return (classes,) scores of one text; several threads may ask at once."""
        batch = np.asarray([ids], np.int32)
        (found,) = cast("list[NDArray[np.float32]]", self._session.run(None, {"input_ids": batch}))
        scores: NDArray[np.float32] = found[0]
        return scores


def count_cores() -> int:
    """Return the cores that this process may use, at least 1.

    >>> count_cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
