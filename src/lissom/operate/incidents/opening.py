"""What a look means for the incidents: which alarm opens one, which belongs to one that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from lissom.operate.incidents.causes import (
    FAMILIES,
    MEANS,
    ORDER,
    family_of,
    find_cause,
    suggest,
    weigh,
)
from lissom.operate.incidents.record import Alarm, Incident, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.operate.incidents.causes import Cause, Severity
    from lissom.operate.incidents.record import Row
    from lissom.operate.watching.status import VersionStatus

WHO = "lissom serve"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a version found.

    Args:
        status: of the version.
        at: time of the look in UTC, ISO 8601.
        can_go_back: another version is kept warm.
        pick: returns answers that show a cause.
    """

    status: VersionStatus
    at: str
    can_go_back: bool
    pick: Callable[[Cause], tuple[Row, ...]]


def alarms_of(status: VersionStatus) -> tuple[Alarm, ...]:
    """Return the alarms that are active for a version."""
    return tuple(
        Alarm(one.name, status.version, one.since_ms)
        for one in status.monitors
        if one.state == "alarm" and one.since_ms is not None
    )


def follow(incidents: Sequence[Incident], look: Look) -> list[Line]:
    """Return the lines that a look adds to the record; none where nothing is new.

    It is asked what is active, not what was raised just now: a server that was killed between an
    alarm and its line writes the line after the next look, and a look that is told twice adds
    nothing. An alarm that belongs to a closed incident was dealt with.

    Args:
        incidents: so far, of all models.
        look: what was found.
    """
    model = look.status.model
    known = {alarm for one in incidents if one.model == model for alarm in one.alarms}
    active = alarms_of(look.status)
    fresh = [alarm for alarm in active if alarm not in known]
    is_open = {one.number: one for one in incidents if one.model == model and not one.closed}
    number = max((one.number for one in incidents), default=0)
    lines: list[Line] = []
    for family in FAMILIES:
        mine = tuple(alarm for alarm in fresh if alarm.monitor in family)
        if not mine:
            continue
        host = _find_host(list(is_open.values()), family)
        if host is None:
            number += 1
            line = _open(number, mine, look)
            is_open[number] = Incident((line,))
        else:
            line = _join(host, mine, look)
            is_open[host.number] = replace(host, lines=(*host.lines, line))
        lines.append(line)
    return lines + _worse(list(is_open.values()), frozenset(active), look)


def _find_host(is_open: Sequence[Incident], family: frozenset[str]) -> Incident | None:
    """Return the open incident of a family; there is never more than one of a model."""
    return next((one for one in is_open if family_of(one.monitors[0]) == family), None)


def _open(number: int, alarms: tuple[Alarm, ...], look: Look) -> Line:
    status = look.status
    cause = find_cause([alarm.monitor for alarm in alarms], status)
    return Line(
        at=look.at,
        act="open",
        incident=number,
        model=status.model,
        version=status.version,
        cause=cause,
        severity=weigh(cause, status.harm),
        suggested=suggest(cause, status.harm, can_go_back=look.can_go_back),
        says=f"{_capital(MEANS[cause])}. {_harm(look)}".strip(),
        who=WHO,
        alarms=alarms,
        evidence=freeze(status),
        rows=look.pick(cause),
    )


def _join(host: Incident, alarms: tuple[Alarm, ...], look: Look) -> Line:
    """Add alarms to an open incident; what lies behind all of them is asked anew."""
    before, status = host.last, look.status
    monitors = [alarm.monitor for alarm in alarms]
    now = find_cause([*host.monitors, *monitors], status)
    says = f"One more alarm: {', '.join(monitors)}, version {status.version}."
    if now != before.cause:
        says += f" What probably lies behind it all: {MEANS[now]}."
    return msgspec.structs.replace(
        before,
        at=look.at,
        act="alarm",
        version=status.version,
        cause=now,
        severity=_graver(before.severity, weigh(now, status.harm)),
        suggested=suggest(now, status.harm, can_go_back=look.can_go_back),
        says=says,
        who=WHO,
        alarms=alarms,
        evidence=freeze(status),
        rows=look.pick(now) if now != before.cause else (),
        told=None,
    )


def _worse(is_open: Sequence[Incident], active: frozenset[Alarm], look: Look) -> list[Line]:
    """Say of incidents that they do more harm than was known when they were noted last."""
    lines = []
    for one in is_open:
        before = one.last
        severity = _graver(before.severity, weigh(before.cause, look.status.harm))
        if severity == before.severity or not one.alarms & active:
            continue
        line = msgspec.structs.replace(
            before,
            at=look.at,
            act="worse",
            version=look.status.version,
            severity=severity,
            suggested=suggest(before.cause, look.status.harm, can_go_back=look.can_go_back),
            says=f"It is {severity} now, and was {before.severity}. {_harm(look)}".strip(),
            who=WHO,
            alarms=(),
            evidence=freeze(look.status),
            rows=(),
            told=None,
        )
        lines.append(line)
    return lines


def freeze(status: VersionStatus) -> msgspec.Raw:
    """Return the figures as they stand, as bytes."""
    return msgspec.Raw(msgspec.json.encode(status))


def _graver(one: Severity, other: Severity) -> Severity:
    return max(one, other, key=ORDER.index)


def _harm(look: Look) -> str:
    return {
        "likely": "It is likely that answers are worse for it.",
        "unlikely": "It is unlikely that answers are worse for it.",
        "unknown": "Whether answers are worse for it is not known.",
        "": "",
    }[look.status.harm]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
