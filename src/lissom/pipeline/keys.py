"""The user's signing key and the keys they trust."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lissom import bundle as bundles
from lissom.bundle import (
    TrustedKey,
    find_own_key,
    list_retired,
    list_trusted,
    make_key_file,
    open_bundle,
    read_public,
)
from lissom.errors import (
    FingerprintDiffersError,
    NoFingerprintError,
    NoSigningKeyError,
    SigningKeyError,
    UnknownKeyError,
    UnsignedError,
)
from lissom.pipeline.places import find_places, find_today

if TYPE_CHECKING:
    from datetime import date

    from lissom.bundle import OwnKey, SigningKey
    from lissom.bundle.keyring import Unlock
    from lissom.pipeline.places import Places

ENOUGH_DIGITS = 32
"""128 bits: with fewer, somebody could look for a key of their own that begins alike."""

_KEY_BYTES = 4096
_DIGITS = re.compile(f"[0-9a-f]{{{ENOUGH_DIGITS},64}}")


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys that this user has to do with.

    Args:
        own: the key that signs, or None before the first build.
        retired: fingerprints of keys of the user's that no longer sign.
        trusted: every key that is or was trusted.
        refused: fingerprints of those that are not accepted today, and why.
        trust_file: where the trusted keys stand.
    """

    own: OwnKey | None
    retired: tuple[str, ...]
    trusted: tuple[TrustedKey, ...]
    refused: dict[str, str]
    trust_file: Path


def make_key(*, name: str = "my own key", passphrase: str | None = None) -> str:
    """Make the user's signing key, and trust it.

    Args:
        name: what the trust file calls it.
        passphrase: puts it under one.

    Returns:
        Its fingerprint.

    Raises:
        KeyExistsError: there is one already.
    """
    config = find_places().config
    made = make_key_file(config, find_today(), name=name, passphrase=passphrase)
    return made.public.fingerprint


def list_keys() -> Keys:
    """Return the user's keys and those they trust.

    Raises:
        SigningKeyError: one of the files is damaged.
    """
    places, today = find_places(), find_today()
    if places.trust is None:
        trusted, file = list_trusted(places.config), places.config / bundles.TRUST_FILE
    else:
        trusted, file = bundles.read_trust(places.trust), places.trust
    return Keys(
        find_own_key(places.config),
        tuple(key.fingerprint for key in list_retired(places.config)),
        trusted,
        {key.fingerprint: why for key in trusted if (why := key.refusal(today))},
        file,
    )


def export_key() -> bytes:
    """Return the public half of the user's key, to give to others.

    Raises:
        NoSigningKeyError: there is none yet.
    """
    config = find_places().config
    own = find_own_key(config)
    if own is None:
        raise NoSigningKeyError(str(config))
    return own.public.pem


def retire_key(digits: str, *, compromised: str | None = None) -> str:
    """End the user's key; return its fingerprint.

    Args:
        digits: how its fingerprint begins, at least 8 digits.
        compromised: why nothing that it ever signed may be relied on, or None.

    Raises:
        SigningKeyError, UsageError: there is none, or it is another.
    """
    config = find_places().config
    return bundles.retire_key(config, digits, find_today(), compromised=compromised).fingerprint


def trust_key(
    source: Path, *, name: str | None = None, expires: date | None = None, fingerprint: str = ""
) -> TrustedKey:
    """Take the bundles of a key from now on.

    Args:
        source: a public key in PEM, or a bundle that it signed.
        name: whose it is; None for the name of the file.
        expires: the first day on which it is refused.
        fingerprint: what its owner told of it, at least 32 digits; needed for a bundle.

    Raises:
        NoFingerprintError: a bundle, and nothing to compare its key to.
        FingerprintDiffersError: the key is not the one that was told.
        SigningKeyError: no public key, or one that was revoked here.
        BundleError: a bundle that was changed, or that nobody signed.
    """
    found = _signer_of(source) if source.is_dir() else _key_in(source)
    wanted = fingerprint.strip().lower()
    if source.is_dir() and len(wanted) < ENOUGH_DIGITS:
        raise NoFingerprintError(str(source), found)
    if wanted and not found.startswith(wanted):
        raise FingerprintDiffersError(str(source), found, fingerprint)
    said = name or source.resolve().stem
    key = TrustedKey(name=said, fingerprint=found, added=find_today(), expires=expires)
    bundles.trust_key(find_places().config, key)
    return key


def untrust_key(digits: str, *, reason: str = "") -> TrustedKey:
    """Take no bundle of a key any more, whenever it was signed.

    Args:
        digits: how its fingerprint begins, at least 8 digits.
        reason: why, in a few words.

    Raises:
        UsageError: no key, or several, begin so.
    """
    return bundles.untrust_key(find_places().config, digits, find_today(), reason)


def open_signer(places: Places, today: date, unlock: Unlock | None) -> SigningKey:
    """Return the key to sign with; the passphrase comes from the surroundings, or from a person.

    Raises:
        SigningKeyError: it cannot be used.
    """
    told = places.passphrase
    ask = unlock if told is None else (lambda: told)
    return bundles.load_or_make_key(places.config, today, ask)


def read_wanted(said: str) -> str:
    """Return the fingerprint that somebody asks for, given as digits or as a public key's file.

    Raises:
        UnknownKeyError: neither a file nor 32 digits or more.
        SigningKeyError: a file that is no public key.

    >>> read_wanted("AB" * 16) == "ab" * 16
    True
    """
    digits = said.strip().lower()
    if _DIGITS.fullmatch(digits):
        return digits
    if not Path(said).is_file():
        raise UnknownKeyError(said, [])
    return _key_in(Path(said))


def _signer_of(folder: Path) -> str:
    signer = open_bundle(folder, trust=None).signer
    if signer is None:
        raise UnsignedError(folder.name)
    return signer


def _key_in(path: Path) -> str:
    remedy = "Give the file that `lissom keys export` wrote, or a bundle."
    try:
        with path.open("rb") as file:
            return read_public(file.read(_KEY_BYTES + 1)).fingerprint
    except OSError as error:
        raise SigningKeyError(str(path), error.strerror or str(error), remedy) from error
    except ValueError as error:
        raise SigningKeyError(str(path), str(error), remedy) from error
