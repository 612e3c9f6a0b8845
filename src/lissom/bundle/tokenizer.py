"""tokenizer.json checked as far as its own reader's safety depends on it.

That reader is written in Rust and never executes anything from the file; but some files make it
panic, search a text for hours (a pattern that tries every way to match), or make a text a million
times longer (a replacement that is applied again and again). Those are refused here.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from lissom.bundle.json_form import parse
from lissom.bundle.limits import JSON_DEPTH, TOKENIZER_GROWTH, TOKENIZER_STEPS
from lissom.bundle.malformed import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = frozenset(
    {
        *("version", "truncation", "padding", "added_tokens"),
        *("normalizer", "pre_tokenizer", "post_processor", "decoder", "model"),
    }
)
NORMALIZERS = frozenset(
    {
        *("BertNormalizer", "ByteLevel", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt"),
        *("Precompiled", "Prepend", "Replace", "Sequence", "Strip", "StripAccents"),
    }
)
SPLITTERS = frozenset(
    {
        *(
            "BertPreTokenizer",
            "ByteLevel",
            "CharDelimiterSplit",
            "Digits",
            "Metaspace",
            "Punctuation",
        ),
        *("Sequence", "Split", "UnicodeScripts", "Whitespace", "WhitespaceSplit"),
    }
)
MODELS = frozenset({"BPE", "Unigram", "WordLevel", "WordPiece"})
FINISHERS = frozenset(
    {"BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing"}
)
"""The steps of a tokenizer that may stand in a bundle, by what they are for."""

_STEPS = {
    "normalizer": (NORMALIZERS, "normalizers"),
    "pre_tokenizer": (SPLITTERS, "pretokenizers"),
    "post_processor": (FINISHERS, "processors"),
}
_WORDS = r"[^\s\p{L}\p{N}]"
_ENDINGS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = rf"| ?{_WORDS}+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = frozenset(
    {
        # GPT-2, RoBERTa, ModernBERT
        rf"'s|'t|'re|'ve|'m|'ll|'d| ?\p{{L}}+| ?\p{{N}}+| ?{_WORDS}+|\s+(?!\S)|\s+",
        # GPT-4 and Llama 3
        rf"{_ENDINGS}|\p{{N}}{{1,3}}{_REST}",
        # Qwen 2
        rf"{_ENDINGS}|\p{{N}}{_REST}",
    }
)
"""Patterns with alternatives that published tokenizers use; each takes linear time."""

_REPEATS = re.compile(r"(?<!\\)[*+]|(?<!\\)\{")
_BRANCHES = re.compile(r"(?<!\\)[()|]|\\[1-9gk]")
_MOST_IDS = 1 << 24
_LONGEST_WORD = 1000
_LONGEST_TEXT = 64
_MOST_MARKS = 16


def check_tokenizer(raw: bytes) -> None:
    """Check the kinds of steps, their patterns, and how much longer they can make a text.

    Raises:
        Malformed: something is out of bounds, or of a kind that nobody here has looked at.
    """
    tree = parse(raw, max_depth=JSON_DEPTH)
    if not isinstance(tree, dict):
        message = "not a JSON object"
        raise Malformed(message)
    _refuse(tree.keys() - _KEYS, "a part of it is not known: ")
    growth = 1.0
    for part in _STEPS:
        for step in _steps(tree.get(part), part):
            growth *= _growth(step)
    if growth > TOKENIZER_GROWTH:
        message = f"it can make a text {growth:.0f} times longer; {TOKENIZER_GROWTH} is allowed"
        raise Malformed(message)
    _check_model(tree.get("model"))
    _check_added(tree.get("added_tokens", []))


def _steps(found: object, part: str) -> Iterator[dict[str, object]]:
    """Yield the steps of a part, those inside sequences too."""
    kinds, inner = _STEPS[part]
    waiting, seen = [found] if found is not None else [], 0
    while waiting:
        step = waiting.pop()
        seen += 1
        kind = step.get("type") if isinstance(step, dict) else step
        # A list cannot be looked up, so it is made a text first.
        if not isinstance(step, dict) or str(kind) not in kinds or seen > TOKENIZER_STEPS:
            message = f"a step of {part} is of kind {str(kind)[:40]}, or there are too many"
            raise Malformed(message)
        more = step.get(inner, []) if kind == "Sequence" else []
        waiting += more if isinstance(more, list) else [None]
        yield step


def _growth(step: dict[str, object]) -> float:
    """Return how many times longer a step can make a text; refuse what could take too long."""
    kind = step["type"]
    shortest = _check_pattern(step["pattern"]) if "pattern" in step else 1
    match kind:
        case "Replace":
            return max(1.0, _length(step.get("content")) / shortest)
        case "Prepend":
            return 1.0 + _length(step.get("prepend"))
        case "Precompiled":
            return _check_charsmap(step.get("precompiled_charsmap"))
        case "TemplateProcessing":
            _check_template(step)
        case "NFKD" | "NFKC":
            return 18.0  # U+FDFA, the longest decomposition there is
    return 1.0


def _check_pattern(pattern: object) -> int:
    """Return the fewest bytes that a pattern matches."""
    match pattern:
        case {"String": str(text)} if 0 < len(text) <= _LONGEST_TEXT:
            return len(text.encode("utf-8", "surrogatepass"))
        case {"Regex": str(text)} if text in PATTERNS or _is_simple(text):
            return 1
    message = f"the pattern {str(pattern)[:60]} is not a known one, nor a simple one"
    raise Malformed(message)


def _is_simple(text: str) -> bool:
    """Say whether a pattern has one way to match: no alternatives, at most one repetition.

    >>> _is_simple(" {2,}"), _is_simple("(a+)+b"), _is_simple("a*a*b")
    (True, False, False)
    """
    is_short = 0 < len(text) <= _LONGEST_TEXT
    return is_short and not _BRANCHES.search(text) and len(_REPEATS.findall(text)) <= 1


def _length(text: object) -> int:
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        message = f"a step puts in {str(text)[:40]}, which is no short text"
        raise Malformed(message)
    return len(text.encode("utf-8", "surrogatepass"))


def _check_charsmap(coded: object) -> float:
    """Check a table of replacements as SentencePiece writes it: sizes, a trie, then texts."""
    try:
        table = base64.b64decode(coded, validate=True) if isinstance(coded, str) else b""
    except (binascii.Error, ValueError):
        table = b""
    size = int.from_bytes(table[:4], "little")
    if len(table) < 8 or size % 4 or not 0 < size <= len(table) - 4:  # noqa: PLR2004 - a size, a unit
        message = "its table of replacements is not one"
        raise Malformed(message)
    longest = max(map(len, table[4 + size :].split(b"\0")))
    if longest > _LONGEST_TEXT:
        message = f"its table of replacements has one of {longest} bytes"
        raise Malformed(message)
    # Most replacements are as long as what they replace; the few that are not are counted for all.
    return max(1.0, longest / 4)


def _check_template(step: dict[str, object]) -> None:
    marks = step.get("special_tokens", {})
    many = [step.get("single", []), step.get("pair", [])]
    if isinstance(marks, dict):
        many += [mark.get("ids") for mark in marks.values() if isinstance(mark, dict)]
    if any(not isinstance(one, list) or len(one) > _MOST_MARKS for one in many):
        message = f"its template puts more than {_MOST_MARKS} marks around a text"
        raise Malformed(message)


def _check_model(model: object) -> None:
    if not isinstance(model, dict) or str(model.get("type", "BPE")) not in MODELS:
        message = "its model is not of a known kind"
        raise Malformed(message)
    if model.get("dropout"):
        message = "it leaves out merges at random, so a text would have no one answer"
        raise Malformed(message)
    longest = model.get("max_input_chars_per_word", 100)
    if not isinstance(longest, int) or not 0 < longest <= _LONGEST_WORD:
        message = f"it takes words of {str(longest)[:20]} characters; {_LONGEST_WORD} is allowed"
        raise Malformed(message)
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, list):
        return  # Unigram: a piece's number is its place
    if not isinstance(vocabulary, dict) or not all(map(_is_id, vocabulary.values())):
        message = f"its vocabulary has a number that is not in 0..{_MOST_IDS - 1}"
        raise Malformed(message)


def _check_added(added: object) -> None:
    if not isinstance(added, list):
        message = "its added tokens are not a list"
        raise Malformed(message)
    for one in added:
        if not isinstance(one, dict) or not _is_id(one.get("id")) or not one.get("content"):
            message = f"an added token is not one: {str(one)[:60]}"
            raise Malformed(message)


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value < _MOST_IDS


def _refuse(names: set[str], what: str) -> None:
    if names:
        raise Malformed(what + min(names)[:40])
