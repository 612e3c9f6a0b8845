"""`lissom incidents`: what alarms came to, what was done, and the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
import msgspec

from lissom.errors import BecauseError, OneAtATimeError
from lissom.faces.as_json import print_json
from lissom.faces.release import who
from lissom.faces.safe import safe
from lissom.operate.incidents import Sent, Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lissom.operate.incidents import Incident
    from lissom.pipeline import ShownIncident


class Knows(Protocol):
    """The part of the pipeline that this command calls."""

    def list_incidents(self, folder: Path) -> tuple[Incident, ...]:
        """Return every incident."""
        ...

    def show_incident(self, folder: Path, number: int) -> ShownIncident:
        """Return one, with its rows."""
        ...

    def note_incident(self, folder: Path, number: int, says: str, who: str) -> Incident:
        """Write down what was done."""
        ...

    def close_incident(self, folder: Path, number: int, told: Told, who: str) -> Path:
        """Close one and write the report."""
        ...

    def report_incident(self, folder: Path, number: int) -> str:
        """Return the report."""
        ...

    def export_incident(self, folder: Path, number: int) -> dict[str, object]:
        """Return one in the fields of the AI Incident Database."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    log: Path
    show: int | None
    note: int | None
    close: int | None
    report: int | None
    export: int | None
    because: str
    cost: str
    sooner: str
    as_json: bool


_NUMBER = click.IntRange(min=1)


@click.command("incidents")
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--show", metavar="N", type=_NUMBER, help="Show all that is known of incident N.")
@click.option("--note", metavar="N", type=_NUMBER, help="Note what was done: --because says what.")
@click.option("--close", metavar="N", type=_NUMBER, help="Close incident N; write its report.")
@click.option("--report", metavar="N", type=_NUMBER, help="Print the report, a draft while open.")
@click.option(
    "--export", metavar="N", type=_NUMBER, help="Print N for the AI Incident Database, as JSON."
)
@click.option("--because", metavar="TEXT", default="", help="Why; goes into the record for good.")
@click.option("--cost", metavar="TEXT", default="", help="With --close: what it cost.")
@click.option(
    "--sooner", metavar="TEXT", default="", help="With --close: what would have caught it sooner."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(calls: Knows, **chosen: Unpack[Chosen]) -> None:
    """List what the alarms of a server came to: LOG is the folder given to lissom serve --log.

    An alarm opens an incident, or belongs to one that is open. Every line of their record names the
    one before it, so that it can be added to and not changed unseen.
    """
    act, number = find_act(chosen)
    log, as_json = chosen["log"], chosen["as_json"]
    match act:
        case "show":
            _print_shown(calls.show_incident(log, number), as_json=as_json)
        case "note":
            noted = calls.note_incident(log, number, _because(chosen, "--note"), who())
            _print(of_incident(noted), "Noted.", as_json=as_json)
        case "close":
            told = Told(_because(chosen, "--close"), chosen["cost"], chosen["sooner"])
            path = calls.close_incident(log, number, told, who())
            said = f"Closed. The report: {path}"
            _print({"closed": number, "report": str(path)}, said, as_json=as_json)
        case "report":
            report = calls.report_incident(log, number)
            _print({"report": report}, report, as_json=as_json)
        case "export":
            print_json(calls.export_incident(log, number))
        case _:
            incidents = calls.list_incidents(log)
            lines = "\n".join(safe(line) for line in tell(incidents))
            found = [of_incident(one) for one in incidents]
            _print({"incidents": found}, lines, as_json=as_json)


def find_act(chosen: Chosen) -> tuple[str, int]:
    """Return what was asked for and of which incident; "" and 0 for the list.

    Raises:
        OneAtATimeError: two things at once.
    """
    acts = {key: chosen[key] for key in ("show", "note", "close", "report", "export")}
    asked = [(name, number) for name, number in acts.items() if number is not None]
    if len(asked) > 1:
        raise OneAtATimeError(f"--{asked[0][0]}", f"--{asked[1][0]}")
    return asked[0] if asked else ("", 0)


def of_incident(one: Incident) -> dict[str, object]:
    """Return what `--json` and the status page say of an incident."""
    last, closed = one.last, one.closed
    return {
        "number": one.number,
        "model": one.model,
        "version": last.version,
        "is_open": closed is None,
        "opened": one.opened.at,
        "closed": None if closed is None else closed.at,
        "cause": last.cause,
        "severity": last.severity,
        "suggested": last.suggested,
        "monitors": list(one.monitors),
        "says": one.opened.says,
    }


def tell(incidents: tuple[Incident, ...]) -> list[str]:
    """Return the lines for a terminal; those that are open come first.

    >>> tell(())
    ['No alarm has come to anything yet.']
    """
    if not incidents:
        return ["No alarm has come to anything yet."]
    return [brief(one) for one in sorted(incidents, key=lambda one: one.closed is not None)]


def brief(one: Incident) -> str:
    """Return one line about an incident."""
    state = "open  " if one.closed is None else "closed"
    last = one.last
    return (
        f"{one.number:>4}  {state}  {one.opened.at}  {one.model}: {last.cause}, {last.severity}; "
        f"{last.suggested}"
    )


def troubles_of(alerts: Mapping[str, Sent]) -> list[str]:
    """Return a sentence for each channel whose latest alert did not arrive.

    >>> troubles_of({"webhook": Sent((), 3, 2, "it answered 500"), "file": Sent((1,), 1)})
    ['Alerts by webhook do not arrive: it answered 500. So far 3 arrived and 2 tries failed.']
    """
    return [
        f"Alerts by {name} do not arrive: {sent.why}. So far {sent.sent} arrived and "
        f"{sent.failed} tries failed."
        for name, sent in alerts.items()
        if sent.why
    ]


def _because(chosen: Chosen, option: str) -> str:
    if not chosen["because"].strip():
        raise BecauseError(option)
    return chosen["because"]


def _print_shown(shown: ShownIncident, *, as_json: bool) -> None:
    one = shown.incident
    value = {
        **of_incident(one),
        "lines": one.lines,
        "rows": [msgspec.to_builtins(row) for row in shown.rows],
    }
    lines = [brief(one), f"      {one.opened.says}"]
    lines += [f"  {line.at}  {line.act}, {line.who}: {line.says}" for line in one.lines]
    for row in shown.rows:
        kept = "no longer in the log" if not row.hash else f"text {row.hash[:12]}"
        lines.append(f"  answer {row.id}: {row.label}, {row.probability:.2f}; {row.why}; {kept}")
        if row.text is not None:
            lines.append(f"    {row.text}")
    _print(value, "\n".join(safe(line) for line in lines), as_json=as_json)


def _print(value: dict[str, object], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(words)
