"""The SQLite file of the log: its tables, how it is opened, and how an older one is brought up."""

from __future__ import annotations

import os
import secrets
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SECRET_BYTES = 32
_WAIT_S = 10.0

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
create table if not exists texts (
    id integer primary key, text text not null, at_ms integer not null default 0);
create table if not exists labels (
    id integer primary key, at_ms integer not null, answer integer, version integer,
    hash blob, label text not null, by_lot integer not null, who text not null,
    given text, chance real, given_ms integer);
create index if not exists labels_by_answer on labels (answer);
create table if not exists hours (
    file text not null, version integer not null, hour_ms integer not null, first integer not null,
    last integer not null, answers integer not null, subjects integer not null,
    primary key (file, version));
create table if not exists states (
    version integer not null, part text not null, raw blob not null, primary key (version, part));
create table if not exists events (
    id integer primary key, at_ms integer not null, version integer, kind text not null,
    facts text not null);
"""

# Of logs from before answers moved into files: a label must know what it is about by itself.
_ADDED = {
    ("labels", "given"): (
        "alter table labels add column given text",
        "alter table labels add column chance real",
        "alter table labels add column given_ms integer",
        """update labels set (given, chance, given_ms) =
        (select a.label, a.chance, a.at_ms from answers a where a.id = labels.answer)""",
    ),
    ("texts", "at_ms"): (
        "alter table texts add column at_ms integer not null default 0",
        """update texts set at_ms =
        coalesce((select a.at_ms from answers a where a.id = texts.id), 0)""",
    ),
}


def prepare(base: sqlite3.Connection) -> None:
    """Make the tables that are not there, and bring those of an older log up."""
    base.executescript(_SCHEMA)
    if not any(_lacks(base, *place) for place in _ADDED):
        return
    with base:
        # Two processes may open an old log at once; the second finds nothing left to do.
        base.execute("begin immediate")
        for place, steps in _ADDED.items():
            for step in steps if _lacks(base, *place) else ():
                base.execute(step)


def _lacks(base: sqlite3.Connection, table: str, column: str) -> bool:
    found = base.execute(
        "select count(*) from pragma_table_info(?) where name = ?", (table, column)
    )
    return not found.fetchone()[0]


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, having looked whether it is whole.

    Raises:
        sqlite3.Error: it is not, or cannot be opened.
    """
    base = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
    for pragma in ("journal_mode = wal", "synchronous = normal", "secure_delete = on"):
        base.execute(f"pragma {pragma}")
    ((state,),) = base.execute("pragma quick_check(1)").fetchall()
    if state != "ok":
        base.close()
        message = f"the file is damaged ({state})"
        raise sqlite3.DatabaseError(message)
    return base


def read_secret(path: Path) -> bytes:
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
