"""`lissom watch`: what the monitors of a server say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click
import msgspec

from lissom.errors import OneAtATimeError
from lissom.faces.as_json import print_json
from lissom.faces.incidents import brief, of_incident, troubles_of
from lissom.faces.safe import safe
from lissom.operate.watching import MEANINGS

if TYPE_CHECKING:
    from lissom.operate.incidents import Incident, Sent
    from lissom.operate.watching import VersionStatus

ALARM = 6
"""What the command ends with while an alarm is active, so that a script can act on it."""


class Watches(Protocol):
    """The part of the pipeline that this command calls."""

    def watch(self, folder: Path) -> tuple[VersionStatus, ...]:
        """Return what the last looks said."""
        ...

    def list_incidents(self, folder: Path) -> tuple[Incident, ...]:
        """Return what the alarms came to."""
        ...

    def read_alerts(self, folder: Path) -> dict[str, Sent]:
        """Return channel to what became of its alerts."""
        ...

    def accept_change(self, folder: Path, model: str) -> int:
        """Take what comes from now on as normal."""
        ...

    def erase_subject(self, folder: Path, subject: str) -> int:
        """Delete every answer about a subject."""
        ...


@click.command("watch")
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--accept", metavar="MODEL", help="Take what MODEL sees from now on as normal.")
@click.option("--erase", metavar="SUBJECT", help="Delete every answer about SUBJECT.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context, log: Path, accept: str | None, erase: str | None, *, as_json: bool
) -> None:
    """Say what has changed since the reference: LOG is the folder given to lissom serve --log.

    Ends with 6 while an alarm is active.
    """
    calls: Watches = ctx.obj
    if accept is not None and erase is not None:
        raise OneAtATimeError("--accept", "--erase")
    if accept is not None:
        count = calls.accept_change(log, accept)
        _say({"accepted": accept, "versions": count}, "Begins anew with the next look.", as_json)
        return
    if erase is not None:
        count = calls.erase_subject(log, erase)
        _say({"erased": count}, f"Answers deleted: {count}.", as_json)
        return
    statuses = calls.watch(log)
    incidents = tuple(one for one in calls.list_incidents(log) if one.closed is None)
    alerts = calls.read_alerts(log)
    if as_json:
        print_json(
            {
                "versions": [msgspec.to_builtins(status) for status in statuses],
                "incidents": [of_incident(one) for one in incidents],
                "alerts": alerts,
            }
        )
    else:
        for line in (*tell(statuses), *tell_incidents(incidents, alerts)):
            click.echo(safe(line))
    if any(status.state == "alarm" for status in statuses):
        ctx.exit(ALARM)


def _say(value: dict[str, object], sentence: str, as_json: bool) -> None:  # noqa: FBT001 - our own
    if as_json:
        print_json(value)
    else:
        click.echo(sentence)


def tell(statuses: tuple[VersionStatus, ...]) -> list[str]:
    """Return the lines for a terminal.

    >>> tell(())
    ['Nothing was looked at yet. A server looks once an hour.']
    """
    if not statuses:
        return ["Nothing was looked at yet. A server looks once an hour."]
    return [line for status in statuses for line in _version(status)]


def tell_incidents(incidents: tuple[Incident, ...], alerts: dict[str, Sent]) -> list[str]:
    """Return the lines about incidents that are open, and about alerts that did not arrive.

    >>> tell_incidents((), {})
    []
    """
    lines = ["Open incidents; more with: lissom incidents LOG"] if incidents else []
    lines += [brief(one) for one in incidents]
    return lines + troubles_of(alerts)


def _version(status: VersionStatus) -> list[str]:
    when = datetime.fromtimestamp(status.looked_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [f"{status.model}, version {status.version}: {status.says}"]
    lines.append(
        f"  {status.answers} answers, {status.labels} true labels, {status.looks} looks, "
        f"the last at {when}"
    )
    for one in status.monitors:
        state = one.state if one.state != "calm" else f"calm, {one.closeness:.0%} of the bar"
        lines.append(f"  {one.name:<11} {state:<24} {MEANINGS.get(one.name, '')}?")
    for figure in status.figures:
        interval = ""
        if figure.low is not None and figure.high is not None:
            interval = f" ({figure.low:.1%} to {figure.high:.1%}, n = {figure.n})"
        lines.append(f"  {figure.name:<22} {figure.value:.1%}{interval}")
    lines += [f"  {one.name:<22} not measured: {one.reason}" for one in status.not_measured]
    for share in status.mix[:3]:
        lines.append(
            f"  {share.label}: {share.before:.1%} of the texts before, now {share.now:.1%} "
            f"({share.low:.1%} to {share.high:.1%})"
        )
    return lines
