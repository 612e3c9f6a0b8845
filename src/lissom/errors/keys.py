"""Keys, signatures, and whom this machine trusts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import BundleError, SigningKeyError, UsageError
from lissom.errors.wording import REFUSED, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnsignedError(BundleError):
    """Nobody stands for this bundle."""

    def __init__(self, bundle: str) -> None:
        """Name the bundle."""
        super().__init__(
            f"Bundle {bundle}: it is not signed, so nothing says who made it. Fetch a signed one "
            "from somebody you trust, or build it here: lissom build signs with your key."
        )


class BrokenSignatureError(BundleError):
    """There is a signature, and it does not hold."""

    def __init__(self, bundle: str, why: str) -> None:
        """Say what does not hold."""
        super().__init__(f"Bundle {bundle}: its signature does not hold: {why}. {REFUSED}")


class KeyExistsError(SigningKeyError):
    """There is a signing key already."""

    def __init__(self, path: str) -> None:
        """Name its file."""
        super().__init__(
            path,
            "there is a signing key already, and it is never overwritten",
            "Retire it first: lissom keys retire FINGERPRINT (lissom keys list shows it).",
        )


class NoSigningKeyError(SigningKeyError):
    """There is no signing key yet."""

    def __init__(self, path: str) -> None:
        """Name the file that is not there."""
        super().__init__(path, "there is no signing key here", "Make one: lissom keys make.")


class LockedKeyError(SigningKeyError):
    """The signing key is under a passphrase, and nobody can be asked for it."""

    def __init__(self, path: str) -> None:
        """Name its file."""
        super().__init__(
            path,
            "this key is under a passphrase",
            "Run the command in a terminal, or put the passphrase into LISSOM_PASSPHRASE.",
        )


class RevokedKeyError(SigningKeyError):
    """A key was revoked here and cannot be trusted again in passing."""

    def __init__(self, fingerprint: str, why: str, file: str) -> None:
        """Name the key, why it was revoked, and the file to change by hand."""
        super().__init__(
            fingerprint,
            f"this key is not trusted again, since {shown(why, 200)}",
            f"Ask its owner for a new key. If the entry is a mistake, take it out of {file}.",
        )


class TrustFileError(SigningKeyError):
    """A trust file breaks a rule; it is not read around, because somebody meant it to count."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and the rule."""
        super().__init__(
            path, shown(why, 300), "Nobody is trusted by it until it is put right; correct it."
        )


class RevokedSignerError(BundleError):
    """A bundle is whole, and signed by a key that was trusted once."""

    def __init__(self, bundle: str, signer: str, why: str) -> None:
        """Name the bundle, who signed it, and why that no longer counts."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, but that key no longer counts "
            f"here: {shown(why, 200)}. Ask for one that is signed with a key in force."
        )


class OtherSignerError(BundleError):
    """A bundle is whole, and signed by somebody else than was asked for."""

    def __init__(self, bundle: str, signer: str, wanted: Sequence[str]) -> None:
        """Name the bundle, who signed it, and who should have."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, not signed by "
            f"{' or '.join(one[:16] for one in wanted)}. Fetch it from its maker, or ask who "
            "signed it."
        )


class FingerprintDiffersError(BundleError):
    """A key is not the one that its owner told of."""

    def __init__(self, where: str, found: str, wanted: str) -> None:
        """Name where the key was found, its fingerprint, and the one that was told."""
        super().__init__(
            f"{where}: the key there is {found}, not {shown(wanted)}. It was not trusted. Ask its "
            "owner again; somebody may have put in a key of their own."
        )


class UnknownKeyError(UsageError):
    """No key that is known here begins so."""

    def __init__(self, digits: str, known: Sequence[str]) -> None:
        """Show what was typed and how the known ones begin."""
        hint = (
            f"Give 8 digits or more of one of these: {', '.join(one[:8] for one in known)}."
            if known
            else "Give a public key's file, or 32 digits or more of its fingerprint."
        )
        super().__init__(f'No key is known as "{shown(digits)}". {hint}')


class AmbiguousKeyError(UsageError):
    """Several keys begin so."""

    def __init__(self, digits: str, count: int) -> None:
        """Show what was typed and how many it fits."""
        super().__init__(
            f'{count} keys begin with "{shown(digits)}". Give more digits of the one you mean.'
        )


class OtherKeyError(UsageError):
    """The key that was to be retired is not the one there is."""

    def __init__(self, digits: str, fingerprint: str) -> None:
        """Show what was typed and what there is."""
        super().__init__(
            f'Your signing key is {fingerprint}, which does not begin with "{shown(digits)}". '
            "Nothing was retired. Give its first 8 digits or more, so that no key ends by mistake."
        )


class NoFingerprintError(UsageError):
    """A key from a bundle proves nothing about whose it is."""

    def __init__(self, bundle: str, fingerprint: str) -> None:
        """Name the bundle and the key in it."""
        super().__init__(
            f"{bundle} was signed by {fingerprint}; whoever made it chose that key. Ask its owner "
            "over another channel, then give the first 32 digits or more with --fingerprint."
        )


class UntrustedSignerError(BundleError):
    """A bundle is whole, and signed by somebody this machine does not trust."""

    def __init__(self, bundle: str, signer: str) -> None:
        """Name the bundle and who signed it."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, but that key is not trusted on "
            "this machine. If its owner confirms that key, run: lissom keys trust BUNDLE "
            "--fingerprint KEY; else fetch the bundle from somebody you trust, or build it here."
        )
