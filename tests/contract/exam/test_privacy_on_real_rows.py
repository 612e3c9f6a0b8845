"""A model that learned public rows by heart is found out; the same model asked of others is not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lissom.evidence import Evidence
from lissom.pipeline import Request, Scope, examine
from lissom.pipeline.places import Places

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("LISSOM_SHARED_DATA", ROOT.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (SHARED / "hate_forum").is_dir(),
        reason="2026-11-23: the shared data sets are not here; set LISSOM_SHARED_DATA",
    ),
]


def rows_of(name: str) -> pl.DataFrame:
    return pl.read_csv(SHARED / "hate_forum" / f"{name}.csv.gz", columns=["text", "label"])


def test_rows_that_were_learned_are_told_and_rows_that_were_not_are_not(tmp_path: Path) -> None:
    """Half of the training rows are learned; the other half were drawn alike and never seen."""
    train = rows_of("train")
    is_learned = np.random.default_rng(0).permutation(len(train)) % 2 == 0
    halves = train.filter(pl.Series(is_learned)), train.filter(pl.Series(~is_learned))
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=1000.0, max_iter=2000))
    model.fit(halves[0]["text"].to_list(), halves[0]["label"].to_list())
    places = Places(tmp_path / "cache", tmp_path / "config")
    outcomes, told = [], []
    for half in halves:
        scope = Scope(only=("privacy",))
        exam = examine(Request(model, rows_of("test"), train=half, scope=scope), places=places)
        outcomes.append(exam.outcome)
        (item,) = [one for one in exam.evidence if one.name == "privacy.membership_auroc"]
        assert isinstance(item, Evidence)
        told.append(item)
    assert outcomes == ["fail", "pass"]
    learned, unseen = told
    assert learned.low is not None
    assert unseen.low is not None
    assert unseen.high is not None
    assert learned.low > 0.65
    assert unseen.low < 0.5 < unseen.high
