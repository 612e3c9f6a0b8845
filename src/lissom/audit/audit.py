"""All detectors, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lissom.audit.annotators import find_annotators
from lissom.audit.answers import (
    find_conflicts,
    find_imbalance,
    find_leaking_columns,
    find_misspelt,
    find_rare,
)
from lissom.audit.contamination import find_contamination
from lissom.audit.copies import see_copies, see_leaks, see_shared_groups
from lissom.audit.label_sets import find_rare_labels, find_uneven_labels
from lissom.audit.mislabelled import find_mislabelled, judged
from lissom.audit.personal import find_personal, mask
from lissom.audit.poison import KIND, MOST_LABELLED, NAMES, find_poison
from lissom.audit.seen import report
from lissom.audit.texts import CALLED, find_blank, find_long, find_personal_data
from lissom.data import Room, find_copies
from lissom.evidence import NotMeasured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from lissom.audit.fingerprints import Fingerprint
    from lissom.audit.seen import Seen
    from lissom.data import Dataset
    from lissom.evidence import Finding, Measured
    from lissom.progress import Progress

KINDS = (
    "annotator.disagrees",
    "annotator.mix",
    "contamination",
    "duplicate.exact",
    "duplicate.near",
    "label.conflict",
    "label.error",
    "label.imbalance",
    "label.leak",
    "label.misspelt",
    "label.rare",
    "leak.group",
    "leak.test",
    *(f"personal_data.{kind}" for kind in sorted(CALLED)),
    KIND,
    "text.blank",
    "text.language",
    "text.long",
)
"""Every kind that an audit can find; each has its paragraph in docs/findings.md."""

MOST_ROWS = 1000
"""Rows that a finding names inside a bundle; an audit by itself names all."""

_ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Auditing:
    """How an audit works.

    Args:
        most_rows: rows that a finding names; None for all.
        room: memory, disk and cores of the search for copies.
        names_in: the labels that a label cell holds; None where each is one label.
    """

    most_rows: int | None = MOST_ROWS
    room: Room = field(default_factory=Room)
    names_in: Callable[[str], tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Audited:
    """What is wrong with the rows.

    Args:
        findings: the gravest first, then by kind. Row numbers are those of the training source,
            or of the test source for kinds that begin with "leak.".
        rows_to_read: finding kind to (row, text) pairs, with personal data masked; private.
        not_looked: kind to why it was not looked for, or not with all means.
        evidence: what would have been found.
    """

    findings: tuple[Finding, ...]
    rows_to_read: dict[str, tuple[tuple[int, str], ...]]
    not_looked: dict[str, str] = field(default_factory=dict)
    evidence: tuple[Measured, ...] = ()

    def plus(self, others: Audited) -> Audited:
        """Return both, in order."""
        return Audited(
            tuple(sorted((*self.findings, *others.findings), key=_gravest)),
            {**self.rows_to_read, **others.rows_to_read},
            {**self.not_looked, **others.not_looked},
            (*self.evidence, *others.evidence),
        )


USUAL = Auditing()


def audit(
    train: Dataset, test: Dataset | None = None, *, progress: Progress, how: Auditing = USUAL
) -> Audited:
    """Look for copies, leaks, labels that cannot be right, unusable texts and personal data.

    Nothing is changed, and no finding stops a build. Labels that are only probably wrong take
    vectors to find: see `audit_labels`.

    Args:
        train: all rows, labelled or not.
        test: the rows that scores will be reported on, if there are any.
        progress: told how far the search is.
        how: how many rows to name, and where to work.

    >>> import polars as pl
    >>> from lissom.data import Dataset, Roles
    >>> from lissom.progress import Silent
    >>> frame = pl.DataFrame({"text": ["Where is my parcel?", "where is my parcel", ""]})
    >>> found = audit(Dataset.from_frame(frame, Roles("text"), "demo"), progress=Silent())
    >>> [(one.kind, one.rows) for one in found.findings]
    [('text.blank', (2,)), ('duplicate.exact', (1,))]
    """
    progress.stage("audit", f"{len(train):,} rows")
    copies = find_copies(train.column, test.column if test is not None else (), room=how.room)
    found = _collect(_look(train, copies.same, progress, how), train, how)
    found = found.plus(_collect(see_copies(copies, train), train, how))
    if test is not None:
        found = found.plus(_collect(see_leaks(copies, train), test, how))
        found = found.plus(_collect(see_shared_groups(train, test), test, how))
    return found


def report_masked(
    audited: Audited, more: Iterable[Seen], train: Dataset, *, how: Auditing = USUAL
) -> Audited:
    """Return the audit with what another look at the same rows has seen.

    Args:
        audited: what was found before.
        more: what was seen since.
        train: the rows that were looked at.
        how: how many rows to name.
    """
    return audited.plus(_collect(more, train, how))


SEVERAL = "labels are not judged where a row may have several"
"""Why nothing is said of `label.error` there."""

MOST_READ = 20_000
"""Labelled rows up to which their texts are read by the encoder: some minutes on two cores."""

MOST_JUDGED = 100_000
"""Labelled rows up to which labels are judged at all, by words then, in some 2 GiB."""


def audit_labels(
    data: Dataset,
    read: Callable[[list[str]], NDArray[np.float32]] | None,
    *,
    progress: Progress,
    how: Auditing = USUAL,
    is_all: bool = False,
) -> Audited:
    """Look for labels that are probably wrong.

    Args:
        data: all rows; those with a label and a text are judged.
        read: turns texts into embeddings of length 1; None to go by words alone.
        progress: told how far it is.
        how: how many rows to name.
        is_all: rank every labelled row; `Finding.count` still says how many to look at.
    """
    at = judged(data)
    why = ""
    if has_several(data, how):
        return Audited((), {}, {"label.error": SEVERAL})
    if len(at) > MOST_JUDGED:
        why = f"{len(at):,} rows have a label; labels are judged up to {MOST_JUDGED:,}"
        return Audited((), {}, {"label.error": why})
    vectors = None
    if read is None:
        why = "labels were judged by words alone"
    elif len(at) > MOST_READ:
        why = f"labels were judged by words alone: {len(at):,} are more than {MOST_READ:,} to read"
    elif len(at):
        progress.stage("read texts", f"{len(at):,} labelled rows")
        vectors = read(data.texts_at(at.tolist()))
    progress.stage("labels", f"{len(at):,} labelled rows")
    found = _collect(find_mislabelled(data, vectors, is_all=is_all), data, how)
    return found.plus(Audited((), {}, {"label.error": why} if why and len(at) else {}))


def audit_annotators(
    data: Dataset,
    read: Callable[[list[str]], NDArray[np.float32]] | None,
    *,
    progress: Progress,
    how: Auditing = USUAL,
) -> Audited:
    """Look for people whose labels are not like those of the rest; see `find_annotators`.

    Nothing is found, and nothing is said, where no column says who labelled.

    Args:
        data: all rows, labelled or not.
        read: turns texts into embeddings of length 1; None to go by words alone.
        progress: told how far it is.
        how: how many rows to name.
    """
    if data.roles.annotator is None or data.roles.label is None:
        return Audited((), {})
    at = judged(data)
    if has_several(data, how):
        return Audited((), {}, {"annotator": SEVERAL})
    if len(at) > MOST_JUDGED:
        why = f"{len(at):,} rows have a label; labels are judged up to {MOST_JUDGED:,}"
        return Audited((), {}, {"annotator": why})
    vectors = None
    if read is not None and len(at) <= MOST_READ:
        vectors = read(data.texts_at(at.tolist()))
    progress.stage("annotators", f"{len(at):,} labelled rows")
    seen, why = find_annotators(data, at, vectors)
    return _collect(seen, data, how).plus(Audited((), {}, {"annotator.mix": why} if why else {}))


def audit_contamination(
    data: Dataset, benchmarks: Iterable[Fingerprint], *, progress: Progress, how: Auditing = USUAL
) -> Audited:
    """Look for the rows of public benchmarks; see `find_contamination`.

    Args:
        data: all rows, labelled or not.
        benchmarks: fingerprints of theirs.
        progress: told how far it is.
        how: how many rows to name.
    """
    found = Audited((), {})
    for taken in benchmarks:
        progress.stage("contamination", taken.name)
        seen, share = find_contamination(data, taken, progress)
        found = found.plus(_collect(seen, data, how)).plus(Audited((), {}, {}, (share,)))
    return found


def audit_poison(
    data: Dataset,
    read: Callable[[list[str]], NDArray[np.float32]] | None,
    *,
    progress: Progress,
    how: Auditing = USUAL,
) -> Audited:
    """Look for rows that somebody may have planted; see `find_poison`.

    Args:
        data: all rows, labelled or not.
        read: turns texts into embeddings of length 1; None to go by words alone.
        progress: told how far it is.
        how: how many rows to name.
    """
    at = judged(data)
    why = f"{len(at):,} rows have a label; triggers are looked for among up to {MOST_LABELLED:,}"
    if has_several(data, how):
        why = "what a row is about is not judged where a row may have several labels"
    elif len(at) <= MOST_LABELLED:
        why = ""
    if why:
        return Audited((), {}, {KIND: why}, tuple(NotMeasured(name, why) for name in NAMES))
    vectors = None
    if read is not None and len(at) <= MOST_READ:
        vectors = read(data.texts_at(at.tolist()))
    progress.stage("poison", f"{len(at):,} labelled rows")
    found = find_poison(data, at, vectors)
    gaps = [one.reason for one in found.evidence if isinstance(one, NotMeasured)]
    not_looked = {KIND: gaps[0]} if len(gaps) == len(NAMES) else {}
    return _collect(found.seen, data, how).plus(Audited((), {}, not_looked, found.evidence))


def has_several(data: Dataset, how: Auditing) -> bool:
    """Say whether a label cell may hold several labels."""
    names_in = how.names_in
    return bool(names_in) and any(
        len(names_in(cell)) != 1 for cell in set(data.labels) if cell and names_in
    )


def _look(
    train: Dataset, same: NDArray[np.int64], progress: Progress, how: Auditing
) -> Iterator[Seen]:
    yield from find_conflicts(train, same)
    names_in = how.names_in
    sets = [names_in(cell) if cell else None for cell in train.labels] if names_in else []
    if any(names is not None and len(names) != 1 for names in sets):
        yield from find_rare_labels(sets)
        yield from find_uneven_labels(sets)
    else:
        yield from find_misspelt(train)
        yield from find_rare(train)
        yield from find_imbalance(train)
    yield from find_leaking_columns(train)
    yield from find_blank(train)
    yield from find_long(train)
    yield from find_personal_data(train, progress)


def _collect(seen: Iterable[Seen], data: Dataset, how: Auditing) -> Audited:
    findings: list[Finding] = []
    reading: dict[str, tuple[tuple[int, str], ...]] = {}
    for one in seen:
        finding, texts = report(one, data, show=_masked, most=how.most_rows)
        findings.append(finding)
        reading[finding.kind] = reading.get(finding.kind, ()) + texts
    return Audited(tuple(sorted(findings, key=_gravest)), reading)


def _gravest(finding: Finding) -> tuple[int, str]:
    return _ORDER[finding.severity], finding.kind


def _masked(text: str) -> str:
    return mask(text, find_personal(text))
