"""What must hold for every interval of a difference, whatever was counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lissom.evidence import difference, paired_difference
from lissom.evidence.exact import exact_low, fisher, mcnemar

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
pairs = st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 400)).filter(sum)
levels = st.floats(0.5, 0.99999)


@given(counts, counts, levels)
def test_the_interval_holds_the_difference_that_was_seen(
    one: tuple[int, int], other: tuple[int, int], level: float
) -> None:
    low, high = difference(*one, *other, level=level)
    seen = one[0] / one[1] - other[0] / other[1]
    assert -1 <= low <= seen <= high <= 1
    turned = difference(*other, *one, level=level)
    assert abs(turned[0] + high) < 1e-12
    assert abs(turned[1] + low) < 1e-12


@given(pairs, levels)
def test_the_paired_interval_does_too(pair: tuple[int, int, int], level: float) -> None:
    first, second, alike = pair
    n = first + second + alike
    low, high = paired_difference(first, second, n, level=level)
    assert -1 <= low <= (first - second) / n <= high <= 1
    turned = paired_difference(second, first, n, level=level)
    assert abs(turned[0] + high) < 1e-9
    assert abs(turned[1] + low) < 1e-9


@given(counts, st.floats(0.5, 0.999))
def test_a_promise_never_exceeds_what_was_seen(one: tuple[int, int], level: float) -> None:
    hits, n = one
    low = exact_low(hits, n, level=level)
    assert 0 <= low <= hits / n
    assert exact_low(hits, n, level=(1 + level) / 2) <= low + 1e-12


@given(st.integers(0, 300), st.integers(0, 300), counts, counts)
def test_p_values_are_probabilities_and_take_no_side(
    only: int, other: int, one: tuple[int, int], two: tuple[int, int]
) -> None:
    assert 0 < mcnemar(only, other) <= 1
    assert 0 < fisher(*one, *two) <= 1
    assert abs(fisher(*one, *two) - fisher(*two, *one)) < 1e-9
