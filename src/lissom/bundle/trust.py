"""Whose bundles are taken: a file that a person can read, hand on, and end.

A bundle bears no date that anybody could vouch for, so a key that has expired or was revoked is
refused with all that it ever signed. What it signed before has to be signed again.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING

import msgspec
import tomli_w
from msgspec.structs import replace

from lissom.bundle.keys import read_public
from lissom.bundle.limits import SIGNER_BYTES, TRUST_BYTES
from lissom.bundle.malformed import Malformed
from lissom.bundle.manifest import Sha256, Words  # noqa: TC001 - likewise
from lissom.bundle.swap import alone_in
from lissom.bundle.whole import write_whole
from lissom.errors import (
    AmbiguousKeyError,
    RevokedKeyError,
    SigningKeyError,
    TrustFileError,
    UnknownKeyError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

TRUST_FILE = "trust.toml"
TRUSTED_FOLDER = "trusted"
"""Where the first versions kept one public key in each file; still read, never written."""

_FORMAT = "lissom-trust"
_FEWEST_DIGITS = 8
_HEAD = (
    "# Whose bundles are taken. Compare a fingerprint with its owner over another channel.\n"
    "# From the day of `expires` or `revoked` on, all that the key ever signed is refused.\n"
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures are accepted on one day.

    Args:
        fingerprints: of public keys, as `PublicKey.fingerprint` gives them.
        refused: fingerprints of keys that were trusted once, and why they no longer are.
    """

    fingerprints: frozenset[str]
    refused: Mapping[str, str] = field(default_factory=dict)


class TrustedKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of a trust file.

    Args:
        name: whose key it is, in the words of who trusts it.
        fingerprint: sha256 of the public key's file.
        added: the day on which it was entered; None where nobody noted it.
        expires: the first day on which it is refused, or None.
        revoked: likewise, because it can no longer be relied on.
        reason: why it was revoked.
    """

    name: Words
    fingerprint: Sha256
    added: date | None = None
    expires: date | None = None
    revoked: date | None = None
    reason: str = ""

    def refusal(self, today: date) -> str:
        """Say why this key is not accepted on a day, or return "" when it is.

        >>> key = TrustedKey(name="Jo", fingerprint="0" * 64, expires=date(2027, 1, 1))
        >>> key.refusal(date(2026, 12, 31)), key.refusal(date(2027, 1, 1))
        ('', 'it expired on 2027-01-01')
        """
        if self.revoked is not None and today >= self.revoked:
            return f"it was revoked on {self.revoked}{f': {self.reason}' if self.reason else ''}"
        if self.expires is not None and today >= self.expires:
            return f"it expired on {self.expires}"
        return ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    format: str
    keys: tuple[TrustedKey, ...] = ()


def load_trust(folder: Path, today: date) -> Trust:
    """Return whom this user trusts on a day; nobody where there is no folder yet.

    Args:
        folder: the user's configuration folder.
        today: the day that expiry and revocation are judged on.

    Raises:
        TrustFileError: trust.toml breaks a rule. It is not skipped: somebody meant it to count.
        SigningKeyError: a file among those of the first versions is no P-256 public key.
    """
    return judge(list_trusted(folder), today)


def load_trust_file(path: Path, today: date) -> Trust:
    """Return whom a trust file names, and nobody else.

    Raises:
        TrustFileError: it is missing, or breaks a rule.
    """
    return judge(read_trust(path), today)


def judge(keys: Iterable[TrustedKey], today: date) -> Trust:
    """Tell the keys that are accepted on a day from those that no longer are.

    >>> one = TrustedKey(name="Jo", fingerprint="0" * 64, revoked=date(2026, 1, 1), reason="lost")
    >>> judge([one], date(2026, 1, 1)).refused["0" * 64]
    'it was revoked on 2026-01-01: lost'
    """
    why = {key.fingerprint: key.refusal(today) for key in keys}
    return Trust(
        frozenset(one for one, refusal in why.items() if not refusal),
        {one: refusal for one, refusal in why.items() if refusal},
    )


def list_trusted(folder: Path) -> tuple[TrustedKey, ...]:
    """Return every key that this user trusts or once trusted, in the order of entry.

    Raises:
        TrustFileError, SigningKeyError: as `load_trust`.
    """
    path = folder / TRUST_FILE
    entered = read_trust(path) if path.exists() else ()
    known = {key.fingerprint for key in entered}
    return (*entered, *(key for key in _read_folder(folder) if key.fingerprint not in known))


@contextmanager
def alone_with_keys(folder: Path) -> Iterator[None]:
    """Make the key folder where it is missing, and keep others from changing what is in it.

    Raises:
        OSError: the system says no.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone_in(folder):
        yield


def trust_key(folder: Path, key: TrustedKey) -> None:
    """Enter a key into the user's trust file; one that is there is brought up to date.

    Raises:
        RevokedKeyError: it was revoked here. Somebody had a reason, which a copied file or an old
            mail must not undo.
        TrustFileError: the file breaks a rule, or cannot be written.
    """
    try:
        with alone_with_keys(folder):
            enter_key(folder, key)
    except OSError as error:
        raise TrustFileError(str(folder), error.strerror or str(error)) from error


