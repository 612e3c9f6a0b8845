"""A benchmark as a file of hashes, so that its rows can be looked for and its text stays at home.

The format is written down in docs/contamination.md. Whoever made a file may be a stranger: sizes
are checked against the file's own before anything is read, and every number before it is used.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from lissom.audit.hashed import (
    FEWEST_WORDS,
    RUNS,
    distinct,
    hash_runs,
    hash_words,
    run_lengths,
)
from lissom.errors import FingerprintFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import IO

    from numpy.typing import NDArray

    from lissom.audit.hashed import Hashes

MOST_BYTES = 512 << 20
"""Some 5 million texts of 15 words; a larger benchmark wants several files."""

MOST_NAME = 80
_MOST_HEADER = 4096
_MOST_RUNS = 1 << 20
_ROW_BYTES, _RUN_BYTES = 8 + 1 + 4, 8
_STEP_ROWS = 65_536


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["lissom-fingerprint"]
    version: Literal[1]
    name: str
    rows: int
    runs: int
    too_short: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The rows of a benchmark, as hashes.

    Args:
        name: what the benchmark is called.
        texts: (rows,) hash of each whole text.
        lengths: (rows,) words in a run, one of `RUNS`; 0 for a text known by all its words only.
        starts: (rows + 1,) where each row's runs begin.
        runs: (runs,) hashes, those of a row in rising order and each once.
        too_short: texts of fewer than four words, which are left out.
    """

    name: str
    texts: Hashes
    lengths: NDArray[np.int64]
    starts: NDArray[np.int64]
    runs: Hashes
    too_short: int = 0

    @property
    def counts(self) -> NDArray[np.int64]:
        """Return (rows,) how many runs each has."""
        return np.diff(self.starts)


def take_fingerprint(texts: Sequence[str], name: str) -> Fingerprint:
    """Hash the rows of a benchmark.

    Args:
        texts: its rows, in any order.
        name: what to call it; control characters are left out.

    >>> taken = take_fingerprint(["Where is the parcel that I sent today?", "Hello"], "shop")
    >>> len(taken.texts), taken.counts.tolist(), taken.too_short
    (1, [6], 1)
    """
    known: dict[bytes, int] = {}
    parts = [
        _take(texts[start : start + _STEP_ROWS], known)
        for start in range(0, max(len(texts), 1), _STEP_ROWS)
    ]
    counts = np.concatenate([one.counts for one in parts])
    return Fingerprint(
        clean_name(name),
        np.concatenate([one.texts for one in parts]),
        np.concatenate([one.lengths for one in parts]),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.concatenate([one.runs for one in parts]),
        sum(one.too_short for one in parts),
    )


def _take(texts: Sequence[str], known: dict[bytes, int]) -> Fingerprint:
    words = hash_words(texts, known)
    lengths = run_lengths(words.counts)
    runs, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for run in RUNS:
        hashes, of_text = hash_runs(words, run)
        mine = lengths[of_text] == run
        runs.append(hashes[mine])
        rows.append(of_text[mine])
    hashes, of_text = distinct(np.concatenate(runs), np.concatenate(rows))
    kept = words.counts >= FEWEST_WORDS
    counts = np.bincount(of_text, minlength=len(lengths))[kept]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Fingerprint("", words.texts[kept], lengths[kept], starts, hashes, int((~kept).sum()))


def clean_name(name: str) -> str:
    r"""Return a name as it may be shown: one line, nothing invisible, at most 80 characters.

    >>> clean_name("clinc150\n \u202etest")
    'clinc150 test'
    """
    shown = "".join(" " if ch.isspace() else ch for ch in name)
    shown = "".join(ch for ch in shown if unicodedata.category(ch)[0] != "C")
    return " ".join(shown.split())[:MOST_NAME] or "benchmark"


def write_fingerprint(taken: Fingerprint) -> bytes:
    """Return the file; the same texts give the same bytes."""
    body = b"".join(
        (
            taken.texts.astype("<u8").tobytes(),
            taken.lengths.astype("<u1").tobytes(),
            taken.counts.astype("<u4").tobytes(),
            taken.runs.astype("<u8").tobytes(),
        )
    )
    header = _Header(
        "lissom-fingerprint",
        1,
        taken.name,
        len(taken.texts),
        len(taken.runs),
        taken.too_short,
        hashlib.sha256(body).hexdigest(),
    )
    return msgspec.json.encode(header) + b"\n" + body


def read_fingerprint(path: Path) -> Fingerprint:
    """Read a fingerprint that anybody may have made.

    Raises:
        FingerprintFileError: it is not there, or is no such file; the message says what is wrong.
    """
    where = str(path)
    try:
        if not path.is_file():
            raise FingerprintFileError(where, "there is no such file")
        size = path.stat().st_size
        if size > MOST_BYTES + _MOST_HEADER:
            raise FingerprintFileError(where, f"it has more than {MOST_BYTES >> 20} MiB")
        with path.open("rb") as file:
            header, body = _read_parts(file, size, where)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise FingerprintFileError(where, why) from error
    rows = header.rows
    ends = np.cumsum([0, rows * 8, rows, rows * 4]).tolist()
    counts = np.frombuffer(body[ends[2] : ends[3]], "<u4").astype(np.int64)
    found = Fingerprint(
        clean_name(header.name),
        np.frombuffer(body[: ends[1]], "<u8").astype(np.uint64),
        np.frombuffer(body[ends[1] : ends[2]], "<u1").astype(np.int64),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.frombuffer(body[ends[3] :], "<u8").astype(np.uint64),
        header.too_short,
    )
    _check(found, where)
    return found


def _read_parts(file: IO[bytes], size: int, where: str) -> tuple[_Header, bytes]:
    line = file.readline(_MOST_HEADER)
    try:
        header = msgspec.json.decode(line, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FingerprintFileError(where, f"its first line is no header ({error})") from error
    if min(header.rows, header.runs, header.too_short) < 0:
        raise FingerprintFileError(where, "its header counts below 0")
    wanted = header.rows * _ROW_BYTES + header.runs * _RUN_BYTES
    if not line.endswith(b"\n") or size - len(line) != wanted:
        why = f"its header speaks of {wanted:,} bytes and {size - len(line):,} follow it"
        raise FingerprintFileError(where, why)
    body = file.read(wanted)
    if hashlib.sha256(body).hexdigest() != header.sha256:
        raise FingerprintFileError(where, "its bytes are not those of its own sha256")
    return header, body


def _check(found: Fingerprint, where: str) -> None:
    counts = found.counts
    if int(found.starts[-1]) != len(found.runs) or not ((counts > 0) == (found.lengths > 0)).all():
        raise FingerprintFileError(where, "its rows do not add up to its runs")
    if len(counts) and int(counts.max()) > _MOST_RUNS:
        raise FingerprintFileError(where, f"a row has more than {_MOST_RUNS:,} runs")
    if not np.isin(found.lengths, (0, *RUNS)).all():
        raise FingerprintFileError(where, f"its runs are not of {', '.join(map(str, RUNS))} words")
    is_first = np.zeros(len(found.runs), np.bool_)
    is_first[found.starts[:-1][counts > 0]] = True
    if not (is_first[1:] | (found.runs[1:] > found.runs[:-1])).all():
        raise FingerprintFileError(where, "the runs of a row are not in rising order")
