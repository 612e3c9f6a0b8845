"""Laws of the bundle."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import bundle_makers as make
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lissom.bundle import open_bundle, write_bundle
from lissom.bundle.graph import check_graph
from lissom.bundle.json_form import canonical, measure, parse
from lissom.bundle.malformed import Malformed
from lissom.bundle.parts import BY_NAME, PARTS
from lissom.bundle.tensors import check_tensors
from lissom.errors import BundleError

if TYPE_CHECKING:
    from lissom.bundle import SigningKey

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)
QUICK = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(card=TEXT, report=TEXT, answer=st.dictionaries(TEXT, JSON))
def test_writing_then_reading_gives_the_same_bytes(
    card: str, report: str, answer: dict[str, object], key: SigningKey
) -> None:
    files = make.files(
        card_md=card.encode(),
        report_html=report.encode(),
        answer_json=json.dumps(answer).encode(),
    )
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder) / "b", files, make.FACTS, key)
        bundle = open_bundle(Path(folder) / "b", trust=None)
    assert {name: bundle.read(name) for name in files} == files
    assert set(bundle.names) == set(files) | {one.name for one in PARTS if not one.is_listed}


@pytest.mark.parametrize("name", list(BY_NAME))
@QUICK
@given(data=st.data())
def test_one_byte_changed_in_any_file_is_found(
    name: str, data: st.DataObject, signed: Path
) -> None:
    path = signed / name
    raw = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    before = raw[at]
    raw[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)
    with pytest.raises(BundleError):
        open_bundle(signed, trust=None)
    raw[at] = before
    path.write_bytes(raw)
    assert open_bundle(signed, trust=None).is_signed


@given(JSON)
def test_canonical_json_reads_back_and_has_one_form(tree: object) -> None:
    raw = canonical(tree)
    assert parse(raw, max_depth=100) == tree
    assert canonical(parse(raw, max_depth=100)) == raw


@given(JSON)
def test_depth_is_that_of_the_tree(tree: object) -> None:
    def deep(item: object) -> int:
        inside = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        return isinstance(item, dict | list) + max(map(deep, inside), default=0)

    def count(item: object) -> int:
        inside = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        return 1 + sum(map(count, inside))

    deepest, values = measure(canonical(tree))
    assert deepest == deep(tree)
    assert values >= count(tree)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_bytes_make_a_check_fail_in_another_way(raw: bytes) -> None:
    for part in PARTS:
        try:
            part.check(raw)
        except Malformed as error:
            assert str(error)  # noqa: PT017 - either way is right; another exception is not


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_change_to_a_graph_or_tensors_makes_a_check_fail_in_another_way(
    data: st.DataObject,
) -> None:
    for check, raw in ((check_graph, make.model()), (check_tensors, make.lexical())):
        start = data.draw(st.integers(0, len(raw)))
        cut = data.draw(st.integers(start, len(raw)))
        put = data.draw(st.binary(max_size=8))
        try:
            check(raw[:start] + put + raw[cut:])
        except Malformed as error:
            assert str(error)  # noqa: PT017 - either way is right; another exception is not
