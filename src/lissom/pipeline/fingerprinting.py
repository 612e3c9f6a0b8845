"""`fingerprint`: a benchmark's rows as hashes, in a file that can travel where the rows may not."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.audit.fingerprints import take_fingerprint, write_fingerprint
from lissom.data import Given, read
from lissom.errors import CannotWriteError, OverInputError
from lissom.progress import Silent

if TYPE_CHECKING:
    from lissom.data import Source
    from lissom.progress import Progress


@dataclass(frozen=True, slots=True)
class FingerprintOrder:
    """One fingerprint, as asked for.

    Args:
        data: the benchmark's rows: a file, a folder, an address, or a table in memory.
        out: the file to write.
        name: what the benchmark is called; None for the name of its source.
        given: columns that the user named; only the text counts.
    """

    data: Source
    out: Path
    name: str | None = None
    given: Given = field(default_factory=Given)


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """A fingerprint that was written.

    Args:
        out: the file.
        name: what the benchmark is called in it.
        rows: texts that can be looked for.
        too_short: texts of fewer than four words, which cannot.
    """

    out: Path
    name: str
    rows: int
    too_short: int


def fingerprint(order: FingerprintOrder, *, progress: Progress | None = None) -> Fingerprinted:
    """Write hashes of a benchmark's rows; its text is not in the file.

    Args:
        order: what is asked for.
        progress: hears how far it is; None for nobody.

    Raises:
        DataError: the rows cannot be read.
        OverInputError: the file would take the place of the rows.
        CannotWriteError: the file cannot be written.
    """
    told = progress or Silent()
    if isinstance(order.data, str | Path) and os.path.realpath(order.data) == os.path.realpath(
        order.out
    ):
        raise OverInputError(str(order.out))
    told.stage("read")
    rows = read(order.data, order.given).dataset
    told.stage("fingerprint", f"{len(rows):,} rows")
    taken = take_fingerprint(rows.texts, order.name or rows.source)
    try:
        order.out.write_bytes(write_fingerprint(taken))
    except OSError as error:
        raise CannotWriteError(str(order.out), error.strerror or "it cannot be written") from error
    return Fingerprinted(order.out, taken.name, len(taken.texts), taken.too_short)
