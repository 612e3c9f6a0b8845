"""Answers that lean to the mix of the rows: the same when they are judged and when they ship."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lissom.evidence import Evidence, NotMeasured
from lissom.examine import Answered
from lissom.learn import UNKNOWN, Leaning, Mix, Promise, Rarity
from lissom.pipeline.crossfit import Held
from lissom.pipeline.mixes import tell_leaning, unlabelled_chances
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.settle import Settled, answer, judge, lean_trained, settle
from lissom.pipeline.shipping import ship
from lissom.runtime import Tokens, softmax
from lissom.shrink import Deferral

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tiny_models import Made, Shipped

EVEN, SKEWED = np.full(3, 1 / 3), np.array([0.85, 0.1, 0.05])
NONE = np.zeros(3, np.float32)
CLASSES = ("delivery", "praise", "refund")


def planted(
    mix: NDArray[np.float64], *, seed: int = 0, labels: int = 240, others: int = 2000
) -> tuple[Held, NDArray[np.int64], NDArray[np.int64]]:
    """Make held-out scores whose softmax is right for even classes; the rest come in a mix.

    Returns:
        What the repeats said, the targets, and the truth of every row.
    """
    rng = np.random.default_rng(seed)
    n = labels + others
    truth = np.concatenate([np.arange(labels) % 3, rng.choice(3, others, p=mix)])
    skill = 1.2
    scores = skill * rng.standard_normal((n, 3))
    scores[np.arange(n), truth] += skill**2
    reading = (2.0 * scores).astype(np.float32)
    words = (0.5 * scores + 0.3 * rng.standard_normal((n, 3))).astype(np.float32)
    targets = np.where(np.arange(n) < labels, truth, UNKNOWN)
    held = Held(
        np.arange(n) % 5,
        {"frozen": reading},
        reading,
        words,
        np.ones(n, np.float32),
        reading.argmax(axis=1),
        np.zeros(n, np.float32),
    )
    return held, targets, truth


def test_a_skewed_stream_moves_the_answers_and_they_are_right_more_often() -> None:
    held, targets, truth = planted(SKEWED)
    rows = np.arange(len(targets))
    settled = settle(held, targets, rows, Recipe(), is_words=False)
    assert settled.leaning.shift != ()
    others = np.flatnonzero(targets == UNKNOWN)
    plain = replace(settled, leaning=Leaning())
    right = {
        name: (answer(held, others, one, is_words=False).probabilities.argmax(1) == truth[others])
        for name, one in (("plain", plain), ("leaning", settled))
    }
    assert right["leaning"].mean() > right["plain"].mean() + 0.03
    # The parent leans alike, so that the disagreement of the two tells of nothing else.
    judged = judge(held, targets, Recipe(), is_words=False)
    assert (judged.parent != held.parent).mean() > 0.05
    differs = (judged.probabilities.argmax(axis=1) != judged.parent).mean()
    assert differs < 0.03


def test_a_stream_of_the_same_mix_changes_nothing_at_all() -> None:
    held, targets, _ = planted(EVEN)
    settled = settle(held, targets, np.arange(len(targets)), Recipe(), is_words=False)
    assert settled.leaning.shift == ()
    bare = answer(held, np.arange(50), replace(settled, leaning=Leaning()), is_words=False)
    found = answer(held, np.arange(50), settled, is_words=False)
    assert found.probabilities.tobytes() == bare.probabilities.tobytes()


def test_one_fold_is_judged_by_a_leaning_that_never_saw_it() -> None:
    held, targets, _ = planted(SKEWED)
    judged = judge(held, targets, Recipe(), is_words=False)
    others, these = np.flatnonzero(held.folds != 2), np.flatnonzero(held.folds == 2)
    settled = settle(held, targets, others, Recipe(), is_words=False)
    part = answer(held, these, settled, is_words=False)
    assert part.probabilities.tobytes() == judged.probabilities[these].tobytes()


@pytest.mark.parametrize("margin", [None, 0.0])
def test_what_ships_leans_as_what_was_judged(
    shipped: Shipped, made: Made, margin: float | None
) -> None:
    """Scores of the trained tiers, leaned as held-out scores are, are the shipped answers."""
    shift = (0.9, -0.4, -0.5)
    settled = Settled(1.7, 0.6, Deferral(margin, 0.0), Promise(0.5, None), Leaning(shift))
    material = shipped.material
    trained = lean_trained(shipped.trained, settled)
    rows = np.arange(80)
    some = material.select(rows)
    reading = shipped.trained.score_reading(some)
    words = shipped.trained.score_words(some)
    ones = np.ones(80, np.float32)
    held = Held(rows, {}, reading, words, ones, reading.argmax(axis=1), ones)
    wanted = answer(held, rows, settled, is_words=False).probabilities
    parts = ship(trained, settled, shipped.graph, shipped.base, CLASSES)
    found = parts.load(1).answer(made.texts[:80])
    assert found.is_lexical.all() == (margin is not None)
    assert np.abs(found.probabilities - wanted).max() < 0.06  # int8 weights
    without = softmax(reading / np.float32(1.7))
    assert np.abs(found.probabilities - without).max() > 0.1
    assert (trained.parent(some) == (reading + 1.7 * np.float32(shift)).argmax(axis=1)).all()


def test_nothing_to_lean_to_leaves_the_trained_model_as_it_is(shipped: Shipped) -> None:
    settled = Settled(1.0, 1.0, Deferral(None, 0.0), Promise(0.5, None))
    assert lean_trained(shipped.trained, settled) is shipped.trained
    assert Tokens(shipped.base.tokenizer, 128).windows.most == 1


def answered(n: int = 200) -> Answered:
    targets = np.arange(n) % 3
    shares = np.full((n, 3), 0.1, np.float32)
    # All of the first class are right, half of the others.
    said = np.where((targets == 0) | (np.arange(n) % 2 == 0), targets, (targets + 1) % 3)
    shares[np.arange(n), said] = 0.8
    return Answered(targets, shares, np.zeros(n, np.bool_), CLASSES, "cross-fitted", "inbox.csv")


def told(leaning: Leaning, seen: Answered | None = None) -> tuple[dict[str, object], str]:
    chances = softmax(np.random.default_rng(0).standard_normal((300, 3)).astype(np.float32))
    found = tell_leaning(leaning, chances, seen, CLASSES, np.random.default_rng(1))
    return {item.name: item for item in found.evidence}, " ".join(found.warnings)


def test_another_mix_is_measured_and_said_with_its_classes() -> None:
    mix = Mix(EVEN, SKEWED, True, 0.06, np.float32([0.9, -1.1, -1.6]), 1e-9, NONE)  # noqa: FBT003 - a claim
    figures, warning = told(Leaning(tuple(mix.shift.tolist()), mix), answered())
    shift = figures["data.class_mix_shift"]
    assert isinstance(shift, Evidence)
    assert abs(shift.value - (0.85 - 1 / 3)) < 1e-6
    assert shift.low is not None
    assert shift.high is not None
    assert shift.low <= shift.value <= shift.high
    stream = figures["task.stream_accuracy"]
    assert isinstance(stream, Evidence)
    # 85 % of the weight is on rows that are all right, the rest on rows of which half are.
    assert abs(stream.value - (0.85 + 0.15 * 0.5)) < 0.02
    assert '"delivery" is 33% of the labels and about 85% of the rows' in warning
    assert "corrected" in warning
    assert "6.0 points" in warning


def test_a_difference_that_is_left_alone_is_said_to_be() -> None:
    mix = Mix(EVEN, SKEWED, True, 0.001, np.zeros(3, np.float32), 1e-9, NONE)  # noqa: FBT003 - a claim
    figures, warning = told(Leaning((), mix), answered())
    assert isinstance(figures["data.class_mix_shift"], Evidence)
    assert "nothing is corrected" in warning


def test_mixes_that_are_not_told_apart_are_not_measured() -> None:
    mix = Mix(EVEN, EVEN, False, 0.0, np.zeros(3, np.float32), 0.4, NONE)  # noqa: FBT003 - a claim
    for leaning in (Leaning((), mix), Leaning()):
        figures, warning = told(leaning, answered())
        assert isinstance(figures["data.class_mix_shift"], NotMeasured)
        assert isinstance(figures["task.stream_accuracy"], NotMeasured)
        assert warning == ""


def test_what_rare_classes_gained_and_cost_is_said() -> None:
    rarity = Rarity(0.25, (0.04, 0.01), (-0.004, 0.002), 300)
    figures, _ = told(Leaning((0.1, 0.2, -0.3), None, rarity))
    gain, price = figures["imbalance.macro_f1_gain"], figures["imbalance.accuracy_gain"]
    assert isinstance(gain, Evidence)
    assert isinstance(price, Evidence)
    assert (gain.value, price.value) == (4.0, -0.4)
    assert gain.n == 300
    assert price.low is not None
    assert price.low < -0.4
    none, _ = told(Leaning((), None, Rarity(0.0, (0.0, 0.0), (0.0, 0.0), 300)))
    assert isinstance(none["imbalance.macro_f1_gain"], NotMeasured)


def test_unlabelled_chances_are_those_before_anything_is_added() -> None:
    held, targets, _ = planted(SKEWED)
    settled = settle(held, targets, np.arange(len(targets)), Recipe(), is_words=False)
    chances = unlabelled_chances(held, settled, targets, is_words=False)
    rows = np.flatnonzero(targets == UNKNOWN)[::2]
    wanted = softmax(held.reading[rows] / np.float32(settled.reading_temperature))
    assert chances.tobytes() == wanted.tobytes()
    assert len(unlabelled_chances(held, settled, targets, is_words=True)) == len(rows)
