"""A scikit-learn estimator over texts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from lissom.errors import NotTextsError
from lissom.pipeline.answering import load
from lissom.pipeline.building import build
from lissom.pipeline.order import Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.utils import Tags


class LissomClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped library
    """Learns texts and answers them like any scikit-learn classifier.

    Args:
        seed: every random choice follows from it.
        base: folder or hub name of another encoder.
        threads: cores to use; None for all.

    A label of None or "" marks an unlabelled text. After `fit`: `classes_`, `story_` (all that was
    measured).
    """

    def __init__(self, seed: int = 0, base: str | None = None, threads: int | None = None) -> None:
        """Keep the settings; nothing is loaded before `fit`."""
        self.seed = seed
        self.base = base
        self.threads = threads

    def fit(self, X: Sequence[str], y: Sequence[object]) -> LissomClassifier:  # noqa: N803 - scikit-learn's name
        """Learn from texts and labels.

        Args:
            X: texts.
            y: a label for each; None or "" where there is none.

        Raises:
            NotTextsError: X is not a list of texts.
            ValueError: X and y are not of one length.
        """
        texts = as_texts(X)
        labels = np.asarray(y, dtype=object)
        if labels.ndim != 1 or len(labels) != len(texts):
            message = f"X has {len(texts)} texts but y has shape {labels.shape}"
            raise ValueError(message)
        given = [label for label in labels if label is not None and label != ""]
        check_classification_targets(np.asarray(given))
        self._names = {str(label): label for label in given}
        cells = [None if label is None or label == "" else str(label) for label in labels]
        frame = pl.DataFrame({"text": texts, "label": cells})
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "model"
            order = Order(frame, out=out, seed=self.seed, base=self.base, threads=self.threads)
            self.story_ = build(order).story
            self._model = load(out, threads=self.threads)
        self.classes_ = np.asarray([self._names[name] for name in self._model.labels])
        return self

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.float32]:  # noqa: N803 - scikit-learn's name
        """Return (texts, classes) calibrated probabilities, columns as in `classes_`."""
        check_is_fitted(self)
        return self._model.answer(as_texts(X)).probabilities

    def predict(self, X: Sequence[str]) -> NDArray[np.generic]:  # noqa: N803 - scikit-learn's name
        """Return the label of each text."""
        shares = self.predict_proba(X)
        found: NDArray[np.generic] = self.classes_[shares.argmax(axis=1)]
        return found

    def __sklearn_tags__(self) -> Tags:
        """Say that texts go in, one per row."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags


def as_texts(found: Sequence[str]) -> list[str]:
    """Return a list of texts.

    Raises:
        NotTextsError: it is one text, or holds something else.

    >>> as_texts(("a", "b"))
    ['a', 'b']
    """
    if isinstance(found, str):
        raise NotTextsError("one text")
    texts = list(found)
    wrong = next((text for text in texts if not isinstance(text, str)), None)
    if wrong is not None:
        raise NotTextsError(type(wrong).__name__)
    return [str(text) for text in texts]
