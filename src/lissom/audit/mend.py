"""What is done about a finding: which rows go, which words, which labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lissom.audit.personal import find_personal, redact
from lissom.audit.texts import CALLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lissom.evidence import Finding

Action = Literal["remove", "redact", "relabel", "unlabel"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done about one kind of finding.

    Args:
        action: remove the row, replace words in its text, change its label or empty it.
        is_usual: done unless kinds are named.
    """

    action: Action
    is_usual: bool = True


REMEDIES: dict[str, Remedy] = {
    # Whose labels they are is for a person to weigh.
    "annotator.disagrees": Remedy("unlabel", is_usual=False),
    "duplicate.exact": Remedy("remove"),
    # People who ask alike look like copies as well, so this one has to be asked for.
    "duplicate.near": Remedy("remove", is_usual=False),
    "label.conflict": Remedy("relabel"),
    "label.error": Remedy("unlabel"),
    "label.misspelt": Remedy("relabel"),
    "leak.group": Remedy("remove", is_usual=False),
    "leak.test": Remedy("remove"),
    **{f"personal_data.{kind}": Remedy("redact") for kind in CALLED},
    # Whether a word means something is for a person to say.
    "poison": Remedy("remove", is_usual=False),
    "text.blank": Remedy("remove"),
}
"""Kinds that can be fixed without a person; the others say what to think about."""

_FIRST = ("remove", "relabel", "unlabel")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with one row.

    Args:
        kind: the finding that asks for it.
        action: what is done.
        label: the new label, for "relabel".
    """

    kind: str
    action: Action
    label: str = ""


def plan(
    findings: Sequence[Finding], kinds: Iterable[str], *, takes_suggestions: bool = False
) -> dict[int, tuple[Change, ...]]:
    """Decide what is done with which row.

    A row that goes is not changed besides. Of two new labels the first holds: a conflict is decided
    before a misspelling, and that before a mere suspicion. A copy whose label is in conflict stays,
    since which of the two is right is not known.

    Args:
        findings: what was found.
        kinds: which of them to mend.
        takes_suggestions: give a doubtful label its suggestion instead of emptying it.

    Returns:
        Row number to its changes; a row that stays as it is, is not in it.

    >>> from lissom.evidence import Finding
    >>> found = Finding("text.blank", "medium", "", (3,), (1.0,), 1, "")
    >>> plan([found], ["text.blank"])[3][0].action
    'remove'
    """
    chosen = set(kinds)
    disputed = {row for one in findings if one.kind == "label.conflict" for row in one.rows}
    changes: dict[int, list[Change]] = {}
    for finding in sorted(findings, key=lambda one: one.kind):
        if finding.kind not in chosen:
            continue
        for row, change in _changes(finding, takes_suggestions=takes_suggestions):
            if finding.kind.startswith("duplicate.") and row in disputed:
                continue
            changes.setdefault(row, []).append(change)
    return {row: _settle(wanted) for row, wanted in sorted(changes.items())}


def _changes(finding: Finding, *, takes_suggestions: bool) -> Iterable[tuple[int, Change]]:
    action = REMEDIES[finding.kind].action
    if finding.kind == "label.error" and takes_suggestions:
        action = "relabel"
    # Rows beyond the count are only there to be ranked.
    rows = finding.rows[: finding.count]
    if action != "relabel":
        return [(row, Change(finding.kind, action)) for row in rows]
    return [
        (row, Change(finding.kind, action, label))
        for row, label in zip(rows, finding.suggestions, strict=False)
        if label
    ]


def _settle(wanted: Sequence[Change]) -> tuple[Change, ...]:
    gone = [one for one in wanted if one.action == "remove"]
    if gone:
        return (gone[0],)
    labels = [one for one in wanted if one.action != "redact"]
    return (*labels[:1], *[one for one in wanted if one.action == "redact"])


def redact_kinds(text: str, kinds: Iterable[str]) -> tuple[str, dict[str, int]]:
    """Replace personal data of some kinds in a text.

    Args:
        text: any text.
        kinds: kinds of finding; "personal_data.email".

    Returns:
        The text, and how many pieces of each kind were replaced.

    >>> redact_kinds("jo@example.org, 203.0.113.77", ["personal_data.email"])
    ('[email], 203.0.113.77', {'email': 1})
    """
    wanted = {kind.removeprefix("personal_data.") for kind in kinds}
    found = [one for one in find_personal(text) if one.kind in wanted]
    pieces: dict[str, int] = {}
    for one in found:
        pieces[one.kind] = pieces.get(one.kind, 0) + 1
    return redact(text, found), pieces


def keep_one_of_each(
    rows: Sequence[int], groups: Mapping[int, int], labels: Mapping[int, str]
) -> set[int]:
    """Return the rows of near copies that may go: all but the first of each group and label.

    Args:
        rows: row numbers, in order.
        groups: row number to its group of near copies.
        labels: row number to its label, "" for none.

    >>> sorted(keep_one_of_each([0, 1, 2], {0: 0, 1: 0, 2: 0}, {0: "", 1: "a", 2: "a"}))
    [0, 2]
    """
    kept: set[tuple[int, str]] = set()
    gone: set[int] = set()
    # A row with a label may stand for one without, not the other way round.
    for row in sorted(rows, key=lambda row: (not labels[row], row)):
        group, label = groups[row], labels[row]
        is_there = (group, label) in kept or (not label and any(one == group for one, _ in kept))
        if is_there:
            gone.add(row)
        else:
            kept.add((group, label))
    return gone
