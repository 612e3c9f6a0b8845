"""Looking words up gives what the tokenizer gives, whatever the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from lissom.nets import find_base
from lissom.runtime import Tokens, strip_padding
from lissom.runtime.words import MOST_WORDS, Words, can_split

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_models import Shipped

_MARKS = st.sampled_from(["[CLS]", "[UNK]", "[", "##s", "x" * 101, "don't", "\n", "\t", "\r", "é"])
_ASCII = st.text(st.characters(max_codepoint=127), max_size=60)
_TEXTS = st.lists(
    st.one_of(
        _ASCII, st.text(max_size=30), st.lists(st.one_of(_MARKS, _ASCII), max_size=6).map(" ".join)
    ),
    max_size=6,
)


def _both(raw: bytes) -> Any:  # noqa: ANN401 - two functions
    parsed = json.loads(strip_padding(raw))
    plain, other = Tokenizer.from_str(json.dumps(parsed)), Tokenizer.from_str(json.dumps(parsed))
    assert can_split(other, parsed)
    words = Words(other, parsed)
    return (lambda texts: [one.ids for one in plain.encode_batch(texts)]), words.encode


@pytest.fixture(scope="module")
def tiny(shipped: Shipped) -> Any:  # noqa: ANN401 - likewise
    """Return the tiny tokenizer and the table made of it."""
    return _both(shipped.base.tokenizer)


@pytest.fixture(scope="module")
def default() -> Any:  # noqa: ANN401 - likewise
    """Return the default base's tokenizer and the table made of it."""
    return _both(find_base().tokenizer)


@given(texts=_TEXTS)
@settings(max_examples=150, deadline=None)
def test_a_small_vocabulary_is_looked_up_as_it_cuts(tiny: Any, texts: list[str]) -> None:  # noqa: ANN401 - two functions
    said, looked_up = tiny
    assert looked_up(texts) == said(texts)
    # Once more, now that every word is known.
    assert looked_up(texts) == said(texts)


@given(texts=_TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_default_vocabulary_is_looked_up_as_it_cuts(default: Any, texts: list[str]) -> None:  # noqa: ANN401 - two functions
    said, looked_up = default
    assert looked_up(texts) == said(texts)
    assert looked_up(texts) == said(texts)


@given(text=_ASCII, limit=st.integers(3, 20))
@settings(max_examples=60, deadline=None)
def test_a_text_that_is_too_long_is_cut_where_the_tokenizer_cuts_it(
    shipped: Shipped, text: str, limit: int
) -> None:
    plain = Tokenizer.from_str(strip_padding(shipped.base.tokenizer).decode())
    plain.enable_truncation(limit)
    assert Tokens(shipped.base.tokenizer, limit).encode([text]) == [plain.encode(text).ids]


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["normalizer"].update(type="Lowercase"),
        lambda tree: tree["pre_tokenizer"].update(type="Whitespace"),
        lambda tree: tree.update(post_processor=None),
        lambda tree: tree["post_processor"]["single"].append(
            {"Sequence": {"id": "A", "type_id": 0}}
        ),
        lambda tree: tree["added_tokens"].append(
            {
                **dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False),
                "id": 5,
                "content": "a",
                "special": True,
            }
        ),
    ],
)
def test_a_tokenizer_that_cuts_otherwise_is_asked_itself(
    shipped: Shipped, change: Callable[[dict[str, Any]], None]
) -> None:
    tree = json.loads(strip_padding(shipped.base.tokenizer))
    tree["added_tokens"] = tree.get("added_tokens") or []
    assert can_split(Tokenizer.from_str(json.dumps(tree)), tree)
    change(tree)
    raw = json.dumps(tree)
    assert not can_split(Tokenizer.from_str(raw), tree)
    texts = ["my parcel is late again", "so so"]
    said = [one.ids for one in Tokenizer.from_str(raw).encode_batch(texts)]
    assert Tokens(raw.encode(), 128).encode(texts) == said


def test_strangers_words_do_not_fill_the_memory(default: Any) -> None:  # noqa: ANN401 - two functions
    said, looked_up = default
    words = looked_up.__self__
    for start in range(0, MOST_WORDS + 2_000, 1_000):
        looked_up([" ".join(f"w{number}" for number in range(start, start + 1_000))])
    assert len(words._known) == MOST_WORDS  # noqa: SLF001 - nothing else shows it
    last = f"w{MOST_WORDS + 1_999} " + "y" * 99
    assert looked_up([last]) == said([last])
