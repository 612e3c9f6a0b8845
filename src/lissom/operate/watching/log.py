"""The log of answers: numbers and hashes by default, texts only where somebody asked for it."""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lissom.errors import LogError
from lissom.operate.watching.rows import Rows
from lissom.operate.watching.sketch import DIMENSIONS, sketch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FILE = "answers.sqlite"
_KEY_FILE = "hashing.key"
_SECRET_BYTES = 32
_HASH_BYTES = 16
_WAIT_S = 10.0
_DAY_MS = 86_400_000

# A number that is there already was written before the disk said no to what came after it.
_ADD_ANSWER = (
    "insert into answers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing"
)
_ADD_DETAIL = "insert into details values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing"
_ADD_TEXT = "insert into texts values (?, ?) on conflict (id) do nothing"

_SCHEMA = """
create table if not exists versions (
    id integer primary key, model text not null, version text not null, labels text not null,
    facts text not null, unique (model, version));
create table if not exists answers (
    id integer primary key, at_ms integer not null, version integer not null,
    hash blob not null, subject blob, label text not null, chance real not null,
    unsure integer not null, lexical integer not null, ms real not null);
create index if not exists answers_by_hash on answers (hash);
create index if not exists answers_by_subject on answers (subject) where subject is not null;
create table if not exists details (
    id integer primary key, version integer not null, tokens integer not null, known real not null,
    sketch blob not null, chances blob not null);
create index if not exists details_by_version on details (version, id);
create table if not exists texts (id integer primary key, text text not null);
create table if not exists labels (
    id integer primary key, at_ms integer not null, answer integer, version integer,
    hash blob, label text not null, by_lot integer not null, who text not null);
create index if not exists labels_by_answer on labels (answer);
create table if not exists states (
    version integer not null, part text not null, raw blob not null, primary key (version, part));
create table if not exists events (
    id integer primary key, at_ms integer not null, version integer, kind text not null,
    facts text not null);
"""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One answer on its way into the log.

    Args:
        number: under which it stands; no two are alike, and they grow.
        at_ms: when, in milliseconds since 1970.
        version: number of the version that answered, from `add_version`.
        text: is hashed, sketched and forgotten unless texts are kept.
        subject: whom it is about, or ""; hashed.
        ids: the text's tokens.
        known: share of its features that training had seen.
        label: the answer.
        chance: that it is right.
        chances: (labels,) probabilities.
        is_unsure: a person should look.
        is_lexical: the word tier answered.
        ms: how long it took.
    """

    number: int
    at_ms: int
    version: int
    text: str
    subject: str
    ids: list[int]
    known: float
    label: str
    chance: float
    chances: NDArray[np.float32]
    is_unsure: bool
    is_lexical: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept, and how long.

    Args:
        days: after which an answer is deleted; the monitors' reference is among them.
        text_days: after which a text is deleted; 0 keeps no texts at all.
        details_per_hour: answers an hour, of each version, that are kept with sketch and
            probabilities, chosen by lot; the monitors live on these.
    """

    days: float = 400.0
    text_days: float = 0.0
    details_per_hour: float = 2000.0


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
            self._secret = _read_secret(folder / _KEY_FILE)
            self._base = _connect(folder / FILE)
            self._base.executescript(_SCHEMA)
            self._base.commit()
        except (OSError, sqlite3.Error) as error:
            raise LogError(str(folder), _why(error)) from error

    def close(self) -> None:
        """Close the file; everything written is in it."""
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
        texts = [(one.number, one.text) for one in entries] if self.keeping.text_days else []
        with self.writing() as base:
            base.executemany(_ADD_ANSWER, answers)
            base.executemany(_ADD_DETAIL, details)
            base.executemany(_ADD_TEXT, texts)

    def rows(self, version: int, after: int, most: int) -> Rows:
        """Return answers with details, oldest first.

        Args:
            version: number of the version.
            after: only those with a higher number.
            most: at most so many.
        """
        found = self.read(
            "select id, tokens, known, sketch, chances from details where version = ? and id > ? "
            "order by id limit ?",
            (version, after, most),
        )
        return _to_rows(found)

    def latest(self, version: int, most: int) -> Rows:
        """Return the latest answers with details, oldest first."""
        found = self.read(
            "select id, tokens, known, sketch, chances from details where version = ? "
            "order by id desc limit ?",
            (version, most),
        )
        return _to_rows(found[::-1])

    def rows_by_number(self, version: int, numbers: NDArray[np.int64]) -> Rows:
        """Return the answers of these numbers that are still there, in order."""
        found: list[tuple[object, ...]] = []
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500].tolist()
            marks = ", ".join("?" * len(some))
            found += self.read(
                "select id, tokens, known, sketch, chances from details "  # noqa: S608 - marks only
                f"where version = ? and id in ({marks}) order by id",
                (version, *some),
            )
        return _to_rows(found)

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

    def erase(self, subject: str) -> int:
        """Delete everything about a subject, so that it cannot be read from the disk either.

        Returns:
            How many answers were deleted.
        """
        which = "(select id from answers where subject = ?)"
        key = (self.hash(subject),)
        with self.writing() as base:
            for table in ("details", "texts"):
                base.execute(f"delete from {table} where id in {which}", key)  # noqa: S608 - ours
            base.execute(f"delete from labels where answer in {which}", key)  # noqa: S608 - ours
            count = base.execute("delete from answers where subject = ?", key).rowcount
        self._write_through()
        return count

    def delete_old(self, now_ms: int) -> None:
        """Delete what is past its time."""
        before = now_ms - int(self.keeping.days * _DAY_MS)
        texts_before = now_ms - int(self.keeping.text_days * _DAY_MS)
        with self.writing() as base:
            gone = "(select id from answers where at_ms < ?)"
            for table in ("details", "texts"):
                base.execute(f"delete from {table} where id in {gone}", (before,))  # noqa: S608 - ours
            base.execute(f"delete from texts where id in {gone}", (texts_before,))  # noqa: S608 - ours
            base.execute("delete from labels where at_ms < ?", (before,))
            base.execute("delete from answers where at_ms < ?", (before,))
        self._write_through()

    def _write_through(self) -> None:
        """Let what was deleted leave the write-ahead file too."""
        self.read("pragma wal_checkpoint(truncate)")


def _connect(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    for pragma in ("journal_mode = wal", "synchronous = normal", "secure_delete = on"):
        base.execute(f"pragma {pragma}")
    ((state,),) = base.execute("pragma quick_check(1)").fetchall()
    if state != "ok":
        base.close()
        message = f"the file is damaged ({state})"
        raise sqlite3.DatabaseError(message)
    return base


def _read_secret(path: Path) -> bytes:
    """Return the key that hashes are made with; made when it is not there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    secret = secrets.token_bytes(_SECRET_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


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
