"""Texts to vectors, in the order that wastes least."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from lissom.runtime import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.runtime import Windows

_BATCH = 32


def embed(
    graph: ModelProto,
    ids: Sequence[Sequence[int]],
    *,
    threads: int,
    windows: Windows | None = None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> NDArray[np.float32]:
    """Return (texts, dimensions) embeddings of length 1; shorter for a text read in pieces.

    Texts of equal length share a call, so nothing is padded and a text's vector does not depend
    on its neighbours beyond float32 rounding.

    Args:
        graph: from `export`.
        ids: token ids of each text, marks included.
        threads: calls that run at a time, at least 1.
        windows: how a text is cut that is too long for one call; its embedding is the mean of its
            pieces' embeddings, whose length is below 1 where they differ. None when none is.
        tell: hears (texts done, texts in all).
    """
    if windows is None or not any(len(text) > windows.max_tokens for text in ids):
        return _embed_pieces(graph, ids, threads=threads, tell=tell)
    cut = [windows.cut(text) for text in ids]
    owners = np.repeat(np.arange(len(ids)), [len(pieces) for pieces in cut])

    def tell_texts(done: int, total: int) -> None:
        tell(done * len(ids) // total, len(ids))

    flat = [piece for pieces in cut for piece in pieces]
    vectors = _embed_pieces(graph, flat, threads=threads, tell=tell_texts)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    summed: NDArray[np.float32] = np.add.reduceat(vectors, starts, axis=0)
    counts = np.bincount(owners, minlength=len(ids)).astype(np.float32)
    return summed / counts[:, None]


def _embed_pieces(
    graph: ModelProto,
    ids: Sequence[Sequence[int]],
    *,
    threads: int,
    tell: Callable[[int, int], None],
) -> NDArray[np.float32]:
    session = open_session(graph.SerializeToString())
    width = int(session.get_outputs()[0].shape[1])
    vectors = np.zeros((len(ids), width), np.float32)
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    order = np.argsort(lengths, kind="stable")
    breaks = np.flatnonzero(np.diff(lengths[order])) + 1
    batches = [
        same[start : start + _BATCH]
        for same in np.split(order, breaks)
        for start in range(0, len(same), _BATCH)
        if len(same)
    ]

    def read(batch: NDArray[np.int64]) -> int:
        rows = np.asarray([ids[i] for i in batch], np.int32)
        vectors[batch] = session.run(None, {"input_ids": rows})[0]
        return len(batch)

    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for count in pool.map(read, batches):
            done += count
            tell(done, len(ids))
    return vectors
