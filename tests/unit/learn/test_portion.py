"""How many unlabelled rows fit into the time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lissom.learn import Shaping, for_time, how_many

LENGTHS = st.lists(st.integers(0, 9000), max_size=30)


def texts_of(lengths: list[int]) -> list[str]:
    return ["x" * length for length in lengths]


@given(LENGTHS, st.integers(0, 40), st.integers(0, 30_000), st.integers(1, 8))
def test_what_is_read_keeps_to_both_limits_and_one_more_row_would_not(
    lengths: list[int], rows: int, characters: int, windows: int
) -> None:
    shapes = Shaping(max_windows=windows, max_characters=characters)
    kept = how_many(texts_of(lengths), rows, shapes)
    read = [min(length, 1000 * windows) for length in lengths]
    assert kept <= min(rows, len(lengths))
    assert sum(read[:kept]) <= characters or kept == 1
    if kept < min(rows, len(lengths)):
        assert sum(read[: kept + 1]) > characters


def test_a_text_longer_than_all_that_is_read_of_it_counts_as_what_is_read() -> None:
    long = texts_of([900_000] * 50)
    assert how_many(long, 50, Shaping(4, max_characters=40_000)) == 10
    assert how_many(long, 50, Shaping(1, max_characters=40_000)) == 40


def test_no_text_is_no_row() -> None:
    assert how_many([], 9, Shaping()) == 0
    assert how_many(["a"], 0, Shaping()) == 0


def test_ten_times_the_time_reads_ten_times_the_text_and_no_time_named_changes_nothing() -> None:
    shapes = Shaping()
    assert for_time(shapes, None) is shapes
    assert for_time(shapes, 500).max_characters == 10 * shapes.max_characters
    assert for_time(shapes, 500).max_windows == shapes.max_windows
