"""Plain texts to token ids by way of a table of the words that were met before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizers import Tokenizer

MOST_WORDS = 30_000
"""Words kept. A person's own vocabulary is smaller; a stranger's cannot fill the memory."""

_LONGEST = 100
"""Characters of a word that is kept, so that the table has a bound in bytes, too."""

_PARTS = re.compile(r"[0-9A-Za-z]+|[^\s0-9A-Za-z]")
"""How BERT splits plain text: at white space, and around every mark."""


class Words:
    """Cuts plain texts as the tokenizer itself would, several times faster.

    BERT's tokenizers cut a text into words first and each word into pieces by itself, so the
    pieces of a word are the same wherever it stands. For texts in printable ASCII the first cut is
    one regular expression, and the pieces come out of a table; a word that is not in it is asked
    of the tokenizer, once. Any other text is left to the tokenizer.

    Safe to use from several threads: what two of them add at a time is the same.

    Args:
        tokenizer: cuts the words.
        settings: its tokenizer.json, for which `can_split` holds.
    """

    def __init__(self, tokenizer: Tokenizer, settings: dict[str, Any]) -> None:
        """Find the marks that stand around every text."""
        self._tokenizer = tokenizer
        is_mark = tokenizer.encode("a").special_tokens_mask
        ids = tokenizer.encode("a").ids
        start = is_mark.index(0)
        self._before, self._after = ids[:start], ids[start + 1 :]
        self._is_lower = bool(settings["normalizer"].get("lowercase", True))
        self._known: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, begin and end marks included, nothing cut off."""
        found: list[list[int] | None] = [self._look_up(text) for text in texts]
        missing = [at for at, ids in enumerate(found) if ids is None]
        if missing:
            others = self._tokenizer.encode_batch_fast([texts[at] for at in missing])
            for at, one in zip(missing, others, strict=True):
                found[at] = one.ids
        return [ids for ids in found if ids is not None]

    def _look_up(self, text: str) -> list[int] | None:
        plain = text.replace("\n", " ").replace("\t", " ")
        # Marks like [CLS] are found in a text before it is split, so brackets are not ours.
        if not (plain.isascii() and plain.isprintable()) or "[" in plain:
            return None
        words = _PARTS.findall(plain.lower() if self._is_lower else plain)
        known, ids = self._known, list(self._before)
        for word in words:
            pieces = known.get(word)
            if pieces is None:
                pieces = self._cut(word)
            ids += pieces
        ids += self._after
        return ids

    def _cut(self, word: str) -> list[int]:
        pieces: list[int] = self._tokenizer.encode(word, add_special_tokens=False).ids
        if len(self._known) < MOST_WORDS and len(word) <= _LONGEST:
            self._known[word] = pieces
        return pieces


def can_split(tokenizer: Tokenizer, settings: dict[str, Any]) -> bool:
    """Say whether a tokenizer cuts words as `Words` takes it to.

    Args:
        tokenizer: cuts words.
        settings: its tokenizer.json, parsed.
    """
    return all(_requirements(tokenizer, settings))


def _requirements(tokenizer: Tokenizer, settings: dict[str, Any]) -> Iterator[bool]:
    kinds = {
        part: (settings.get(part) or {}).get("type")
        for part in ("normalizer", "pre_tokenizer", "model", "post_processor")
    }
    yield kinds["normalizer"] == "BertNormalizer"
    yield kinds["pre_tokenizer"] == "BertPreTokenizer"
    yield kinds["model"] == "WordPiece"
    # These put the same marks around every text, whatever it is.
    yield kinds["post_processor"] in {"TemplateProcessing", "BertProcessing"}
    # Around it: a template may also say a text twice.
    yield tokenizer.encode("a").special_tokens_mask.count(0) == 1
    added = settings.get("added_tokens") or []
    yield all(str(one.get("content", "")).startswith("[") for one in added)
