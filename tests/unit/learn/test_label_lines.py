"""Probabilities that mean what they say, and thresholds that rows can vouch for."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.learn.label_lines import choose_thresholds, fit_lines, fit_power


def drawn(
    rows: int, shares: list[float], *, seed: int, skill: float = 2.0
) -> tuple[np.ndarray, ...]:
    """Return (log-odds that are true, whether the label is there)."""
    rng = np.random.default_rng(seed)
    start = np.log(np.array(shares) / (1 - np.array(shares)))
    logits = start + skill * rng.standard_normal((rows, len(shares)))
    wanted = rng.random(logits.shape) < 1 / (1 + np.exp(-logits))
    return logits.astype(np.float32), wanted.astype(np.float32)


def f1(given: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return 2 * (given * wanted).sum(axis=0) / np.maximum(given.sum(axis=0) + wanted.sum(axis=0), 1)


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_scores_on_any_scale_become_true_probabilities(scale: float) -> None:
    logits, wanted = drawn(6000, [0.5, 0.2, 0.1], seed=1)
    scores = np.float32(scale) * (logits * np.float32([1.5, 0.7, 1]) + np.float32([1, -2, 2]))
    lines = fit_lines(scores, wanted)
    gaps = np.abs(lines.chances(scores) - 1 / (1 + np.exp(-logits)))
    assert gaps.mean() < 0.03


def test_a_label_with_few_rows_follows_the_others() -> None:
    logits, wanted = drawn(400, [0.4] * 9 + [0.01], seed=2)
    wanted[:, 9] = 0
    wanted[np.argmax(logits[:, 9]), 9] = 1  # by luck, its one row has the highest score
    lines = fit_lines(logits / 2, wanted)
    assert lines.slopes[9] == pytest.approx(float(np.median(lines.slopes[:9])), rel=0.5)
    assert np.isfinite(lines.offsets).all()


def test_scores_that_say_nothing_become_the_share() -> None:
    _, wanted = drawn(1000, [0.3, 0.1], seed=3)
    lines = fit_lines(np.zeros((1000, 2), np.float32), wanted)
    chances = lines.chances(np.zeros((1, 2), np.float32))[0]
    assert np.allclose(chances, wanted.mean(axis=0), atol=0.02)


def test_scores_that_point_the_wrong_way_are_not_believed() -> None:
    logits, wanted = drawn(2000, [0.5, 0.5], seed=4)
    turned = logits * np.float32([1, -1])
    lines = fit_lines(turned, wanted)
    assert lines.slopes[0] > 0.5
    assert 0 < lines.slopes[1] < 0.05


def test_perfectly_separated_rows_make_no_trouble() -> None:
    wanted = np.float32([[1, 0], [1, 0], [0, 1], [0, 1]])
    lines = fit_lines((wanted - 0.5) * 20, wanted)
    chances = lines.chances((wanted - 0.5) * 20)
    assert np.isfinite(chances).all()
    assert ((chances > 0.5) == (wanted > 0.5)).all()


def test_thresholds_beat_one_half_where_labels_are_rare() -> None:
    logits, wanted = drawn(4000, [0.3, 0.1, 0.05], seed=5, skill=1.5)
    chances = (1 / (1 + np.exp(-logits))).astype(np.float32)
    new_logits, new = drawn(4000, [0.3, 0.1, 0.05], seed=6, skill=1.5)
    fresh = 1 / (1 + np.exp(-new_logits))
    limits = choose_thresholds(chances, wanted)
    assert (limits < 0.5).all()
    assert f1(fresh >= limits, new).mean() > f1(fresh >= 0.5, new).mean() + 0.1


def test_a_threshold_does_not_follow_one_lucky_row() -> None:
    chances = np.full((200, 2), 0.05, np.float32)
    chances[:, 0] = np.linspace(0.01, 0.9, 200)
    wanted = (np.random.default_rng(7).random((200, 2)) < chances).astype(np.float32)
    wanted[:, 1] = 0
    wanted[13, 1] = 1
    chances[13, 1] = 0.06
    alone = choose_thresholds(chances[:, 1:], wanted[:, 1:])[0]
    beside = choose_thresholds(chances, wanted)[1]
    assert beside > alone  # drawn towards what is best for all decisions


def test_no_row_leaves_the_middle() -> None:
    nothing = np.zeros((0, 3), np.float32)
    assert choose_thresholds(nothing, nothing).tolist() == [0.5] * 3


def test_thresholds_stay_inside() -> None:
    ones = np.ones((30, 2), np.float32)
    for chances in (ones * 0.999, ones * 1e-6):
        limits = choose_thresholds(chances.astype(np.float32), ones)
        assert ((limits > 0) & (limits < 1)).all()


def test_a_power_mends_products_of_labels_that_go_together() -> None:
    rng = np.random.default_rng(8)
    whole = rng.random(4000).astype(np.float32)
    right = rng.random(4000) < whole**0.5
    assert fit_power(whole, right) == pytest.approx(0.5, abs=0.05)
    assert fit_power(whole, rng.random(4000) < whole) == pytest.approx(1, abs=0.1)


def test_a_power_is_bounded_where_all_or_none_is_right() -> None:
    whole = np.full(20, 0.5, np.float32)
    assert 0.04 < fit_power(whole, np.ones(20, np.bool_)) < 0.1
    assert 4 < fit_power(whole, np.zeros(20, np.bool_)) < 5.1
