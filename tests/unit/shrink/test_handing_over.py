"""The student says what the teacher says, and hands over what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import binom

from lissom.runtime import keeps
from lissom.shrink import Pairs, Shrinking, choose_deferral, distil

if TYPE_CHECKING:
    from lissom.shrink import Deferral


def test_a_linear_teacher_is_reproduced() -> None:
    # The bias is the mean score, so that a text without known words gets that; a teacher can
    # therefore be repeated exactly only where the features cancel out, as in these mirrored rows.
    rng = np.random.default_rng(0)
    half = rng.normal(size=(400, 40)) * (rng.random((400, 40)) < 0.2)
    table = sparse.csr_matrix(np.concatenate([half, -half]).astype(np.float32))
    taught = (table @ rng.normal(size=(40, 5)) + rng.normal(size=5)).astype(np.float32)
    student = distil(table, taught, Shrinking(strength=1e-3))
    found = student.score(table)
    centred = taught - taught.mean(axis=1, keepdims=True)
    assert np.abs(found - centred).max() < 0.01 * np.abs(centred).max()
    assert (found.argmax(axis=1) == taught.argmax(axis=1)).mean() > 0.99
    # What is added to all classes of a row says nothing and must not be learned.
    shifted = distil(table, taught + rng.normal(size=(800, 1)).astype(np.float32), Shrinking(1e-3))
    assert np.allclose(shifted.score(table), found, atol=1e-3)


def test_a_stronger_penalty_makes_smaller_weights() -> None:
    rng = np.random.default_rng(1)
    table = sparse.csr_matrix(rng.random((50, 10), np.float32))
    scores = rng.normal(size=(50, 3)).astype(np.float32)
    sizes = [np.abs(distil(table, scores, Shrinking(s)).weights).sum() for s in (0.1, 1.0, 10.0)]
    assert sizes == sorted(sizes, reverse=True)


def _pairs(seed: int, rows: int, *, levels: int = 0, rarities: int = 0) -> Pairs:
    """Draw a student that is right more often where it leads by more.

    Args:
        seed: of the draws.
        rows: rows drawn.
        levels: round the scores to so many steps, which makes ties; 0 for none.
        rarities: likewise for the share of known features.
    """
    rng = np.random.default_rng(seed)
    margin = rng.exponential(1.0, rows)
    known = rng.random(rows)
    if levels:
        margin = np.round(margin * levels) / levels
    if rarities:
        known = np.round(known * rarities) / rarities
    said = rng.integers(0, 3, rows)
    student = np.zeros((rows, 3), np.float32)
    student[np.arange(rows), said] = margin
    is_wrong = rng.random(rows) < 0.5 * np.exp(-1.5 * margin)
    # argmax breaks ties by position, so the answer is read off the scores, not off `said`.
    answer = student.argmax(axis=1)
    return Pairs(student, np.where(is_wrong, (answer + 1) % 3, answer), known.astype(np.float32))


def _disagreement(pairs: Pairs, deferral: Deferral) -> float:
    kept = keeps(pairs.student, pairs.known, deferral.margin, deferral.known, deferral.least)
    return float((kept & (pairs.student.argmax(axis=1) != pairs.teacher)).mean())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(200, 600),
    levels=st.sampled_from([0, 1, 2, 5]),
    rarities=st.sampled_from([0, 1, 4]),
    allowed=st.sampled_from([0.0, 0.01, 0.02, 0.1]),
)
def test_the_allowed_disagreement_is_never_exceeded_on_the_rows_it_was_chosen_on(
    seed: int, rows: int, levels: int, rarities: int, allowed: float
) -> None:
    pairs = _pairs(seed, rows, levels=levels, rarities=rarities)
    deferral = choose_deferral(pairs, Shrinking(max_disagreement=allowed))
    assert _disagreement(pairs, deferral) <= allowed


def test_more_is_kept_when_more_disagreement_is_allowed() -> None:
    pairs = _pairs(1, 3000)
    kept = []
    for allowed in (0.005, 0.02, 0.1):
        found = choose_deferral(pairs, Shrinking(max_disagreement=allowed))
        kept.append(
            keeps(pairs.student, pairs.known, found.margin, found.known, found.least).mean()
        )
    assert 0 < kept[0] < kept[1] < kept[2]


@pytest.mark.parametrize(("rows", "answers"), [(199, False), (200, True)])
def test_too_few_pairs_hand_everything_over(rows: int, answers: bool) -> None:  # noqa: FBT001 - a parameter
    deferral = choose_deferral(_pairs(2, rows), Shrinking(max_disagreement=0.1, min_pairs=200))
    assert (deferral.margin is not None) is answers


def test_a_student_that_is_always_wrong_answers_nothing() -> None:
    pairs = _pairs(3, 500)
    wrong = Pairs(pairs.student, (pairs.student.argmax(axis=1) + 1) % 3, pairs.known)
    found = choose_deferral(wrong, Shrinking())
    assert keeps(wrong.student, wrong.known, found.margin, 0.0, found.least).mean() <= 0.02


def test_texts_with_the_lowest_best_scores_are_handed_over_however_far_they_lead() -> None:
    pairs = _pairs(4, 1000)
    agreeing = Pairs(pairs.student, pairs.student.argmax(axis=1), pairs.known)
    found = choose_deferral(agreeing, Shrinking(defer_rarest=0.1))
    kept = keeps(agreeing.student, agreeing.known, found.margin, found.known, found.least)
    best = agreeing.student.max(axis=1)
    rarest = best < np.quantile(best, 0.1)
    assert not kept[rarest].any()
    assert kept[~rarest].all()


def test_on_fresh_rows_the_disagreement_stays_near_what_was_allowed() -> None:
    """Choose on 1,000 rows, look at 20,000 others; 60 times.

    The margin is the best on its own rows, so it is a little optimistic on others: the mean may be
    above the allowance by noise only, and no single one by more than four standard errors of the
    rows that it was chosen on.
    """
    allowed, fresh = 0.02, []
    for seed in range(60):
        found = choose_deferral(_pairs(seed, 1000), Shrinking(max_disagreement=allowed))
        fresh.append(_disagreement(_pairs(10_000 + seed, 20_000), found))
    assert 0.9 * allowed < np.mean(fresh) < 1.1 * allowed
    assert max(fresh) <= binom.ppf(0.9999, 1000, allowed) / 1000
