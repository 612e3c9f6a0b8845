"""The log of answers: numbers and hashes by default, texts only where somebody asked for it."""

from __future__ import annotations

import hmac
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from lissom.errors import LogError
from lissom.operate.watching.answers import hours_of
from lissom.operate.watching.hours import MANY, list_hours, read_through
from lissom.operate.watching.rows import Rows
from lissom.operate.watching.schema import connect, prepare, read_secret
from lissom.operate.watching.sketch import DIMENSIONS, sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lissom.operate.watching.entries import Entry, Keeping
    from lissom.operate.watching.hours import Hour

FILE = "answers.sqlite"
_KEY_FILE = "hashing.key"
_HASH_BYTES = 16

# A number that is there already was written before the disk said no to what came after it.
_ADD_ANSWER = (
    "insert into answers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing"
)
_ADD_DETAIL = "insert into details values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing"
_ADD_TEXT = "insert into texts values (?, ?, ?) on conflict (id) do nothing"

_DETAILS = "select id, tokens, known, sketch, chances from details where version = ? and "
_COLUMNS = ("id", "tokens", "known", "sketch", "chances")


class Log:
    """A folder with the log; one process writes, any may read.

    Args:
        folder: made when it is not there.
        keeping: what is kept, and how long.
    """

    def __init__(self, folder: Path, keeping: Keeping) -> None:
        """Open it, or make it.

        Raises:
            LogError: the folder cannot be used, or the file is damaged.
        """
        self.folder, self.keeping = folder, keeping
        # One connection: two threads' transactions must not run into each other.
        self._alone = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._secret = read_secret(folder / _KEY_FILE)
            self._base = connect(folder / FILE)
            prepare(self._base)
        except (OSError, sqlite3.Error) as error:
            raise LogError(str(folder), _why(error)) from error

    def close(self) -> None:
        """Close the file; everything written is in it, and what is being written first is."""
        with self._alone:
            self._base.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold a transaction: all of it is written, or nothing.

        Raises:
            LogError: the disk said no; nothing was written.
        """
        try:
            with self._alone, self._base:
                yield self._base
        except (OSError, sqlite3.Error) as error:
            raise LogError(str(self.folder), _why(error)) from error

    def read(self, question: str, facts: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows that a select gives.

        Raises:
            LogError: the file cannot be read.
        """
        try:
            with self._alone:
                return self._base.execute(question, tuple(facts)).fetchall()
        except (OSError, sqlite3.Error) as error:
            raise LogError(str(self.folder), _why(error)) from error

    def hash(self, text: str) -> bytes:
        """Return a text's hash, which nobody can compute without this log's own key."""
        return hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), "sha256")[
            :_HASH_BYTES
        ]

    def last_number(self) -> int:
        """Return the highest number in use."""
        ((found,),) = self.read("select coalesce(max(id), 0) from answers")
        return _whole(found)

    def add_version(self, model: str, version: str, labels: Sequence[str], facts: object) -> int:
        """Note a version, or find it again; returns its number here.

        Args:
            model: name of the model.
            version: of the bundle.
            labels: its answers, in order.
            facts: what else the monitors need to know of it; JSON.
        """
        with self.writing() as base:
            base.execute(
                "insert into versions (model, version, labels, facts) values (?, ?, ?, ?) "
                "on conflict (model, version) do update set facts = excluded.facts",
                (model, version, _json(list(labels)), _json(facts)),
            )
        ((found,),) = self.read(
            "select id from versions where model = ? and version = ?", (model, version)
        )
        return _whole(found)

    def write(self, entries: Sequence[Entry], has_detail: Sequence[bool]) -> None:
        """Write answers, all or none of them.

        Args:
            entries: in order of their numbers.
            has_detail: which are kept with sketch and probabilities.

        Raises:
            LogError: the disk said no; nothing was written.
        """
        answers = [
            (
                *(one.number, one.at_ms, one.version, self.hash(one.text)),
                *(self.hash(one.subject) if one.subject else None, one.label),
                *(one.chance, one.is_unsure, one.is_lexical, one.ms),
            )
            for one in entries
        ]
        chosen = [one for one, wanted in zip(entries, has_detail, strict=True) if wanted]
        sketches = sketch([one.ids for one in chosen]).astype("<f2")
        details = [
            (
                *(one.number, one.version, len(one.ids), one.known),
                *(drawn.tobytes(), one.chances.astype("<f2").tobytes()),
            )
            for one, drawn in zip(chosen, sketches, strict=True)
        ]
        texts = [(one.number, one.text, one.at_ms) for one in entries]
        with self.writing() as base:
            base.executemany(_ADD_ANSWER, answers)
            base.executemany(_ADD_DETAIL, details)
            base.executemany(_ADD_TEXT, texts if self.keeping.text_days else ())

    def rows(self, version: int, after: int, most: int) -> Rows:
        """Return answers with details, oldest first.

        Args:
            version: number of the version.
            after: only those with a higher number.
            most: at most so many.
        """
        hot = self.read(f"{_DETAILS}id > ? order by id limit ?", (version, after, most))
        later = "h.version = ? and h.last > ?"
        return self._join(
            hot,
            lambda: list_hours(self, later, (version, after)),
            (pl.col("version_id") == version) & (pl.col("id") > after),
            most,
        )

    def latest(self, version: int, most: int) -> Rows:
        """Return the latest answers with details, oldest first; of those in SQLite.

        Args:
            version: number of the version.
            most: at most so many; `STAY` of them never leave it.
        """
        found = self.read(f"{_DETAILS}true order by id desc limit ?", (version, most))
        return _to_rows(found[::-1])

    def rows_by_number(self, version: int, numbers: NDArray[np.int64]) -> Rows:
        """Return the answers of these numbers that are still there, in order."""
        hot: list[tuple[object, ...]] = []
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500].tolist()
            marks = ", ".join("?" * len(some))
            hot += self.read(f"{_DETAILS}id in ({marks})", (version, *some))
        left = sorted(set(numbers.tolist()) - {row[0] for row in hot})
        chosen = (pl.col("version_id") == version) & pl.col("id").is_in(left)
        return self._join(hot, lambda: hours_of(self, left), chosen, MANY)

    def _join(
        self,
        hot: list[tuple[object, ...]],
        hours: Callable[[], list[Hour]],
        chosen: pl.Expr,
        most: int,
    ) -> Rows:
        """Put what SQLite gave and what the files give in order; no row comes twice."""
        has_detail = pl.col("sketch").is_not_null()
        cold = read_through(self, hours, chosen & has_detail, _COLUMNS, most)
        rows = {row[0]: row for row in [*cold.iter_rows(), *hot]}
        return _to_rows([rows[number] for number in sorted(rows)[:most]])

    def load_state(self, version: int, part: str) -> bytes | None:
        """Return what a monitor has kept."""
        found = self.read("select raw from states where version = ? and part = ?", (version, part))
        return bytes(found[0][0]) if found and isinstance(found[0][0], bytes) else None

    def save_state(self, version: int, part: str, raw: bytes | None) -> None:
        """Keep something for a monitor; None forgets it."""
        with self.writing() as base:
            base.execute("delete from states where version = ? and part = ?", (version, part))
            if raw is not None:
                base.execute("insert into states values (?, ?, ?)", (version, part, raw))

    def write_through(self) -> None:
        """Let what was deleted leave the write-ahead file too."""
        self.read("pragma wal_checkpoint(truncate)")


def _to_rows(found: list[tuple[object, ...]]) -> Rows:
    if not found:
        none = np.zeros(0, np.int64)
        return Rows(
            *(none, np.zeros((0, DIMENSIONS), np.float32), np.zeros((0, 0), np.float32)),
            *(none, np.zeros(0, np.float32)),
        )
    numbers, tokens, known, sketches, chances = zip(*found, strict=True)
    return Rows(
        np.array(numbers, np.int64),
        np.stack([np.frombuffer(raw, "<f2") for raw in sketches]).astype(np.float32),
        np.stack([np.frombuffer(raw, "<f2") for raw in chances]).astype(np.float32),
        np.array(tokens, np.int64),
        np.array(known, np.float32),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
