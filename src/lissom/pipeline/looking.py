"""Looking at a finished bundle without making it answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle import Trust, open_bundle
from lissom.bundle.verify import describe
from lissom.errors import EvidenceFileError, OtherSignerError
from lissom.evidence.written import read_evidence
from lissom.govern.documents import check_documents
from lissom.govern.drawing import leave_out
from lissom.pipeline.keys import read_wanted
from lissom.pipeline.places import find_places, find_today
from lissom.pipeline.release import check_policy, facts_of
from lissom.pipeline.results import Shown
from lissom.runtime import check_fit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lissom.bundle import Bundle, Verified


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
    trusted = find_places().whom_to_trust(find_today()).fingerprints
    return Shown(
        bundle.resolve().name,
        facts,
        evidence,
        opened.is_signed,
        opened.signer or "",
        opened.signer in trusted,
    )


def verify(
    bundle: Path,
    *,
    signed_by: Sequence[str] = (),
    needs_signature: bool = True,
    policy: Path | None = None,
) -> Verified:
    """Check every byte of a bundle, its signature, and that its documents say what was measured.

    Args:
        bundle: its folder.
        signed_by: public key files or fingerprints of 32 digits or more, one of which must have
            signed it; with none, the trusted keys say whose signature is accepted.
        needs_signature: refuse a bundle that nobody signed, or whose signer no longer counts.
        policy: a policy.toml whose gates must hold.

    Raises:
        BundleError: anything was changed, added, or is unsigned where a signature is asked for.
        SigningKeyError, UsageError: what `signed_by` names is no key.
        NotReleasedError: a gate of the policy does not hold.
    """
    wanted = [read_wanted(one) for one in signed_by]
    trust = Trust(frozenset()) if wanted else find_places().whom_to_trust(find_today())
    opened = open_bundle(bundle, trust=None)
    verified = describe(opened, trust, needs_signature=needs_signature or bool(wanted))
    if wanted and not any(verified.signer.startswith(one) for one in wanted):
        raise OtherSignerError(bundle.name, verified.signer, wanted)
    checked, unchecked = _look_inside(opened)
    if policy is not None:
        gates = check_policy(opened, policy, find_today()).gates
        checked += tuple(f"{policy.name}: {one.gate}: {one.reason}" for one in gates)
    return replace(
        verified,
        checked=(*verified.checked, *checked),
        unchecked=(*verified.unchecked, *unchecked),
        is_trusted=verified.is_trusted or bool(wanted),
    )


def _look_inside(opened: Bundle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Check that the parts fit each other, and that the documents say what the figures say."""
    settings, _ = check_fit(opened)
    fit = f"answer.json, lexical.safetensors and model.onnx: {len(settings.classes)} classes each"
    files = {name: opened.read(name) for name in opened.manifest.files}
    checked, unchecked = check_documents(files, facts_of(opened), opened.folder.name, leave_out)
    return (fit, *checked), unchecked
