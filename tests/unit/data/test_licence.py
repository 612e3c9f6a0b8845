"""Licence expressions: how they are read, and what they allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lissom.data.licence import ACTS, FREE, KNOWN, NOTHING, OPEN, allow, read_licence
from lissom.errors import LicenceError

NAMES = st.sampled_from(["MIT", "CC-BY-NC-4.0", "GPL-3.0-only", "NONE", "LicenseRef-mine", "odd-1"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(NAMES)
    word = draw(st.sampled_from([" AND ", " or ", " OR "]))
    parts = draw(st.lists(expressions(depth=depth - 1), min_size=1, max_size=3))
    return f"({word.join(parts)})"


@pytest.mark.parametrize(
    ("text", "spelt", "commercial"),
    [
        ("mit", "MIT", True),
        (" Apache-2.0 ", "Apache-2.0", True),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", False),
        ("cc-by-nc-4.0 OR mit", "CC-BY-NC-4.0 OR MIT", True),
        ("MIT AND CC-BY-NC-4.0", "MIT AND CC-BY-NC-4.0", False),
        ("MIT AND (CC-BY-NC-4.0 OR CC-BY-4.0)", "MIT AND (CC-BY-NC-4.0 OR CC-BY-4.0)", True),
        ("MIT OR NONE AND NONE", "MIT OR NONE AND NONE", True),
        ("(MIT OR NONE) AND NONE", "(MIT OR NONE) AND NONE", False),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", None, True),
        ("GPL-2.0+", "GPL-2.0+", True),
        ("LicenseRef-my-terms", "LicenseRef-my-terms", None),
        ("LicenseRef-own", "LicenseRef-own", True),
        ("NOASSERTION", "NOASSERTION", None),
        ("MIT AND NOASSERTION", "MIT AND NOASSERTION", None),
        ("CC-BY-NC-4.0 AND NOASSERTION", "CC-BY-NC-4.0 AND NOASSERTION", False),
    ],
)
def test_an_expression_is_spelt_and_weighed(
    text: str,
    spelt: str | None,
    commercial: bool | None,  # noqa: FBT001 - a claim
) -> None:
    found = read_licence(text)
    assert found.text == (spelt or text)
    assert found.licence.commercial is commercial
    assert found.unknown == ()


def test_what_is_not_in_the_table_is_open_and_the_nearest_is_named() -> None:
    found = read_licence("MIT AND Apache-2")
    assert found.licence.commercial is None
    assert found.unknown == ("Apache-2 (did you mean Apache-2.0?)",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a name is missing"),
        ("MIT AND", "a name is missing"),
        ("AND MIT", "a name is missing"),
        ("MIT Apache-2.0", '"Apache-2.0" does not belong there'),
        ("(MIT", "a bracket is not closed"),
        ("MIT)", "does not belong there"),
        ("MIT WITH", "after WITH there is no exception"),
        ("MIT WITH (x)", "after WITH there is no exception"),
        ("proprietary!", "something that is no name"),
        ("see the file LICENSE", "does not belong there"),
        ("(" * 50 + "MIT" + ")" * 50, "nest too deep"),
        ("MIT OR " * 200 + "MIT", "something that is no name"),
        ("Lizenz: © ich", "something that is no name"),
    ],
)
def test_what_is_no_expression_is_refused(text: str, says: str) -> None:
    with pytest.raises(LicenceError, match="is no licence as SPDX writes them") as caught:
        read_licence(text)
    assert says in str(caught.value)


@given(expressions())
def test_reading_what_was_spelt_gives_the_same(text: str) -> None:
    once = read_licence(text)
    again = read_licence(once.text)
    assert (again.text, again.licence) == (once.text, once.licence)


@given(expressions(), expressions())
def test_or_never_allows_less_and_and_never_more(one: str, other: str) -> None:
    rank = {False: 0, None: 1, True: 2}
    first, second = read_licence(one).licence, read_licence(other).licence
    either = read_licence(f"({one}) OR ({other})").licence
    both = read_licence(f"({one}) AND ({other})").licence
    for act in ACTS:
        said = sorted(rank[licence.allows(act)] for licence in (first, second))
        assert rank[either.allows(act)] == said[1]
        assert rank[both.allows(act)] == said[0]


def test_rows_of_many_licences_allow_what_all_of_them_allow() -> None:
    assert allow([FREE, KNOWN["CC-BY-NC-4.0"]], "commercial use") is False
    assert allow([FREE, OPEN], "commercial use") is None
    assert allow([FREE, FREE], "commercial use") is True
    assert allow([OPEN, NOTHING], "redistribution") is False


def test_the_families_are_what_their_names_say() -> None:
    for name, licence in KNOWN.items():
        if "-NC" in name:
            assert licence.commercial is False, name
        if "-ND" in name:
            assert licence.changes is False, name
        if "-SA" in name or "GPL" in name:
            assert licence.share_alike is True, name
