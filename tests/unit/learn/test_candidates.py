"""What each way of learning makes of rows whose answer was planted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from planted import hide, plant
from scipy import sparse

from lissom.learn import LEARNERS, TAUGHT, UNKNOWN, Learning, Learnt, Pool, View, learn_frozen
from lissom.learn.beside import see_words_too

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOW = Learning()


def share_right(learnt: Learnt, pool: Pool) -> float:
    return float((learnt.score(pool).argmax(axis=1) == pool.targets).mean())


@pytest.mark.parametrize("name", sorted(LEARNERS))
@pytest.mark.parametrize("classes", [2, 4])
def test_every_candidate_beats_chance_by_far_on_planted_clusters(name: str, classes: int) -> None:
    learnt = LEARNERS[name](hide(plant(240, classes, seed=1, noise=0.2), 20), HOW)
    unseen = plant(240, classes, seed=2, noise=0.2)
    assert share_right(learnt, unseen) > 1 / classes + 0.25


def test_propagation_beats_frozen_where_clusters_are_clean_and_labels_few() -> None:
    gains = []
    for seed in range(6):
        few = hide(plant(300, 5, seed=seed, noise=0.22), 1)
        unseen = plant(300, 5, seed=100 + seed, noise=0.22)
        spread, plain = (LEARNERS[name](few, HOW) for name in ("propagation", "frozen"))
        gains.append(share_right(spread, unseen) - share_right(plain, unseen))
    assert np.mean(gains) > 0.02
    assert min(gains) > -0.02


def test_unlabelled_rows_change_nothing_for_the_candidates_that_do_not_read_them() -> None:
    few = hide(plant(120, 3, seed=4, noise=0.2), 8)
    alone = few.select(few.labelled)
    for name in ("lexical", "frozen"):
        first, second = (LEARNERS[name](pool, HOW).score(alone) for pool in (few, alone))
        np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-4)
    first, second = (LEARNERS["propagation"](pool, HOW).score(alone) for pool in (few, alone))
    assert np.abs(first - second).max() > 0.05


@pytest.mark.parametrize("name", ["frozen", "propagation"])
def test_a_class_without_a_row_gets_a_very_low_score(name: str) -> None:
    pool = plant(60, 3, seed=5, noise=0.2)
    missing = pool.select(np.flatnonzero(pool.targets != 1))
    scores = LEARNERS[name](missing, HOW).score(pool)
    assert (scores[:, 1] <= -30).all()
    assert np.isfinite(scores).all()
    assert (scores[:, [0, 2]] > -25).all()


def test_two_classes_get_opposite_scores_that_tell_them_apart() -> None:
    pool = plant(80, 2, seed=6, noise=0.2)
    scores = learn_frozen(pool, HOW).score(pool)
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1], atol=1e-5)
    assert (scores.argmax(axis=1) == pool.targets).mean() > 0.95


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_one_class_is_always_the_answer(name: str) -> None:
    pool = plant(40, 2, seed=7, noise=0.2)
    only = Pool(pool.vectors, pool.table, np.ones(40, np.int64), 2)
    scores = LEARNERS[name](only, HOW).score(pool)
    assert np.isfinite(scores).all()
    assert (scores.argmax(axis=1) == 1).all()


def test_the_name_of_a_class_is_one_more_text_of_it_for_propagation() -> None:
    pool = plant(60, 3, seed=8, noise=0.2)
    targets = np.full(60, UNKNOWN)
    targets[:2] = [0, 1]  # nobody labelled the third class
    unnamed = Pool(pool.vectors, pool.table, targets, 3)
    named = Pool(pool.vectors, pool.table, targets, 3, np.eye(3, 12, dtype=np.float32))
    third = pool.targets == 2
    found = LEARNERS["propagation"](named, HOW).score(pool).argmax(axis=1)
    assert (found[third] == 2).mean() > 0.9
    lost = LEARNERS["propagation"](unnamed, HOW).score(pool).argmax(axis=1)
    assert not (lost[third] == 2).any()


@pytest.mark.parametrize("name", sorted(TAUGHT))
def test_what_a_teacher_sees_reaches_the_base_by_way_of_unlabelled_rows(name: str) -> None:
    """The base sees the classes through noise; the teacher sees them clearly."""
    blurred = hide(plant(400, 4, seed=9, noise=0.55), 4)
    clear = plant(400, 4, seed=10, noise=0.1)
    unseen = plant(400, 4, seed=11, noise=0.55)
    alone = share_right(LEARNERS[name](blurred, HOW), unseen)
    taught = replace(blurred, taught=View(clear.vectors))
    learnt = LEARNERS[name](taught, HOW)
    # It answers from the base alone: a pool that no teacher has read is enough.
    assert share_right(learnt, unseen) > alone + 0.05
    assert not learnt.is_tuned


@pytest.mark.parametrize("name", sorted(TAUGHT))
def test_a_teacher_that_sees_nothing_is_no_help(name: str) -> None:
    blurred = hide(plant(400, 4, seed=9, noise=0.4), 4)
    noise = np.random.default_rng(12).standard_normal((400, 12)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    unseen = plant(400, 4, seed=11, noise=0.4)
    taught = LEARNERS[name](replace(blurred, taught=View(noise)), HOW)
    assert share_right(taught, unseen) < share_right(LEARNERS["frozen"](blurred, HOW), unseen)


def test_something_that_learned_nothing_cannot_score() -> None:
    empty = Pool(np.zeros((1, 2), np.float32), sparse.csr_matrix((1, 2)), np.zeros(1, np.int64), 2)
    with pytest.raises(ValueError, match="neither a head nor words"):
        Learnt().score(empty)


def a_word_decides(seed: int, *, blind: bool) -> tuple[Pool, NDArray[np.int64]]:
    """Make rows whose class is in which of two families of words they use.

    Args:
        seed: of the rows.
        blind: the encoder sees nothing of it, or sees it as well as the words say it.
    """
    rng = np.random.default_rng(seed)
    rows, of_each = 600, 15
    truth = np.arange(rows) % 2
    words = np.zeros((rows, 2 * of_each + 30), np.float32)
    for family in range(2):
        uses = rng.random((rows, of_each)) < np.where(truth == family, 0.3, 0.01)[:, None]
        words[:, family * of_each : (family + 1) * of_each] = uses
    words[:, 2 * of_each :] = rng.random((rows, 30)) < 0.1
    vectors = rng.standard_normal((rows, 16))
    if not blind:
        vectors[:, 0] += np.where(truth == 0, 8, -8)
    # An encoder always has some trace of a text's words, only too weak for few labels to find.
    vectors[:, 1:9] += 1.2 * (words[:, :8] - words[:, 15:23])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    table = sparse.csr_matrix(words)
    pool = Pool(vectors.astype(np.float32), table, truth.astype(np.int64), 2)
    return hide(pool, 8), truth


@pytest.mark.parametrize("heard", ["together", "propagation"])
def test_words_beside_the_encoder_are_heard_where_they_decide(heard: str) -> None:
    gains, kept = [], []
    for seed in range(5):
        for blind, found in ((True, gains), (False, kept)):
            pool, truth = a_word_decides(seed, blind=blind)
            right = {
                name: (LEARNERS[name](pool, HOW).score(pool).argmax(axis=1) == truth).mean()
                for name in (heard, "frozen")
            }
            found.append(right[heard] - right["frozen"])
    assert np.mean(gains) > 0.05
    assert min(kept) > -0.01


def test_what_stands_beside_is_made_where_it_is_not_known() -> None:
    pool, _ = a_word_decides(1, blind=True)
    known = replace(pool, beside=see_words_too(pool))
    first, second = (LEARNERS["together"](one, HOW).score(pool) for one in (pool, known))
    assert np.array_equal(first, second)
    assert known.select(np.arange(7)).beside is not None


@pytest.mark.parametrize("rows", [0, 1, 2, 40])
def test_rows_with_words_beside_them_have_length_one_and_words_can_be_missing(rows: int) -> None:
    pool, _ = a_word_decides(2, blind=True)
    few = pool.select(np.arange(rows))
    found = see_words_too(few)
    assert found.shape[0] == rows
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    silent = replace(few, table=sparse.csr_matrix(few.table.shape, dtype=np.float32))
    assert np.array_equal(see_words_too(silent), silent.vectors)
    assert np.array_equal(see_words_too(few), found)


def test_even_labels_of_a_skewed_stream_do_not_make_the_classes_even() -> None:
    """Planted: nine rows of ten are of one class, and somebody labelled eight of each."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        truth = (rng.random(600) < 0.1).astype(np.int64)
        vectors = np.eye(2, 12)[truth] + 0.45 * rng.standard_normal((600, 12))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        table = sparse.csr_matrix((600, 1), dtype=np.float32)
        pool = hide(Pool(vectors.astype(np.float32), table, truth, 2), 8)
        said = LEARNERS["propagation"](pool, HOW).score(pool).argmax(axis=1)
        assert abs((said == 1).mean() - truth.mean()) < 0.1
        assert (said == truth).mean() > 0.88
