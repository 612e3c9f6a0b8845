"""A scikit-learn estimator over texts that have any number of labels."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from lissom.errors import LabelNameError
from lissom.pipeline.answering import load
from lissom.pipeline.building import build
from lissom.pipeline.estimator import as_texts
from lissom.pipeline.order import Order
from lissom.tasks import NONE, SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray
    from sklearn.utils import Tags


class LissomLabels(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped library
    """Learns texts that have any number of labels, and answers with a table of 0 and 1.

    Args:
        seed: every random choice follows from it.
        base: folder or hub name of another encoder.
        threads: cores to use; None for all.

    After `fit`: `classes_` (the labels, in the order of the columns) and `story_` (all that was
    measured).
    """

    def __init__(self, seed: int = 0, base: str | None = None, threads: int | None = None) -> None:
        """Keep the settings; nothing is loaded before `fit`."""
        self.seed = seed
        self.base = base
        self.threads = threads

    def fit(
        self,
        X: Sequence[str],  # noqa: N803 - scikit-learn's name
        y: Sequence[Collection[object] | None] | NDArray[np.generic],
    ) -> LissomLabels:
        """Learn from texts and their labels.

        Args:
            X: texts.
            y: for each text its labels, such as {"late", "refund"}; an empty one says that it has
                none of them, None that nobody knows. Or a table of 0 and 1, one column for each
                label, where a row that holds a NaN is one that nobody knows.

        Raises:
            NotTextsError: X is not a list of texts.
            LabelNameError: a label is called "-" or has "|" in its name.
            ValueError: X and y are not of one length.
        """
        texts, sets = as_texts(X), _sets_of(y)
        if len(sets) != len(texts):
            message = f"X has {len(texts)} texts but y has {len(sets)} rows"
            raise ValueError(message)
        names = {str(label): label for labels in sets if labels is not None for label in labels}
        for name in names:
            if SEPARATOR in name or name.strip() != name or name in {"", NONE}:
                raise LabelNameError(name)
        cells = [None if labels is None else _cell(labels) for labels in sets]
        frame = pl.DataFrame({"text": texts, "labels": cells}, schema_overrides=_SCHEMA)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "model"
            order = Order(
                frame,
                out=out,
                seed=self.seed,
                base=self.base,
                threads=self.threads,
                task="labels",
                keep_rare_labels=True,
            )
            self.story_ = build(order).story
            self._model = load(out, threads=self.threads)
        # A table has as many columns going out as it had coming in, whatever was learned.
        width = y.shape[1] if isinstance(y, np.ndarray) and y.ndim > 1 else None
        known = sorted(names) if width is None else [str(i) for i in range(width)]
        self.classes_ = np.asarray(
            [names[name] for name in known] if width is None else range(width)
        )
        self._columns = [known.index(name) for name in self._model.labels]
        return self

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.float32]:  # noqa: N803 - scikit-learn's name
        """Return (texts, labels) calibrated probabilities, columns as in `classes_`."""
        check_is_fitted(self)
        found = self._model.answer(as_texts(X)).probabilities
        table = np.zeros((len(found), len(self.classes_)), np.float32)
        table[:, self._columns] = found
        return table

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:  # noqa: N803 - scikit-learn's name
        """Return (texts, labels) 1 where a text is given a label, columns as in `classes_`."""
        check_is_fitted(self)
        at = dict(zip(self._model.labels, self._columns, strict=True))
        answers = self._model.predict(as_texts(X))
        table = np.zeros((len(answers), len(self.classes_)), np.int64)
        for row, answer in zip(table, answers, strict=True):
            row[[at[name] for name in answer.labels or ()]] = 1
        return table

    def __sklearn_tags__(self) -> Tags:
        """Say that texts go in, one per row, and a table of labels comes out."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.classifier_tags.multi_label = True
        return tags


_SCHEMA = {"labels": pl.String}


def _sets_of(
    y: Sequence[Collection[object] | None] | NDArray[np.generic],
) -> list[list[object] | None]:
    if isinstance(y, np.ndarray) and y.ndim > 1:
        table = y.astype(np.float64)
        return [
            None if np.isnan(row).any() else [int(at) for at in np.flatnonzero(row)]
            for row in table
        ]
    return [None if labels is None else list(labels) for labels in y]


def _cell(labels: Collection[object]) -> str:
    return SEPARATOR.join(sorted({str(label) for label in labels})) or NONE
