"""What holds of every audit, whatever the rows."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lissom.audit import Auditing, audit, find_personal
from lissom.audit.answers import _told_share
from lissom.audit.mend import REMEDIES, plan
from lissom.audit.noise import explain
from lissom.audit.personal import mask, redact
from lissom.audit.views import ask_neighbours, leave_one_out
from lissom.data import Dataset, Roles, normalise
from lissom.evidence import Finding
from lissom.progress import Silent

PIECES = (
    "jo@example.org",
    "+44 20 7946 0958",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "203.0.113.77",
    "born on 12.03.1984",
    "parcel",
    "late",
    "order 4711",
)
TEXTS = st.lists(st.sampled_from(["late lamp", "Late lamp!", "blue cup", "", "so nice"]))


@given(st.text(st.sampled_from("0123456789 .-/+()@:abDE\u00e9\u200b\n"), max_size=60))
@example("+44 20 7946 0958@example.org")
def test_finds_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = find_personal(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


@given(st.lists(st.sampled_from(PIECES), max_size=6))
def test_what_is_redacted_or_masked_is_gone_and_the_rest_stays(pieces: list[str]) -> None:
    text = ", then ".join(pieces)
    found = find_personal(text)
    assert all(one in PIECES[:6] for one in pieces) == (len(found) == len(pieces))
    for hidden in (redact(text, found), mask(text, found)):
        assert find_personal(hidden) == []
        assert all(word in hidden for word in pieces if word in PIECES[6:])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30))
def test_what_a_column_tells_is_what_the_other_rows_with_the_value_tell(
    rows: list[tuple[str, str]],
) -> None:
    told = 0
    for at, (value, label) in enumerate(rows):
        others = Counter(one for i, (v, one) in enumerate(rows) if v == value and i != at)
        own = others.pop(label, 0)
        told += own > max(others.values(), default=0)
    values, labels = (
        pl.Series(one, [row[at] for row in rows], pl.String) for at, one in enumerate("vl")
    )
    assert _told_share(values, labels) == told / max(len(rows), 1)


@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_of_equal_texts_all_but_one_are_named_in_any_order(texts: list[str], random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - hypothesis has no public name for it
    groups = Counter(normalise(text) for text in texts if text)
    random.shuffle(texts)
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    assume(texts)
    found = audit(Dataset.from_frame(frame, Roles("text"), "a"), progress=Silent())
    counts = {one.kind: one.count for one in found.findings}
    assert counts.get("duplicate.exact", 0) == sum(groups.values()) - len(groups)
    assert counts.get("text.blank", 0) == texts.count("")


@given(TEXTS, st.integers(0, 4))
@settings(max_examples=8)
def test_naming_fewer_rows_changes_nothing_but_how_many(texts: list[str], most: int) -> None:
    assume(texts)
    frame = pl.DataFrame({"text": texts})
    data = Dataset.from_frame(frame, Roles("text"), "a")
    every, few = (
        audit(data, progress=Silent(), how=Auditing(most_rows=one)).findings for one in (None, most)
    )
    assert [one.rows[:most] for one in every] == [one.rows for one in few]
    assert [one.count for one in every] == [one.count for one in few]
    assert all(list(one.scores) == sorted(one.scores, reverse=True) for one in every)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(REMEDIES)), st.sets(st.integers(0, 5), min_size=1)),
        unique_by=lambda one: one[0],
    )
)
@settings(max_examples=40)
def test_a_row_goes_or_gets_one_label_at_most_whatever_was_found_first(
    seen: list[tuple[str, set[int]]],
) -> None:
    found = [
        Finding(kind, "low", "", tuple(rows), (1.0,) * len(rows), len(rows), "",
                suggestions=("a",) * len(rows))
        for kind, rows in seen
    ]  # fmt: skip
    changes = plan(found, REMEDIES)
    assert changes == plan(found[::-1], REMEDIES)
    assert set(changes) <= set().union(*(rows for _, rows in seen)) if seen else not changes
    for row, what in changes.items():
        done = [one.action for one in what]
        assert done == ["remove"] or "remove" not in done
        assert sum(one in {"relabel", "unlabel"} for one in done) <= 1
        assert all(row in dict(seen)[one.kind] for one in what)


@given(st.integers(0, 2**32), st.integers(0, 19), st.integers(1, 2))
@settings(max_examples=40)
def test_no_opinion_on_a_row_is_of_its_own_labels_making(seed: int, row: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(20, 6)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    labels = rng.integers(0, 3, 20)
    other = labels.copy()
    other[row] = (labels[row] + step) % 3
    assume(labels.max() == other.max() == 2)
    weights = rng.uniform(0.3, 1, 20)
    for ask in (
        lambda given: leave_one_out(table, given, weights, (1.0,))[0],
        lambda given: ask_neighbours(table, given, weights),
    ):
        assert np.allclose(ask(labels)[row], ask(other)[row], atol=1e-6)


@given(st.integers(0, 2**32), st.permutations(range(4)))
@settings(max_examples=8)
def test_what_the_classes_are_called_does_not_matter(seed: int, names: list[int]) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, 40)
    chances = rng.dirichlet(np.ones(4), 40)
    renamed = np.empty_like(chances)
    renamed[:, names] = chances
    one, two = explain(chances, labels), explain(renamed, np.array(names)[labels])
    assert np.allclose(one.chances.sum(axis=1), 1)
    assert np.allclose(one.chances, two.chances[:, names], atol=1e-6)
    assert one.concentration == two.concentration
