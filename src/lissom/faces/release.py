"""`lissom release`: shadow, canary, live, and back."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import click
import msgspec

from lissom.errors import OneAtATimeError
from lissom.faces.as_json import print_json
from lissom.faces.safe import safe
from lissom.operate.releasing import rates
from lissom.pipeline.releasing import Act

if TYPE_CHECKING:
    from lissom.pipeline.releasing import Released

_LAST = 5


class Releases(Protocol):
    """The part of the pipeline that this command calls."""

    def change_release(self, act: Act) -> Released:
        """Change what serves."""
        ...

    def show_release(self, folder: Path) -> Released:
        """Say what serves."""
        ...


class Chosen(TypedDict):
    """What was typed, by the names of the options."""

    folder: Path
    live: Path | None
    shadow: Path | None
    canary: Path | None
    share: float
    promote: bool
    stop: bool
    back: bool
    why: str
    despite_policy: bool
    as_json: bool


@click.command("release")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--live", metavar="BUNDLE", type=click.Path(path_type=Path), help="Let BUNDLE serve at once."
)
@click.option(
    "--shadow",
    metavar="BUNDLE",
    type=click.Path(path_type=Path),
    help="Let BUNDLE answer unheard, beside the live version.",
)
@click.option(
    "--canary",
    metavar="BUNDLE",
    type=click.Path(path_type=Path),
    help="Put BUNDLE on trial: it answers some requests until a test promotes or stops it.",
)
@click.option(
    "--share",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 100),
    help="Per cent of the requests that the canary gets at first.",
)
@click.option("--promote", is_flag=True, help="Let the version on trial serve, by hand.")
@click.option("--stop", is_flag=True, help="End the trial.")
@click.option("--back", is_flag=True, help="Let the version that served before serve again.")
@click.option("--why", metavar="TEXT", default="", help="Goes into the record.")
@click.option("--despite-policy", is_flag=True, help="Take BUNDLE although its own policy says no.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(calls: Releases, **chosen: Unpack[Chosen]) -> None:
    """Say what serves in FOLDER, or change it; lissom serve FOLDER follows within a second.

    FOLDER's name is the model's. Every change is one line of its record, which can be added to and
    not changed unseen.
    """
    act = find_act(chosen)
    released = calls.show_release(chosen["folder"]) if act is None else calls.change_release(act)
    if chosen["as_json"]:
        print_json(of_released(released))
        return
    for line in tell(released):
        click.echo(safe(line))


def find_act(chosen: Chosen) -> Act | None:
    """Return what was asked for, or None when only to look.

    Raises:
        OneAtATimeError: two things at once.
    """
    bundles = {kind: chosen[kind] for kind in ("live", "shadow", "canary")}
    acts = {kind: chosen[kind] for kind in ("promote", "stop", "back")}
    kinds = [kind for kind, value in {**bundles, **acts}.items() if value]
    if len(kinds) > 1:
        raise OneAtATimeError(f"--{kinds[0]}", f"--{kinds[1]}")
    if not kinds:
        return None
    (kind,) = kinds
    return Act(
        chosen["folder"],
        kind,
        bundles.get(kind),
        chosen["share"] / 100,
        who(),
        chosen["why"],
        despite_policy=chosen["despite_policy"],
    )


def who() -> str:
    """Return the user's name, or "unknown" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def of_released(released: Released) -> dict[str, object]:
    """Return what `--json` prints."""
    judged = released.judged
    return {
        "plan": msgspec.to_builtins(released.plan),
        "trial": None
        if released.trial is None or judged is None
        else {
            "version": released.trial.version,
            "verdict": judged.verdict,
            "why": judged.why,
            "progress": judged.progress,
            "seen": {
                name: {"mean": mean, "answers": count}
                for name, (mean, count) in rates(released.trial).items()
            },
        },
        "record": [msgspec.to_builtins(entry) for entry in released.record],
    }


def tell(released: Released) -> list[str]:
    """Return the lines for a terminal."""
    plan = released.plan
    lines = [f"live      {plan.live}"]
    if plan.previous:
        lines.append(f"before    {plan.previous}  (--back returns to it)")
    if plan.canary:
        lines.append(f"canary    {plan.canary}  gets {plan.share:.0%} of the requests")
    if plan.shadow:
        lines.append(f"shadow    {plan.shadow}  answers unheard")
    if released.trial is not None and released.judged is not None:
        lines.append(f"trial     {released.judged.progress:.0%} of the evidence that is wanted")
        lines += [
            f"          {name}: {mean:+.3f} in {count} answers"
            for name, (mean, count) in rates(released.trial).items()
        ]
    count = len(released.record)
    lines.append(f"record    {count} line{'s' * (count != 1)}, unbroken; the last:")
    lines += [
        f"  {entry.number}  {entry.at}  {entry.act} {entry.version}  by {entry.who}"
        + (f": {entry.why}" if entry.why else "")
        for entry in released.record[-_LAST:]
    ]
    return lines
