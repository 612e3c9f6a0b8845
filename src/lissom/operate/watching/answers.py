"""Answers found again, whether they are in the SQLite file still or in a Parquet file by now.

Every question asks SQLite first. A row goes from there into a file and never back, so whoever asks
in this order may meet a row twice and never misses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from lissom.operate.watching.hours import HOUR_MS, list_hours, read_hour, read_through

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lissom.operate.watching.hours import Hour
    from lissom.operate.watching.log import Log

_FOUND = "select id, at_ms, version, hash, label, chance from answers where "
_COLUMNS = ("id", "at_ms", "version_id", "hash", "label", "chance")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in the log.

    Args:
        number: under which it stands.
        at_ms: when it was given, in milliseconds since 1970.
        version: number of the version that gave it.
        digest: hash of the text.
        label: the answer.
        chance: that it is right.
    """

    number: int
    at_ms: int
    version: int
    digest: bytes
    label: str
    chance: float


def find_by_number(log: Log, numbers: Sequence[int]) -> dict[int, Found]:
    """Return number to answer, for those that are there.

    Raises:
        LogError: the log cannot be read.
    """
    found: dict[int, Found] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = tuple(numbers[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        found |= _by_number(map(_to_found, log.read(f"{_FOUND}id in ({marks})", some)))
    left = [number for number in numbers if number not in found]
    if left:
        wanted = pl.col("id").is_in(left)
        rows = read_through(log, lambda: hours_of(log, left), wanted, _COLUMNS)
        found |= _by_number(map(_to_found, rows.iter_rows()))
    return found


def find_by_hash(log: Log, digests: Sequence[bytes]) -> dict[bytes, Found]:
    """Return hash to the latest answer to that text, for those that are there.

    Files are read from the latest on, until nothing is missing.

    Raises:
        LogError: the log cannot be read.
    """
    found: dict[bytes, Found] = {}
    for digest in digests:
        rows = log.read(f"{_FOUND}hash = ? order by id desc limit 1", (digest,))
        found |= {one.digest: one for one in map(_to_found, rows)}
    hours = list_hours(log) if set(digests) - set(found) else []
    for file in dict.fromkeys(hour.file for hour in reversed(hours)):
        left = [digest for digest in digests if digest not in found]
        if not left:
            break
        there = read_hour(log, file, pl.col("hash").is_in(left), _COLUMNS)
        if there is not None:
            found |= {one.digest: one for one in map(_to_found, there.sort("id").iter_rows())}
    return found


def count_answers(log: Log, model: str, begin_ms: int, end_ms: int) -> int:
    """Count the answers of a model from one time to another, both included.

    Raises:
        LogError: the log cannot be read.
    """
    # One question, so that no row moves in between.
    ((count,),) = log.read(
        "select (select count(*) from answers a join versions v on v.id = a.version "
        "where v.model = ?1 and a.at_ms between ?2 and ?3) + "
        "(select coalesce(sum(h.answers), 0) from hours h join versions v on v.id = h.version "
        "where v.model = ?1 and h.hour_ms >= ?2 and h.hour_ms + ?4 <= ?3 + 1)",
        (model, begin_ms, end_ms, HOUR_MS),
    )
    partly = (
        "v.model = ? and h.hour_ms <= ? and h.hour_ms + ? > ? "
        "and not (h.hour_ms >= ? and h.hour_ms + ? <= ? + 1)"
    )
    facts = (model, end_ms, HOUR_MS, begin_ms, begin_ms, HOUR_MS, end_ms)
    within = pl.col("at_ms").is_between(begin_ms, end_ms)
    rows = read_through(log, lambda: list_hours(log, partly, facts), within, ("id",))
    return int(str(count)) + len(rows)


def hours_of(log: Log, numbers: Sequence[int]) -> list[Hour]:
    """Return what may hold answers of these numbers, the oldest first."""
    if not numbers:
        return []
    where, facts = "h.last >= ? and h.first <= ?", (min(numbers), max(numbers))
    found = list_hours(log, where, facts)
    return [hour for hour in found if any(hour.first <= one <= hour.last for one in numbers)]


def _by_number(found: Iterable[Found]) -> dict[int, Found]:
    return {one.number: one for one in found}


def _to_found(row: tuple[object, ...]) -> Found:
    return Found(*msgspec.convert(row, tuple[int, int, int, bytes, str, float]))
