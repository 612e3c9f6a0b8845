"""The time there is, turned into counted steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import CHEAP, LEARNERS, TAUGHT, TUNED, Size, plan

_SMALL = Size(labels=16, classes=2, pool=7000, tokens=25)
_LARGE = Size(labels=1200, classes=150, pool=11_200, tokens=12)


def test_few_labels_and_short_texts_let_tuning_into_the_default_race() -> None:
    found = plan(_SMALL)
    assert set(found.candidates) == set(LEARNERS) - TAUGHT
    assert found.folds >= 3
    assert found.steps == 40
    assert 0 < found.seconds <= 50


def test_a_teacher_brings_its_candidates_whatever_the_time() -> None:
    for size in (_SMALL, _LARGE):
        found = plan(replace(size, is_taught=True))
        assert set(found.candidates) == set(plan(size).candidates) | TAUGHT


def test_many_labels_let_it_in_only_with_more_time() -> None:
    assert plan(_LARGE).candidates == CHEAP
    assert plan(_LARGE).steps == 0
    longer = plan(_LARGE, 3600)
    assert set(longer.candidates) >= TUNED
    assert longer.steps == 100, "each row is met about four times"


def test_a_class_with_a_single_label_is_not_tuned_for() -> None:
    assert plan(Size(labels=77, classes=77, pool=1000, tokens=10), 1e9).candidates == CHEAP


def test_a_larger_base_costs_more() -> None:
    large = Size(labels=16, classes=2, pool=7000, tokens=25, weights=85_000_000)
    assert plan(large).candidates == CHEAP
    assert set(plan(large, 3600).candidates) >= TUNED


def test_a_faster_machine_does_more_in_the_same_time() -> None:
    assert plan(_LARGE, 60, pace=1.0).candidates == CHEAP
    assert set(plan(_LARGE, 60, pace=10.0).candidates) >= TUNED


@given(
    labels=st.integers(0, 5000),
    classes=st.integers(2, 1000),
    pool=st.integers(0, 50_000),
    tokens=st.floats(0, 512),
    seconds=st.floats(1, 1e5),
)
def test_more_time_never_takes_a_candidate_away_and_the_plan_keeps_to_it(
    labels: int, classes: int, pool: int, tokens: float, seconds: float
) -> None:
    size = Size(labels, classes, max(pool, labels), tokens)
    less, more = plan(size, seconds), plan(size, seconds * 2)
    assert set(less.candidates) <= set(more.candidates)
    assert less.seconds <= np.ceil(seconds)
    assert tuple(name for name in less.candidates if name not in TUNED) == CHEAP
