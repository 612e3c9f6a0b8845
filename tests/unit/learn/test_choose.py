"""Which candidate ships; laws of the choice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import choose


@given(answers=st.lists(st.booleans(), min_size=200, max_size=400), other=st.integers(0, 2**32 - 1))
def test_a_candidate_that_is_clearly_worse_is_never_chosen(answers: list[bool], other: int) -> None:
    frozen = np.array(answers, np.bool_)
    worse = frozen & (np.random.default_rng(other).random(len(frozen)) < 0.5)
    named = "propagation" if (frozen & ~worse).sum() > 20 else "frozen"
    assert named == "frozen" or choose({"frozen": frozen, named: worse}).name == "frozen"


@given(wins=st.integers(0, 60), losses=st.integers(0, 60), n=st.integers(120, 600))
def test_more_wins_never_take_the_choice_away(wins: int, losses: int, n: int) -> None:
    def chosen(won: int) -> bool:
        frozen, other = np.ones(n, np.bool_), np.ones(n, np.bool_)
        frozen[:won] = False
        other[won : won + losses] = False
        return choose({"frozen": frozen, "propagation": other}).name == "propagation"

    wins = min(wins, n - losses - 1)
    assert chosen(wins + 1) or not chosen(wins)


def test_the_best_of_several_is_taken_and_the_sentence_gives_the_figures() -> None:
    rows = np.arange(400)
    choice = choose(
        {"lexical": rows % 10 > 2, "frozen": rows % 10 > 4, "propagation": rows % 10 > 0}
    )
    assert choice.name == "propagation"
    assert "400 held-out labels" in choice.why
    assert "+40.0 points" in choice.why
