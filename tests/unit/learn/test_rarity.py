"""Rare classes: favoured where it helps, never at a price that is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.learn import find_leaning
from lissom.learn.priors import class_mass, is_uneven
from lissom.learn.rarity import favour_rare, rare_shift
from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNEVEN = np.array([0.62, 0.3, 0.06, 0.02])


def held_out(
    n: int, seed: int, *, mix: NDArray[np.float64] = UNEVEN, own: float = 0.0, skill: float = 1.5
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return probabilities of a model that leans to common classes `own` times more than it should.

    Args:
        n: rows.
        seed: of the rows.
        mix: of the classes.
        own: 0 for a model that is right about the mix.
        skill: how far the true class is ahead.
    """
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(mix), n, p=mix)
    scores = skill * rng.standard_normal((n, len(mix)))
    scores[np.arange(n), truth] += skill**2
    scores += (1 + own) * np.log(mix)
    return softmax(scores.astype(np.float32)), truth


def test_a_model_that_starves_rare_classes_is_made_to_say_them() -> None:
    chances, truth = held_out(1500, 1, own=0.4)
    rarity = favour_rare(chances, truth)
    assert rarity is not None
    assert rarity.strength > 0
    assert rarity.f1_gain[0] > 0.02
    assert rarity.accuracy_gain[0] >= -0.005
    # It holds on rows that it was not chosen on.
    fresh, other_truth = held_out(4000, 2, own=0.4)
    counts = np.bincount(truth, minlength=4)
    moved = (np.log(fresh) + rare_shift(counts, rarity.strength)).argmax(axis=1)
    found = [(said[other_truth == 3] == 3).mean() for said in (fresh.argmax(axis=1), moved)]
    assert found[1] > found[0]


def test_a_gain_that_would_be_paid_in_accuracy_is_not_taken() -> None:
    """The control: a model that is right about the mix loses accuracy by any shift."""
    taken = 0
    for seed in range(10):
        chances, truth = held_out(3000, seed, skill=1.0)
        rarity = favour_rare(chances, truth)
        assert rarity is not None
        taken += rarity.accuracy_gain[0] < -0.005
    assert taken == 0


def test_even_labels_leave_nothing_to_choose() -> None:
    chances, truth = held_out(400, 3, mix=np.full(4, 0.25), own=0.5)
    assert favour_rare(chances, truth) is None
    stream, _ = held_out(50, 4)
    assert find_leaning(chances, truth, stream).shift == ()
    assert favour_rare(chances[:0], truth[:0]) is None


def test_a_lean_to_rare_classes_is_found_and_said() -> None:
    chances, truth = held_out(1500, 1, own=0.4)
    leaning = find_leaning(chances, truth, chances[:0])
    assert leaning.rarity is not None
    assert leaning.shift == tuple(
        rare_shift(np.bincount(truth, minlength=4), leaning.rarity.strength).tolist()
    )
    assert leaning.added[3] > leaning.added[0]


def test_mass_follows_uneven_labels_half_the_way_and_even_ones_not_at_all() -> None:
    assert class_mass(np.full(77, 10)).tolist() == [1.0] * 77
    assert class_mass(np.array([8, 7, 8, 9, 8])).tolist() == [1.0] * 5
    thought = np.float32([0.7, 0.3])
    assert class_mass(np.array([1, 1]), thought).tolist() == [1.0, 1.0]
    few, many = (class_mass(np.array([k, k]), thought) for k in (2, 50))
    assert 1 < few[0] / few[1] < many[0] / many[1] < 7 / 3
    # Uneven labels were drawn as rows came, and say it themselves; so do those that lack a class.
    for counts in (np.array([100, 4]), np.array([8, 0])):
        assert class_mass(counts, thought).tolist() == class_mass(counts).tolist()
    assert np.isfinite(class_mass(np.array([8, 8]), np.float32([1, 0]))).all()
    mass = class_mass(np.array([100, 4]))
    assert np.isclose(mass[0] / mass[1], 5)
    # A class known by its name only is thought neither common nor rare.
    assert class_mass(np.array([100, 4, 0]))[2] == 1.0
    assert class_mass(np.array([8, 8, 0])).tolist() == [1.0, 1.0, 1.0]
    assert class_mass(np.zeros(3, np.int64)).tolist() == [1.0] * 3


def test_counts_that_chance_explains_are_not_uneven() -> None:
    rng = np.random.default_rng(0)
    alarms = sum(is_uneven(np.bincount(rng.integers(0, 6, 60), minlength=6)) for _ in range(500))
    assert alarms <= 15  # 1 % of 500 is 5
    assert is_uneven(np.array([50, 3, 3, 4]))
    assert not is_uneven(np.array([4]))
    assert not is_uneven(np.zeros(0, np.int64))
