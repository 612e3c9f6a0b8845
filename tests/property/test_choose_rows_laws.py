"""Laws of choosing rows, for any rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import Choosing, Ground, choose_rows, find_nearest

HOW = Choosing(neighbours=4)


@st.composite
def grounds(draw: st.DrawFn) -> tuple[Ground, np.ndarray, np.ndarray, int]:
    """Return a ground, its vectors, doubts, and how many rows are wanted."""
    rows = draw(st.integers(2, 14))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    vectors = rng.standard_normal((rows, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = rng.integers(0, rows, rows)
    is_labelled = rng.random(rows) < 0.2
    ground = Ground(
        find_nearest(vectors, HOW.neighbours),
        groups,
        np.flatnonzero(is_labelled),
        np.flatnonzero(~is_labelled & (rng.random(rows) < 0.9)),
    )
    return ground, vectors, rng.random(rows).astype(np.float32), draw(st.integers(1, 16))


def likeness(ground: Ground) -> np.ndarray:
    """Return how much a label on one row speaks for another, written out in full."""
    count = len(ground.groups)
    alike = np.eye(count)
    for row in range(count):
        pairs = zip(ground.nearest.rows[row], ground.nearest.closeness[row], strict=True)
        for other, closeness in pairs:
            value = max(float(closeness), 0.0) ** HOW.power
            alike[row, other] = max(alike[row, other], value)
            alike[other, row] = max(alike[other, row], value)
    return alike


@given(grounds())
def test_each_row_taken_adds_as_much_as_any_row_could(
    made: tuple[Ground, np.ndarray, np.ndarray, int],
) -> None:
    ground, _, doubt, count = made
    alike = likeness(ground)
    spoken = np.max(alike[ground.labelled], axis=0, initial=0.0)
    closed = set(ground.groups[ground.labelled].tolist())
    chosen = choose_rows(ground, doubt, count, HOW).tolist()
    for row in chosen:
        open_rows = [r for r in ground.free.tolist() if ground.groups[r] not in closed]
        gains = {r: float((doubt * np.maximum(alike[r] - spoken, 0)).sum()) for r in open_rows}
        assert row in gains
        assert gains[row] >= max(gains.values()) - 1e-4
        spoken = np.maximum(spoken, alike[row])
        closed.add(int(ground.groups[row]))
    left = [r for r in ground.free.tolist() if ground.groups[r] not in closed]
    assert len(chosen) == count or not left


@given(grounds())
def test_no_two_rows_of_a_group_and_none_that_is_labelled(
    made: tuple[Ground, np.ndarray, np.ndarray, int],
) -> None:
    ground, _, doubt, count = made
    chosen = choose_rows(ground, doubt, count, HOW)
    groups = ground.groups[chosen].tolist()
    assert len(set(groups)) == len(groups) <= count
    assert not set(groups) & set(ground.groups[ground.labelled].tolist())
    assert set(chosen.tolist()) <= set(ground.free.tolist())
