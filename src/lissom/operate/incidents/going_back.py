"""Going back by itself: off unless a person said for which incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from lissom.errors import LissomError
from lissom.operate import releasing
from lissom.operate.incidents.causes import ORDER, Cause, Severity
from lissom.operate.releasing import By

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lissom.operate.incidents.record import Incident

WHO = "lissom serve, policy"
Done = tuple[Literal["back", "not back"], str]


class GoBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which incidents a server goes back by itself.

    Args:
        cause: of the incident.
        severity: from which on.
    """

    cause: Cause
    severity: Severity = "high"


def wants_back(incident: Incident, rules: Sequence[GoBack]) -> bool:
    """Say whether a policy asks to go back for an incident, and it was not tried yet."""
    if incident.closed or any(line.act in {"back", "not back"} for line in incident.lines):
        return False
    last = incident.last
    return any(
        last.cause == rule.cause and ORDER.index(last.severity) >= ORDER.index(rule.severity)
        for rule in rules
    )


def go_back_for(incident: Incident, folder: Path | None, at: str) -> Done:
    """Take the version that an incident is about out of service, once.

    A version that serves only because somebody went back to it is not left again: the one that
    would come back is the one that was left for a reason, and two versions would take turns.

    Args:
        incident: open.
        folder: of the model's release, or None where it is served from a bundle.
        at: time in UTC, ISO 8601.

    Returns:
        What became of it, and a sentence for the record.
    """
    version = incident.last.version
    if folder is None:
        return "not back", "The model is served from a bundle; only a release can go back."
    last = incident.last
    by = By(WHO, f"incident {incident.number}: {last.cause}, {last.severity}. {last.says}", at)
    try:
        plan, record = releasing.check(folder)
        if version in {plan.canary, plan.shadow}:
            plan = releasing.stop(folder, by)
            said = f"Version {version} was taken off trial"
        else:
            brought = [line.act for line in record if line.act in {"live", "promote", "back"}][-1]
            if plan.live == version and brought == "back":
                why = "was gone back to already; a person must choose"
                return "not back", f"Version {version} {why}."
            plan = releasing.go_back(folder, by, only_from=version)
            said = f"Went back from version {version} to {plan.live}"
    except LissomError as error:
        return "not back", str(error)
    return "back", f"{said}: line {plan.number} of the release's record, sha256 {plan.head}."
