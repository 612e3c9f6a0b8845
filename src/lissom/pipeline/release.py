"""Whether a bundle may be used: by its own decision, and by somebody else's policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lissom.bundle import Facts
from lissom.errors import DecisionFileError, NotReleasedError, PolicyFileError, StoryFileError
from lissom.govern.decision import decide_release, read_decision
from lissom.govern.documents import DECISION, REPORT, WRITERS
from lissom.govern.dossier import STORY, read_dossier
from lissom.govern.policy_file import read_policy
from lissom.pipeline.notes import read_file

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from lissom.bundle import Bundle
    from lissom.govern.decision import Decision
    from lissom.govern.dossier import Dossier


def check_released(bundle: Bundle) -> None:
    """Check that a bundle's own decision lets it be used; an old bundle has none.

    Raises:
        NotReleasedError: a gate does not hold.
        DecisionFileError: decision.json is none, or was left out of a bundle that has all else.
    """
    if DECISION in bundle.names:
        _demand(bundle, read_decision(bundle.read(DECISION)))
    elif STORY in bundle.names:
        why = "it is missing, though the bundle has what it is made from"
        raise DecisionFileError(why)


def check_policy(bundle: Bundle, path: Path, today: date) -> Decision:
    """Hold a bundle's figures against a policy that is not its own.

    Args:
        bundle: opened and checked.
        path: a policy.toml.
        today: the day on which what it accepts has to hold.

    Returns:
        What each gate came to; all of them hold.

    Raises:
        NotReleasedError: a gate does not hold.
        PolicyFileError: the policy means nothing.
        StoryFileError: the bundle is older than what policies are judged by.
    """
    policy = read_policy(read_file(path, PolicyFileError), str(path))
    dossier = open_dossier(bundle)
    dossier = replace(dossier, record=replace(dossier.record, day=today))
    decision = decide_release(dossier, policy)
    _demand(bundle, decision)
    return decision


def open_dossier(bundle: Bundle) -> Dossier:
    """Read what the documents of a bundle are written from.

    Raises:
        StoryFileError: the bundle is too old to hold it.
    """
    if STORY not in bundle.names:
        raise StoryFileError("it is missing; the bundle was built by an older lissom")
    return read_dossier(list_sources(bundle), facts_of(bundle), bundle.folder.name)


def list_sources(bundle: Bundle) -> dict[str, bytes]:
    """Return the files of a bundle that the manifest lists and that are no documents."""
    names = bundle.manifest.files.keys() - {*WRITERS, REPORT}
    return {name: bundle.read(name) for name in names}


def facts_of(bundle: Bundle) -> Facts:
    """Return what the manifest says, as whoever wrote the bundle gave it."""
    manifest = bundle.manifest
    return Facts(
        task=manifest.task,
        created_by=manifest.created_by,
        recipe_fingerprint=manifest.recipe_fingerprint,
        data_fingerprint=manifest.data_fingerprint,
        base_model=manifest.base_model,
        measured_on=manifest.measured_on,
    )


def _demand(bundle: Bundle, decision: Decision) -> None:
    if not decision.is_released:
        failed = [(one.gate, one.reason) for one in decision.failed]
        raise NotReleasedError(bundle.folder.name, failed)
