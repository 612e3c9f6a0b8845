"""Rows that were chosen because they are hard teach, and are not examined with."""

from __future__ import annotations

import numpy as np
import polars as pl

from lissom.data import Dataset, Roles
from lissom.learn import UNKNOWN
from lissom.pipeline.exam import leave_chosen_out
from lissom.pipeline.rows import Inputs

TARGETS = np.array([0, 1, UNKNOWN, 1, 0])
LINES = np.array([10, 11, 12, 13, -1])  # the last is a further text, without a place in the table


def inputs(*chosen: int) -> Inputs:
    frame = pl.DataFrame({"text": ["a"], "label": ["b"]})
    data = Dataset.from_frame(frame, Roles("text", "label"), "inbox.csv")
    return Inputs(data, None, (), (), 0, chosen=frozenset(chosen))


def test_without_chosen_rows_every_label_counts() -> None:
    targets, source = leave_chosen_out(TARGETS, LINES, inputs())
    assert targets is TARGETS
    assert source == "inbox.csv"


def test_chosen_rows_do_not_count() -> None:
    targets, source = leave_chosen_out(TARGETS, LINES, inputs(11, 13))
    assert targets.tolist() == [0, UNKNOWN, UNKNOWN, UNKNOWN, 0]
    assert source == "inbox.csv, without those that were chosen to be learned from"
    assert TARGETS.tolist() == [0, 1, UNKNOWN, 1, 0]


def test_where_all_were_chosen_they_serve_and_it_is_said() -> None:
    alone = slice(0, 4)
    targets, source = leave_chosen_out(TARGETS[alone], LINES[alone], inputs(10, 11, 13))
    assert targets.tolist() == [0, 1, UNKNOWN, 1]
    assert "harder than most" in source
