"""Open a bundle: every check first, then bytes that nobody can change any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from lissom.bundle.folder import OpenFolder, open_folder
from lissom.bundle.malformed import Malformed
from lissom.bundle.manifest import Manifest, describe, read_manifest
from lissom.bundle.parts import BY_NAME, MANIFEST, SIGNATURE, SIGNER
from lissom.bundle.sign import check_signature
from lissom.bundle.swap import is_being_replaced, recover, settle
from lissom.errors import (
    AbsentFileError,
    BrokenSignatureError,
    BundleError,
    ChangedFileError,
    NoBundleError,
    RevokedSignerError,
    UnknownFileError,
    UnsafeFileError,
    UnsignedError,
    UntrustedSignerError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.bundle.trust import Trust

_TRIES = 5
"""A bundle replaced while it is read is read again; five in a row is not an accident."""


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle that was checked, with its files in memory.

    Args:
        folder: where it was found; it is not read again.
        manifest: what it says of itself.
        signer: fingerprint of the key that signed it, or None.
    """

    folder: Path
    manifest: Manifest
    signer: str | None
    _held: Mapping[str, bytes] = field(repr=False)

    @property
    def is_signed(self) -> bool:
        """Say whether there is a signature; opening has found it valid."""
        return self.signer is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all files, in order."""
        return tuple(sorted(self._held))

    @property
    def size_bytes(self) -> int:
        """Return the size of all files together."""
        return sum(map(len, self._held.values()))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, the very ones that were checked.

        Raises:
            AbsentFileError: the bundle holds no such file.
        """
        if name not in self._held:
            raise AbsentFileError(self.folder.name, name)
        return self._held[name]


def open_bundle(folder: Path, *, trust: Trust | None) -> Bundle:
    """Check a bundle and return it; no code in it is run.

    A replacement that was cut short is finished or undone first; see docs/bundle.md.

    Args:
        folder: the bundle, or a link to it.
        trust: whose signatures are accepted. None asks that nothing was changed, and that a
            signature, where there is one, is valid, but not whose it is.

    Raises:
        BundleError: one of its kinds; see the table in docs/bundle.md.
    """
    folder = settle(folder)
    for left in reversed(range(_TRIES)):
        recover(folder)
        is_replaced = False
        try:
            with open_folder(folder) as opened:
                try:
                    return _read(opened, trust)
                except BundleError:
                    is_replaced = opened.is_replaced()
                    raise
        except BundleError as error:
            is_away = isinstance(error, NoBundleError) and is_being_replaced(folder)
            if not left or not (is_replaced or is_away):
                raise
    raise AssertionError  # the last try returns or raises


def _read(opened: OpenFolder, trust: Trust | None) -> Bundle:
    names = opened.names()
    if MANIFEST not in names:
        raise NoBundleError(str(opened.path), "there is no manifest.json in it")
    held = {MANIFEST: opened.read(MANIFEST)}
    manifest = read_manifest(held[MANIFEST], opened.name)
    seals = {SIGNER, SIGNATURE} & names
    for name in sorted(names - seals - {MANIFEST} - manifest.files.keys()):
        raise UnknownFileError(opened.name, name, is_in_folder=True)
    for name in sorted(manifest.files.keys() - names):
        raise AbsentFileError(opened.name, name)
    for name, entry in sorted(manifest.files.items()):
        held[name] = opened.read(name)
        if describe(held[name]) != entry:
            raise ChangedFileError(opened.name, name)
    held |= {name: opened.read(name) for name in seals}
    signer = _find_signer(held, manifest, opened.name)
    if trust is not None:
        _demand(signer, trust, opened.name)
    _check_parts(held, opened.name)
    return Bundle(opened.path, manifest, signer, MappingProxyType(held))


def _find_signer(held: Mapping[str, bytes], manifest: Manifest, bundle: str) -> str | None:
    seals = held.keys() & {SIGNER, SIGNATURE}
    if not seals:
        return None
    if len(seals) == 1:
        (alone,) = seals
        lost = SIGNATURE if alone == SIGNER else SIGNER
        raise BrokenSignatureError(bundle, f"there is {alone}, and {lost} is missing")
    # Those of the manifest have just been found right.
    digests = {name: entry.sha256 for name, entry in manifest.files.items()}
    digests |= {name: describe(held[name]).sha256 for name in (MANIFEST, SIGNER)}
    try:
        return check_signature(held[SIGNATURE], held[SIGNER], digests)
    except Malformed as error:
        raise BrokenSignatureError(bundle, str(error)) from error


def _demand(signer: str | None, trust: Trust, bundle: str) -> None:
    if signer is None:
        raise UnsignedError(bundle)
    if signer in trust.refused:
        raise RevokedSignerError(bundle, signer, trust.refused[signer])
    if signer not in trust.fingerprints:
        raise UntrustedSignerError(bundle, signer)


def _check_parts(held: Mapping[str, bytes], bundle: str) -> None:
    for name, raw in sorted(held.items()):
        try:
            BY_NAME[name].check(raw)
        except Malformed as error:
            raise UnsafeFileError(bundle, name, str(error)) from error
