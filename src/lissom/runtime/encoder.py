"""The tier that reads: an ONNX graph, one text per call, several calls at a time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import numpy as np
import onnxruntime

from lissom.bundle.limits import RUN_BYTES
from lissom.bundle.ports import count_classes
from lissom.errors import GraphFailedError
from lissom.runtime.memory import SHARED, limit_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.runtime.windows import Windows

SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Measured: the fused operator takes about twice the time of the two that it replaces."""


def open_session(graph: bytes | str) -> onnxruntime.InferenceSession:
    """Open an ONNX graph (bytes, or the path of a file) for one thread per call."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong comes as an exception too
    if limit_memory():
        for name, value in SHARED.items():
            options.add_session_config_entry(name, value)
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
        windows: how a text that is too long for one call is cut; None when none is. Its scores
            are then the mean over its pieces: the head is linear, so these are the scores of the
            pieces' mean embedding, which is what was trained on.
    """

    def __init__(
        self, graph: bytes, threads: int | None = None, windows: Windows | None = None
    ) -> None:
        """Open the graph.

        Raises:
            GraphFailedError: ONNX Runtime will not have it.
        """
        try:
            self._session = open_session(graph)
        except Exception as error:  # ONNX Runtime's errors share no class below this one
            raise GraphFailedError(_why(error)) from error
        self._windows = windows
        self._threads = threads or count_cores()
        # Not what the session says: it may have worked out another shape than the one stated.
        self._classes = count_classes(graph)

    def score(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return (texts, classes) scores, given token ids.

        Raises:
            GraphFailedError: the graph failed on a text, or gave something else than scores.
        """
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
        """Return (classes,) scores of one text; several threads may ask at once.

        Raises:
            GraphFailedError: as for `score`.
        """
        if self._windows is None or len(ids) <= self._windows.max_tokens:
            return self._read_piece(ids)
        pieces = [self._read_piece(piece) for piece in self._windows.cut(ids)]
        mean: NDArray[np.float32] = np.mean(pieces, axis=0, dtype=np.float32)
        return mean

    def _read_piece(self, ids: Sequence[int]) -> NDArray[np.float32]:
        batch = np.asarray([ids], np.int32)
        try:
            (found,) = cast(
                "list[NDArray[np.float32]]", self._session.run(None, {"input_ids": batch})
            )
        except Exception as error:  # as above; most likely it asked for too much memory
            raise GraphFailedError(_why(error)) from error
        if found.shape != (1, self._classes) or not np.isfinite(found).all():
            why = f"it gave {found.size} scores of shape {found.shape}, not {self._classes} numbers"
            raise GraphFailedError(why)
        scores: NDArray[np.float32] = found[0]
        return scores


def _why(error: Exception) -> str:
    """Say what went wrong without the places in ONNX Runtime's own source."""
    said = str(error)
    if "Available memory of" in said or "allocate memory" in said:
        return f"it asks for more than the {RUN_BYTES >> 20} MiB that answering may take"
    return said.rpartition("Status Message: ")[2].rpartition("] : ")[2].strip().rstrip(".")


def count_cores() -> int:
    """Return the cores that this process may use, at least 1.

    >>> count_cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
