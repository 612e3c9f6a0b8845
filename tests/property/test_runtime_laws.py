"""Laws of answering: a text's answer is its own, whatever stands beside it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lissom.runtime import BITS, Lexical, LexicalTier, hash_tokens, keeps, lead, softmax

if TYPE_CHECKING:
    from tiny_models import Made, Shipped

    from lissom.runtime import Answers, Model

_QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_IDS = st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=12), max_size=8)
_SCORES = arrays(
    np.float32,
    st.tuples(st.integers(1, 8), st.integers(2, 5)),
    elements=st.floats(-1000, 1000, width=32),
)


def _row(answers: Answers, i: int) -> tuple[bytes, bool, bool]:
    return (
        answers.probabilities[i].tobytes(),
        bool(answers.is_unsure[i]),
        bool(answers.is_lexical[i]),
    )


@_QUIET
@given(
    picks=st.lists(st.integers(0, 59), min_size=1, max_size=12),
    strange=st.lists(st.text(max_size=40), max_size=3),
    threads=st.sampled_from([1, 2]),
)
def test_a_batched_answer_is_the_single_answer_bit_for_bit(
    shipped: Shipped, made: Made, picks: list[int], strange: list[str], threads: int
) -> None:
    model = shipped.parts.load(threads)
    texts = [*(made.texts[i] for i in picks), *strange]
    together = model.answer(texts)
    backwards = model.answer(texts[::-1])
    whole = model.read_all(texts)
    for i, text in enumerate(texts):
        alone = _row(model.answer([text]), 0)
        assert _row(together, i) == alone
        assert _row(backwards, len(texts) - 1 - i) == alone
        assert whole[i].tobytes() == model.read_all([text])[0].tobytes()


def test_both_tiers_take_part_in_that_law(tiny_model: Model, made: Made) -> None:
    share = tiny_model.answer(made.texts).is_lexical.mean()
    assert 0.2 < share < 0.8


@_QUIET
@given(strange=st.lists(st.text(max_size=60), max_size=6))
def test_probabilities_sum_to_one_and_blank_texts_are_unsure(
    tiny_model: Model, strange: list[str]
) -> None:
    answers = tiny_model.answer(strange)
    assert answers.probabilities.shape == (len(strange), 3)
    assert np.allclose(answers.probabilities.sum(axis=1), 1, atol=1e-6)
    assert all(
        unsure for text, unsure in zip(strange, answers.is_unsure, strict=True) if not text.strip()
    )


@given(ids=_IDS)
def test_features_are_distinct_sorted_and_in_range(ids: list[list[int]]) -> None:
    rows, buckets = hash_tokens(ids)
    pairs = list(zip(rows.tolist(), buckets.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert all(0 <= bucket < 1 << BITS for bucket in buckets.tolist())
    assert set(rows.tolist()) == {i for i, text in enumerate(ids) if text}


@given(ids=_IDS)
def test_a_texts_features_do_not_depend_on_its_neighbours(ids: list[list[int]]) -> None:
    rows, buckets = hash_tokens(ids)
    for i, text in enumerate(ids):
        assert buckets[rows == i].tolist() == hash_tokens([text])[1].tolist()


def _hash_in_plain_whole_numbers(first: int, second: int, salt: int) -> int:
    """Repeat the arithmetic as another language would: unsigned 32 bits that wrap around."""
    wrap = 0xFFFFFFFF
    mixed = (first * 0x9E3779B1 & wrap) ^ (((second + salt) & wrap) * 0x85EBCA77 & wrap)
    mixed ^= mixed >> 15
    mixed = mixed * 0x2C1B3C6D & wrap
    mixed ^= mixed >> 13
    return mixed & ((1 << BITS) - 1)


@given(text=st.lists(st.integers(0, 2**32 - 1), max_size=10))
def test_the_hash_is_the_written_arithmetic(text: list[int]) -> None:
    wanted = {_hash_in_plain_whole_numbers(a, 0, 1) for a in text}
    wanted |= {_hash_in_plain_whole_numbers(a, b, 7) for a, b in pairwise(text)}
    wanted |= {_hash_in_plain_whole_numbers(a, b, 13) for a, b in zip(text, text[2:], strict=False)}
    assert hash_tokens([text])[1].tolist() == sorted(wanted)


@pytest.fixture(scope="module")
def wide() -> Lexical:
    """Return a tier with weights at the ends of int8, where rounding would show first."""
    rng = np.random.default_rng(5)
    slots = np.zeros(1 << BITS, np.int32)
    seen = rng.choice(1 << BITS, 1 << (BITS - 1), replace=False)
    slots[seen] = rng.integers(1, 500, len(seen))
    weights = rng.integers(-127, 128, (500, 3)).astype(np.int8)
    weights[0] = 0
    return Lexical(slots, weights, np.float32([0.01, 0.5, 3]), np.float32([0, -1, 2]))


@_QUIET
@given(ids=st.lists(st.lists(st.integers(0, 40_000), max_size=200), min_size=1, max_size=5))
def test_lexical_sums_are_exact(wide: Lexical, ids: list[list[int]]) -> None:
    found = LexicalTier(wide).score(ids)
    rows, buckets = hash_tokens(ids)
    for i in range(len(ids)):
        mine = buckets[rows == i]
        count = len(mine)
        summed = wide.weights[wide.slots[mine]].astype(np.int64).sum(axis=0)
        assert np.abs(summed).max(initial=0) < 1 << 24
        root = np.sqrt(np.float32(max(count, 1)))
        wanted = summed.astype(np.float32) * wide.scale / root + wide.bias
        assert found.scores[i].tobytes() == wanted.astype(np.float32).tobytes()
        share = (wide.slots[mine] > 0).sum() / max(count, 1)
        assert math.isclose(found.known[i], share, abs_tol=1e-6)


def test_lexical_scores_do_not_depend_on_the_piece_a_text_falls_into(wide: Lexical) -> None:
    rng = np.random.default_rng(3)
    ids = [rng.integers(0, 40_000, rng.integers(0, 20)).tolist() for _ in range(600)]
    tier = LexicalTier(wide)
    together = tier.score(ids)
    for i in (0, 255, 256, 257, 511, 512, 599):
        assert together.scores[i].tobytes() == tier.score([ids[i]]).scores[0].tobytes()


@given(scores=_SCORES, margin=st.floats(0, 50), share=st.floats(0, 1))
def test_raising_a_threshold_never_keeps_more(
    scores: np.ndarray, margin: float, share: float
) -> None:
    known = np.linspace(0, 1, len(scores), dtype=np.float32)
    kept = keeps(scores, known, margin, share)
    assert not (keeps(scores, known, margin + 1, share) & ~kept).any()
    assert not (keeps(scores, known, margin, share + 0.1) & ~kept).any()
    assert not keeps(scores, known, None, 0.0).any()
    assert keeps(scores, known, 0.0, 0.0).all()


@given(scores=_SCORES)
def test_the_lead_is_never_negative_and_does_not_depend_on_the_order_of_classes(
    scores: np.ndarray,
) -> None:
    assert (lead(scores) >= 0).all()
    assert np.array_equal(lead(scores), lead(scores[:, ::-1]))


@given(scores=_SCORES)
def test_softmax_sums_to_one_and_keeps_the_order(scores: np.ndarray) -> None:
    shares = softmax(scores)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-6)
    best = scores.argmax(axis=1)[:, None]
    assert (np.take_along_axis(shares, best, axis=1)[:, 0] == shares.max(axis=1)).all()
