"""Real files: read whole, row for row, with the overlaps that their notes list."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lissom.audit import audit
from lissom.data import near_groups, read, stream
from lissom.progress import Silent

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("LISSOM_SHARED_DATA", ROOT.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (SHARED / "banking77").is_dir(),
        reason="2026-11-23: the shared data sets are not here; set LISSOM_SHARED_DATA",
    ),
]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("banking77/train", 10003),
        ("banking77/test", 3080),
        ("clinc150/oos_test", 1000),
        ("sst2/train", 6920),
        ("hate_forum/rest", 8552),
        ("advisories_stream/stream", 8108),
        ("kev_stream/stream", 1404),
    ],
)
def test_every_row_is_read_and_streamed(name: str, rows: int) -> None:
    path = SHARED / f"{name}.csv.gz"
    found = read(path)
    assert (len(found.dataset), found.set_aside) == (rows, ())
    assert (found.roles.text, found.roles.label) == ("text", "label")
    with stream(path, "text") as opened:
        assert pl.concat(list(opened))["text"].equals(found.dataset.frame["text"])


def test_the_known_overlaps_of_banking77_are_found() -> None:
    train = read(SHARED / "banking77" / "train.csv.gz").dataset
    test = read(SHARED / "banking77" / "test.csv.gz").dataset
    known = {text.strip().lower() for text in train.texts}
    copies = {i for i, text in enumerate(test.texts) if text.strip().lower() in known}
    assert len(copies) == 6
    audited = audit(train, test, progress=Silent())
    leak = next(one for one in audited.findings if one.kind == "leak.test")
    exact = {row for row, score in zip(leak.rows, leak.scores, strict=True) if score == 1.0}
    assert copies <= exact


def test_customers_who_ask_alike_are_not_one_group() -> None:
    train = read(SHARED / "banking77" / "train.csv.gz").dataset
    assert np.bincount(near_groups(train.texts)).max() <= 10
