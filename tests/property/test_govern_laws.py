from __future__ import annotations

import html
import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from lissom.evidence import wilson
from lissom.govern import rows_to_settle
from lissom.govern.card import plain
from lissom.govern.charts import shorten
from lissom.govern.markup import clean, user

shares = st.floats(0.01, 0.99)
levels = st.floats(0.5, 0.999)


@given(shares, shares, levels)
@example(0.9, 0.85, 0.95)
def test_at_the_rows_that_settle_it_wilson_leaves_the_gate_out_and_just_before_it_does_not(
    rate: float, gate: float, level: float
) -> None:
    assume(abs(rate - gate) > 1e-3)
    n = rows_to_settle(rate, gate, level)
    assert n is not None

    def holds(n: int, slack: float) -> bool:
        low, high = wilson(rate * n, n, level=level)
        return low - slack <= gate <= high + slack

    assert not holds(n, -1e-9)
    assert n == 1 or holds(n - 1, 1e-9)


@given(shares)
def test_no_number_of_rows_tells_a_rate_from_itself(rate: float) -> None:
    assert rows_to_settle(rate, rate) is None


@given(shares, shares, shares)
def test_a_gate_further_away_needs_no_more_rows(rate: float, near: float, far: float) -> None:
    assume(abs(rate - near) > 1e-3)
    assume((far >= near >= rate and abs(far - 0.5) >= abs(near - 0.5)) or far == near)
    least, most = rows_to_settle(rate, far), rows_to_settle(rate, near)
    assert least is not None
    assert most is not None
    assert least <= most


@given(st.integers(0, 400), st.integers(1, 400), levels)
@example(43, 43, 0.95)
def test_wilson_holds_the_share_and_stays_between_0_and_1(hits: int, n: int, level: float) -> None:
    assume(hits <= n)
    low, high = wilson(hits, n, level=level)
    assert 0 <= low <= hits / n <= high <= 1


@given(st.text())
@example("<script>\u202e\ud800")
def test_what_a_user_wrote_is_read_back_from_the_page_as_it_was_cleaned(raw: str) -> None:
    shown = user(raw)
    inside = shown.removeprefix("<bdi>").removesuffix("</bdi>")
    assert "<" not in inside
    assert html.unescape(inside) == (clean(raw) if raw.strip() else "(blank)")
    shown.encode()


@given(st.text())
@example("a|b\n- c")
def test_a_markdown_cell_stays_one_cell_on_one_line(raw: str) -> None:
    shown = plain(raw)
    assert shown
    assert len(shown.splitlines()) == 1
    assert not re.search(r"(?<!\\)(\\\\)*[|<`\[]", shown)


@given(st.text(), st.integers(6, 30))
def test_a_label_fits_the_room_it_is_given(raw: str, cells: int) -> None:
    assert 1 <= len(shorten(raw, cells)) <= cells
