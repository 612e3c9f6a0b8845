"""The lexical tier learns what the teacher says, and answers only where the two agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from lissom.runtime import keeps
from lissom.shrink import Deferral, Pairs, Shrinking, choose_deferral, distil

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOW = Shrinking()


def two_tiers(rows: int, *, seed: int, worth: float = 3.0) -> Pairs:
    """Return rows where the tiers agree more often the larger the student's lead is."""
    rng = np.random.default_rng(seed)
    student = rng.normal(0, 1, (rows, 3)).astype(np.float32)
    teacher = (worth * student + rng.gumbel(0, 1, (rows, 3))).argmax(axis=1)
    return Pairs(student, teacher, rng.random(rows).astype(np.float32))


def answered(pairs: Pairs, deferral: Deferral) -> NDArray[np.bool_]:
    margin, known = deferral.margin, deferral.known
    return keeps(pairs.student, pairs.known, margin, known, deferral.least)


def answered_otherwise(pairs: Pairs, deferral: Deferral) -> int:
    return int((answered(pairs, deferral) & (pairs.student.argmax(axis=1) != pairs.teacher)).sum())


def test_a_student_says_what_a_linear_teacher_says_of_its_rows() -> None:
    rng = np.random.default_rng(1)
    # As with real texts there are more words than rows.
    table = sparse.csr_matrix((rng.random((80, 300)) < 0.1).astype(np.float32))
    teacher = (table @ rng.normal(0, 1, (300, 4))).astype(np.float32)
    student = distil(table, teacher, replace(HOW, strength=1e-4)).score(table)
    wanted = teacher - teacher.mean(axis=1, keepdims=True)
    assert np.corrcoef(student.ravel(), wanted.ravel())[0, 1] > 0.999
    assert (student.argmax(axis=1) == teacher.argmax(axis=1)).mean() > 0.97


def test_what_the_teacher_adds_to_every_class_is_not_learned() -> None:
    rng = np.random.default_rng(2)
    table = sparse.csr_matrix((rng.random((60, 10)) < 0.3).astype(np.float32))
    teacher = rng.normal(0, 1, (60, 3)).astype(np.float32)
    lifted = teacher + rng.normal(0, 50, (60, 1)).astype(np.float32)
    first, second = distil(table, teacher, HOW), distil(table, lifted, HOW)
    np.testing.assert_allclose(first.weights, second.weights, atol=1e-3)


def test_a_heavier_penalty_learns_less() -> None:
    rng = np.random.default_rng(3)
    table = sparse.csr_matrix((rng.random((60, 10)) < 0.3).astype(np.float32))
    teacher = rng.normal(0, 1, (60, 3)).astype(np.float32)
    sizes = [
        np.abs(distil(table, teacher, replace(HOW, strength=strength)).weights).sum()
        for strength in (0.1, 10, 1000)
    ]
    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("allowed", [0.0, 0.01, 0.02, 0.1])
def test_no_more_rows_are_answered_otherwise_than_allowed(seed: int, allowed: float) -> None:
    pairs = two_tiers(400, seed=seed)
    how = replace(HOW, max_disagreement=allowed)
    assert answered_otherwise(pairs, choose_deferral(pairs, how)) <= allowed * 400


@pytest.mark.parametrize("seed", range(5))
def test_rows_with_one_lead_do_not_slip_past_the_limit(seed: int) -> None:
    pairs = two_tiers(400, seed=seed, worth=1.0)
    tied = Pairs(np.rint(pairs.student), pairs.teacher, pairs.known)
    # A lead of 0 to 4 in whole numbers: most rows share theirs with a hundred others.
    for allowed in (0.01, 0.05, 0.1, 0.2):
        deferral = choose_deferral(tied, replace(HOW, max_disagreement=allowed))
        assert answered_otherwise(tied, deferral) <= allowed * 400


def test_the_lowest_lead_that_is_allowed_is_found() -> None:
    pairs = two_tiers(400, seed=7)
    found = choose_deferral(pairs, HOW)
    assert found.margin is not None
    assert answered(pairs, found).sum() > 40
    lower = replace(found, margin=np.nextafter(np.float32(found.margin), np.float32(-1)))
    leads = np.sort(pairs.student, axis=1)
    others = (leads[:, -1] - leads[:, -2]).astype(np.float32)
    assert found.least is not None
    below = others[(others < found.margin) & (pairs.student.max(axis=1) >= found.least)]
    # Down to the next lead nothing changes; beyond the next few the limit is passed.
    assert answered_otherwise(pairs, lower) <= HOW.max_disagreement * 400
    nearby = [replace(found, margin=float(lead)) for lead in np.sort(below)[::-1]]
    assert answered_otherwise(pairs, nearby[0]) > HOW.max_disagreement * 400


def test_tiers_that_always_agree_leave_only_the_strangest_texts() -> None:
    pairs = two_tiers(400, seed=8)
    agreed = Pairs(pairs.student, pairs.student.argmax(axis=1), pairs.known)
    found = choose_deferral(agreed, HOW)
    kept = answered(agreed, found)
    assert kept.sum() == 380
    best = agreed.student.max(axis=1)
    assert best[~kept].max() < best[kept].min()
    everything = choose_deferral(agreed, replace(HOW, defer_rarest=0.0))
    assert answered(agreed, everything).all()


@pytest.mark.parametrize("allowed", [0.0, 0.02])
def test_tiers_that_never_agree_answer_nothing(allowed: float) -> None:
    pairs = two_tiers(400, seed=9)
    never = Pairs(pairs.student, (pairs.student.argmax(axis=1) + 1) % 3, pairs.known)
    found = choose_deferral(never, replace(HOW, max_disagreement=allowed))
    assert found.margin is None
    assert not answered(never, found).any()


def test_too_few_pairs_answer_nothing() -> None:
    pairs = two_tiers(200, seed=10, worth=9.0)
    assert choose_deferral(pairs, HOW).margin is not None
    fewer = pairs.select(np.arange(200) < 199)
    assert len(fewer.teacher) == 199
    assert choose_deferral(fewer, HOW).margin is None
