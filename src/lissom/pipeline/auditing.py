"""`audit` as a call of its own: every finding, every row, and what it would take to see more."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.audit import (
    Auditing,
    audit_annotators,
    audit_contamination,
    audit_labels,
    audit_poison,
)
from lissom.audit import audit as find_all
from lissom.audit.fingerprints import read_fingerprint
from lissom.data import Given, Room, read
from lissom.pipeline.encoding import Desk, open_encoder, read_vectors
from lissom.pipeline.label_cells import find_kind, tidy
from lissom.pipeline.order import Order
from lissom.pipeline.places import find_places
from lissom.pipeline.results import AuditReport, Described, NotLooked
from lissom.pipeline.store import Store
from lissom.progress import Silent
from lissom.runtime import count_cores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lissom.data import Dataset, Source
    from lissom.pipeline.places import Places
    from lissom.progress import Progress


@dataclass(frozen=True, slots=True)
class AuditOrder:
    """One audit, as asked for.

    Args:
        data: a file, a folder, an address, or a table in memory.
        test: rows that scores will be reported on.
        given: columns that the user named.
        base: folder or hub name of another encoder.
        threads: cores to use; None for all.
        is_all: rank every label, not only those to look at.
        reads_texts: let the encoder read the labelled texts; False goes by words alone.
        against: fingerprints of benchmarks that are looked for among the rows.
    """

    data: Source
    test: Source | None = None
    given: Given = field(default_factory=Given)
    base: str | None = None
    threads: int | None = None
    is_all: bool = False
    reads_texts: bool = True
    against: tuple[Path, ...] = ()


def audit(
    order: AuditOrder, *, progress: Progress | None = None, places: Places | None = None
) -> AuditReport:
    """Look for everything that can be wrong with rows; nothing is changed.

    Args:
        order: what is asked for.
        progress: hears how far it is; None for nobody.
        places: folders for cache and keys; None for the user's own.

    Raises:
        DataError: the rows cannot be read.
        BaseError: the encoder cannot be used.
        FingerprintFileError: a fingerprint cannot be read.
    """
    told = progress or Silent()
    places = places or find_places()
    started = time.perf_counter()
    benchmarks = [read_fingerprint(path) for path in order.against]
    told.stage("read")
    train = read(order.data, order.given).dataset
    test = None
    if order.test is not None:
        roles = train.roles
        test = read(order.test, Given(text=roles.text, label=_label_of(order, roles.label))).dataset
    build = Order(order.data, base=order.base)
    task, notes = find_kind(build, train.labels)
    for note in notes:
        told.note(note)
    rows = tidy(train, task)
    threads = order.threads or count_cores()
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), threads, told.step)
        how = Auditing(most_rows=None, room=room, names_in=task.names_in)
        found = find_all(rows, test, progress=told, how=how)
    found = found.plus(audit_contamination(rows, benchmarks, progress=told, how=how))
    store, now = Store(places.cache), datetime.now(UTC)
    desk = Desk(build, places, store, told, time.perf_counter, now, threads)
    encode = partial(_encode, desk) if order.reads_texts else None
    found = found.plus(audit_labels(rows, encode, progress=told, how=how, is_all=order.is_all))
    found = found.plus(audit_annotators(rows, encode, progress=told, how=how))
    found = found.plus(audit_poison(rows, encode, progress=told, how=how))
    return AuditReport(
        data=_describe(train),
        test=_describe(test) if test is not None else None,
        findings=found.findings,
        not_looked=tuple(NotLooked(kind, why) for kind, why in found.not_looked.items()),
        rows_to_read=found.rows_to_read,
        evidence=found.evidence,
        seconds=round(time.perf_counter() - started, 2),
    )


def _label_of(order: AuditOrder, found: str | None) -> str | None:
    # A test file without labels can still be looked at for leaks.
    return found if order.given.label is not None else None


def _describe(data: Dataset) -> Described:
    return Described(data.source, len(data), data.fingerprint, asdict(data.roles))


def _encode(desk: Desk, texts: list[str]) -> NDArray[np.float32]:
    return read_vectors(desk, open_encoder(desk, texts), texts)
