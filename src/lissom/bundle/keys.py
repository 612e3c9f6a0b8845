"""The user's own key, and the keys that they trust.

A key folder holds `signing-key.pem` (only its owner may read it) and `trusted/`, one public key
in each file. What one of them is called does not matter.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from lissom.bundle.limits import SIGNER_BYTES
from lissom.bundle.malformed import Malformed
from lissom.errors import SigningKeyError

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "signing-key.pem"
TRUSTED_FOLDER = "trusted"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures are accepted.

    Args:
        fingerprints: of public keys, as `PublicKey.fingerprint` gives them.
    """

    fingerprints: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class PublicKey:
    """A P-256 key that signatures are checked with.

    Args:
        pem: SubjectPublicKeyInfo in PEM, lines of 64, line feeds only.
        inner: the key itself.
    """

    pem: bytes
    inner: EllipticCurvePublicKey

    @property
    def fingerprint(self) -> str:
        """Return the sha256 of the PEM file, so `sha256sum signer.pem` shows the same."""
        return hashlib.sha256(self.pem).hexdigest()

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Say whether this key signed this message."""
        try:
            self.inner.verify(signature, message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """The key that a person signs with.

    Args:
        inner: the private key; it is never shown.
    """

    inner: EllipticCurvePrivateKey

    @property
    def public(self) -> PublicKey:
        """Return what others check with."""
        return _wrap(self.inner.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return a DER signature; the same message gives the same bytes.

        Source: RFC 6979, deterministic ECDSA; a weak random source cannot give the key away.
        """
        return self.inner.sign(message, ECDSA(SHA256(), deterministic_signing=True))


def make_key() -> SigningKey:
    """Make a new key from the system's own randomness; a seed would make it guessable.

    >>> key = make_key()
    >>> key.public.holds(key.sign(b"hello"), b"hello"), key.public.holds(key.sign(b"a"), b"b")
    (True, False)
    """
    return SigningKey(generate_private_key(SECP256R1()))


def load_or_make_key(folder: Path) -> SigningKey:
    """Return the key in this folder; make and trust one on first use.

    Args:
        folder: the user's configuration folder; made where it is missing.

    Raises:
        SigningKeyError: the key is damaged, of another kind, or others may read it.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make_key_file(folder)
        return _load_key(path)
    except OSError as error:
        raise SigningKeyError(
            str(path), error.strerror or str(error), "Check the disk and the rights of that folder."
        ) from error


def load_trust(folder: Path) -> Trust:
    """Return the keys that this user trusts; none where there is no folder yet.

    Raises:
        SigningKeyError: a file among them is no P-256 public key. It is not skipped: somebody
            meant it to count.
    """
    prints = set()
    for path in sorted((folder / TRUSTED_FOLDER).glob("*.pem")):
        try:
            with path.open("rb") as file:
                prints.add(read_public(file.read(SIGNER_BYTES + 1)).fingerprint)
        except (OSError, Malformed) as error:
            remedy = "Delete it, or put the signer.pem of somebody you trust in its place."
            raise SigningKeyError(str(path), str(error), remedy) from error
    return Trust(frozenset(prints))


def trust_key(folder: Path, key: PublicKey) -> Path:
    """Add a key to those that this user trusts, and return its file."""
    trusted = folder / TRUSTED_FOLDER
    trusted.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = trusted / f"{key.fingerprint}.pem"
    path.write_bytes(key.pem)
    return path


def read_public(pem: bytes) -> PublicKey:
    """Read a public key; text around it or another line length is brought into the one form.

    Raises:
        Malformed: not a P-256 public key in PEM.
    """
    try:
        found = load_pem_public_key(pem[:SIGNER_BYTES]) if len(pem) <= SIGNER_BYTES else None
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, EllipticCurvePublicKey) or not isinstance(found.curve, SECP256R1):
        message = "not a P-256 public key in PEM"
        raise Malformed(message)
    return _wrap(found)


def _wrap(inner: EllipticCurvePublicKey) -> PublicKey:
    return PublicKey(inner.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), inner)


def _make_key_file(folder: Path) -> None:
    """Write a key that is whole, private and trusted from the first moment that it is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = make_key()
    # Trusted first: killed in between, there is a trusted key too many and never one too few.
    trusted = trust_key(folder, key.public)
    # mkstemp gives mode 0600; the key never stands there with another.
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{KEY_FILE}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key.inner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link does not replace the key that another run made meanwhile.
        os.link(name, folder / KEY_FILE)
    except FileExistsError:
        trusted.unlink()
    finally:
        os.unlink(name)  # noqa: PTH108 - mkstemp gives a string


def _load_key(path: Path) -> SigningKey:
    status = path.stat()
    if os.name == "posix" and status.st_mode & _OTHERS:
        why = f"others may read this key (mode {stat.S_IMODE(status.st_mode):04o})"
        raise SigningKeyError(str(path), why, f"Run: chmod 600 {path}")
    remedy = "Move it away; a new key is made on the next build."
    try:
        with path.open("rb") as file:
            found = load_pem_private_key(file.read(SIGNER_BYTES), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(str(path), "not a private key without a password", remedy) from error
    if not isinstance(found, EllipticCurvePrivateKey) or not isinstance(found.curve, SECP256R1):
        raise SigningKeyError(str(path), "not a P-256 key", remedy)
    return SigningKey(found)
