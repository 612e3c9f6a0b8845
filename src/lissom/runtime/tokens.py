"""Texts to token ids, always without padding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from lissom.errors import TokenizerFileError
from lissom.runtime.windows import Windows
from lissom.runtime.words import Words, can_split

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
    return _write(_read_plain(raw))


def _read_plain(raw: bytes) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(raw)
    return {**settings, "padding": None, "truncation": None}


def _write(settings: dict[str, Any]) -> bytes:
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()


class Tokens:
    """A tokenizer that cuts where reading ends and adds no padding.

    Args:
        raw: the bytes of a tokenizer.json; parsed, never executed.
        max_tokens: longest text that the encoder reads at once, the base's own marks included.
        max_windows: pieces of that length which are read of a longer text, at least 1.

    Attributes:
        windows: where texts are cut.
    """

    def __init__(self, raw: bytes, max_tokens: int, max_windows: int = 1) -> None:
        """Read the tokenizer from bytes.

        Raises:
            TokenizerFileError: it cannot be read.
        """
        try:
            settings = _read_plain(raw)
            self._tokenizer = Tokenizer.from_str(_write(settings).decode())
            # A tokenizer may put its marks on one side only, or none; any text shows where.
            is_mark = self._tokenizer.encode("a").special_tokens_mask
            before = next((at for at, mark in enumerate(is_mark) if not mark), 0)
            after = next((at for at, mark in enumerate(reversed(is_mark)) if not mark), 0)
            self.windows = Windows(max_tokens, max_windows, before, after)
            can = can_split(self._tokenizer, settings)
            words = Words(self._tokenizer, settings) if can else None
        except BaseException as error:
            _refuse_panic(error)
            raise TokenizerFileError(str(error)) from error
        self._words = words

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, begin and end marks included.

        Raises:
            TokenizerFileError: it fails on one of them.
        """
        try:
            if self._words is not None:
                found = self._words.encode(texts)
            else:
                # The fast call leaves out character offsets, which nobody here needs.
                found = [item.ids for item in self._tokenizer.encode_batch_fast(list(texts))]
            return [ids if len(ids) <= self.windows.limit else self._cut(ids) for ids in found]
        except BaseException as error:
            _refuse_panic(error)
            raise TokenizerFileError(str(error)) from error

    def _cut(self, ids: list[int]) -> list[int]:
        """Leave out what is not read, but keep the marks at the end."""
        end = self.windows.after
        return [*ids[: self.windows.limit - end], *ids[len(ids) - end :]]

    def find_unknown(self) -> int | None:
        """Return the id that stands for what the vocabulary lacks; None where nothing is lacking.

        Read out of the tokenizer's own form, which takes milliseconds: for building, not answering.
        """
        model = json.loads(self._tokenizer.to_str())["model"]
        number, word = model.get("unk_id"), model.get("unk_token")
        found: int | None = number if number is not None else model["vocab"].get(word)
        return found


def _refuse_panic(error: BaseException) -> None:
    """Let through what is no fault of the file: Ctrl-C, and a want of memory."""
    # A panic in Rust comes as a BaseException of its own, which has no name to import.
    is_panic = type(error).__name__ == "PanicException"
    if isinstance(error, MemoryError) or not (is_panic or isinstance(error, Exception)):
        raise error
