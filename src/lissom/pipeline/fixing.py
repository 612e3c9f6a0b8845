"""`fix`: a new file in which chosen findings are mended, and a record of every row changed."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec
import polars as pl

from lissom.audit.mend import REMEDIES, keep_one_of_each, plan, redact_kinds
from lissom.data import Given, Roles, near_groups, read, stream, write_rows
from lissom.errors import (
    CannotWriteError,
    OtherRowsError,
    OverInputError,
    RoleTwiceError,
    UnknownColumnError,
    UnknownKindError,
)
from lissom.pipeline.findings_file import read_findings
from lissom.pipeline.mended import ENDING, Summary, hash_source
from lissom.pipeline.results import Fixed
from lissom.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.audit.mend import Change
    from lissom.data import Dataset
    from lissom.evidence import Finding
    from lissom.pipeline.findings_file import Findings
    from lissom.pipeline.results import Described
    from lissom.progress import Progress

_DONE = {
    "remove": "removed",
    "redact": "redacted",
    "relabel": "relabelled",
    "unlabel": "unlabelled",
}


@dataclass(frozen=True, slots=True)
class FixOrder:
    """One mending, as asked for.

    Args:
        data: the file or folder that the findings speak of.
        findings: what `audit` wrote.
        out: the new file; its ending says the format.
        kinds: what to mend; () for all that is usually mended without asking.
        record: where each change is written; None for OUT with ".changes.jsonl" behind it.
        takes_suggestions: give doubtful labels their suggestion instead of emptying them.
    """

    data: str | Path
    findings: Path
    out: Path
    kinds: tuple[str, ...] = ()
    record: Path | None = None
    takes_suggestions: bool = False


def fix(order: FixOrder, *, progress: Progress | None = None) -> Fixed:
    """Mend rows into a new file; the input is never changed.

    Cells that no fix speaks of are written as they were read. Rows that `audit` set aside because
    they are damaged are kept, mended as `predict` mends them.

    Args:
        order: what is asked for.
        progress: hears how far it is; None for nobody.

    Raises:
        FindingsFileError: the findings cannot be read.
        OtherRowsError: they speak of other rows.
        UnknownKindError: a kind that has no fix.
        OverInputError: the output would take the place of an input.
        CannotWriteError: the folder cannot be written to.
    """
    told = progress or Silent()
    record = order.record or order.out.with_name(order.out.name + ENDING)
    _check_places(order, record)
    for kind in order.kinds:
        if kind not in REMEDIES:
            raise UnknownKindError(kind, tuple(REMEDIES))
    told.stage("read")
    found = read_findings(order.findings)
    data, findings = _match(order, found)
    kinds = order.kinds or tuple(kind for kind, one in REMEDIES.items() if one.is_usual)
    findings = _without_needed(findings, kinds, data)
    changes = plan(findings, kinds, takes_suggestions=order.takes_suggestions)
    told.stage("fix", f"{len(changes):,} rows")
    try:
        rows, changed = _write(order, record, data, changes, told)
    except OSError as error:
        raise CannotWriteError(str(order.out), error.strerror or "it cannot be written") from error
    mended = {one.kind for changes_of_row in changes.values() for one in changes_of_row}
    return Fixed(order.out, record, rows, changed, tuple(sorted(mended)))


def _check_places(order: FixOrder, record: Path) -> None:
    inputs = [order.findings]
    if "://" not in str(order.data):
        source = Path(order.data)
        inputs += list(source.iterdir()) if source.is_dir() else [source]
    taken = {os.path.realpath(path) for path in inputs}
    for path in (order.out, record):
        if os.path.realpath(path) in taken:
            raise OverInputError(str(path))


def _match(order: FixOrder, found: Findings) -> tuple[Dataset, tuple[Finding, ...]]:
    """Return the rows, and the findings that speak of them."""
    for spoken_of, is_test in ((found.data, False), (found.test, True)):
        data = _read_as(order, spoken_of) if spoken_of is not None else None
        if data is not None:
            fitting = tuple(
                one for one in found.findings if one.kind.startswith("leak.") == is_test
            )
            return data, fitting
    names = [one.source for one in (found.data, found.test) if one is not None]
    raise OtherRowsError(str(order.data), str(order.findings), " and ".join(names))


def _read_as(order: FixOrder, spoken_of: Described) -> Dataset | None:
    """Return the rows if they are those spoken of."""
    roles = Roles(**{role: spoken_of.roles.get(role) for role in _ROLES})  # type: ignore[arg-type]  # the text is checked below
    try:
        found = read(order.data, Given(*(getattr(roles, role) for role in _ROLES)))
    except (UnknownColumnError, RoleTwiceError):
        return None
    # A role that nobody had when the findings were made must not be guessed now.
    data = replace(found.dataset, roles=roles if roles.text else found.dataset.roles)
    return data if data.fingerprint == spoken_of.fingerprint else None


_ROLES = ("text", "label", "date", "group", "id")


def _without_needed(
    findings: tuple[Finding, ...], kinds: Sequence[str], data: Dataset
) -> tuple[Finding, ...]:
    """Leave one row of each group of near copies out of what may go."""
    if "duplicate.near" not in kinds:
        return findings
    place = {row: at for at, row in enumerate(data.rows.to_list())}
    labels = data.labels
    kept = []
    for finding in findings:
        one = finding
        if finding.kind == "duplicate.near":
            rows = sorted(row for row in finding.rows if row in place)
            groups = near_groups(data.texts_at([place[row] for row in rows])).tolist()
            gone = keep_one_of_each(
                rows,
                dict(zip(rows, groups, strict=True)),
                {row: labels[place[row]] or "" for row in rows},
            )
            one = replace(finding, rows=tuple(sorted(gone)), count=len(gone))
        kept.append(one)
    return tuple(kept)


def _write(
    order: FixOrder,
    record: Path,
    data: Dataset,
    changes: dict[int, tuple[Change, ...]],
    told: Progress,
) -> tuple[int, dict[str, int]]:
    """Walk through the source row by row; return (rows written, rows by action)."""
    counts: dict[str, int] = {}
    row = written = 0
    part = record.with_name(f".{record.name}.{os.getpid()}.part")
    try:
        with ExitStack() as stack:
            batches = stack.enter_context(stream(order.data, data.roles.text))
            log = stack.enter_context(part.open("wb"))
            with write_rows(order.out) as out:
                for batch in batches:
                    numbers = range(row, row + batch.height)
                    kept = _mend(batch, numbers, data, changes, log, counts)
                    if kept.height or not written:
                        out.append(kept)
                    row, written = numbers.stop, written + kept.height
                    told.step(row, 0)
            log.write(msgspec.json.encode(_sum_up(order, counts)) + b"\n")
        part.replace(record)
    finally:
        part.unlink(missing_ok=True)
    return written, counts


def _sum_up(order: FixOrder, counts: dict[str, int]) -> Summary:
    return Summary(
        Path(order.data).name,
        hash_source(order.data)[0],
        hash_source(order.findings)[0],
        hash_source(order.out)[0],
        dict(counts),  # type: ignore[arg-type]  # the actions of `_DONE` and no others
    )


def _mend(
    batch: pl.DataFrame,
    numbers: range,
    data: Dataset,
    changes: dict[int, tuple[Change, ...]],
    log: IO[bytes],
    counts: dict[str, int],
) -> pl.DataFrame:
    """Return the batch with its changes made, each of them written down."""
    roles = data.roles
    texts = batch[roles.text].to_list()
    labels = batch[roles.label].to_list() if roles.label else [None] * batch.height
    gone = []
    for at, number in enumerate(numbers):
        wanted = changes.get(number, ())
        redacted = [one.kind for one in wanted if one.action == "redact"]
        for one in wanted:
            if one.action == "redact":
                continue
            entry: dict[str, object] = {
                "row": number,
                "kind": one.kind,
                "action": _DONE[one.action],
            }
            if one.action == "remove":
                gone.append(at)
            else:
                entry |= {"column": roles.label, "before": labels[at], "after": one.label or None}
                labels[at] = one.label or None
            _note(entry, log, counts)
        if redacted:
            texts[at], pieces = redact_kinds(texts[at] or "", redacted)
            entry = {"row": number, "kind": redacted[0], "action": "redacted"}
            # What was there is not written down again, or the record would hold what was taken out.
            _note(entry | {"column": roles.text, "pieces": pieces}, log, counts)
    if not any(number in changes for number in numbers):
        return batch
    columns = [pl.Series(roles.text, texts, pl.String)]
    if roles.label:
        columns.append(pl.Series(roles.label, labels, pl.String))
    keep = pl.Series(range(batch.height)).is_in(gone).not_()
    return batch.with_columns(columns).filter(keep)


def _note(entry: dict[str, object], log: IO[bytes], counts: dict[str, int]) -> None:
    action = str(entry["action"])
    counts[action] = counts.get(action, 0) + 1
    log.write(msgspec.json.encode(entry) + b"\n")
