"""Which candidate ships; laws of the choice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import choose


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(300, 600))
def test_a_candidate_that_is_clearly_worse_is_never_heard(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    frozen = rng.random(n) < 0.8
    worse = frozen & (rng.random(n) < 0.5)
    assert choose({"frozen": frozen, "propagation": worse}).name == "frozen"


@given(wins=st.integers(0, 60), losses=st.integers(0, 59), n=st.integers(130, 600))
def test_more_wins_hardly_take_a_share_away(wins: int, losses: int, n: int) -> None:
    def share(won: int) -> float:
        frozen, other = np.ones(n, np.bool_), np.ones(n, np.bool_)
        frozen[:won] = False
        other[won : won + losses] = False
        found = choose({"frozen": frozen, "propagation": other}).weights
        return found.get("propagation", 0.0)

    # A further win adds to the error too, which is what the weights are measured in.
    assert share(wins + 1) >= share(wins) - 0.1


def test_the_best_of_several_is_taken_and_the_sentence_gives_the_figures() -> None:
    rows = np.arange(400)
    choice = choose(
        {"lexical": rows % 10 > 2, "frozen": rows % 10 > 4, "propagation": rows % 10 > 0}
    )
    assert choice.weights["propagation"] > 0.9
    assert "400 held-out labels" in choice.why
    assert "+40.0 points" in choice.why
