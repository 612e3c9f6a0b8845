"""The data sets that learning is measured on: a few labels by seed, others unlabelled."""

from __future__ import annotations

import csv
import gzip
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from cells import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

PER_CLASS = 8
MOST_UNLABELLED = 10_000
MOST_TEST = 3_000
FEW_LABELS = 100
"""Below this many labels a set is drawn ten times, from it on three times."""

Rows = list[tuple[str, str]]
"""(text, label) pairs."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One drawing of labels.

    Args:
        texts: the training texts, labelled and not.
        labels: their labels, empty where unlabelled.
        test: rows to judge by.
    """

    texts: list[str]
    labels: list[str]
    test: Rows


def _read(name: str) -> Rows:
    with gzip.open(SHARED / name, "rt", encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


def _halves(rows: Rows) -> tuple[Rows, Rows]:
    """Split by a hash of the text, so that equal texts are on one side; a fifth is test."""
    train: Rows = []
    test: Rows = []
    for text, label in rows:
        digest = hashlib.sha256(" ".join(text.lower().split()).encode()).hexdigest()
        (test if int(digest[:8], 16) % 5 == 0 else train).append((text, label))
    return train, test


def _papers() -> tuple[Rows, Rows]:
    table = pl.read_parquet(SHARED / "papers" / "papers.parquet")
    return _halves(
        [
            (f"{title}. {abstract}", venue)
            for title, abstract, venue in table.select("title", "abstract", "venue").iter_rows()
        ]
    )


SETS: dict[str, Callable[[], tuple[Rows, Rows]]] = {
    "sst2": lambda: (_read("sst2/train.csv.gz"), _read("sst2/test.csv.gz")),
    "clickbait": lambda: (_read("clickbait/train.csv.gz"), _read("clickbait/test.csv.gz")),
    "hate_forum": lambda: (_read("hate_forum/train.csv.gz"), _read("hate_forum/test.csv.gz")),
    "papers": _papers,
    "advisories": lambda: _halves(_read("advisories_stream/stream.csv.gz")),
    "banking77": lambda: (_read("banking77/train.csv.gz"), _read("banking77/test.csv.gz")),
    "clinc150": lambda: (_read("clinc150/train.csv.gz"), _read("clinc150/test.csv.gz")),
    "clinc150_imbalanced": lambda: (
        _read("clinc150/train_imbalanced.csv.gz"),
        _read("clinc150/test.csv.gz"),
    ),
}


def count_draws(classes: int, per_class: int = PER_CLASS) -> int:
    """Return how often a set is drawn."""
    return 3 if classes * per_class >= FEW_LABELS else 10


def draw(name: str, number: int, per_class: int = PER_CLASS) -> Draw:
    """Draw labels from a set; the same number gives the same draw."""
    train, test = SETS[name]()
    rng = np.random.default_rng([number, per_class])
    labels = np.array([label for _, label in train])
    kept: set[int] = set()
    for label in sorted(set(labels.tolist())):
        rows = np.flatnonzero(labels == label)
        kept |= set(rng.choice(rows, min(per_class, len(rows)), replace=False).tolist())
    others = np.array(sorted(set(range(len(train))) - kept))
    if len(others) > MOST_UNLABELLED:
        others = rng.choice(others, MOST_UNLABELLED, replace=False)
    order = rng.permutation(np.concatenate([sorted(kept), others]))
    if len(test) > MOST_TEST:
        picked = np.random.default_rng(0).choice(len(test), MOST_TEST, replace=False)
        test = [test[i] for i in sorted(picked.tolist())]
    return Draw(
        [train[i][0] for i in order],
        [train[i][1] if i in kept else "" for i in order.tolist()],
        test,
    )
