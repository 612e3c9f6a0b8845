"""A million texts are searched as ten are: nothing is missed for being in a file, or in a crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lissom.data import Room, find_copies, near_pairs, normalise, normalise_all
from lissom.data.minhash import jaccard
from lissom.data.packed import gram_hashes, pack

if TYPE_CHECKING:
    from pathlib import Path

WORDS = np.array([f"w{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{i % 7}" for i in range(4000)])


def make(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(row) for row in WORDS[rng.integers(0, len(WORDS), (count, 14))]]


def slip(text: str) -> str:
    return text[:20] + text[21] + text[20] + text[22:]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.sampled_from("aZ0 _'`-\n\t\x1c!?\x7f\0éßÇ\u200b\u0430👍Ⅳ"), max_size=9)))
def test_all_at_once_is_one_by_one(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text).encode() for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "p\u0430ypal",
        "ⓅayPal",
        "\uff50\uff41ypal",
        "pay\u034fpal",
        "pay\ufe0fpal",
        "PAYPAL",
        "p\u0251ypal",
    ],
)
def test_disguises_are_seen_through(text: str) -> None:
    assert normalise(text) == "paypal"


def test_pieces_are_of_characters_not_of_bytes() -> None:
    packed = pack(["żółć żółć", "abcd abcd"])
    one, two = (gram_hashes(packed, np.array([row]))[0] for row in (0, 1))
    assert len(one) == len(two) == 8
    both, starts = gram_hashes(packed, np.array([1, 0]))
    assert both.tolist() == [*two, *one]
    assert starts.tolist() == [0, 8, 16]


def test_overlap_is_that_of_the_sets_of_pieces() -> None:
    texts = ["the quick brown fox jumps", "the quick brown fox sits", "żółta łódź płynie w dal"]

    def pieces(text: str) -> set[str]:
        padded = f" {normalise(text)} "
        return {padded[i : i + 4] for i in range(len(padded) - 3)}

    pairs = [(0, 1), (0, 2), (1, 1)]
    wanted = [
        len(pieces(texts[a]) & pieces(texts[b])) / len(pieces(texts[a]) | pieces(texts[b]))
        for a, b in pairs
    ]
    left, right = np.array(pairs).T
    assert jaccard(pack(texts), left, right) == pytest.approx(wanted)


def test_planted_copies_are_found_among_many_and_nothing_else() -> None:
    texts = make(4000)
    planted = [slip(texts[i]) for i in range(200)] + [texts[i].upper() for i in range(200, 300)]
    found = find_copies(pl.Series([*texts, *planted])).within
    named = set(found.left.tolist()) | set(found.right.tolist())
    assert len(named & set(range(4000, 4300))) >= 298
    assert named <= set(range(300)) | set(range(4000, 4300))


def test_a_file_and_more_cores_change_nothing(tmp_path: Path) -> None:
    texts = [*make(3000), *(slip(text) for text in make(300))]
    here = find_copies(texts, texts[:50])
    there = find_copies(pl.Series(texts), texts[:50], room=Room(tmp_path, 3))
    for one, two in ((here.within, there.within), (here.across, there.across)):
        assert (one.left == two.left).all()
        assert (one.similarity == two.similarity).all()
    assert (here.same == there.same).all()
    assert not any(tmp_path.iterdir())


def test_a_template_with_thousands_of_fillings_is_named_in_full() -> None:
    texts = [f"Your parcel number {i:05d} has been handed to the driver today" for i in range(3000)]
    found = near_pairs(texts)
    assert set(found.left.tolist()) | set(found.right.tolist()) == set(range(3000))
    assert len(found.left) < 20 * 3000


def test_a_null_in_a_column_is_an_empty_text() -> None:
    found = find_copies(pl.Series(["a b", None, "A, b", None]))
    assert found.same[[1, 3]].tolist() == [-1, -1]
    assert (found.within.left.tolist(), found.within.right.tolist()) == ([0], [2])


def test_the_same_pieces_in_another_order_are_near_not_equal() -> None:
    one = "abcabcabcabc abcabcabcabc abcabc abcabc"
    two = "abcabcabcabcabc abcabcabc abcabc abcabc"
    found = near_pairs([one, two])
    assert found.is_equal.tolist() == [False]
