"""The gate keeps the plain candidate unless another is better by more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.learn import DEFAULT, Choice, choose
from lissom.learn.race import EXPECTED

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pair(rows: int, gained: int, lost: int) -> dict[str, NDArray[np.bool_]]:
    """Return rows where the other candidate is right alone, then wrong alone, then both right."""
    plain = np.ones(rows, np.bool_)
    other = np.ones(rows, np.bool_)
    plain[:gained] = False
    other[gained : gained + lost] = False
    return {DEFAULT: plain, "propagation": other}


def test_a_candidate_that_is_a_little_worse_is_refused() -> None:
    assert choose(pair(4000, 0, 120)).name == DEFAULT
    assert share_of(choose(pair(400, 20, 40))) < 0.2


def test_a_candidate_that_is_worse_is_refused() -> None:
    assert choose(pair(400, 5, 60)).name == DEFAULT


def test_a_candidate_that_is_clearly_better_is_taken() -> None:
    found = choose(pair(400, 60, 5))
    assert share_of(found) > 0.9
    assert "+13.8 points" in found.why
    assert "400 held-out labels" in found.why


def share_of(choice: Choice, name: str = "propagation") -> float:
    """Return the share of one candidate in the answer."""
    return choice.weights.get(name, 0.0)


def by_hand(name: str, rows: int, gained: int, lost: int) -> float:
    """Return the shrunk gain, found apart from the code under test: two estimates, one mean."""
    mean = (gained - lost) / rows
    variance = (gained + lost + 2 - rows * mean**2) / rows**2
    other = EXPECTED[name]
    weights = 1 / variance, 1 / other.spread**2
    return (weights[0] * mean + weights[1] * other.gain) / sum(weights)


@pytest.mark.parametrize(
    ("rows", "gained", "lost", "name"),
    [
        (16, 0, 0, "propagation"),  # nothing is known but that it gained elsewhere
        (16, 4, 2, "propagation"),
        (16, 1, 4, DEFAULT),
        (48, 3, 5, DEFAULT),
        (99, 10, 4, "propagation"),
        (400, 9, 13, DEFAULT),
        (400, 13, 9, "propagation"),
    ],
)
def test_a_gain_is_weighed_with_what_held_on_other_data(
    rows: int, gained: int, lost: int, name: str
) -> None:
    assert (by_hand("propagation", rows, gained, lost) > 0) == (name != DEFAULT)
    found = choose(pair(rows, gained, lost))
    assert (share_of(found) > 0.5) == (name != DEFAULT)
    assert f"{by_hand('propagation', rows, gained, lost) * 100:+.1f} when weighed" in found.why


def test_many_labels_decide_alone_whatever_held_elsewhere() -> None:
    for name in EXPECTED:
        worse, better = pair(20_000, 100, 900), pair(20_000, 900, 100)
        assert choose({DEFAULT: worse[DEFAULT], name: worse["propagation"]}).name == DEFAULT
        assert choose({DEFAULT: better[DEFAULT], name: better["propagation"]}).name == name


def test_few_labels_do_not_let_a_hopeless_candidate_in() -> None:
    found = pair(16, 2, 1)
    assert choose({DEFAULT: found[DEFAULT], "lexical": found["propagation"]}).name == DEFAULT


def test_of_two_better_candidates_the_better_one_is_taken() -> None:
    right = pair(400, 60, 5) | {"contrastive": pair(400, 60, 40)["propagation"]}
    assert share_of(choose(right)) > 0.9
    assert share_of(choose(dict(reversed(right.items())))) > 0.9


def test_with_no_row_to_compare_on_what_held_elsewhere_decides() -> None:
    nothing = np.zeros(0, np.bool_)
    names = (DEFAULT, "lexical", "propagation", "contrastive")
    found = choose(dict.fromkeys(names, nothing)).weights
    assert max(found, key=lambda name: found[name]) == "contrastive"
    assert "lexical" not in found
    assert choose(dict.fromkeys(names[:2], nothing)).name == DEFAULT


def test_candidates_that_cannot_be_told_apart_are_combined() -> None:
    found = choose(pair(16, 4, 2))
    assert found.name == "combined"
    assert set(found.weights) == {DEFAULT, "propagation"}
    assert sum(found.weights.values()) == pytest.approx(1, abs=0.002)
    many = choose(pair(4000, 600, 50))
    assert many.name == "propagation"
    assert dict(many.weights) == {"propagation": 1.0}


def test_the_better_candidate_has_the_larger_share() -> None:
    found = choose(pair(40, 6, 2)).weights
    assert found["propagation"] > found[DEFAULT]
    turned = choose(pair(40, 2, 6)).weights
    assert turned[DEFAULT] > turned.get("propagation", 0.0)
