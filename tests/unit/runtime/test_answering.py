"""What the model answers to texts that are out of the ordinary."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from lissom.errors import LexicalShapeError
from lissom.runtime import (
    BITS,
    Lexical,
    LexicalTier,
    Tokens,
    hash_tokens,
    load_model,
    read_settings,
    strip_padding,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiny_models import Made, Shipped

    from lissom.pipeline.shipping import Parts
    from lissom.runtime import Model


def _with_settings(parts: Parts, **changed: object) -> Model:
    settings = msgspec.structs.replace(read_settings(parts.read("answer.json")), **changed)
    return load_model(
        replace(parts, files={**parts.files, "answer.json": settings.to_bytes()}), threads=1
    )


def test_no_text_gets_no_answer(tiny_model: Model) -> None:
    answers = tiny_model.answer([])
    assert answers.probabilities.shape == (0, 3)
    assert len(answers.is_unsure) == len(answers.is_lexical) == 0
    assert tiny_model.read_all([]).shape == (0, 3)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u2003"])
def test_a_blank_text_is_answered_and_unsure_whatever_the_threshold(
    shipped: Shipped, blank: str
) -> None:
    model = _with_settings(shipped.parts, unsure_below=0.0)
    answers = model.answer([blank, "my refund"])
    assert answers.is_unsure.tolist() == [True, False]
    assert np.isclose(answers.probabilities[0].sum(), 1)


@pytest.mark.parametrize("text", ["日本語 ☃ \U0001f600", "\x00\x01", "\u200b\u200d", "e\u0301"])
def test_characters_that_no_training_text_had_are_answered(tiny_model: Model, text: str) -> None:
    found = tiny_model.answer([text]).probabilities[0]
    assert np.isfinite(found).all()
    assert np.isclose(found.sum(), 1)


def test_a_very_long_text_is_cut_at_max_tokens(shipped: Shipped, tiny_model: Model) -> None:
    tokens = Tokens(shipped.parts.read("tokenizer.json"), 128)
    long = "refund " * 50_000
    (ids,) = tokens.encode([long])
    assert len(ids) == 128
    # 126 words and the two marks: what is beyond them changes nothing.
    cut = "refund " * 126
    same = tiny_model.answer([long, cut])
    assert same.probabilities[0].tobytes() == same.probabilities[1].tobytes()


def test_a_model_that_never_lets_the_lexical_tier_answer_agrees_with_read_all(
    shipped: Shipped, made: Made
) -> None:
    model = _with_settings(shipped.parts, defer_margin=None)
    answers = model.answer(made.texts[:20])
    assert not answers.is_lexical.any()
    assert answers.probabilities.tobytes() == model.read_all(made.texts[:20]).tobytes()


def test_the_lexical_share_counts_in_what_the_encoder_reads(shipped: Shipped, made: Made) -> None:
    texts = made.texts[:20]
    mixed = _with_settings(shipped.parts, lexical_share=0.5).read_all(texts)
    alone = _with_settings(shipped.parts, lexical_share=0.0).read_all(texts)
    assert np.abs(mixed - alone).max() > 1e-3


def test_the_shipped_files_score_as_what_was_trained(shipped: Shipped, made: Made) -> None:
    rows = slice(0, 60)
    tier = LexicalTier(Lexical.from_bytes(shipped.parts.read("lexical.safetensors")))
    found = tier.score(shipped.material.ids[rows])
    wanted = shipped.trained.score_words(shipped.material.select(np.arange(60)))
    assert np.abs(found.scores - wanted).max() < 0.05 * np.abs(wanted).max()
    known = shipped.trained.lexicon.known(shipped.material.ids[rows])
    assert np.allclose(found.known, known)
    ours = shipped.parts.load(1).read_all(made.texts[rows]).argmax(axis=1)
    theirs = shipped.trained.score_reading(shipped.material.select(np.arange(60))).argmax(axis=1)
    assert (ours == theirs).mean() > 0.9


_FOUR_TOKENS = [7901, 93987, 111187, 119510, 161768, 187227, 201953, 231609, 239857]
_TWO_TOKENS = [142013, 187227, 239857]


def test_the_hashes_of_one_text_are_pinned() -> None:
    # Worked out by the arithmetic in docs/bundle.md; another language must get the same numbers.
    rows, buckets = hash_tokens([[101, 7592, 2088, 102], [], [101, 102]])
    assert rows.tolist() == [0] * 9 + [2] * 3
    assert buckets.tolist() == [*_FOUR_TOKENS, *_TWO_TOKENS]


def test_a_repeated_feature_counts_once() -> None:
    assert len(hash_tokens([[5] * 50])[0]) == 3


def _lexical() -> Lexical:
    slots = np.zeros(1 << BITS, np.int32)
    return Lexical(
        slots, np.zeros((3, 2), np.int8), np.ones(2, np.float32), np.zeros(2, np.float32)
    )


def _with_slot(value: int) -> Callable[[Lexical], Lexical]:
    def change(whole: Lexical) -> Lexical:
        slots = whole.slots.copy()
        slots[7] = value
        return replace(whole, slots=slots)

    return change


def test_a_whole_lexical_tier_is_accepted_and_survives_the_disk() -> None:
    LexicalTier(Lexical.from_bytes(_lexical().to_bytes()))
    LexicalTier(_with_slot(2)(_lexical()))


@pytest.mark.parametrize(
    "damage",
    [
        _with_slot(3),
        _with_slot(-1),
        lambda whole: replace(whole, slots=whole.slots[:-1]),
        lambda whole: replace(whole, slots=whole.slots.reshape(2, -1)),
        lambda whole: replace(whole, scale=np.ones(3, np.float32)),
        lambda whole: replace(whole, bias=np.ones(1, np.float32)),
        lambda whole: replace(whole, weights=np.zeros((3, 5), np.int8)),
    ],
)
def test_a_lexical_tier_whose_parts_do_not_fit_is_refused(
    damage: Callable[[Lexical], Lexical],
) -> None:
    with pytest.raises(LexicalShapeError, match=r"lexical\.safetensors"):
        LexicalTier(damage(_lexical()))


def test_padding_and_cutting_are_stripped_from_the_tokenizer(shipped: Shipped) -> None:
    raw = shipped.base.tokenizer
    assert json.loads(raw)["padding"] is not None
    stripped = json.loads(strip_padding(raw))
    assert stripped["padding"] is None
    assert stripped["truncation"] is None
    assert json.loads(shipped.parts.read("tokenizer.json")) == stripped
    assert [len(ids) for ids in Tokens(raw, 128).encode(["my refund", ""])] == [4, 2]
