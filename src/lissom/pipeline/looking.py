"""Looking at a finished bundle without making it answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lissom import bundle as bundles
from lissom.bundle import load_trust, open_bundle
from lissom.errors import EvidenceFileError
from lissom.pipeline.evidence_file import read_evidence
from lissom.pipeline.places import find_places
from lissom.pipeline.results import Shown

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.bundle import Verified


def show(bundle: Path) -> Shown:
    """Return what a bundle says of itself, and whose signature it has.

    Args:
        bundle: its folder; it may be signed by anybody.

    Raises:
        BundleError: it was changed or is not a bundle.
    """
    opened = open_bundle(bundle, trust=None)
    manifest = opened.manifest
    try:
        evidence = read_evidence(opened.read("evidence.json"))
    except msgspec.MsgspecError as error:
        raise EvidenceFileError(bundle.name, str(error)) from error
    facts = {
        "task": manifest.task,
        "format": manifest.format_version,
        "made by": manifest.created_by,
        "measured on": manifest.measured_on,
        "size": f"{opened.size_bytes / (1 << 20):.1f} MiB",
        "data fingerprint": manifest.data_fingerprint[:16],
        "recipe fingerprint": manifest.recipe_fingerprint[:16],
    }
    if manifest.base_model is not None:
        facts["base model"] = f"{manifest.base_model.name} ({manifest.base_model.licence})"
    trusted = load_trust(find_places().config).fingerprints
    return Shown(
        bundle.resolve().name,
        facts,
        evidence,
        opened.is_signed,
        opened.signer or "",
        opened.signer in trusted,
    )


def verify(bundle: Path) -> Verified:
    """Check every byte of a bundle and its signature.

    Raises:
        BundleError: anything was changed, added, or is unsigned.
    """
    return bundles.verify(bundle, load_trust(find_places().config))
