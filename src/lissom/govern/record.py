"""story.json: what the documents of a bundle are written from, besides the figures.

Whoever has the bundle can write them again and compare. It holds no row, and no number of a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import Any, get_type_hints

import msgspec

from lissom.errors import LissomError, StoryFileError
from lissom.evidence import (
    Candidate,
    Evidence,
    Measured,
    NotMeasured,
    Picture,
    Story,
)
from lissom.govern.gates import Gates  # noqa: TC001 - likewise

DOCUMENTS_VERSION = 5
"""Raised whenever a document says the same in other bytes; a test notices when it was not."""

PUBLIC = ("name", "verdict", "findings", "candidates", "pictures", "facts", "changes", "warnings")
"""The fields of a story that travel. A test asks of every new one whether it may."""

PRIVATE = ("mistakes", "rows_to_read")
ELSEWHERE = ("evidence",)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read, as far as it may be told.

    Args:
        part: "rows", "test" or "unlabelled".
        name: of the file, folder or address; "a table in memory" where it had none.
        rows: that were kept.
        sha256: of the file, "" where it is not one file.
        size_bytes: of the file, 0 likewise.
        columns: name to role; "" for a column that plays no part.
    """

    part: str
    name: str
    rows: int
    sha256: str = ""
    size_bytes: int = 0
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowLicence:
    """How many rows have a licence of their own.

    Args:
        text: as SPDX writes it; "" for rows that have none of their own.
        rows: how many.
    """

    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Mending:
    """What `lissom fix` did before a table was read, by the record that lay beside it.

    Args:
        part: of the table.
        source: name of the file that was mended.
        source_sha256: of that file, "" where it was not one file.
        findings_sha256: of the findings that were mended.
        record_sha256: of the record of each row changed.
        changed: action to rows; "removed", "redacted", "relabelled", "unlabelled".
    """

    part: str
    source: str
    source_sha256: str
    findings_sha256: str
    record_sha256: str
    changed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """A story without its rows, and what else documents need.

    Args:
        story: without evidence, mistakes and rows.
        gates: what the user demanded on the command line.
        classes: different labels that the model can give.
        day: the day of the build; a policy is judged on it.
        tables: what was read.
        licences: of the rows.
        audited: the kinds of findings that the audit looks for, or how they begin; of others, that
            none was found says nothing.
        version: of the documents that were written from it.
        not_looked: kind to why this audit did not look for it, or not with all means.
        annotators: how many people labelled, None where no column says who.
        labels_sha256: of the file of labels, "" where they stand in the table.
        mendings: what was fixed before tables were read.
    """

    story: Story
    gates: Gates
    classes: int
    day: date
    tables: tuple[Table, ...] = ()
    licences: tuple[RowLicence, ...] = ()
    audited: tuple[str, ...] = ()
    version: int = DOCUMENTS_VERSION
    not_looked: dict[str, str] = field(default_factory=dict)
    annotators: int | None = None
    labels_sha256: str = ""
    mendings: tuple[Mending, ...] = ()

    def looks_for(self, kind: str) -> bool:
        """Say whether the audit looks for a kind of finding, or for some that begin so.

        >>> from lissom.evidence import Story, Verdict
        >>> story = Story("shop", Verdict("pass", "", (), ""), (), (), (), (), (), {})
        >>> seen = Record(story, Gates(), 2, date(2026, 1, 1), audited=("leak.test", "text"))
        >>> [seen.looks_for(kind) for kind in ("leak", "leak.meaning", "text.long", "poison")]
        [True, False, True, False]
        """
        begins = kind.split(".", maxsplit=1)[0]
        return any(one in {kind, begins} or one.startswith(f"{kind}.") for one in self.audited)

    def gaps(self, kind: str) -> dict[str, str]:
        """Return what begins so, was to be looked for, and was not: kind to why."""
        return {
            one: why
            for one, why in self.not_looked.items()
            if one == kind or one.startswith(f"{kind}.")
        }


def make_public(story: Story) -> Story:
    """Return a story without evidence and without anything that tells of single rows.

    >>> from lissom.evidence import Finding, Story, Verdict
    >>> leak = Finding("leak.test", "high", "Copies.", (3,), (1.0,), 1, "Look.")
    >>> told = make_public(Story("shop", Verdict("fail", "", (), ""), (), (leak,), (), (), (), {}))
    >>> told.findings[0].rows, told.findings[0].count
    ((), 1)
    """
    findings = tuple(replace(one, rows=(), scores=()) for one in story.findings)
    return replace(story, evidence=(), findings=findings, mistakes=(), rows_to_read={})


