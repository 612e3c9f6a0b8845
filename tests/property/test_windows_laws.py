"""Laws of cutting: nothing is lost, nothing is read twice, nothing is longer than it may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lissom.runtime import Windows


@given(
    st.integers(3, 40), st.integers(1, 9), st.integers(0, 1), st.integers(0, 1), st.integers(0, 400)
)
def test_the_pieces_hold_every_token_once_in_order_and_differ_by_one_at_most(
    max_tokens: int, most: int, before: int, after: int, n: int
) -> None:
    windows = Windows(max_tokens, most, before, after)
    own = list(range(1000, 1000 + n))[: windows.limit - before - after]
    ids = [*[1] * before, *own, *[2] * after]
    pieces = windows.cut(ids)
    assert [i for piece in pieces for i in piece if i >= 1000] == own
    assert len(pieces) <= most
    lengths = {len(piece) for piece in pieces}
    assert max(lengths) <= max_tokens
    assert max(lengths) - min(lengths) <= 1
    for piece in pieces:
        assert piece[:before] == [1] * before
        assert piece[len(piece) - after :] == [2] * after
    # No more pieces than are needed.
    assert len(pieces) == max(1, -(-len(own) // windows.room))
