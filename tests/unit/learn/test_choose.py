"""Which candidate ships; the plain one unless another is clearly better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import choose

_RIGHT = st.lists(st.booleans(), max_size=150)


@given(answers=_RIGHT)
def test_identical_answers_keep_the_frozen_encoder(answers: list[bool]) -> None:
    right = np.array(answers, np.bool_)
    assert choose({"lexical": right, "frozen": right, "propagation": right}).name == "frozen"


@given(answers=_RIGHT, other=st.integers(0, 2**32 - 1))
def test_a_candidate_that_is_not_better_is_never_chosen(answers: list[bool], other: int) -> None:
    frozen = np.array(answers, np.bool_)
    worse = frozen & (np.random.default_rng(other).random(len(frozen)) < 0.7)
    assert choose({"frozen": frozen, "propagation": worse}).name == "frozen"


def _ahead(n: int, wins: int, losses: int) -> str:
    frozen, other = np.ones(n, np.bool_), np.ones(n, np.bool_)
    frozen[:wins] = False
    other[wins : wins + losses] = False
    return choose({"frozen": frozen, "propagation": other}).name


def test_below_100_labels_twice_the_error_is_needed() -> None:
    # 11 wins and 5 losses: 6 rows ahead, 1.5 standard errors.
    assert _ahead(99, 11, 5) == "frozen"
    assert _ahead(100, 11, 5) == "propagation"
    # 18 wins and 5 losses are 2.8 standard errors.
    assert _ahead(99, 18, 5) == "propagation"


def test_the_best_of_several_is_taken_and_the_sentence_gives_the_figures() -> None:
    rows = np.arange(400)
    choice = choose(
        {"lexical": rows % 10 > 2, "frozen": rows % 10 > 4, "propagation": rows % 10 > 0}
    )
    assert choice.name == "propagation"
    assert "400 held-out labels" in choice.why
    assert "+40.0 points" in choice.why


@pytest.mark.parametrize("n", [0, 1])
def test_next_to_no_labels_keep_the_frozen_encoder(n: int) -> None:
    right = {"frozen": np.zeros(n, np.bool_), "propagation": np.ones(n, np.bool_)}
    assert choose(right).name == "frozen"
