"""A key that signs, and what others check its signatures with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

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
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from lissom.bundle.limits import SIGNER_BYTES
from lissom.bundle.lock import LOCKED, locked_pem, unlocked_pem
from lissom.bundle.malformed import Malformed


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

    def to_pem(self, passphrase: str | None) -> bytes:
        """Return the file form, under a passphrase where one is given."""
        return (
            unlocked_pem(self.inner) if passphrase is None else locked_pem(self.inner, passphrase)
        )


def make_key() -> SigningKey:
    """Make a new key from the system's own randomness; a seed would make it guessable.

    >>> key = make_key()
    >>> key.public.holds(key.sign(b"hello"), b"hello"), key.public.holds(key.sign(b"a"), b"b")
    (True, False)
    """
    return SigningKey(generate_private_key(SECP256R1()))


def is_locked(pem: bytes) -> bool:
    """Say whether a private key is under a passphrase.

    >>> is_locked(make_key().to_pem("secret")), is_locked(make_key().to_pem(None))
    (True, False)
    """
    return LOCKED in pem


def read_private(pem: bytes, passphrase: str | None) -> SigningKey:
    """Read a private key.

    Args:
        pem: the file form.
        passphrase: what it is under, or None.

    Raises:
        Malformed: not a P-256 key, or the passphrase does not open it.
    """
    try:
        found = load_pem_private_key(pem, None if passphrase is None else passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        is_wrong = passphrase is not None and is_locked(pem)
        message = "the passphrase does not open it" if is_wrong else "not a private key in PEM"
        raise Malformed(message) from error
    if not isinstance(found, EllipticCurvePrivateKey) or not isinstance(found.curve, SECP256R1):
        message = "not a P-256 key"
        raise Malformed(message)
    return SigningKey(found)


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