def write_record(record: Record) -> bytes:
    """Return the JSON form; the same record gives the same bytes."""
    story = make_public(record.story)
    tree = {
        "version": record.version,
        "day": record.day.isoformat(),
        "classes": record.classes,
        "gates": msgspec.to_builtins(record.gates),
        "tables": msgspec.to_builtins(record.tables),
        "licences": msgspec.to_builtins(record.licences),
        "audited": list(record.audited),
        "not_looked": record.not_looked,
        "annotators": record.annotators,
        "labels_sha256": record.labels_sha256,
        "mendings": msgspec.to_builtins(record.mendings),
        "story": {name: _plain(name, getattr(story, name)) for name in PUBLIC},
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"


def read_record(raw: bytes, evidence: tuple[Measured, ...] = ()) -> Record:
    """Read the JSON form, and put the figures back.

    Raises:
        StoryFileError: it is not one.
    """
    try:
        found = msgspec.json.decode(raw, type=_File)
        told: dict[str, Any] = {name: _read(name, found.story[name]) for name in PUBLIC}
        # What was private stays so: nothing of it is in the file.
        story = Story(**told, evidence=evidence, mistakes=(), rows_to_read={})
        for picture in story.pictures:
            _check_picture(picture)
        return Record(
            story,
            found.gates,
            found.classes,
            found.day,
            found.tables,
            found.licences,
            found.audited,
            found.version,
            found.not_looked,
            found.annotators,
            found.labels_sha256,
            found.mendings,
        )
    except (msgspec.MsgspecError, LissomError, KeyError, TypeError, ValueError) as error:
        raise StoryFileError(str(error)) from error


def read_version(raw: bytes) -> int:
    """Return the version of the documents, whatever else a later one may hold.

    Raises:
        StoryFileError: it states none.
    """
    try:
        return msgspec.json.decode(raw, type=_Version).version
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoryFileError(str(error)) from error


class _Version(msgspec.Struct, frozen=True):
    version: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    day: date
    classes: int
    gates: Gates
    tables: tuple[Table, ...]
    licences: tuple[RowLicence, ...]
    audited: tuple[str, ...]
    story: dict[str, object]
    not_looked: dict[str, str] = {}
    annotators: int | None = None
    labels_sha256: str = ""
    mendings: tuple[Mending, ...] = ()


class _Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    accuracy: Evidence | str
    is_chosen: bool
    why: str


def _plain(name: str, value: object) -> object:
    if name != "candidates":
        return msgspec.to_builtins(value)
    candidates: tuple[Candidate, ...] = value  # type: ignore[assignment]  # by its name
    return [
        {
            "name": one.name,
            "accuracy": msgspec.to_builtins(one.accuracy)
            if isinstance(one.accuracy, Evidence)
            else one.accuracy.reason,
            "is_chosen": one.is_chosen,
            "why": one.why,
        }
        for one in candidates
    ]


def _read(name: str, tree: object) -> object:
    if name != "candidates":
        return msgspec.convert(tree, get_type_hints(Story)[name])
    return tuple(
        Candidate(one.name, _figure(one.accuracy), one.is_chosen, one.why)
        for one in msgspec.convert(tree, tuple[_Candidate, ...])
    )


def _check_picture(picture: Picture) -> None:
    """Refuse a picture that cannot be drawn; who made it was perhaps not one of our stages.

    Raises:
        ValueError: its columns do not fit.
    """
    columns, lengths = picture.columns, {len(values) for values in picture.columns.values()}
    needed = {picture.x, picture.y} | {picture.colour if picture.shape == "heat" else picture.x}
    optional = {picture.low, picture.high, picture.colour} - {""}
    if len(lengths) > 1 or not needed | optional <= columns.keys():
        message = f'the columns of picture "{picture.name}" do not fit'
        raise ValueError(message)
    numbers = {
        "bars": (picture.y, picture.low, picture.high),
        "line": (picture.x, picture.y, picture.low, picture.high),
        "dots": (picture.x, picture.y),
        "heat": (picture.colour,),
    }[picture.shape]
    for name in numbers:
        if any(isinstance(value, str) for value in columns.get(name, ())):
            message = f'the picture "{picture.name}" has a text for a number'
            raise ValueError(message)


def _figure(found: Evidence | str) -> Measured:
    return NotMeasured("task.accuracy", found) if isinstance(found, str) else found
