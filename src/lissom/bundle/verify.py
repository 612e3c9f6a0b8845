"""What `lissom verify` asks of a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.bundle.read import open_bundle
from lissom.errors import RevokedSignerError, UnsignedError

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.bundle.read import Bundle
    from lissom.bundle.trust import Trust


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle that nobody changed.

    Args:
        checked: what was looked at, one clause each.
        signer: fingerprint of the key that signed it; "" where nobody did and nobody asked.
        is_trusted: that key is trusted; a face refuses a bundle where it is not.
        unchecked: what could not be looked at, and why, one clause each.
    """

    checked: tuple[str, ...]
    signer: str
    is_trusted: bool
    unchecked: tuple[str, ...] = ()


def verify(folder: Path, trust: Trust, *, needs_signature: bool = True) -> Verified:
    """Check everything that opening checks, and say what that was.

    A bundle whose signer was never trusted is described, not refused, so that a face can show the
    fingerprint to compare; everything else that is wrong raises.

    Args:
        folder: the bundle.
        trust: whose signatures are accepted.
        needs_signature: refuse one that nobody signed, or whose signer no longer counts.

    Raises:
        BundleError: changed, malformed, unsigned, or with a signature that does not hold.
    """
    return describe(open_bundle(folder, trust=None), trust, needs_signature=needs_signature)


def describe(bundle: Bundle, trust: Trust, *, needs_signature: bool) -> Verified:
    """Do what `verify` does, for a bundle that is open already."""
    signer = bundle.signer or ""
    if needs_signature and not signer:
        raise UnsignedError(bundle.folder.name)
    if needs_signature and signer in trust.refused:
        raise RevokedSignerError(bundle.folder.name, signer, trust.refused[signer])
    manifest = bundle.manifest
    checked = (
        f"{len(bundle.names)} files, no more and no fewer, all plain files",
        f"format {manifest.format_version}, task {manifest.task}",
        *(f"{name}: sha256 as in the manifest" for name in sorted(manifest.files)),
        "model.onnx: allowed operators only, no data elsewhere",
        "lexical.safetensors: numbers only",
        *(("signature: valid, and covers every file",) if signer else ()),
    )
    return Verified(checked, signer, signer in trust.fingerprints)
