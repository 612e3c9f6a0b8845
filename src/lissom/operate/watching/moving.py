"""Moves answers of finished hours into Parquet files, and deletes from both places.

Whatever is written here is decided in one place, a transaction of the SQLite file, and under its
lock. Killed before it, a file lies about that nobody reads; killed after it, one that was replaced.
`sweep` deletes both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from lissom.operate.watching.hours import (
    FOLDER,
    HOUR_MS,
    SHAPE,
    list_hours,
    name_file,
    read_hour,
    sync_folder,
    write_hour,
)

if TYPE_CHECKING:
    import sqlite3

    from lissom.operate.watching.hours import Hour
    from lissom.operate.watching.log import Log

STAY = 1000
"""The latest answers of each version, with and without details, stay in SQLite: the monitors and
the examples of an incident go by them."""

_DAY_MS = 86_400_000
_AT_ONCE = 500
_ALL = pl.lit(value=True)

_AS_KEPT = {**SHAPE, "unsure": pl.Int64, "lexical": pl.Int64}
"""SQLite has no booleans."""

_HOT = (
    "select a.id, a.at_ms, a.version, v.version, a.hash, a.subject, a.label, a.chance, a.unsure, "
    "a.lexical, a.ms, d.tokens, d.known, d.sketch, d.chances from answers a "
    "join versions v on v.id = a.version left join details d on d.id = a.id where "
)


def move(log: Log, now_ms: int, most: int = 24) -> int:
    """Move the answers of finished hours into files.

    Args:
        log: to move them in.
        now_ms: the time, in milliseconds since 1970.
        most: hours moved at a time; the rest waits for the next call.

    Returns:
        How many files were written.

    Raises:
        LogError: the disk said no, or a file is damaged; what was not moved is where it was.
    """
    sweep(log)
    hours: dict[tuple[str, int], list[int]] = {}
    for version, model, before_ms in _finished(log, now_ms):
        found = log.read(
            "select distinct at_ms / ? from answers where version = ? and at_ms < ?",
            (HOUR_MS, version, before_ms),
        )
        for (hour,) in found:
            hours.setdefault((model, int(str(hour)) * HOUR_MS), []).append(version)
    chosen = sorted(hours.items(), key=lambda item: item[0][1])[:most]
    for (model, hour_ms), versions in chosen:
        _move_hour(log, model, hour_ms, versions)
    if chosen:
        log.write_through()
    return len(chosen)


def sweep(log: Log) -> None:
    """Delete files that nobody reads: a kill left them behind.

    Raises:
        LogError: the disk said no.
    """
    folder = log.folder / FOLDER
    with log.writing() as base:
        # Files are made under this lock only, so none that is about to count is met here.
        base.execute("begin immediate")
        known = {log.folder / str(file) for (file,) in base.execute("select file from hours")}
        lying = [path for path in folder.glob("*/*") if path not in known]
        lying = [path for path in lying if path.suffix in {".parquet", ".part"}]
        for path in lying:
            path.unlink(missing_ok=True)
        # Somebody deleted these by hand: what they held is gone, and is counted no more.
        for path in known:
            if not path.exists():
                file = path.relative_to(log.folder).as_posix()
                base.execute("delete from hours where file = ?", (file,))


def erase(log: Log, subject: str) -> int:
    """Delete everything about a subject, so that it cannot be read from the log either.

    Args:
        log: to delete from.
        subject: as it was given with the texts.

    Returns:
        How many answers were deleted.

    Raises:
        LogError: the disk said no; what was deleted until then is, and the rest is not.
    """
    sweep(log)
    key = log.hash(subject)
    # SQLite first: a row that moves meanwhile is then found in its file.
    which = "(select id from answers where subject = ?)"
    with log.writing() as base:
        for table in ("details", "texts"):
            base.execute(f"delete from {table} where id in {which}", (key,))  # noqa: S608 - ours
        base.execute(f"delete from labels where answer in {which}", (key,))  # noqa: S608 - ours
        count = base.execute("delete from answers where subject = ?", (key,)).rowcount
    stays = (pl.col("subject") != key).fill_null(value=True)
    for model, hour_ms in _hours(log, "h.subjects > 0", ()):
        count += _thin(log, model, hour_ms, stays)
    # Where SQLite has moved rows from page to page, copies of them lie between the rows.
    log.read("vacuum")
    log.write_through()
    return count


def delete_old(log: Log, now_ms: int) -> None:
    """Delete what is past its time.

    Raises:
        LogError: the disk said no; the rest is deleted the next time.
    """
    before = now_ms - int(log.keeping.days * _DAY_MS)
    texts_before = now_ms - int(log.keeping.text_days * _DAY_MS)
    with log.writing() as base:
        gone = "(select id from answers where at_ms < ?)"
        base.execute(f"delete from details where id in {gone}", (before,))  # noqa: S608 - ours
        base.execute("delete from texts where at_ms < ?", (max(before, texts_before),))
        base.execute("delete from labels where at_ms < ? or given_ms < ?", (before, before))
        base.execute("delete from answers where at_ms < ?", (before,))
    for model, hour_ms in _hours(log, "h.hour_ms < ?", (before,)):
        _thin(log, model, hour_ms, pl.col("at_ms") >= before)
    log.write_through()


def _finished(log: Log, now_ms: int) -> list[tuple[int, str, int]]:
    """Return (version, model, before when its answers may move), of the versions that have some."""
    finished_ms = (now_ms - int(log.keeping.hot_hours * HOUR_MS)) // HOUR_MS * HOUR_MS
    found = []
    for number, model in log.read("select id, model from versions"):
        ends = [finished_ms]
        for table in ("answers", "details"):
            rows = log.read(
                "select at_ms from answers where id = (select id from "  # noqa: S608 - ours
                f"{table} where version = ? order by id desc limit 1 offset ?)",
                (number, STAY - 1),
            )
            # Fewer than that stay all of them.
            ends.append(int(str(rows[0][0])) // HOUR_MS * HOUR_MS if rows else 0)
        if min(ends) > 0:
            found.append((int(str(number)), str(model), min(ends)))
    return found


def _move_hour(log: Log, model: str, hour_ms: int, versions: list[int]) -> None:
    marks = ", ".join("?" * len(versions))
    facts = (*versions, hour_ms, hour_ms + HOUR_MS)
    where = f"version in ({marks}) and at_ms >= ? and at_ms < ?"
    with log.writing() as base:
        base.execute("begin immediate")
        before = _file_of(base, model, hour_ms)
        moved = base.execute(f"{_HOT}a.{where.replace('at_ms', 'a.at_ms')}", facts).fetchall()
        rows = pl.DataFrame(moved, schema=_AS_KEPT, orient="row").cast(pl.Schema(SHAPE))
        if before is not None:
            # An answer that the disk kept waiting, or a version that had too few until now.
            there = read_hour(log, before, _ALL)
            rows = rows if there is None else pl.concat([there, rows]).unique("id", keep="first")
        _replace(log, base, before, (model, hour_ms), rows.sort("id"))
        for table in ("details", "answers"):
            which = "id in (select id from answers where " if table == "details" else "("
            base.execute(f"delete from {table} where {which}{where})", facts)  # noqa: S608 - ours
    _unlink(log, before)


def _thin(log: Log, model: str, hour_ms: int, stays: pl.Expr) -> int:
    """Write a file anew without some rows, with their labels and texts; returns how many."""
    with log.writing() as base:
        base.execute("begin immediate")
        before = _file_of(base, model, hour_ms)
        rows = None if before is None else read_hour(log, before, _ALL)
        if rows is None:
            return 0
        left = rows.filter(stays)
        if len(left) == len(rows):
            return 0
        gone = rows.filter(~stays)["id"].to_list()
        _replace(log, base, before, (model, hour_ms), left)
        for start in range(0, len(gone), _AT_ONCE):
            some = gone[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            base.execute(f"delete from texts where id in ({marks})", some)  # noqa: S608 - marks
            base.execute(f"delete from labels where answer in ({marks})", some)  # noqa: S608 - marks
    _unlink(log, before)
    return len(gone)


def _replace(
    log: Log,
    base: sqlite3.Connection,
    before: str | None,
    hour: tuple[str, int],
    rows: pl.DataFrame,
) -> None:
    """Write a file and let it count in place of another; all of it with the transaction."""
    base.execute("delete from hours where file = ?", (before,))
    if not len(rows):
        return
    file = name_file(*hour, before)
    write_hour(log.folder / file, rows)
    counted = rows.group_by("version_id").agg(
        pl.col("id").min().alias("first"),
        pl.col("id").max().alias("last"),
        pl.len().alias("answers"),
        pl.col("subject").count().alias("subjects"),
    )
    base.executemany(
        "insert into hours values (?, ?, ?, ?, ?, ?, ?)",
        [(file, version, hour[1], *figures) for version, *figures in counted.iter_rows()],
    )


def _unlink(log: Log, file: str | None) -> None:
    if file is None:
        return
    path = log.folder / file
    with log.writing():  # so that a disk that says no is told as everywhere
        path.unlink(missing_ok=True)
    sync_folder(path.parent)


def _file_of(base: sqlite3.Connection, model: str, hour_ms: int) -> str | None:
    found = base.execute(
        "select h.file from hours h join versions v on v.id = h.version "
        "where v.model = ? and h.hour_ms = ? limit 1",
        (model, hour_ms),
    ).fetchone()
    return None if found is None else str(found[0])


def _hours(log: Log, where: str, facts: tuple[object, ...]) -> list[tuple[str, int]]:
    """Return (model, hour) of files, without repetition."""
    models = {int(str(number)): str(model) for number, model in log.read(_MODELS)}
    found: list[Hour] = list_hours(log, where, facts)
    return list(dict.fromkeys((models[hour.version], hour.hour_ms) for hour in found))


_MODELS = "select id, model from versions"
