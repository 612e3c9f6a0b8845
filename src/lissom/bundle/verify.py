"""What `lissom verify` asks of a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.bundle.read import open_bundle
from lissom.errors import UnsignedError

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.bundle.keys import Trust


@dataclass(frozen=True, slots=True)
class Verified:
    """A signed bundle that nobody changed.

    Args:
        checked: what was looked at, one clause each.
        signer: fingerprint of the key that signed it.
        is_trusted: that key is trusted; a face refuses a bundle where it is not.
    """

    checked: tuple[str, ...]
    signer: str
    is_trusted: bool


def verify(folder: Path, trust: Trust) -> Verified:
    """Check everything that opening checks, and say what that was.

    A bundle whose signer is not trusted is described, not refused, so that a face can show the
    fingerprint to compare; everything else that is wrong raises.

    Args:
        folder: the bundle.
        trust: whose signatures are accepted.

    Raises:
        BundleError: changed, malformed, unsigned, or with a signature that does not hold.
    """
    bundle = open_bundle(folder, trust=None)
    if bundle.signer is None:
        raise UnsignedError(folder.name)
    manifest = bundle.manifest
    checked = (
        f"{len(bundle.names)} files, no more and no fewer, all plain files",
        f"format {manifest.format_version}, task {manifest.task}",
        *(f"{name}: sha256 as in the manifest" for name in sorted(manifest.files)),
        "model.onnx: allowed operators only, no data elsewhere",
        "lexical.safetensors: numbers only",
        "signature: valid, and covers every file",
    )
    return Verified(checked, bundle.signer, bundle.signer in trust.fingerprints)
