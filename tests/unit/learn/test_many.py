"""One question for each label: learned as well as one after the other, and from few rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from lissom.learn.many import (
    Marked,
    fit_logistic,
    learn_label_head,
    learn_label_words,
    prior_log_odds,
)


def plant(rows: int, labels: int, *, seed: int, share: float = 0.3, noise: float = 0.3) -> Marked:
    """Return rows that lie near the sum of their labels' directions, and hold their words."""
    rng = np.random.default_rng(seed)
    wanted = (rng.random((rows, labels)) < share).astype(np.float32)
    vectors = wanted @ np.eye(labels, labels + 6) + noise * rng.standard_normal((rows, labels + 6))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    hints = (wanted > 0) & (rng.random((rows, labels)) < 0.8)
    words = np.concatenate([hints, rng.random((rows, 9)) < 0.3], axis=1)
    table = sparse.csr_matrix(words.astype(np.float32))
    return Marked(vectors.astype(np.float32), table, wanted)


def hits(scores: np.ndarray, wanted: np.ndarray) -> float:
    return float(((scores > 0) == (wanted > 0)).mean())


def test_labels_fitted_together_are_what_each_would_be_alone() -> None:
    marked = plant(400, 5, seed=1)
    head = fit_logistic(marked.vectors, marked.wanted, strength=10.0, steps=200)
    for label in range(5):
        alone = LogisticRegression(C=10.0, tol=1e-8, max_iter=2000)
        alone.fit(marked.vectors, marked.wanted[:, label])
        assert np.allclose(head.weights[:, label], alone.coef_[0], atol=0.03)
        assert head.bias[label] == pytest.approx(alone.intercept_[0], abs=0.03)


def test_the_steps_taken_are_enough() -> None:
    marked = plant(600, 8, seed=2)
    usual = fit_logistic(marked.vectors, marked.wanted, strength=10.0)
    longer = fit_logistic(marked.vectors, marked.wanted, strength=10.0, steps=400)
    gap = np.abs(usual.score(marked.vectors) - longer.score(marked.vectors))
    assert gap.max() < 0.1


def test_a_label_that_no_row_or_every_row_has_stays_finite() -> None:
    marked = plant(60, 4, seed=3)
    marked.wanted[:, 0], marked.wanted[:, 1] = 0, 1
    for scores in (
        learn_label_head(marked, strength=10.0).score(marked.vectors),
        learn_label_words(marked, strength=1.0).score(marked.table),
    ):
        assert np.isfinite(scores).all()
        assert (scores[:, 0] < 0).all()
        assert (scores[:, 1] > 0).all()


def test_no_labelled_row_at_all_leaves_nothing_known() -> None:
    marked = plant(0, 3, seed=0)
    head = learn_label_head(marked, strength=10.0)
    words = learn_label_words(marked, strength=1.0)
    assert head.score(np.ones((2, 9), np.float32)).tolist() == [[0, 0, 0]] * 2
    assert words.score(sparse.csr_matrix(np.ones((2, 12), np.float32))).tolist() == [[0, 0, 0]] * 2


def ranked(scores: np.ndarray, wanted: np.ndarray) -> float:
    """Return how often a row with a label is ranked before one without it, over labels."""
    pairs = [
        (scores[wanted[:, i] > 0, i][:, None] > scores[wanted[:, i] == 0, i]).mean()
        for i in range(wanted.shape[1])
    ]
    return float(np.mean(pairs))


def test_names_help_where_rows_are_few() -> None:
    few, many = plant(8, 6, seed=4, noise=0.4), plant(500, 6, seed=5, noise=0.4)
    named = Marked(few.vectors, few.table, few.wanted, np.eye(6, 12, dtype=np.float32))
    plain = learn_label_head(few, strength=10.0).score(many.vectors)
    helped = learn_label_head(named, strength=10.0).score(many.vectors)
    assert ranked(helped, many.wanted) > ranked(plain, many.wanted) + 0.05


def test_a_label_one_hundred_times_rarer_than_another_is_told_from_it() -> None:
    rng = np.random.default_rng(6)
    marked = plant(2000, 3, seed=6)
    rare = rng.random(2000) < 0.005
    marked.wanted[:, 2], marked.wanted[:, 1] = rare, rng.random(2000) < 0.5
    vectors = marked.wanted @ np.eye(3, 9, dtype=np.float32)
    vectors += 0.3 * rng.standard_normal(vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = fit_logistic(vectors, marked.wanted, strength=10.0).score(vectors)[:, 2]
    assert rare.sum() < 20
    # Ranked first nearly always, though by chance it never would be.
    assert np.mean([(scores[~rare] < score).mean() for score in scores[rare]]) > 0.95


def test_words_tell_labels_that_vectors_do_not() -> None:
    marked = plant(300, 5, seed=7)
    test = plant(300, 5, seed=8)
    blind = Marked(np.zeros_like(marked.vectors), marked.table, marked.wanted)
    scores = learn_label_words(blind, strength=1.0).score(test.table)
    assert hits(scores, test.wanted) > 0.85
    assert hits(np.full_like(scores, -1), test.wanted) < 0.75


def test_a_rare_label_needs_more_proof_from_a_word() -> None:
    table = sparse.csr_matrix(np.ones((1, 1), np.float32))
    rows = sparse.vstack([table] * 4 + [sparse.csr_matrix((1, 1), dtype=np.float32)] * 196).tocsr()
    wanted = np.zeros((200, 2), np.float32)
    wanted[:2, 0] = 1  # rare, and half of the rows with the word
    wanted[:2, 1] = 1
    wanted[4:102, 1] = 1  # common, and half of them, too
    marked = Marked(np.zeros((200, 1), np.float32), rows.astype(np.float32), wanted)
    scores = learn_label_words(marked, strength=1.0).score(table)
    assert scores[0, 0] < scores[0, 1]


def test_the_same_rows_give_the_same_numbers() -> None:
    marked = plant(200, 6, seed=9)
    first = fit_logistic(marked.vectors, marked.wanted, strength=10.0)
    again = fit_logistic(marked.vectors.copy(), marked.wanted.copy(), strength=10.0)
    assert first.weights.tobytes() == again.weights.tobytes()


def test_five_hundred_labels_are_learned_at_once() -> None:
    rng = np.random.default_rng(10)
    which = rng.integers(0, 500, 1500)
    wanted = np.eye(500, dtype=np.float32)[which]
    vectors = wanted @ rng.standard_normal((500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    head = fit_logistic(vectors, wanted, strength=100.0)
    assert (head.score(vectors).argmax(axis=1) == which).mean() > 0.95


def test_the_prior_is_the_share_of_rows_with_the_label() -> None:
    wanted = np.zeros((99, 1), np.float32)
    wanted[:24] = 1
    assert prior_log_odds(wanted)[0] == pytest.approx(np.log(24.5 / 75.5), abs=1e-5)
