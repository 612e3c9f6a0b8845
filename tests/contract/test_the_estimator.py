"""The scikit-learn estimator passes scikit-learn's own checks, with the exceptions named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from lissom import LissomClassifier
from lissom.errors import NotTextsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tiny_models import Made

EXPECTED_TO_FAIL: dict[str, str] = {}
"""Check of scikit-learn -> why it cannot hold for an estimator of texts."""


@parametrize_with_checks(
    [LissomClassifier()], expected_failed_checks=lambda _estimator: EXPECTED_TO_FAIL
)
def test_scikit_learn_accepts_it(
    estimator: LissomClassifier, check: Callable[[LissomClassifier], None]
) -> None:
    check(estimator)


def test_it_learns_answers_and_keeps_the_labels_type(
    made: Made, tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    labels = [int(target) * 10 if target >= 0 else None for target in made.targets]
    model = LissomClassifier(seed=1, base=str(tiny_base)).fit(made.texts, labels)
    assert model.classes_.tolist() == [0, 10, 20]
    shares = model.predict_proba(made.texts[:9])
    assert shares.shape == (9, 3)
    assert np.allclose(shares.sum(axis=1), 1)
    hits = model.predict(made.texts) == made.kinds * 10
    assert hits.mean() > 0.6


def test_an_unfitted_one_says_so() -> None:
    with pytest.raises(NotFittedError):
        LissomClassifier().predict(["hello"])


def test_clone_keeps_the_settings() -> None:
    assert clone(LissomClassifier(seed=4)).get_params()["seed"] == 4


def test_numbers_are_refused_in_one_sentence() -> None:
    with pytest.raises(NotTextsError, match="list of texts"):
        LissomClassifier().fit([1.0, 2.0], ["a", "b"])  # type: ignore[list-item]  # the point
