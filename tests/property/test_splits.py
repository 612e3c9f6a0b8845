"""Laws of reading, grouping and splitting."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lissom.data import folds, holdout, near_groups, read
from lissom.data.csv_rows import records

CASES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), min_size=1, max_size=80)
CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n"), max_size=12)
WORDS = st.lists(
    st.sampled_from(["lamp", "parcel", "late", "refund", "where", "is", "my", "the"]), max_size=9
)


@given(CASES, st.integers(2, 6), st.integers(0, 9))
def test_folds_share_no_group_leave_none_empty_and_repeat(
    rows: list[tuple[int, int]], k: int, seed: int
) -> None:
    targets, groups = np.array(rows, np.int64).T
    found = folds(targets, groups, k, seed)
    assert len(set(zip(groups.tolist(), found.tolist(), strict=True))) == len(set(groups.tolist()))
    assert set(found.tolist()) == set(range(min(k, len(set(groups.tolist())))))
    assert (found == folds(targets, groups, k, seed)).all()


@given(st.lists(st.integers(0, 5), min_size=6, max_size=80), st.integers(2, 6), st.integers(0, 9))
def test_every_class_is_spread_evenly_when_rows_stand_alone(
    kinds: list[int], k: int, seed: int
) -> None:
    targets = np.array(kinds, np.int64)
    found = folds(targets, np.arange(len(kinds)), k, seed)
    for kind in set(kinds):
        counts = np.bincount(found[targets == kind], minlength=k)
        assert counts.max() - counts.min() <= 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.floats(0, 1), st.integers(0, 9))
def test_a_holdout_keeps_groups_and_its_share(cells: list[int], share: float, seed: int) -> None:
    groups = np.array(cells, np.int64)
    found = holdout(groups, share, seed)
    assert not set(groups[found].tolist()) & set(groups[~found].tolist())
    assert found.sum() <= round(share * len(groups))
    assert (found == holdout(groups, share, seed)).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_who_is_together(
    cells: list[list[str]], chance: object
) -> None:
    texts = [" ".join(words) for words in cells]
    order = list(range(len(texts)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    before = near_groups(texts)[order]
    after = near_groups([texts[i] for i in order])
    assert ((before[:, None] == before) == (after[:, None] == after)).all()


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_what_any_writer_of_csv_wrote_is_read_back(rows: list[tuple[str, str]], mark: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    lines = io.StringIO(out.getvalue(), newline="\n")
    assert [tuple(r.cells) for r in records(lines, mark)] == rows


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab,"\n'), max_size=40))
def test_no_line_is_ever_lost(content: str) -> None:
    lines = content.splitlines(keepends=True)
    starts = [record.line for record in records(iter(lines), ",")]
    assert starts == sorted(set(starts))
    assert "".join(lines).count("a") == sum(
        cell.count("a") for record in records(iter(lines), ",") for cell in record.cells
    )


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_a_table_is_read_row_for_row(rows: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(
        {"text": [text for text, _ in rows], "label": [label for _, label in rows]},
        schema={"text": pl.String, "label": pl.String},
    )
    try:
        found = read(frame).dataset
    except Exception as error:  # noqa: BLE001 - any other class than ours fails below
        assert type(error).__name__ == "UnclearColumnError"  # noqa: PT017 - see above
        return
    assert found.texts == [text for text, _ in rows]
