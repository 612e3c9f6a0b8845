"""Answers that show what an alarm is about: by number, so that erasing still erases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.operate.incidents.record import Row
from lissom.operate.watching.describing import ACCEPT_PART

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.operate.incidents.causes import Cause
    from lissom.operate.watching.log import Log
    from lissom.operate.watching.status import VersionStatus

    Rows = Sequence[tuple[object, ...]]

MOST = 5
_LATEST = 1000
"""Of these answers the most telling ones are chosen."""

_STRANGE = (
    "select a.id, a.label, a.chance, d.known from (select id, known from details "
    "where version = ? order by id desc limit ?) d join answers a on a.id = d.id "
    "order by d.known, a.id desc limit ?"
)
_LABELLED = (
    "select id, label, chance, label from answers where version = ? and label = ? "
    "order by id desc limit ?"
)
_DOUBTFUL = (
    "select id, label, chance, chance from (select * from answers where version = ? "
    "order by id desc limit ?) order by chance, id desc limit ?"
)
_WRONG = (
    "select answer, given, chance, label from labels "
    "where version = ? and label <> given order by id desc limit ?"
)
_SLOW = (
    "select id, label, chance, ms from (select * from answers where version = ? "
    "order by id desc limit ?) order by ms desc, id desc limit ?"
)
_NAMED = "select id, label, chance, ? from answers where id = ?"


def pick(log: Log, status: VersionStatus, cause: Cause) -> tuple[Row, ...]:
    """Return at most five answers of a version that show a cause; none for errors.

    A request that got no answer is not in the log, so errors have no rows to show.

    Args:
        log: to look in.
        status: of the version, as it was just found.
        cause: what the rows are to show.

    Raises:
        LogError: the log cannot be read.
    """
    found = log.read(
        "select id from versions where model = ? and version = ?", (status.model, status.version)
    )
    look = _LOOKS.get(cause)
    if not found or look is None:
        return ()
    return look(log, int(str(found[0][0])), status)


def _strange(log: Log, version: int, _status: VersionStatus) -> tuple[Row, ...]:
    found = log.read(_STRANGE, (version, _LATEST, MOST))
    return _to_rows(found, lambda known: f"training had seen {float(str(known)):.0%} of it")


def _grown(log: Log, version: int, status: VersionStatus) -> tuple[Row, ...]:
    """Return the latest answers of the label whose share grew most."""
    grown = [share for share in status.mix if share.now > share.before]
    if not grown:
        return ()
    most = max(grown, key=lambda share: share.now - share.before)
    found = log.read(_LABELLED, (version, most.label, MOST))
    return _to_rows(found, lambda _: f"its label went from {most.before:.0%} to {most.now:.0%}")


def _far(log: Log, version: int, _status: VersionStatus) -> tuple[Row, ...]:
    """Return the latest texts furthest from where the first ones lie."""
    began = int(log.load_state(version, ACCEPT_PART) or b"0")
    first, latest = log.rows(version, began, _LATEST), log.latest(version, _LATEST)
    if not len(first) or not len(latest):
        return ()
    middle, spread = first.sketches.mean(axis=0), first.sketches.std(axis=0) + 1e-3
    away = np.sqrt((((latest.sketches - middle) / spread) ** 2).mean(axis=1))
    found: list[tuple[object, ...]] = []
    for at in np.argsort(-away, kind="stable")[:MOST]:
        found += log.read(_NAMED, (float(away[at]), int(latest.numbers[at])))
    return _to_rows(found, lambda far: f"{float(str(far)):.1f} spreads from the first texts")


def _doubtful(log: Log, version: int, _status: VersionStatus) -> tuple[Row, ...]:
    found = log.read(_DOUBTFUL, (version, _LATEST, MOST))
    return _to_rows(found, lambda chance: f"the least sure of late: {float(str(chance)):.2f}")


def _wrong(log: Log, version: int, _status: VersionStatus) -> tuple[Row, ...]:
    found = log.read(_WRONG, (version, MOST))
    return _to_rows(found, lambda label: f'its true label is "{label}"')


def _slow(log: Log, version: int, _status: VersionStatus) -> tuple[Row, ...]:
    found = log.read(_SLOW, (version, _LATEST, MOST))
    return _to_rows(found, lambda ms: f"took {float(str(ms)):.0f} ms")


_LOOKS: dict[Cause, Callable[[Log, int, VersionStatus], tuple[Row, ...]]] = {
    "out of scope": _strange,
    "class mix": _grown,
    "input drift": _far,
    "confidence": _doubtful,
    "accuracy": _wrong,
    "latency": _slow,
}


def _to_rows(found: Rows, why: Callable[[object], str]) -> tuple[Row, ...]:
    """Turn (id, label, chance, what it was chosen by) into rows."""
    return tuple(
        Row(str(number), str(label), round(float(str(chance)), 4), why(by))
        for number, label, chance, by in found
    )
