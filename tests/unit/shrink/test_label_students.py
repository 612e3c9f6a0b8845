"""The student of a model that gives any number of labels, and when it may answer alone."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from lissom.nets import RidgeFit
from lissom.shrink import Shrinking, distil_labels, find_margin


def test_a_student_says_what_teacher_and_words_say_together() -> None:
    rng = np.random.default_rng(0)
    table = sparse.csr_matrix((rng.random((300, 30)) < 0.2).astype(np.float32))
    taught = (table @ rng.normal(size=(30, 4)) - 1).astype(np.float32)
    words = RidgeFit(rng.normal(size=(30, 4)).astype(np.float32), np.float32([1, 2, 3, 4]))
    student = distil_labels(table, taught, words, Shrinking(strength=1e-3))
    found = student.score(table)
    # The bias is the mean score, so the table cannot say all of it.
    assert np.corrcoef(found.ravel(), (taught + words.score(table)).ravel())[0, 1] > 0.99


def test_what_all_labels_have_in_common_is_learned_too() -> None:
    # One class wins over the others whatever is added to all; a label is there by its own score.
    table = sparse.csr_matrix(np.eye(40, dtype=np.float32))
    nothing = RidgeFit(np.zeros((40, 3), np.float32), np.zeros(3, np.float32))
    taught = np.repeat(np.linspace(-3, 3, 40, dtype=np.float32)[:, None], 3, axis=1)
    found = distil_labels(table, taught, nothing, Shrinking(strength=1e-3)).score(table)
    assert np.abs(found - taught).max() < 0.1


def test_the_lowest_margin_that_keeps_the_agreement_is_found() -> None:
    margins = np.arange(1000, 0, -1, dtype=np.float32)
    differs = np.zeros(1000, np.bool_)
    differs[600:] = True
    known = np.ones(1000, np.float32)
    how = Shrinking(max_disagreement=0.02, defer_rarest=0.0)
    found = find_margin(margins, differs, known, how)
    assert found.margin == margins[619]
    assert find_margin(margins[:100], differs[:100], known[:100], how).margin is None


def test_rows_of_unknown_words_are_never_kept_for_their_margin() -> None:
    margins = np.ones(400, np.float32)
    known = np.repeat(np.float32([0.1, 0.9]), 200)
    differs = np.arange(400) < 200
    found = find_margin(margins, differs, known, Shrinking(defer_rarest=0.55))
    assert found.known > 0.5
    assert found.margin == 1
