"""What more labels would bring: measured below, drawn on above, with an interval that holds."""

from __future__ import annotations

import numpy as np
import pytest

from lissom.learn import SHARES, Curve, draw_curve, look_ahead


def flat(right: float, rows: int = 100) -> Curve:
    """Return a curve that does not rise."""
    column = np.arange(rows) < round(right * rows)
    return Curve(np.array([20.0, 40.0, 80.0]), np.stack([column] * 3, axis=1))


def falling(rows: int, exponent: float, rng: np.random.Generator, *, first: float = 0.6) -> Curve:
    """Return a curve whose error falls by a power of the labels."""
    sizes = np.array([20.0, 40.0, 80.0])
    luck = rng.random(rows)  # a row that is found from few labels is found from more
    wrong = first * (sizes / sizes[0]) ** -exponent
    return Curve(sizes, luck[:, None] >= wrong)


def test_a_row_is_answered_without_its_own_fold_and_from_parts_that_grow() -> None:
    targets = np.where(np.arange(50) % 5 == 4, -1, np.arange(50) % 2)
    folds = np.arange(50) % 4
    asked = np.flatnonzero(targets >= 0)[:20]
    seen: list[np.ndarray] = []

    def answer(rows: np.ndarray) -> np.ndarray:
        seen.append(rows)
        return np.zeros(50, np.int64)

    curve = draw_curve(answer, targets, folds, asked, np.random.default_rng(0))
    assert len(seen) == 4 * len(SHARES)
    for fold in range(4):
        parts = seen[fold * 3 : fold * 3 + 3]
        assert all((folds[rows] != fold).all() for rows in parts)
        assert all((targets[rows] >= 0).all() for rows in parts)
        assert set(parts[0]) < set(parts[1]) < set(parts[2])
    assert curve.right.shape == (20, 3)
    assert curve.right[:, 2].tolist() == (targets[asked] == 0).tolist()
    assert curve.sizes.tolist() == pytest.approx([7.5, 15, 30], abs=0.6)


def test_a_curve_that_does_not_rise_promises_nothing_for_sure() -> None:
    ahead = look_ahead(flat(0.7), 200, np.random.default_rng(1))
    assert ahead.value == pytest.approx(0.7)
    assert ahead.low < 0.65
    assert ahead.high > 0.75


def test_a_curve_that_rises_is_drawn_on() -> None:
    curve = falling(2000, 0.5, np.random.default_rng(2))
    ahead = look_ahead(curve, 160, np.random.default_rng(2))
    assert ahead.value == pytest.approx(1 - 0.6 * 8**-0.5, abs=0.02)
    assert ahead.low <= curve.right[:, -1].mean() <= ahead.value <= ahead.high


def test_labels_that_do_harm_are_not_drawn_on() -> None:
    curve = flat(0.7)
    worse = curve.right.copy()
    worse[:15, 2] = False
    ahead = look_ahead(Curve(curve.sizes, worse), 160, np.random.default_rng(3))
    assert ahead.value == pytest.approx(worse[:, 2].mean())


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_all_right_and_all_wrong_stay_within_bounds(right: float) -> None:
    ahead = look_ahead(flat(right), 160, np.random.default_rng(4))
    assert 0 <= ahead.low <= ahead.value <= ahead.high <= 1


def test_the_interval_holds_what_came_of_it_at_any_usual_pace() -> None:
    rng = np.random.default_rng(8)
    held = []
    for exponent in (0.0, 0.2, 0.35, 0.5, 0.8):
        for _ in range(40):
            curve = falling(120, exponent, rng)
            ahead = look_ahead(curve, 160, rng, draws=100)
            held.append(ahead.low <= 1 - 0.6 * 8**-exponent <= ahead.high)
    assert np.mean(held) >= 0.93  # what 200 cases can tell from 95 %


def test_more_rows_make_it_narrower() -> None:
    rng = np.random.default_rng(6)
    few, many = (look_ahead(falling(n, 0.4, rng), 160, rng) for n in (40, 4000))
    assert many.high - many.low < few.high - few.low
