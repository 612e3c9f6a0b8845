"""Who may ask: keys that are kept as hashes only, each for some purposes and at some rate."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle import write_whole
from lissom.errors import NoKeyError, ServerKeyError, TooOftenError, WrongScopeError

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = ("predict", "feedback", "look")
"""What a key may be for: asking, telling true labels, and reading metrics and status."""

_PREFIX = "lsm_"
_SECRET_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_KEEP = "Put it back from a copy, or delete it and make new keys with: lissom access new NAME"


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept of one key.

    Args:
        name: whose it is; shown in logs.
        sha256: of the whole key, hex. The key holds 256 random bits, so one round of a fast hash
            is enough: there is nothing to guess.
        scopes: some of `SCOPES`.
        per_minute: requests that it may make in a minute, 0 for any number.
    """

    name: str
    sha256: str
    scopes: tuple[str, ...]
    per_minute: int = 0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; its secret is nowhere else.

    Args:
        secret: what the client sends.
        key: what is kept.
    """

    secret: str
    key: Key


def make_key(name: str, scopes: tuple[str, ...], per_minute: int = 0) -> NewKey:
    """Make a key out of 256 random bits.

    >>> made = make_key("shop", ("predict",))
    >>> made.secret.startswith("lsm_"), made.secret in str(made.key)
    (True, False)
    """
    secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    return NewKey(
        secret, Key(name=name, sha256=_hash(secret), scopes=scopes, per_minute=per_minute)
    )


def read_keys(path: Path) -> tuple[Key, ...]:
    """Return the keys in a file; none where there is no file.

    Raises:
        ServerKeyError: it is damaged, or others may change it.
    """
    try:
        raw = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ServerKeyError(str(path), error.strerror or str(error), _KEEP) from error
    if os.name == "posix" and mode & _OTHERS:
        remedy = f"Run: chmod 600 {path}"
        raise ServerKeyError(str(path), "others on this machine may read or change it", remedy)
    try:
        return msgspec.json.decode(raw, type=_File).keys
    except msgspec.MsgspecError as error:
        raise ServerKeyError(str(path), str(error), _KEEP) from error


def write_keys(path: Path, keys: tuple[Key, ...]) -> None:
    """Write the file of keys, in one step, for the owner's eyes only.

    Raises:
        ServerKeyError: the system says no.
    """
    raw = msgspec.json.format(msgspec.json.encode(_File(keys)), indent=1) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, raw)
    except OSError as error:
        raise ServerKeyError(str(path), error.strerror or str(error), "Make room there.") from error


class Keyring:
    """The keys that a server takes, and how much each may still ask for.

    A key's allowance refills evenly: `per_minute` a minute, up to a minute's worth at once.

    Source: token bucket; Turner (1986), IEEE Comm. Mag. 24(10).
    """

    def __init__(self, keys: tuple[Key, ...]) -> None:
        """Take the keys."""
        self._by_hash: dict[str, Key] = {}
        self._left: dict[str, tuple[float, float]] = {}
        self.replace(keys)

    def replace(self, keys: tuple[Key, ...]) -> None:
        """Take these keys from now on; what they have used up stays used."""
        self._by_hash = {key.sha256: key for key in keys}

    def admit(self, secret: str, scope: str, now: float) -> Key:
        """Return whose key this is, having counted one request against it.

        Args:
            secret: as the client sent it, "" for none.
            scope: one of `SCOPES`.
            now: seconds of a clock that never goes back.

        Raises:
            RequestError: no such key, not for this, or too often.
        """
        # Looked up by its hash, so how long that takes tells nothing about a stored key.
        key = self._by_hash.get(_hash(secret)) if secret else None
        if key is None:
            raise NoKeyError
        if scope not in key.scopes:
            raise WrongScopeError(scope)
        if key.per_minute:
            self._count(key, now)
        return key

    def _count(self, key: Key, now: float) -> None:
        rate = key.per_minute / 60
        left, seen = self._left.get(key.sha256, (float(key.per_minute), now))
        left = min(float(key.per_minute), left + (now - seen) * rate)
        if left < 1:
            self._left[key.sha256] = (left, now)
            raise TooOftenError((1 - left) / rate)
        self._left[key.sha256] = (left - 1, now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
