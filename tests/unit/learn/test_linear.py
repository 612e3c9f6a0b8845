"""The head is the one that scikit-learn would find."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lissom.learn.linear import fit_head
from lissom.runtime import softmax


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_it_agrees_with_scikit_learn(classes: int) -> None:
    rng = np.random.default_rng(classes)
    targets = rng.integers(0, classes, 300)
    vectors = rng.normal(size=(classes, 20))[targets] + 1.5 * rng.normal(size=(300, 20))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    weights = rng.uniform(0.2, 3, 300).astype(np.float32)
    head = fit_head(vectors, targets, weights, classes=classes, strength=4.0)
    theirs = LogisticRegression(C=4.0, max_iter=5000, tol=1e-9)
    theirs.fit(vectors, targets, sample_weight=weights)
    wanted = theirs.predict_proba(vectors)
    np.testing.assert_allclose(softmax(head.score(vectors)), wanted, atol=5e-3)
    # The comparison can fail: another penalty gives other chances.
    other = fit_head(vectors, targets, weights, classes=classes, strength=0.5)
    assert np.abs(softmax(other.score(vectors)) - wanted).max() > 0.05


def test_classes_without_rows_are_never_chosen() -> None:
    vectors = np.eye(4, dtype=np.float32)
    head = fit_head(
        vectors, np.array([1, 1, 3, 3]), np.ones(4, np.float32), classes=5, strength=1.0
    )
    assert set(head.score(vectors).argmax(axis=1).tolist()) == {1, 3}
    assert np.isfinite(head.bias).all()