def enter_key(folder: Path, key: TrustedKey) -> None:
    """Do what `trust_key` does, for a caller who is `alone_with_keys` already."""
    keys = list_trusted(folder)
    before = next((one for one in keys if one.fingerprint == key.fingerprint), None)
    if before is not None and before.revoked is not None:
        raise RevokedKeyError(key.fingerprint, before.refusal(before.revoked), TRUST_FILE)
    _enter(folder, keys, key)


def untrust_key(folder: Path, digits: str, today: date, reason: str) -> TrustedKey:
    """Revoke a key: from today on, nothing that it ever signed is accepted here.

    Args:
        folder: the user's configuration folder.
        digits: the fingerprint, or its first 8 digits or more.
        today: the day to enter; a day that stands there already is kept.
        reason: why, in a few words; may be empty.

    Raises:
        UnknownKeyError, AmbiguousKeyError: no key, or several, begin so.
        TrustFileError: the file breaks a rule, or cannot be written.
    """
    try:
        with alone_with_keys(folder):
            keys = list_trusted(folder)
            found = find_key(digits, keys)
            gone = replace(found, revoked=found.revoked or today, reason=reason or found.reason)
            _enter(folder, keys, gone)
    except OSError as error:
        raise TrustFileError(str(folder), error.strerror or str(error)) from error
    return gone


def find_key(digits: str, keys: Sequence[TrustedKey]) -> TrustedKey:
    """Return the one key whose fingerprint begins with these digits.

    Raises:
        UnknownKeyError, AmbiguousKeyError: there is none, or more than one.
    """
    wanted = digits.strip().lower()
    found = [key for key in keys if key.fingerprint.startswith(wanted)]
    if len(wanted) < _FEWEST_DIGITS or not found:
        raise UnknownKeyError(digits, [key.fingerprint for key in keys])
    if len(found) > 1:
        raise AmbiguousKeyError(digits, len(found))
    return found[0]


def read_trust(path: Path) -> tuple[TrustedKey, ...]:
    """Read a trust file.

    Raises:
        TrustFileError: missing, writable by everybody, too large, or not what it should be.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            raw = file.read(TRUST_BYTES + 1)
    except OSError as error:
        raise TrustFileError(str(path), error.strerror or str(error)) from error
    if os.name == "posix" and status.st_mode & stat.S_IWOTH:
        why = "everybody on this machine may write it, and so add a key. Run: chmod o-w on it"
        raise TrustFileError(str(path), why)
    if len(raw) > TRUST_BYTES:
        raise TrustFileError(str(path), f"it has more than {TRUST_BYTES} bytes")
    try:
        found = msgspec.convert(tomllib.loads(raw.decode()), _File)
    except (ValueError, RecursionError) as error:  # TOML, UTF-8 and msgspec errors are ValueErrors
        raise TrustFileError(str(path), str(error)) from error
    if found.format != _FORMAT:
        raise TrustFileError(str(path), f'its format is not "{_FORMAT}"')
    counted = Counter(key.fingerprint for key in found.keys)
    twice = [one for one, times in counted.items() if times > 1]
    if twice:
        raise TrustFileError(str(path), f"the key {twice[0]} stands there twice")
    return found.keys


def _read_folder(folder: Path) -> tuple[TrustedKey, ...]:
    found = []
    for path in sorted((folder / TRUSTED_FOLDER).glob("*.pem")):
        try:
            with path.open("rb") as file:
                one = read_public(file.read(SIGNER_BYTES + 1)).fingerprint
        except (OSError, Malformed) as error:
            remedy = "Delete it, or put the signer.pem of somebody you trust in its place."
            raise SigningKeyError(str(path), str(error), remedy) from error
        found.append(TrustedKey(name=_said(path.stem), fingerprint=one))
    return tuple({key.fingerprint: key for key in found}.values())


def _said(name: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in name).strip()
    return plain[:200] or "without a name"


def _enter(folder: Path, keys: Sequence[TrustedKey], key: TrustedKey) -> None:
    """Write the keys with this one in its place, or at the end."""
    is_new = all(one.fingerprint != key.fingerprint for one in keys)
    same = [key if one.fingerprint == key.fingerprint else one for one in keys]
    _write(folder / TRUST_FILE, (*same, key) if is_new else same)


def _write(path: Path, keys: Sequence[TrustedKey]) -> None:
    tree = {"format": _FORMAT, "keys": [_plain(key) for key in keys]}
    raw = (_HEAD + tomli_w.dumps(tree)).encode()
    try:
        write_whole(path, raw)
    except OSError as error:
        raise TrustFileError(str(path), error.strerror or str(error)) from error


def _plain(key: TrustedKey) -> dict[str, object]:
    fields = {name: getattr(key, name) for name in key.__struct_fields__}
    return {name: value for name, value in fields.items() if value not in {None, ""}}
