"""`lissom audit`: what is wrong with the rows, before anything is learned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
from rich.console import Console
from rich.text import Text

from lissom.errors import CannotWriteError
from lissom.evidence import Evidence
from lissom.faces import options
from lissom.faces.place import to_source
from lissom.faces.safe import safe
from lissom.faces.watch import open_watch
from lissom.pipeline import AuditOrder, Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from lissom.evidence import Finding
    from lissom.pipeline import AuditReport
    from lissom.progress import Progress

_STYLES = {"high": "bold red", "medium": "bold yellow", "low": "bold"}
_NAMED = 10
_TELLING = ("annotator.disagrees", "annotator.mix", "poison")
_SHOWN = 2


class Audits(Protocol):
    """The part of the pipeline that this command calls."""

    def audit(self, order: AuditOrder, *, progress: Progress) -> AuditReport:
        """Look for everything that can be wrong."""
        ...

    def findings_json(self, report: AuditReport) -> bytes:
        """Return the findings as JSON."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    data: str
    test: str | None
    text: str | None
    label: str | None
    group: str | None
    date: str | None
    id: str | None
    annotator: str | None
    against: tuple[Path, ...]
    base: str | None
    is_all: bool
    words_only: bool
    out: Path | None
    threads: int | None
    as_json: bool


@click.command("audit")
@click.argument("data")
@click.option("--test", metavar="FILE", help="Rows to measure on, looked for among those of DATA.")
@options.text_column
@click.option("--label", metavar="COL", help="Column with the answers.")
@options.group_column
@options.date_column
@options.id_column
@options.annotator_column
@click.option(
    "--against",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A benchmark's fingerprint, looked for among the rows; may be given again.",
)
@options.base
@click.option("--all", "is_all", is_flag=True, help="Rank every label, not only the doubtful ones.")
@click.option("--words-only", is_flag=True, help="Judge labels without the encoder: much faster.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the findings here as JSON, for lissom fix.",
)
@options.threads
@options.as_json
@click.pass_obj
def command(calls: Audits, **chosen: Unpack[Chosen]) -> None:
    """Look for what is wrong with DATA: copies, leaks, doubtful labels, personal data.

    Nothing is changed; findings are no error.
    """
    with open_watch(sys.stderr) as watch:
        report = calls.audit(to_order(chosen), progress=watch)
    found = calls.findings_json(report)
    if chosen["out"] is not None:
        _write(chosen["out"], found)
    if chosen["as_json"]:
        click.echo(found)
        return
    _tell(report, chosen)


def to_order(chosen: Chosen) -> AuditOrder:
    """Return what was typed as the pipeline wants it."""
    return AuditOrder(
        data=to_source(chosen["data"]),
        test=to_source(chosen["test"]) if chosen["test"] else None,
        given=Given(
            text=chosen["text"],
            label=chosen["label"],
            date=chosen["date"],
            group=chosen["group"],
            id=chosen["id"],
            annotator=chosen["annotator"],
        ),
        base=chosen["base"],
        threads=chosen["threads"],
        is_all=chosen["is_all"],
        reads_texts=not chosen["words_only"],
        against=tuple(chosen["against"]),
    )


def _write(path: Path, found: bytes) -> None:
    try:
        path.write_bytes(found + b"\n")
    except OSError as error:
        raise CannotWriteError(str(path), error.strerror or "it cannot be written") from error


def _tell(report: AuditReport, chosen: Chosen) -> None:
    """Print each finding with what to do, gravest first."""
    console = Console(file=sys.stdout, highlight=False)

    def say(*parts: str | tuple[str, str]) -> None:
        console.print(Text.assemble(*parts), soft_wrap=True)

    for one in report.findings:
        _tell_finding(one, report, say)
    if not report.findings:
        say(f"{safe(report.data.source)}: nothing was found in {report.data.rows:,} rows.")
    for gap in report.not_looked:
        say(("Not looked for: ", "bold yellow"), f"{gap.kind}: {safe(gap.reason)}")
    for figure in report.evidence:
        if isinstance(figure, Evidence) and figure.name.startswith("poison."):
            say(("Would be found: ", "bold"), f"{figure.name}: {figure.value:.0f} rows or more")
    if chosen["out"] is not None:
        say(("Findings: ", "bold"), safe(str(chosen["out"])))


def _tell_finding(one: Finding, report: AuditReport, say: Callable[..., None]) -> None:
    say((one.severity.upper(), _STYLES[one.severity]), f"  {one.kind}  {safe(one.title)}")
    rows = ", ".join(str(row) for row in one.rows[: min(one.count, _NAMED)])
    more = f" and {one.count - _NAMED:,} more" if one.count > _NAMED else ""
    say(f"  Rows (from 0): {rows}{more}")
    if one.error_rate is not None:
        say(f"  Wrong in {one.error_rate:.0%} of rows named; {safe(one.error_rate_basis)}.")
    say(f"  {safe(one.advice)}")
    # What planted rows share, and who labelled, is not in the finding, so a row or two is shown.
    texts = dict(report.rows_to_read.get(one.kind, ())) if one.kind in _TELLING else {}
    for row in [row for row in one.rows if row in texts][:_SHOWN]:
        say(f"  Row {row}: {safe(texts[row])}")
