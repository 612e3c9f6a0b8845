"""Two mixes of classes: told apart, and corrected only where that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.learn import add_bias, estimate_mix, find_leaning, fit_bias, fit_mix
from lissom.runtime import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVEN = np.full(4, 0.25)
SKEWED = np.array([0.75, 0.15, 0.07, 0.03])


def rows(
    mix: NDArray[np.float64], n: int, seed: int, *, skill: float = 2.0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return calibrated probabilities for an even mix, and truths drawn from another.

    The scores of a row are normal with the true class ahead by skill**2, so that the softmax of
    the scores is the exact posterior under even classes.
    """
    rng = np.random.default_rng(seed)
    truth = rng.choice(4, n, p=mix)
    scores = skill * rng.standard_normal((n, 4))
    scores[np.arange(n), truth] += skill**2
    return softmax(scores.astype(np.float32)), truth


def right(chances: NDArray[np.float32], truth: NDArray[np.int64], shift: object = 0.0) -> float:
    moved = np.log(np.maximum(chances, 1e-12)) + np.asarray(shift, np.float32)
    return float((moved.argmax(axis=1) == truth).mean())


@pytest.mark.parametrize("mix", [EVEN, SKEWED, SKEWED[::-1]])
def test_the_mix_of_rows_is_found(mix: NDArray[np.float64]) -> None:
    chances, _ = rows(mix, 4000, seed=1)
    assert np.abs(fit_mix(chances, EVEN) - mix).sum() / 2 < 0.03


def test_even_labels_and_a_skewed_stream_are_told_apart_and_corrected() -> None:
    labelled, targets = rows(EVEN, 200, seed=2, skill=1.2)
    stream, truth = rows(SKEWED, 3000, seed=3, skill=1.2)
    mix = estimate_mix(labelled, targets, stream)
    assert mix is not None
    assert mix.is_shifted
    assert mix.is_corrected
    assert abs(mix.distance - 0.5) < 0.08
    assert right(stream, truth, mix.shift) > right(stream, truth) + 0.05
    # The price: labels in their own mix are answered worse, which is why it must be said.
    assert right(labelled, targets, mix.shift) < right(labelled, targets)


@pytest.mark.parametrize("skill", [0.3, 1.2, 3.0])
def test_one_mix_is_left_alone_whatever_the_skill(skill: float) -> None:
    corrected = 0
    for seed in range(40):
        labelled, targets = rows(EVEN, 80, seed=seed, skill=skill)
        stream, _ = rows(EVEN, 1500, seed=1000 + seed, skill=skill)
        mix = estimate_mix(labelled, targets, stream)
        assert mix is not None
        corrected += mix.is_corrected
        assert find_leaning(labelled, targets, stream).shift == () or mix.is_corrected
    assert corrected == 0


def test_a_skewed_stream_that_labels_share_is_left_alone() -> None:
    mix = np.array([0.5, 0.3, 0.15, 0.05])
    found = 0
    for seed in range(20):
        labelled, targets = rows(mix, 300, seed=seed)
        stream, _ = rows(mix, 2000, seed=500 + seed)
        told = estimate_mix(labelled, targets, stream)
        assert told is not None
        found += told.is_corrected
    assert found == 0


def test_a_model_that_knows_nothing_corrects_nothing() -> None:
    labelled, targets = rows(EVEN, 200, seed=5, skill=0.05)
    stream, _ = rows(SKEWED, 3000, seed=6, skill=0.05)
    told = estimate_mix(labelled, targets, stream)
    assert told is not None
    assert not told.is_corrected


def test_a_difference_that_changes_no_answer_is_told_and_not_corrected() -> None:
    labelled, targets = rows(EVEN, 400, seed=7, skill=5.0)
    stream, _ = rows(SKEWED, 3000, seed=8, skill=5.0)
    told = estimate_mix(labelled, targets, stream)
    assert told is not None
    assert told.is_shifted
    assert told.gain < 0.01
    assert not told.is_corrected
    assert find_leaning(labelled, targets, stream).shift == ()


def test_no_class_is_corrected_out_of_existence() -> None:
    labelled, targets = rows(EVEN, 200, seed=9, skill=1.2)
    stream, _ = rows(np.array([0.5, 0.5, 0.0, 0.0]), 3000, seed=10, skill=1.2)
    told = estimate_mix(labelled, targets, stream)
    assert told is not None
    assert told.is_corrected
    assert told.shift.min() >= np.log(0.2) - 1e-3


@pytest.mark.parametrize(("labels", "others"), [(20, 1000), (200, 50)])
def test_too_few_rows_compare_nothing(labels: int, others: int) -> None:
    labelled, targets = rows(EVEN, labels, seed=11)
    stream, _ = rows(SKEWED, others, seed=12)
    assert estimate_mix(labelled, targets, stream) is None


def test_a_class_without_a_label_compares_nothing() -> None:
    labelled, _ = rows(EVEN, 200, seed=13)
    stream, _ = rows(SKEWED, 1000, seed=14)
    assert estimate_mix(labelled, np.arange(200) % 3, stream) is None


def test_a_lean_to_the_stream_goes_before_one_to_rare_classes() -> None:
    labelled, targets = rows(EVEN, 200, seed=2, skill=1.2)
    stream, _ = rows(SKEWED, 3000, seed=3, skill=1.2)
    leaning = find_leaning(labelled, targets, stream)
    assert leaning.mix is not None
    assert leaning.mix.is_corrected
    assert leaning.rarity is None
    assert np.allclose(leaning.added, leaning.mix.shift)


def test_a_model_that_leans_to_the_stream_already_is_not_leaned_twice() -> None:
    labelled, targets = rows(EVEN, 400, seed=15, skill=1.2)
    stream, truth = rows(SKEWED, 3000, seed=16, skill=1.2)
    leans = np.log(SKEWED / EVEN).astype(np.float32)
    plain = estimate_mix(labelled, targets, stream)
    leant = estimate_mix(add_bias(labelled, leans), targets, add_bias(stream, leans))
    assert plain is not None
    assert leant is not None
    assert abs(leant.distance - plain.distance) < 0.03
    # What it says of rows already leans as far as it should.
    before, after = (right(add_bias(stream, leans), truth, added) for added in (0.0, leant.shift))
    assert after > before - 0.005
    assert np.abs(leant.stream - SKEWED).sum() / 2 < 0.06


@pytest.mark.parametrize("seed", range(5))
def test_the_bias_brings_the_mean_to_the_mix_of_the_labels(seed: int) -> None:
    labelled, targets = rows(EVEN, 400, seed=seed)
    leans = np.random.default_rng(seed).normal(size=4).astype(np.float32)
    told = add_bias(labelled, leans)
    mended = add_bias(told, fit_bias(told, targets)).mean(axis=0)
    own = np.bincount(targets, minlength=4) / len(targets)
    assert np.abs(mended - own).max() < 0.01
    assert np.abs(told.mean(axis=0) - own).max() > 0.03


def test_half_of_a_difference_is_made_good() -> None:
    labelled, targets = rows(EVEN, 200, seed=2, skill=1.2)
    stream, _ = rows(SKEWED, 3000, seed=3, skill=1.2)
    mix = estimate_mix(labelled, targets, stream)
    assert mix is not None
    kept = 0.8 * mix.stream + 0.2 * mix.labels
    assert np.allclose(mix.shift - mix.bias, np.log(kept / mix.labels) / 2, atol=1e-5)
