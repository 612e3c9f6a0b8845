"""When there is a learning curve, and the reason when there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from lissom.evidence import Evidence, NotMeasured
from lissom.learn import UNKNOWN, HeldOut, Known, Learning, Pool, find_nearest
from lissom.pipeline.bringing import Bringing, measure_bringing, why_not
from lissom.pipeline.table import Table

ROWS = 240


def made(labels: int, classes: int = 3, fair: int | None = None) -> Table:
    """Return a table whose first rows are labelled; the last of those were chosen."""
    targets = np.where(np.arange(ROWS) < labels, np.arange(ROWS) % classes, UNKNOWN)
    return Table(
        source="made.csv",
        texts=[f"text {i}" for i in range(ROWS)],
        numbers=np.arange(ROWS),
        targets=targets,
        classes=tuple("abcdefghijklmnopqrstuvwxyz"[: min(classes, labels)]),
        groups=np.arange(ROWS),
        ranks=np.arange(ROWS),
        is_fair=np.arange(ROWS) < (labels if fair is None else fair),
        is_open=targets == UNKNOWN,
        notes=(),
    )


def measure(table: Table, noise: float = 0.3) -> Bringing:
    rng = np.random.default_rng(1)
    classes = max(1, len(table.classes))
    vectors = np.eye(classes, 26)[np.arange(ROWS) % classes]
    vectors = vectors + noise * rng.standard_normal((ROWS, 26))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    pool = Pool(vectors, sparse.csr_matrix((ROWS, 0)), table.targets, classes)
    known = Known(pool, find_nearest(vectors, 15), Learning())
    held = HeldOut({"frozen": 1.0}, table.labelled, np.zeros((0, classes), np.float32))
    return measure_bringing(known, held, np.arange(ROWS) // classes % 5, table, 0)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (made(0, 1), "there are no labels yet"),
        (made(50, 1), 'all 50 labels are "a"'),
        (made(39), "there are 39 labels; a curve takes 40"),
        (made(44, 26), "there are 44 labels for 26 classes; a curve takes 2 for each"),
        (made(60, fair=19), "19 labels are a fair sample"),
        (made(40), ""),
        (made(60, fair=20), ""),
    ],
)
def test_too_few_labels_are_said_to_be_that(table: Table, reason: str) -> None:
    assert why_not(table).startswith(reason)
    assert bool(why_not(table)) == bool(reason)
    found = measure(table)
    kind = NotMeasured if reason else Evidence
    assert all(isinstance(item, kind) for item in found.evidence)
    assert [item.name for item in found.evidence] == ["next.accuracy", "next.accuracy_doubled"]
    assert (found.curve is None) == bool(reason)


def test_only_a_fair_sample_is_scored_and_every_label_teaches() -> None:
    now, doubled = measure(made(120, fair=50)).evidence
    assert isinstance(now, Evidence)
    assert isinstance(doubled, Evidence)
    assert now.n == doubled.n == 50
    assert "from 96 labels" in now.method
    assert "240 labels" in doubled.method
    assert "without those that were chosen" in now.source
    everything = measure(made(120)).evidence[0]
    assert isinstance(everything, Evidence)
    assert everything.source == "labelled rows of made.csv"


def test_labels_that_say_nothing_give_no_better_than_chance() -> None:
    table = made(120)
    shuffled = np.random.default_rng(2).permutation(table.targets[:120])
    noise = replace(table, targets=np.concatenate([shuffled, table.targets[120:]]))
    luck, clean = measure(noise).evidence[0], measure(table).evidence[0]
    assert isinstance(luck, Evidence)
    assert isinstance(clean, Evidence)
    assert luck.value < 0.45
    assert clean.value > 0.8


def test_the_picture_has_a_point_for_each_part_with_its_interval() -> None:
    picture = measure(made(120)).curve
    assert picture is not None
    columns = picture.columns
    assert len({len(values) for values in columns.values()}) == 1
    assert columns["labels"] == pytest.approx((24, 48, 96), abs=1)
    for low, right, high in zip(columns["low"], columns["right"], columns["high"], strict=True):
        assert float(low) <= float(right) <= float(high)
