"""All detectors, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.audit.answers import find_conflicts, find_imbalance, find_leaking_columns, find_rare
from lissom.audit.copies import find_copies, find_leaks
from lissom.audit.label_sets import find_rare_labels, find_uneven_labels
from lissom.audit.personal import find_personal, mask
from lissom.audit.seen import report
from lissom.audit.texts import find_blank, find_long, find_personal_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lissom.audit.seen import Seen
    from lissom.data import Dataset
    from lissom.evidence import Finding
    from lissom.progress import Progress

KINDS = (
    "duplicate.exact",
    "duplicate.near",
    "label.conflict",
    "label.imbalance",
    "label.leak",
    "label.rare",
    "leak.test",
    "personal_data.card",
    "personal_data.email",
    "personal_data.iban",
    "personal_data.ip",
    "personal_data.national_id",
    "personal_data.phone",
    "text.blank",
    "text.language",
    "text.long",
)
"""Every kind that an audit can find; each has its paragraph in docs/findings.md."""

_ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Audited:
    """What is wrong with the rows.

    Args:
        findings: the gravest first, then by kind. Row numbers are those of the training source,
            or of the test source for "leak.test".
        rows_to_read: finding kind to (row, text) pairs, with personal data masked; private.
    """

    findings: tuple[Finding, ...]
    rows_to_read: dict[str, tuple[tuple[int, str], ...]]


def audit(
    train: Dataset,
    test: Dataset | None = None,
    *,
    progress: Progress,
    names_in: Callable[[str], tuple[str, ...]] | None = None,
) -> Audited:
    """Look for copies, leaks, doubtful labels, unusable texts and personal data.

    Nothing is changed, and no finding stops a build. How often a kind of finding is wrong
    depends on the rows and was not measured, so `error_rate` is None.

    Args:
        train: all rows, labelled or not.
        test: the rows that scores will be reported on, if there are any.
        progress: told how far the search is.
        names_in: the labels that a label cell holds; None where each is one label.

    >>> import polars as pl
    >>> from lissom.data import Dataset, Roles
    >>> from lissom.progress import Silent
    >>> frame = pl.DataFrame({"text": ["Where is my parcel?", "where is my parcel", ""]})
    >>> found = audit(Dataset.from_frame(frame, Roles("text"), "demo"), progress=Silent())
    >>> [(one.kind, one.rows) for one in found.findings]
    [('text.blank', (2,)), ('duplicate.exact', (1,))]
    """
    progress.stage("audit", f"{len(train):,} rows")
    reports = [report(seen, train, _masked) for seen in _look(train, progress, names_in)]
    if test is not None:
        reports += [report(seen, test, _masked) for seen in find_leaks(train, test)]
    reading: dict[str, tuple[tuple[int, str], ...]] = {}
    for finding, texts in reports:
        reading[finding.kind] = reading.get(finding.kind, ()) + texts
    return Audited(_gravest_first(finding for finding, _ in reports), reading)


def report_masked(audited: Audited, more: Iterable[Seen], train: Dataset) -> Audited:
    """Return the audit with what another look at the same rows has seen.

    Args:
        audited: what was found before.
        more: what was seen since.
        train: the rows that were looked at.
    """
    reports = [report(seen, train, _masked) for seen in more]
    findings = _gravest_first([*audited.findings, *(finding for finding, _ in reports)])
    new = {finding.kind: texts for finding, texts in reports}
    return Audited(findings, {**audited.rows_to_read, **new})


def _gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (_ORDER[one.severity], one.kind)))


def _look(
    train: Dataset, progress: Progress, names_in: Callable[[str], tuple[str, ...]] | None
) -> Iterator[Seen]:
    yield from find_copies(train)
    yield from find_conflicts(train)
    sets = [names_in(cell) if names_in and cell else None for cell in train.labels]
    if any(names is not None and len(names) != 1 for names in sets):
        yield from find_rare_labels(sets)
        yield from find_uneven_labels(sets)
    else:
        yield from find_rare(train)
        yield from find_imbalance(train)
    yield from find_leaking_columns(train)
    yield from find_blank(train)
    yield from find_long(train)
    yield from find_personal_data(train, progress)


def _masked(text: str) -> str:
    return mask(text, find_personal(text))
