"""A vocabulary cut to what the rows use and a reserve for what they do not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import helper, numpy_helper
from tokenizers import Tokenizer

from lissom.nets.graph import EMBEDDED, TOKEN_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from onnx import ModelProto

RESERVE = 6_000
"""Pieces kept whether the rows use them or not. BERT's vocabularies are in the order of how common
a piece is, so these are the commonest; any other word is still read, in smaller pieces."""

_UNUSED = "[unused"
_INSIDE = "##"


def can_trim(graph: ModelProto, tokenizer: bytes) -> bool:
    """Say whether `trim_vocabulary` knows this kind of graph and tokenizer."""
    names = {one.name for one in graph.graph.initializer}
    model = json.loads(tokenizer)["model"]
    is_pieces = model.get("type") == "WordPiece" and model.get("unk_token") in model["vocab"]
    return TOKEN_TABLE in names and is_pieces and _first_use(graph) is not None


def trim_vocabulary(
    graph: ModelProto, tokenizer: bytes, used: Iterable[int], *, reserve: int = RESERVE
) -> tuple[ModelProto, bytes]:
    """Leave out pieces that the rows do not use, beyond a reserve.

    Marks and single characters always stay, so every text that could be read still can. A text
    made of pieces that stay is cut and read exactly as before. The pieces keep their numbers, so
    nothing that was learned from numbers changes; the graph looks up which row of the smaller
    table a number now has.

    Args:
        graph: an encoder in float32 for which `can_trim` holds.
        tokenizer: its tokenizer.json.
        used: numbers of the pieces that the rows use.
        reserve: pieces from the beginning of the vocabulary that stay.

    Returns:
        (graph, tokenizer.json), both copies.
    """
    settings = json.loads(tokenizer)
    vocabulary: dict[str, int] = settings["model"]["vocab"]
    marks = Tokenizer.from_buffer(tokenizer).encode("").ids
    stays = {*used, *marks, *(one["id"] for one in settings.get("added_tokens") or [])}
    unknown = vocabulary[settings["model"]["unk_token"]]
    settings["model"]["vocab"] = kept = {
        piece: number
        for piece, number in vocabulary.items()
        if number in stays or number == unknown or _is_needed(piece, number, reserve)
    }
    small = type(graph)()
    small.CopyFrom(graph)
    (table,) = (one for one in small.graph.initializer if one.name == TOKEN_TABLE)
    before = numpy_helper.to_array(table)
    numbers = np.array(sorted(set(kept.values()) | stays), np.int64)
    numbers = numbers[numbers < len(before)]
    rows = np.full(len(before), np.searchsorted(numbers, unknown), np.int32)
    rows[numbers] = np.arange(len(numbers), dtype=np.int32)
    table.CopyFrom(numpy_helper.from_array(before[numbers], TOKEN_TABLE))
    small.graph.initializer.append(numpy_helper.from_array(rows, "vocabulary.rows"))
    embedding = _first_use(small)
    assert embedding is not None  # noqa: S101 - `can_trim` holds
    embedding.input[0] = "kept_ids"
    lookup = helper.make_node(
        "Gather", ["vocabulary.rows", "input_ids"], ["kept_ids"], name="kept_ids", axis=0
    )
    small.graph.node.insert(0, lookup)
    return small, json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


def _is_needed(piece: str, number: int, reserve: int) -> bool:
    is_letter = len(piece.removeprefix(_INSIDE)) == 1
    return is_letter or (number < reserve and not piece.startswith(_UNUSED))


def _first_use(graph: ModelProto) -> Any:  # noqa: ANN401 - a node, or None
    """Return the node that looks tokens up, where it reads the text's own numbers."""
    for node in graph.graph.node:
        if EMBEDDED in node.output and node.input[0] == "input_ids":
            return node
    return None
