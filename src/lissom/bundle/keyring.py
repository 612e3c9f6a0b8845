"""The user's own key: made once, kept private, retired when it has served.

A key folder holds `signing-key.pem` (only its owner may read it), the public half beside it so that
it can be shown without a passphrase, `trust.toml`, and in `retired/` the public halves of keys that
no longer sign.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.bundle.keys import PublicKey, SigningKey, is_locked, make_key, read_private, read_public
from lissom.bundle.limits import SIGNER_BYTES
from lissom.bundle.malformed import Malformed
from lissom.bundle.trust import (
    TrustedKey,
    alone_with_keys,
    enter_key,
    list_trusted,
    trust_key,
    untrust_key,
)
from lissom.bundle.whole import beside
from lissom.errors import (
    KeyExistsError,
    LockedKeyError,
    NoSigningKeyError,
    OtherKeyError,
    SigningKeyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    Unlock = Callable[[], str]

KEY_FILE = "signing-key.pem"
PUBLIC_FILE = "signing-key-public.pem"
RETIRED_FOLDER = "retired"
OWN_NAME = "my own key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_REMEDY = "Move it away; a new key is made on the next build."
_DISK = "Check the disk and the rights of that folder."


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The user's key, as far as it can be shown.

    Args:
        public: what others check with.
        is_locked: it is under a passphrase.
    """

    public: PublicKey
    is_locked: bool


def load_or_make_key(folder: Path, today: date, unlock: Unlock | None = None) -> SigningKey:
    """Return the key in this folder; make and trust one on first use.

    Args:
        folder: the user's configuration folder; made where it is missing.
        today: the day on which a new key is entered as trusted.
        unlock: asks for the passphrase; called only where the key is under one.

    Raises:
        LockedKeyError: the key is under a passphrase, and nobody can be asked.
        SigningKeyError: the key is damaged, of another kind, or others may read it.
    """
    with suppress(KeyExistsError):  # another run was faster: then its key is ours too
        if not (folder / KEY_FILE).exists():
            return make_key_file(folder, today)
    return _open_key(folder / KEY_FILE, unlock)


def make_key_file(
    folder: Path, today: date, *, name: str = OWN_NAME, passphrase: str | None = None
) -> SigningKey:
    """Make the user's key, and trust it.

    Args:
        folder: the user's configuration folder; made where it is missing.
        today: the day on which it is entered as trusted.
        name: what the trust file calls it.
        passphrase: puts it under one.

    Raises:
        KeyExistsError: there is one. It is never overwritten: nobody could sign in its name again.
        SigningKeyError: the system says no.
    """
    path = folder / KEY_FILE
    key = make_key()
    raw = key.to_pem(passphrase)
    entry = TrustedKey(name=name, fingerprint=key.public.fingerprint, added=today)
    try:
        with alone_with_keys(folder):
            if path.exists():
                raise KeyExistsError(str(path))
            # Trusted first: killed in between, there is a trusted key too many, never one too few.
            enter_key(folder, entry)
            (folder / PUBLIC_FILE).write_bytes(key.public.pem)
            _write_once(path, raw)
    except OSError as error:
        raise SigningKeyError(str(path), _reason(error), _DISK) from error
    return key


def find_own_key(folder: Path) -> OwnKey | None:
    """Return the user's key without asking for a passphrase; None where there is none.

    Raises:
        SigningKeyError: it is damaged, or others may read it.
    """
    path = folder / KEY_FILE
    if not path.exists():
        return None
    raw = _read_own(path)
    if not is_locked(raw):
        return OwnKey(_parse(path, raw, None).public, is_locked=False)
    public = folder / PUBLIC_FILE
    try:
        return OwnKey(read_public(public.read_bytes()[: SIGNER_BYTES + 1]), is_locked=True)
    except (OSError, Malformed) as error:
        raise SigningKeyError(str(public), _reason(error), "Put its public half back.") from error


def list_retired(folder: Path) -> tuple[PublicKey, ...]:
    """Return the keys that signed once and no longer do.

    Raises:
        SigningKeyError: a file among them is damaged.
    """
    found = []
    for path in sorted((folder / RETIRED_FOLDER).glob("*.pem")):
        try:
            found.append(read_public(path.read_bytes()[: SIGNER_BYTES + 1]))
        except (OSError, Malformed) as error:
            raise SigningKeyError(str(path), _reason(error), "Delete it.") from error
    return tuple(found)


def retire_key(folder: Path, digits: str, today: date, *, compromised: str | None) -> PublicKey:
    """End the user's key: its private half is deleted, its public half kept.

    Bundles that it signed are accepted as before, unless it is said to be compromised.

    Args:
        folder: the user's configuration folder.
        digits: how its fingerprint begins, at least 8 digits; so that nobody ends a key by mistake.
        today: the day on which it is revoked where it is compromised.
        compromised: why nothing that it ever signed may be relied on, or None.

    Raises:
        NoSigningKeyError: there is no key to retire.
        OtherKeyError: the key has another fingerprint.
        SigningKeyError, TrustFileError: the system says no.
    """
    own = find_own_key(folder)
    if own is None:
        raise NoSigningKeyError(str(folder / KEY_FILE))
    fingerprint = own.public.fingerprint
    if len(digits) < 8 or not fingerprint.startswith(digits.lower()):  # noqa: PLR2004 - a choice
        raise OtherKeyError(digits, fingerprint)
    kept = folder / RETIRED_FOLDER / f"{fingerprint}.pem"
    try:
        if compromised is not None:
            if all(key.fingerprint != fingerprint for key in list_trusted(folder)):
                trust_key(folder, TrustedKey(name=OWN_NAME, fingerprint=fingerprint))
            untrust_key(folder, fingerprint, today, compromised)
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        kept.write_bytes(own.public.pem)
        (folder / KEY_FILE).unlink()
        (folder / PUBLIC_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise SigningKeyError(str(folder / KEY_FILE), _reason(error), _DISK) from error
    return own.public


def _open_key(path: Path, unlock: Unlock | None) -> SigningKey:
    raw = _read_own(path)
    if not is_locked(raw):
        return _parse(path, raw, None)
    if unlock is None:
        raise LockedKeyError(str(path))
    return _parse(path, raw, unlock())


def _read_own(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read(SIGNER_BYTES)
    except OSError as error:
        raise SigningKeyError(str(path), _reason(error), _DISK) from error
    if os.name == "posix" and status.st_mode & _OTHERS:
        why = f"others may read this key (mode {stat.S_IMODE(status.st_mode):04o})"
        raise SigningKeyError(str(path), why, f"Run: chmod 600 {path}")
    return raw


def _parse(path: Path, raw: bytes, passphrase: str | None) -> SigningKey:
    try:
        return read_private(raw, passphrase)
    except Malformed as error:
        remedy = _REMEDY if passphrase is None else "Try again with the right one."
        raise SigningKeyError(str(path), str(error), remedy) from error


def _write_once(path: Path, raw: bytes) -> None:
    """Write a file that is whole and private from the first moment that it is there."""
    try:
        with beside(path, raw) as part:
            # Unlike a rename, a link does not replace the key that another run made meanwhile.
            os.link(part, path)
    except FileExistsError as error:
        raise KeyExistsError(str(path)) from error


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
