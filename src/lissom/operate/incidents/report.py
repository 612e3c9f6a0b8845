"""What is said of an incident when it is over: what happened, to nobody's blame, nothing invented.

Every sentence comes from the record, from the log, or from who closed it. What none of them knows
says MISSING; what could have been measured and was not says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lissom.evidence import wilson
from lissom.operate.incidents.causes import MEANS
from lissom.operate.watching import count_answers
from lissom.operate.watching.status import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lissom.evidence import Evidence
    from lissom.operate.incidents.record import Incident, Line
    from lissom.operate.watching import Log
    from lissom.operate.watching.status import VersionStatus

MISSING = "MISSING"
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_ACTS = {
    "open": "Opened",
    "alarm": "One more alarm",
    "worse": "Graver",
    "note": "Done",
    "back": "Went back",
    "not back": "Did not go back",
    "close": "Closed",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What the log knows of what an incident cost.

    Args:
        answers: the model gave while it was open, as far as the log still has them.
        labelled: of these, those whose true label was told and which were drawn by lot.
        wrong: of these, the wrong ones.
    """

    answers: int
    labelled: int
    wrong: int


def count_cost(log: Log, incident: Incident, until_ms: int) -> Cost:
    """Count what a model did while an incident was open.

    Args:
        log: of its answers.
        incident: that is over, or is not.
        until_ms: counts when it is still open; milliseconds since 1970.

    Raises:
        LogError: the log cannot be read.
    """
    closed = incident.closed
    # The clock of a line has whole seconds; the second it was closed in still counts.
    end = until_ms if closed is None else to_ms(closed.at) + 999
    span = (incident.model, to_ms(incident.opened.at), end)
    ((labelled, wrong),) = log.read(
        "select count(*), coalesce(sum(label <> given), 0) from labels where by_lot "
        "and version in (select id from versions where model = ?) and given_ms between ? and ?",
        span,
    )
    return Cost(count_answers(log, *span), int(str(labelled)), int(str(wrong)))


def write_report(incident: Incident, cost: Cost) -> str:
    """Return the report in Markdown; a draft while the incident is open.

    Args:
        incident: with all its lines.
        cost: what the log knows.
    """
    return "\n".join([*_top(incident), *_seen(incident), *_done(incident), *_end(incident, cost)])


def _top(incident: Incident) -> Iterator[str]:
    first, last, closed = incident.opened, incident.last, incident.closed
    yield f"# Incident {incident.number}: {plain(first.model)}, {last.cause}"
    yield ""
    if closed is None:
        yield "This is a draft: the incident is open."
        yield ""
    yield f"- What probably lay behind it: {MEANS[last.cause]}"
    yield f"- Severity: {last.severity}"
    yield f"- Opened: {first.at}, about version {plain(first.version)}"
    yield f"- Closed: {'still open' if closed is None else closed.at}"
    if closed is not None:
        yield f"- Open for: {_span(to_ms(closed.at) - to_ms(first.at))}"
    yield "- When the change itself began: not measured; an alarm comes some time after it"
    yield ""
    yield "## Timeline"
    yield ""
    yield "| time | what | who |"
    yield "|---|---|---|"
    for line in incident.lines:
        yield f"| {line.at} | {_ACTS[line.act]}: {plain(line.says)} | {plain(line.who)} |"
    yield ""


def _seen(incident: Incident) -> Iterator[str]:
    yield "## What was seen"
    yield ""
    for name in incident.monitors:
        yield f"- {name}: {MEANINGS.get(name, MISSING)}"
    yield ""
    looks = [(line, line.status) for line in incident.lines if line.status is not None]
    for line, status in looks[:1] + looks[-1:] if len(looks) > 1 else looks:
        yield from _figures(line, status)
    yield "Answers that show it, by their number in the log; texts are never copied here:"
    yield ""
    for row in incident.rows:
        yield f"- {row.id}: {plain(row.label)}, probability {row.probability:.2f}; {plain(row.why)}"
    if not incident.rows:
        yield "- none: requests without an answer are not in the log, and nothing else was chosen"
    yield ""


def _figures(line: Line, status: VersionStatus) -> Iterator[str]:
    yield f"As it stood at {line.at}, version {plain(status.version)}, look {status.looks}:"
    yield ""
    yield "| figure | value | 95 % interval | n | method |"
    yield "|---|---|---|---|---|"
    for one in status.figures:
        yield f"| {plain(one.name)} | {one.value:.1%} | {_interval(one)} | {one.n} | {one.method} |"
    for gap in status.not_measured:
        yield f"| {plain(gap.name)} | not measured | | | {plain(gap.reason)} |"
    for share in status.mix[:3]:
        yield (
            f'| share of "{plain(share.label)}", was {share.before:.1%} | {share.now:.1%} '
            f"| {share.low:.1%} to {share.high:.1%} | | corrected for the model's mistakes |"
        )
    yield ""


def _done(incident: Incident) -> Iterator[str]:
    yield "## What was done"
    yield ""
    done = [line for line in incident.lines if line.act in {"note", "back", "not back"}]
    for line in done:
        yield f"- {line.at}, {plain(line.who)}: {plain(line.says)}"
    if not done:
        yield f"{MISSING}: nobody noted anything."
    closed = incident.closed
    if closed is not None and closed.told is not None:
        yield ""
        yield f"Closed because: {plain(closed.told.because)}"
    yield ""


def _end(incident: Incident, cost: Cost) -> Iterator[str]:
    told = None if incident.closed is None else incident.closed.told
    yield "## What it cost"
    yield ""
    yield f"- In the words of who closed it: {plain(told.cost) if told and told.cost else MISSING}"
    yield (
        f"- Answers that the model gave meanwhile: {cost.answers:,}, as far as the log still has "
        "them"
    )
    if cost.labelled:
        low, high = wilson(cost.wrong, cost.labelled)
        yield (
            f"- Wrong among these: {cost.wrong / cost.labelled:.1%} ({low:.1%} to {high:.1%}, "
            f"n = {cost.labelled} drawn by lot, Wilson)"
        )
    else:
        yield "- Wrong among these: not measured; no true label of a text drawn by lot was told"
    yield ""
    yield "## What would have caught it sooner"
    yield ""
    yield plain(told.sooner) if told and told.sooner else MISSING
    yield ""


def plain(text: str) -> str:
    r"""Return words on one line that Markdown takes as they are.

    >>> plain("two\nlines of <b>*bold*</b>")
    'two lines of \\<b\\>\\*bold\\*\\</b\\>'
    """
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return _MARKS.sub(r"\\\1", " ".join(line.split()))


def to_ms(at: str) -> int:
    """Return a time of the record in milliseconds since 1970.

    >>> to_ms("1970-01-01T00:00:01+00:00")
    1000
    """
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def _interval(one: Evidence) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"{one.low:.1%} to {one.high:.1%}"


def _span(ms: int) -> str:
    minutes = max(ms, 0) // 60_000
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h {minutes % 60} min"
