"""`GET /status`: what the monitors say, for a browser; no script, nothing fetched."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from lissom.operate.watching import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lissom.evidence import Evidence
    from lissom.operate.incidents import Incident
    from lissom.operate.watching import MonitorStatus, Share, VersionStatus

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid GrayText; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.alarm { font-weight: bold; border-left: .5rem solid; padding-left: .5rem; }
meter { width: 8rem; }
"""

_STATES = {"alarm": "Alarm", "calm": "Calm", "not enough data yet": "Not enough data yet"}


def write_page(
    statuses: Sequence[VersionStatus],
    now: datetime,
    promise_looks: float,
    incidents: Sequence[Incident] = (),
    troubles: Sequence[str] = (),
) -> str:
    """Return the page.

    Args:
        statuses: of each version, as the last look left them.
        now: the time.
        promise_looks: at most one false alarm is expected in so many looks.
        incidents: that are open.
        troubles: sentences about alerts that do not arrive, and the like.
    """
    parts = [part for status in statuses for part in _version(status)]
    if not statuses:
        parts = ["<p>Nothing was looked at yet. The first look comes within the hour.</p>"]
    promise = (
        f"As of {_time(now)}. The page loads itself anew each minute. All alarms of a model "
        f"together expect at most one false alarm in {promise_looks:,.0f} looks."
    )
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="refresh" content="60">',
            f"<title>lissom: status</title><style>{_STYLE}</style></head><body><main>",
            "<h1>Status</h1>",
            f"<p>{promise}</p>",
            *_incidents(incidents, troubles),
            *parts,
            "</main></body></html>",
        ]
    )


def _incidents(incidents: Sequence[Incident], troubles: Sequence[str]) -> Iterable[str]:
    if incidents:
        heads = ("number", "model", "cause", "severity", "opened", "what to do", "")
        yield _table("Open incidents", heads, (_incident(one) for one in incidents))
    for trouble in troubles:
        yield f'<p class="alarm">{escape(trouble)}</p>'


def _incident(one: Incident) -> tuple[str, ...]:
    last = one.last
    words = (one.model, last.cause, last.severity, one.opened.at, last.suggested, one.opened.says)
    return (str(one.number), *(escape(word) for word in words))


def _version(status: VersionStatus) -> Iterable[str]:
    yield f"<h2>{escape(status.model)}, version {escape(status.version)}</h2>"
    kind = ' class="alarm"' if status.state == "alarm" else ""
    yield f"<p{kind}>{escape(status.says)}</p>"
    looked = datetime.fromtimestamp(status.looked_ms / 1000, UTC)
    yield (
        f"<p>{status.answers:,} answers in the log, {status.labels:,} true labels, "
        f"{status.looks:,} looks, the last at {_time(looked)}.</p>"
    )
    yield _table(
        "Monitors",
        ("what", "state", "evidence", "since"),
        (_monitor(one) for one in status.monitors),
    )
    if status.figures or status.not_measured:
        rows = [*(_figure(one) for one in status.figures)]
        rows += [
            (escape(one.name), "not measured", "", escape(one.reason))
            for one in status.not_measured
        ]
        yield _table("Figures", ("figure", "value", "95 % interval", "how"), rows)
    if status.mix:
        heads = ("label", "before", "now", "95 % interval", "by another method")
        yield _table("Labels that changed most", heads, (_share(one) for one in status.mix))


def _monitor(one: MonitorStatus) -> tuple[str, ...]:
    evidence = ""
    if one.state != "not enough data yet":
        evidence = (
            f'<meter min="0" max="1" value="{one.closeness:.3f}">{one.closeness:.0%}</meter> '
            f"{one.closeness:.0%} of the bar"
        )
    since = ""
    if one.since_ms is not None:
        since = _time(datetime.fromtimestamp(one.since_ms / 1000, UTC))
    name = f"{escape(one.name)}: {escape(MEANINGS.get(one.name, ''))}?"
    return (name, _STATES[one.state], evidence, since)


def _figure(one: Evidence) -> tuple[str, ...]:
    interval = ""
    if one.low is not None and one.high is not None:
        interval = f"{one.low:.1%} to {one.high:.1%}"
    return (escape(one.name), f"{one.value:.1%}", interval, escape(f"{one.method}; n = {one.n}"))


def _share(one: Share) -> tuple[str, ...]:
    return (
        escape(one.label),
        f"{one.before:.1%}",
        f"{one.now:.1%}",
        f"{one.low:.1%} to {one.high:.1%}",
        f"{one.second:.1%}",
    )


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; the cells are escaped already."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<table><caption><h3>{escape(caption)}</h3></caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M UTC")
