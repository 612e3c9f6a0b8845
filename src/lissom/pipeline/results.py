"""What the calls on a finished bundle give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.evidence import Finding, Measured
    from lissom.runtime import Reason


@dataclass(frozen=True, slots=True)
class Predicted:
    """A finished file of answers."""

    rows: int
    unsure: int
    blank: int
    out: Path | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why a text got its answer.

    Args:
        label: the answer that is explained: the likeliest one.
        sentence: the words that did most for it and against it, in one line.
        reasons: what each word did for it, the weightiest first; none for a blank text.
    """

    label: str
    sentence: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer.

    Args:
        label: the answer.
        probability: that it is right, 0 to 1, calibrated.
        unsure: a person should look.
        tier: "lexical" or "encoder", whichever answered.
        labels: where a text has any number of labels, those in `label`, in alphabetical order;
            None where it has one class.
        probabilities: of every class or label by name, where they were asked for.
        why: what its words did for it, where that was asked for.
    """

    label: str
    probability: float
    unsure: bool
    tier: str
    labels: tuple[str, ...] | None = None
    probabilities: Mapping[str, float] | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bundle says of itself."""

    name: str
    facts: dict[str, str]
    evidence: tuple[Measured, ...]
    is_signed: bool
    signer: str
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Described:
    """Rows that findings speak of.

    Args:
        source: as the user would say it ("inbox.csv").
        rows: how many there are.
        fingerprint: of their texts, labels and groups.
        roles: which column plays which part; None where none does.
    """

    source: str
    rows: int
    fingerprint: str
    roles: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class NotLooked:
    """A kind of finding that was not looked for, or not with all means, and why."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found.

    Args:
        data: the rows that were looked at.
        test: those of the test file; kinds that begin with "leak." speak of these.
        findings: the gravest first.
        not_looked: what could not be looked for.
        rows_to_read: finding kind to (row, text) pairs, personal data masked; never in a file.
        evidence: the smallest attacks that would have been found.
        seconds: wall time.
    """

    data: Described
    test: Described | None
    findings: tuple[Finding, ...]
    not_looked: tuple[NotLooked, ...]
    rows_to_read: dict[str, tuple[tuple[int, str], ...]]
    evidence: tuple[Measured, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file with its faults mended.

    Args:
        out: the new file.
        record: one JSON object for each row changed.
        rows: rows in the new file.
        changed: action to rows; "removed", "redacted", "relabelled", "unlabelled".
        kinds: the kinds of finding that were mended.
    """

    out: Path
    record: Path
    rows: int
    changed: dict[str, int]
    kinds: tuple[str, ...]
