"""What documents need besides what was measured: tables, licences, what a person said and asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.data.licence import read_licence
from lissom.errors import DescriptionError, LicenceError, PolicyFileError
from lissom.govern.description import read_description
from lissom.govern.dossier import DESCRIPTION, POLICY
from lissom.govern.policy_file import read_policy
from lissom.govern.record import RowLicence, Table
from lissom.pipeline.keys import open_signer
from lissom.pipeline.mended import find_mending, hash_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from lissom.bundle import SigningKey
    from lissom.data import Dataset, Source
    from lissom.evidence import Verdict
    from lissom.govern import Gates
    from lissom.govern.record import Mending
    from lissom.pipeline.order import Order
    from lissom.pipeline.places import Places
    from lissom.pipeline.rows import Inputs

_MOST_BYTES = 256 << 10


@dataclass(frozen=True, slots=True)
class Demands:
    """What a person said of the model, and what they ask before it is released.

    Args:
        files: description.toml and policy.toml, as they stand, where there are any.
        found: files that nobody named and that were found beside the data.
    """

    files: dict[str, bytes]
    found: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Papers:
    """What a build has to hold before it begins.

    Args:
        key: what it will sign with.
        demands: what a person said and asks.
    """

    key: SigningKey
    demands: Demands


@dataclass(frozen=True, slots=True)
class Notes:
    """What is noted while a build runs, for its documents.

    Args:
        gates: what the user demanded on the command line.
        classes: different labels that the model can give.
        day: the day of the build.
        tables: what was read.
        licences: of the rows.
        demands: what a person said and asks.
        next_step: what to do next, without the user's own paths.
        not_looked: kind of finding to why the audit did not look for it, or not with all means.
        annotators: how many people labelled, None where no column says who.
        labels_sha256: of the file of labels, "" where they stand in the table.
        mendings: what was fixed before tables were read.
    """

    gates: Gates
    classes: int
    day: date
    tables: tuple[Table, ...]
    licences: tuple[RowLicence, ...]
    demands: Demands
    next_step: str
    not_looked: dict[str, str] = field(default_factory=dict)
    annotators: int | None = None
    labels_sha256: str = ""
    mendings: tuple[Mending, ...] = ()


def get_ready(order: Order, places: Places, today: date) -> Papers:
    """Open the key and read what a person wrote, before any work is done.

    A passphrase is asked for while somebody sits there, not minutes later; and a policy that means
    nothing is told before anybody has waited for it.

    Raises:
        SigningKeyError, DescriptionError, PolicyFileError: one of them cannot be used.
    """
    return Papers(open_signer(places, today, order.unlock), read_demands(order))


def read_demands(order: Order) -> Demands:
    """Read description.toml and policy.toml, before any work is done.

    Raises:
        DescriptionError, PolicyFileError: one of them is missing, or says what means nothing.
    """
    files, found = {}, []
    checks: tuple[tuple[str, Path | None, Callable[[bytes, str], object]], ...] = (
        (DESCRIPTION, order.description, read_description),
        (POLICY, order.policy, read_policy),
    )
    for name, given, check in checks:
        path = given or _beside(order.data, name)
        if path is None:
            continue
        files[name] = read_file(path, DescriptionError if name == DESCRIPTION else PolicyFileError)
        check(files[name], str(path))
        if given is None:
            found.append(path)
    return Demands(files, tuple(found))


def read_file(path: Path, error: type[DescriptionError | PolicyFileError]) -> bytes:
    """Return a small file that a person wrote.

    Raises:
        DescriptionError, PolicyFileError: whichever is given, where that fails.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as trouble:
        raise error(str(path), trouble.strerror or str(trouble)) from trouble
    if len(raw) > _MOST_BYTES:
        raise error(str(path), f"it has more than {_MOST_BYTES} bytes")
    return raw


def take_notes(
    order: Order, inputs: Inputs, classes: int, day: date, papers: Papers, verdict: Verdict
) -> Notes:
    """Note what was read, and under which licences."""
    tables = [_table("rows", order.data, inputs.train.source, len(inputs.train), inputs.train)]
    if inputs.test is not None and order.test is not None:
        tables.append(_table("test", order.test, inputs.test.source, len(inputs.test), inputs.test))
    if order.unlabelled is not None:
        tables.append(_table("unlabelled", order.unlabelled, "", len(inputs.more), None))
    cells = [*inputs.train.licences, *([None] * len(inputs.more))]
    cells += inputs.test.licences if inputs.test is not None else []
    return Notes(
        order.gates,
        classes,
        day,
        tuple(tables),
        count_licences(cells),
        papers.demands,
        verdict.next_step,
        annotators=_count_annotators(inputs.train),
        labels_sha256=hash_source(order.labels)[0] if order.labels is not None else "",
        mendings=tuple(
            mending
            for part, source in (("rows", order.data), ("test", order.test))
            if source is not None and (mending := find_mending(part, source)) is not None
        ),
    )


def _count_annotators(data: Dataset) -> int | None:
    if data.roles.annotator is None:
        return None
    return int(data.frame[data.roles.annotator].replace("", None).drop_nulls().n_unique())


def count_licences(cells: Iterable[str | None]) -> tuple[RowLicence, ...]:
    """Count the rows of each licence, the most frequent first; spelt as SPDX does where it can be.

    >>> count_licences(["mit", "MIT", None])
    (RowLicence(text='MIT', rows=2), RowLicence(text='', rows=1))
    """
    counted = Counter(cells)
    spelt: Counter[str] = Counter()
    for cell, rows in counted.items():
        spelt[_spell(cell)] += rows
    ordered = sorted(spelt.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(RowLicence(text, rows) for text, rows in ordered)


def _spell(cell: str | None) -> str:
    plain = (cell or "").strip()
    try:
        return read_licence(plain).text if plain else ""
    except LicenceError:
        return plain[:200]


def _beside(data: Source, name: str) -> Path | None:
    if not isinstance(data, str | Path) or "://" in str(data):
        return None
    path = Path(data)
    beside = (path if path.is_dir() else path.parent) / name
    return beside if beside.is_file() else None


def _table(part: str, source: Source, name: str, rows: int, data: Dataset | None) -> Table:
    sha256, size = hash_source(source)
    columns: dict[str, str] = {}
    if data is not None:
        roles = {getattr(data.roles, role.name): role.name for role in fields(data.roles)}
        columns = {column: roles.get(column, "") for column in data.frame.columns}
    said = name or (str(source) if isinstance(source, str | Path) else "")
    return Table(part, Path(said).name or "a table in memory", rows, sha256, size, columns)
