"""Texts to token ids, always without padding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence


def strip_padding(raw: bytes) -> bytes:
    """Return a tokenizer.json that neither pads nor cuts.

    Some published files pad every text to a fixed length, which multiplies the work of a short
    text; and where to cut is the bundle's decision, written in answer.json.

    Args:
        raw: the bytes of a tokenizer.json.

    >>> strip_padding(b'{"version": "1.0", "padding": {"x": 1}, "truncation": null}')
    b'{"version":"1.0","padding":null,"truncation":null}'
    """
    settings = json.loads(raw)
    settings["padding"] = None
    settings["truncation"] = None
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


class Tokens:
    """A tokenizer that cuts at `max_tokens` and adds no padding.

    Args:
        raw: the bytes of a tokenizer.json; parsed, never executed.
        max_tokens: longest text that is read, the base's own marks included.
    """

    def __init__(self, raw: bytes, max_tokens: int) -> None:
        """Read the tokenizer from bytes."""
        self._tokenizer = Tokenizer.from_str(strip_padding(raw).decode())
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, begin and end marks included."""
        # The fast call leaves out character offsets, which nobody here needs.
        return [item.ids for item in self._tokenizer.encode_batch_fast(list(texts))]
