"""A smaller vocabulary reads what it kept as before, and can still read anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lissom.bundle.graph import check_graph
from lissom.bundle.tokenizer import check_tokenizer
from lissom.nets import Head, add_head, can_trim, embed, to_int8, trim_vocabulary
from lissom.runtime import Tokens, strip_padding

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_models import Made, Shipped


@pytest.fixture(scope="module")
def used(shipped: Shipped) -> set[int]:
    """Return the numbers of all pieces in the tiny texts."""
    return {token for ids in shipped.material.ids for token in ids}


def test_texts_of_what_was_kept_are_cut_and_read_as_before(
    shipped: Shipped, made: Made, used: set[int]
) -> None:
    graph, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, used, reserve=0)
    after = Tokens(strip_padding(tokenizer), 128).encode(made.texts)
    assert after == list(shipped.material.ids)
    before = embed(shipped.graph, after[:40], threads=1)
    assert np.array_equal(embed(graph, after[:40], threads=1), before)


def test_a_word_that_was_left_out_is_read_in_pieces_that_were_kept(
    shipped: Shipped, used: set[int]
) -> None:
    tokens = Tokens(shipped.base.tokenizer, 128)
    (word,) = tokens.encode(["parcel"])
    assert len(word) == 3
    left = used - set(word[1:-1])
    graph, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, left, reserve=0)
    (pieces,) = Tokens(strip_padding(tokenizer), 128).encode(["parcel"])
    assert len(pieces) == 2 + len("parcel")
    # Letters have numbers of their own, so nothing is unknown, and they are read as themselves.
    whole = embed(shipped.graph, [pieces], threads=1)
    assert np.array_equal(embed(graph, [pieces], threads=1), whole)
    rows = json.loads(tokenizer)["model"]["vocab"]
    assert "parcel" not in rows
    assert "##p" in rows


def test_the_reserve_stays_whoever_uses_it(shipped: Shipped) -> None:
    vocabulary = json.loads(shipped.base.tokenizer)["model"]["vocab"]
    for reserve in (0, 90, 10_000):
        _, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, (), reserve=reserve)
        kept = json.loads(tokenizer)["model"]["vocab"]
        assert {piece for piece, at in vocabulary.items() if at < reserve} <= set(kept)
        assert kept.items() <= vocabulary.items()
    assert kept == vocabulary


def test_it_is_smaller_and_a_bundle_takes_it(shipped: Shipped) -> None:
    graph, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, (), reserve=0)
    head = Head(np.zeros((32, 3), np.float32), np.zeros(3, np.float32))
    check_graph(to_int8(add_head(graph, head)).SerializeToString())
    check_tokenizer(strip_padding(tokenizer))
    assert len(tokenizer) < len(shipped.base.tokenizer)


@pytest.fixture(scope="module")
def ask(shipped: Shipped) -> Callable[[str], bool]:
    """Return what says whether a text is read by rows of the smallest table there can be."""
    graph, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, (), reserve=0)
    kept = set(json.loads(tokenizer)["model"]["vocab"].values())
    tokens = Tokens(strip_padding(tokenizer), 128)

    def is_read(text: str) -> bool:
        (ids,) = tokens.encode([text])
        return set(ids) <= kept and bool(np.isfinite(embed(graph, [ids], threads=1)).all())

    return is_read


@given(text=st.text(max_size=40))
def test_no_text_asks_for_a_row_that_is_not_there(ask: Callable[[str], bool], text: str) -> None:
    assert ask(text)


def test_other_tokenizers_are_left_alone(shipped: Shipped) -> None:
    assert can_trim(shipped.graph, shipped.base.tokenizer)
    other = json.dumps({"model": {"type": "BPE", "vocab": {}, "unk_token": None}}).encode()
    assert not can_trim(shipped.graph, other)
    small, tokenizer = trim_vocabulary(shipped.graph, shipped.base.tokenizer, (), reserve=0)
    # Trimmed once, its numbers are looked up already.
    assert not can_trim(small, tokenizer)
