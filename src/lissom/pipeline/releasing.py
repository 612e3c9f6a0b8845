"""Putting a bundle into shadow, canary or live, and going back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle import Bundle, open_bundle
from lissom.errors import LissomError
from lissom.operate import releasing
from lissom.operate.releasing import TRIAL_FILE, By, Entry, Judged, Plan, Rules, Trial
from lissom.pipeline.places import find_places, find_today
from lissom.pipeline.release import check_released

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Act:
    """One change of a release.

    Args:
        folder: of the release.
        kind: "live", "shadow", "canary", "promote", "stop" or "back".
        bundle: for the first three.
        share: of the requests, for a canary.
        who: does it.
        why: in their words.
        despite_policy: take a bundle whose own decision says no.
    """

    folder: Path
    kind: str
    bundle: Path | None
    share: float
    who: str
    why: str
    despite_policy: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """What a release is, checked against its record.

    Args:
        plan: what serves.
        record: every change, the first one first.
        trial: of the version on trial, or None.
        judged: what the trial comes to so far.
    """

    plan: Plan
    record: tuple[Entry, ...]
    trial: Trial | None
    judged: Judged | None


def change_release(act: Act) -> Released:
    """Change what serves; a server that follows the folder does so within a second.

    Raises:
        BundleError: the bundle was changed or is not trusted.
        NotReleasedError: its own decision says no.
        ReleaseError: it cannot be done; what served still serves.
    """
    by = By(act.who, act.why, datetime.now(UTC).isoformat(timespec="seconds"))
    bundle = None if act.bundle is None else _open(act.bundle, act)
    match act.kind, bundle:
        case "live", Bundle():
            releasing.go_live(act.folder, bundle, by)
        case "shadow", Bundle():
            releasing.go_shadow(act.folder, bundle, by)
        case "canary", Bundle():
            releasing.go_canary(act.folder, bundle, by, act.share)
        case "promote", _:
            releasing.promote(act.folder, by)
        case "stop", _:
            releasing.stop(act.folder, by)
        case _:
            releasing.go_back(act.folder, by)
    return show_release(act.folder)


def _open(folder: Path, act: Act) -> Bundle:
    # Opened once: what was held against the policy is what is released.
    bundle = open_bundle(folder, trust=find_places().whom_to_trust(find_today()))
    if not act.despite_policy:
        check_released(bundle)
    return bundle


def show_release(folder: Path) -> Released:
    """Return what serves, every change, and how a trial stands.

    Raises:
        NoReleaseError: nothing was released here.
        RecordBrokenError: somebody changed the record.
    """
    plan, record = releasing.check(folder)
    trial = _read_trial(folder, plan)
    return Released(plan, record, trial, releasing.judge(trial, Rules()) if trial else None)


def _read_trial(folder: Path, plan: Plan) -> Trial | None:
    try:
        found = msgspec.json.decode((folder / TRIAL_FILE).read_bytes(), type=Trial)
    except (OSError, msgspec.MsgspecError, LissomError):
        return None
    on_trial = plan.canary or plan.shadow
    return found if (found.version, found.against) == (on_trial, plan.live) else None
