"""What is done about findings: one thing for each row, the gravest first."""

from __future__ import annotations

import pytest

from lissom.audit import KINDS
from lissom.audit.mend import REMEDIES, keep_one_of_each, plan, redact_kinds
from lissom.evidence import Finding


def seen(kind: str, rows: tuple[int, ...], suggestions: tuple[str, ...] = ()) -> Finding:
    ones = (1.0,) * len(rows)
    return Finding(kind, "low", "", rows, ones, len(rows), "", suggestions=suggestions)


def actions(*found: Finding, **how: bool) -> dict[int, list[tuple[str, str]]]:
    changes = plan(found, [one.kind for one in found], **how)
    return {row: [(one.action, one.label) for one in what] for row, what in changes.items()}


def test_a_remedy_is_for_a_kind_there_is() -> None:
    assert set(REMEDIES) <= set(KINDS)


def test_only_chosen_kinds_are_mended() -> None:
    found = [seen("text.blank", (1,)), seen("duplicate.exact", (2,))]
    assert set(plan(found, ["text.blank"])) == {1}


def test_a_row_that_goes_is_not_changed_besides() -> None:
    assert actions(seen("personal_data.email", (1,)), seen("text.blank", (1,))) == {
        1: [("remove", "")]
    }


def test_a_copy_in_conflict_stays() -> None:
    found = (seen("duplicate.exact", (1, 2)), seen("label.conflict", (1,), ("",)))
    assert actions(*found) == {2: [("remove", "")]}


def test_a_conflict_is_decided_before_a_suspicion() -> None:
    found = (seen("label.error", (1,), ("b",)), seen("label.conflict", (1,), ("a",)))
    assert actions(*found) == {1: [("relabel", "a")]}


@pytest.mark.parametrize(("takes", "wanted"), [(False, ("unlabel", "")), (True, ("relabel", "b"))])
def test_a_doubtful_label_is_emptied_or_takes_its_suggestion(
    takes: bool,  # noqa: FBT001 - a case
    wanted: tuple[str, str],
) -> None:
    assert actions(seen("label.error", (1,), ("b",)), takes_suggestions=takes) == {1: [wanted]}


def test_rows_that_are_only_ranked_are_left_alone() -> None:
    found = Finding("label.error", "low", "", (4, 5), (0.9, 0.1), 1, "", suggestions=("b", ""))
    assert set(plan([found], ["label.error"])) == {4}


def test_a_row_can_be_redacted_and_relabelled() -> None:
    found = (seen("personal_data.email", (1,)), seen("label.misspelt", (1,), ("a",)))
    assert actions(*found) == {1: [("relabel", "a"), ("redact", "")]}


def test_only_the_chosen_kinds_of_personal_data_are_replaced() -> None:
    text = "jo@example.org, 203.0.113.77"
    assert redact_kinds(text, ["personal_data.ip"]) == (
        "jo@example.org, [internet address]",
        {"ip": 1},
    )


def test_of_near_copies_one_of_each_label_stays() -> None:
    groups = {0: 1, 1: 1, 2: 1, 3: 2, 4: 1}
    labels = {0: "", 1: "a", 2: "b", 3: "", 4: "a"}
    assert keep_one_of_each(list(groups), groups, labels) == {0, 4}
