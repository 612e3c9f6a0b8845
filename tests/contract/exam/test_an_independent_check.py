"""The figures of the examination against those of the libraries that everybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from mapie.classification import SplitConformalClassifier
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin

from lissom.evidence import Evidence
from lissom.examine.sets import COVERAGE, set_threshold
from lissom.pipeline import Request, Scope, examine
from lissom.pipeline.places import Places

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ROWS = 500
CLASSES = ("no", "yes")


class Coin(ClassifierMixin, BaseEstimator):
    """Answers by the number in the text; knows nothing, which is enough to be counted."""

    def __init__(self, columns: int = 2) -> None:
        """Remember how many classes there are."""
        self.columns = columns

    def fit(self, texts: object, labels: NDArray[np.int64]) -> Coin:
        """Learn the names of the classes."""
        del texts
        self.classes_ = np.unique(labels)
        self.is_fitted_ = True
        return self

    def predict_proba(self, texts: object) -> NDArray[np.float64]:
        """Return (texts, classes) probabilities."""
        seeds = [int(str(text).split()[-1]) for text in np.asarray(texts).ravel()]
        drawn = [np.random.default_rng(seed).dirichlet(np.ones(self.columns)) for seed in seeds]
        return np.array(drawn).reshape(-1, self.columns)

    def predict(self, texts: object) -> NDArray[np.int64]:
        """Return the likeliest class of each text."""
        return self.classes_[self.predict_proba(texts).argmax(axis=1)]


def table(seed: int, classes: tuple[str, ...]) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    texts = [f"message about {rng.choice(['this', 'that'])} number {i}" for i in range(ROWS)]
    likely = Coin(len(classes)).predict_proba(texts).argmax(axis=1)
    true = np.where(rng.random(ROWS) < 0.7, likely, rng.integers(0, len(classes), ROWS))
    return pl.DataFrame(
        {
            "text": texts,
            "label": [classes[one] for one in true],
            "city": rng.choice(["Bonn", "Linz", "Basel"], ROWS).tolist(),
        }
    )


def figures(rows: pl.DataFrame, classes: tuple[str, ...], tmp_path: Path) -> dict[str, float]:
    def answer(texts: list[str]) -> NDArray[np.float64]:
        return Coin(len(classes)).predict_proba(texts)

    answer.classes_ = np.array(classes)  # what a function calls the columns of its answers
    places = Places(tmp_path / "cache", tmp_path / "config")
    scope = Scope(only=("task", "groups"))
    exam = examine(Request(answer, rows, scope=scope), places=places)
    return {item.name: item.value for item in exam.evidence if isinstance(item, Evidence)}


def test_the_task_is_what_scikit_learn_makes_of_it(tmp_path: Path) -> None:
    classes = ("ship", "pay", "other", "praise")
    rows = table(1, classes)
    order = sorted(classes)
    found = figures(rows, tuple(order), tmp_path)
    chances = Coin(4).predict_proba(rows["text"].to_list())
    says = [order[one] for one in chances.argmax(axis=1)]
    true = rows["label"].to_list()
    wanted = {
        "task.accuracy": metrics.accuracy_score(true, says),
        "task.balanced_accuracy": metrics.balanced_accuracy_score(true, says),
        "task.macro_f1": metrics.f1_score(true, says, average="macro"),
        "task.log_loss": metrics.log_loss(true, chances, labels=order),
        **{
            f"task.class.{name}.recall": metrics.recall_score(
                true, says, labels=[name], average="macro"
            )
            for name in classes
        },
    }
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=1e-9)


def test_groups_are_what_fairlearn_makes_of_them(tmp_path: Path) -> None:
    rows = table(2, CLASSES)
    found = figures(rows, CLASSES, tmp_path)
    says = Coin().predict_proba(rows["text"].to_list()).argmax(axis=1)
    true = (rows["label"] == "yes").to_numpy().astype(int)
    city = rows["city"].to_list()
    parity = demographic_parity_difference(true, says, sensitive_features=city)
    odds = equalized_odds_difference(true, says, sensitive_features=city)
    assert found["groups.city.parity_gap"] == pytest.approx(100 * parity, abs=1e-7)
    assert found["groups.city.odds_gap"] == pytest.approx(100 * odds, abs=1e-7)


def test_sets_are_those_of_mapie() -> None:
    rows = table(3, ("a", "b", "c", "d", "e"))
    texts = np.array(rows["text"].to_list()).reshape(-1, 1)
    names, targets = np.unique(rows["label"].to_numpy(), return_inverse=True)
    coin = Coin(len(names)).fit(texts, targets)
    half = ROWS // 2
    theirs = SplitConformalClassifier(
        coin, confidence_level=COVERAGE, conformity_score="lac", prefit=True
    ).conformalize(texts[:half], targets[:half])
    _, sets = theirs.predict_set(texts[half:])
    least = set_threshold(coin.predict_proba(texts[:half]), targets[:half])
    ours = coin.predict_proba(texts[half:]) >= least
    assert np.array_equal(sets[:, :, 0], ours)
    assert 0.8 < ours[np.arange(len(ours)), targets[half:]].mean() < 0.97
