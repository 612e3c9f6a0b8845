"""Copies are found; people who ask alike are left apart."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lissom.data import near_groups, near_pairs, normalise

LONG = "I ordered the blue lamp two weeks ago and it has still not arrived at my door"


def together(left: str, right: str) -> bool:
    groups = near_groups([left, right])
    return bool(groups[0] == groups[1])


@pytest.mark.parametrize(
    "copy",
    [
        LONG.upper() + "!!",
        LONG.replace(" ", "  "),
        LONG.replace("a", "\u0430"),
        LONG.replace("blue", "bl\u200bue"),
        LONG.replace("ordered", "orderd"),
        LONG.replace("two", "three"),
        "Hello, " + LONG,
    ],
)
def test_copies_in_other_clothes_are_together(copy: str) -> None:
    assert together(LONG, copy)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("what is my card pin", "what's my pin"),
        ("how do I change my PIN?", "how do I change my address?"),
        ("no thanks", "no thank"),
        ("ok", "no"),
        ("\U0001f44d", "\U0001f44e"),
        ("", ""),
        ("", "  "),
    ],
)
def test_paraphrases_and_short_texts_are_apart(left: str, right: str) -> None:
    assert not together(left, right)


def test_the_users_groups_join_what_texts_do_not() -> None:
    groups = near_groups(["a", "b", "c", "d"], ["x", None, "x", ""])
    assert groups.tolist() == [0, 1, 0, 2]


def test_a_chain_is_cut_back_to_stars() -> None:
    words = [f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(400)]
    chain = [" ".join(words[i : i + 20]) for i in range(200)]
    assert np.bincount(near_groups(chain)).max() <= 50
    assert np.bincount(near_groups(chain[:20])).max() == 20


def test_pairs_name_every_row_concerned() -> None:
    pairs = near_pairs([LONG, "something else", LONG.lower(), LONG + " yet"])
    assert set(pairs.left.tolist()) | set(pairs.right.tolist()) == {0, 2, 3}
    assert pairs.similarity.max() == 1.0
    assert 0.75 <= pairs.similarity.min() < 1.0


def test_each_row_is_paired_with_its_closest_of_the_others() -> None:
    pairs = near_pairs(["new", LONG], [LONG + " please help", LONG + "!", "old"])
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([1], [1])


def test_nothing_gives_nothing() -> None:
    assert len(near_groups([])) == 0
    assert len(near_pairs([]).left) == 0
    assert len(near_pairs(["a b"], []).left) == 0


def test_invisible_and_lookalike_letters_are_put_aside() -> None:
    assert normalise("p\u0430y\u200bp\u0430l") == "paypal"


@pytest.mark.slow
def test_ten_thousand_texts_take_seconds_at_most() -> None:
    chance = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(3000)])
    texts = [" ".join(words[chance.integers(0, 3000, 12)]) for _ in range(10_000)]
    start = time.process_time()
    groups = near_groups(texts)
    # Measured at about 1 second; the limit leaves room for a busy machine.
    assert time.process_time() - start < 6
    assert groups.max() == 9_999
