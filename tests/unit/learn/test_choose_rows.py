"""The rows chosen are typical, in doubt, and unlike each other and what is labelled."""

from __future__ import annotations

import numpy as np
import pytest
from planted import plant

from lissom.learn import Choosing, Ground, choose_rows, find_nearest, sharpen

HOW = Choosing(neighbours=10)
NONE = np.zeros(0, np.int64)


def ground(
    rows: int = 80,
    classes: int = 4,
    *,
    labelled: np.ndarray = NONE,
    groups: np.ndarray | None = None,
    free: np.ndarray | None = None,
) -> Ground:
    pool = plant(rows, classes, seed=1, noise=0.1)
    everything = np.arange(rows)
    nearest = find_nearest(pool.vectors, HOW.neighbours)
    return Ground(
        nearest,
        everything if groups is None else groups,
        labelled,
        everything if free is None else free,
    )


def test_as_many_rows_as_there_are_heaps_come_from_as_many_heaps() -> None:
    chosen = choose_rows(ground(), np.ones(80, np.float32), 4, HOW)
    assert sorted((chosen % 4).tolist()) == [0, 1, 2, 3]


def test_a_heap_with_labels_comes_last() -> None:
    half = np.arange(0, 80, 4)[::2]
    chosen = choose_rows(ground(labelled=half), np.ones(80, np.float32), 3, HOW)
    assert sorted((chosen % 4).tolist()) == [1, 2, 3]


def test_rows_that_nobody_doubts_are_left_for_those_that_are_in_doubt() -> None:
    doubt = np.where(np.arange(80) % 4 == 2, 1.0, 0.001).astype(np.float32)
    chosen = choose_rows(ground(), doubt, 2, HOW)
    assert (chosen % 4).tolist() == [2, 2]


def test_a_row_far_from_all_others_is_not_the_first() -> None:
    pool = plant(40, 2, seed=2, noise=0.05)
    alone = np.zeros((1, 12), np.float32)
    alone[0, 11] = 1
    vectors = np.concatenate([alone, pool.vectors])
    all_rows = np.arange(41)
    made = Ground(find_nearest(vectors, 10), all_rows, NONE, all_rows)
    chosen = choose_rows(made, np.ones(41, np.float32), 3, HOW)
    assert 0 not in chosen[:2]
    assert chosen[2] == 0  # once both heaps are spoken for, the stranger adds most


def test_of_near_copies_one_is_taken_and_none_when_one_is_labelled() -> None:
    copies = np.arange(80) // 8  # ten groups
    chosen = choose_rows(ground(groups=copies), np.ones(80, np.float32), 80, HOW)
    assert len(chosen) == 10
    assert len(set(copies[chosen].tolist())) == 10
    labelled = np.array([0, 9])
    chosen = choose_rows(ground(groups=copies, labelled=labelled), np.ones(80, np.float32), 80, HOW)
    assert set(copies[chosen].tolist()) == set(range(2, 10))


def test_only_free_rows_are_taken_and_the_others_still_count() -> None:
    # The whole of heap 1 may not be asked about, and all the doubt is there: its nearest free
    # neighbours are the best that can be done.
    free = np.flatnonzero(np.arange(80) % 4 != 1)
    doubt = np.where(np.arange(80) % 4 == 1, 1.0, 0.01).astype(np.float32)
    chosen = choose_rows(ground(free=free), doubt, 5, HOW)
    assert len(chosen) == 5
    assert not (chosen % 4 == 1).any()


def test_more_than_there_are_gives_all_that_there_are() -> None:
    chosen = choose_rows(ground(), np.ones(80, np.float32), 1000, HOW)
    assert sorted(chosen.tolist()) == list(range(80))


def test_fewer_rows_are_the_first_of_more() -> None:
    few, many = (choose_rows(ground(), np.ones(80, np.float32), n, HOW) for n in (5, 30))
    assert few.tolist() == many[:5].tolist()


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_a_row_is_no_trouble(rows: int) -> None:
    vectors = np.eye(3, dtype=np.float32)[:rows]
    some = np.arange(rows)
    made = Ground(find_nearest(vectors, 10), some, NONE, some)
    assert len(choose_rows(made, np.ones(rows, np.float32), 5, HOW)) == rows


def test_doubt_counts_more_when_each_class_has_many_labels() -> None:
    doubt = np.array([0.2, 0.9], np.float32)
    few, many = (sharpen(doubt, labels, 5, HOW) for labels in (5, 500))
    assert few.tolist() == doubt.tolist()
    assert many[0] / many[1] < few[0] / few[1] / 10
    assert (many >= 0).all()
    assert sharpen(doubt, 0, 0, HOW).tolist() == doubt.tolist()
