"""The gate keeps the plain candidate unless another is better by more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.learn import DEFAULT, choose

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pair(rows: int, gained: int, lost: int) -> dict[str, NDArray[np.bool_]]:
    """Return rows where the other candidate is right alone, then wrong alone, then both right."""
    plain = np.ones(rows, np.bool_)
    other = np.ones(rows, np.bool_)
    plain[:gained] = False
    other[gained : gained + lost] = False
    return {DEFAULT: plain, "propagation": other}


def in_errors(rows: int, gained: int, lost: int) -> float:
    """Return the gain in standard errors, found apart from the code under test."""
    mean = (gained - lost) / rows
    spread = (gained + lost - rows * mean**2) / (rows - 1)
    return float(mean / np.sqrt(spread / rows))


def test_a_candidate_that_is_no_better_is_refused() -> None:
    assert choose(pair(400, 0, 0)).name == DEFAULT
    assert choose(pair(400, 20, 20)).name == DEFAULT


def test_a_candidate_that_is_worse_is_refused() -> None:
    assert choose(pair(400, 5, 60)).name == DEFAULT


def test_a_candidate_that_is_clearly_better_is_taken() -> None:
    found = choose(pair(400, 60, 5))
    assert found.name == "propagation"
    assert "+13.8 points" in found.why
    assert "400 held-out labels" in found.why


@pytest.mark.parametrize(
    ("rows", "gained", "lost", "name"),
    [
        (99, 10, 4, DEFAULT),  # 1.6 standard errors, few labels
        (100, 10, 4, "propagation"),  # the same from 100 labels on
        (99, 13, 4, "propagation"),  # 2.2 standard errors
        (99, 12, 4, "propagation"),  # 2.03 standard errors, just over
        (99, 11, 4, DEFAULT),  # 1.83 standard errors
        (400, 13, 9, DEFAULT),  # 0.85 standard errors, many labels
        (400, 15, 9, "propagation"),  # 1.2 standard errors
    ],
)
def test_below_100_labels_the_gain_must_be_twice_its_standard_error(
    rows: int, gained: int, lost: int, name: str
) -> None:
    needed = 2 if rows < 100 else 1
    assert (in_errors(rows, gained, lost) > needed) == (name != DEFAULT)
    assert choose(pair(rows, gained, lost)).name == name


def test_of_two_better_candidates_the_better_one_is_taken() -> None:
    right = pair(400, 60, 5) | {"lexical": pair(400, 60, 30)["propagation"]}
    assert choose(right).name == "propagation"
    assert choose(dict(reversed(right.items()))).name == "propagation"


@pytest.mark.parametrize("rows", [0, 1])
def test_with_no_row_to_compare_on_the_plain_one_is_kept(rows: int) -> None:
    assert choose(pair(rows, rows, 0)).name == DEFAULT
