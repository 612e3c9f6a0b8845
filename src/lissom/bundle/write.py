"""Write a bundle: ready beside its place first, then in its place in one step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lissom.bundle.limits import MANIFEST_BYTES
from lissom.bundle.malformed import Malformed
from lissom.bundle.manifest import FORMAT, describe, make_manifest, read_manifest
from lissom.bundle.parts import LISTED, MANIFEST, SIGNATURE, SIGNER
from lissom.bundle.read import open_bundle
from lissom.bundle.sign import sign
from lissom.bundle.swap import (
    alone_in,
    exchange,
    first_stranger,
    new_beside,
    old_beside,
    put_in_place,
    recover,
    remove_files,
    settle,
    sync_folder,
)
from lissom.errors import (
    BundleError,
    CannotWriteError,
    NotReplaceableError,
    WrongFilesError,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.bundle.keys import SigningKey
    from lissom.bundle.manifest import Facts
    from lissom.bundle.read import Bundle
    from lissom.bundle.swap import Exchange


def write_bundle(
    folder: Path,
    files: Mapping[str, bytes],
    facts: Facts,
    key: SigningKey | None,
    *,
    exchange: Exchange = exchange,
) -> Bundle:
    """Write a bundle, in place of the one that stands there if there is one.

    Killed at any moment, it leaves the old bundle or the new one. Same files, facts and key give
    the same bytes.

    Args:
        folder: where it belongs; absent, empty, or a bundle, whose files may be damaged.
        files: name to bytes, for every required name of `PARTS` that the manifest lists.
        facts: what the manifest says besides.
        key: signs it; None leaves it unsigned.
        exchange: swaps two folders in one step, or returns False.

    Returns:
        What a reader of the folder gets.

    Raises:
        WrongFilesError: a reader would refuse these files.
        NotReplaceableError: something that is not a bundle stands there.
        CannotWriteError: the system refused; what stood there still stands.
    """
    folder = settle(folder)
    sealed = seal(folder.name, files, facts, key)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(folder.parent):
            recover(folder)
            _check_replaceable(folder)
            new = _clear_leftovers(folder)
            try:
                _write_files(new, sealed)
                put_in_place(folder, exchange)
            except OSError:
                remove_files(new)  # most likely the disk is full: give back what we took
                raise
    except OSError as error:
        raise CannotWriteError(str(folder), error.strerror or str(error)) from error
    return open_bundle(folder, trust=None)


def seal(
    bundle: str, files: Mapping[str, bytes], facts: Facts, key: SigningKey | None
) -> dict[str, bytes]:
    """Return all files of a bundle, with manifest and signature.

    Raises:
        WrongFilesError: a reader would refuse them.
    """
    manifest = make_manifest(files, facts).to_bytes()
    try:
        read_manifest(manifest, bundle)
    except BundleError as error:
        raise WrongFilesError(bundle, str(error)) from error
    for name, raw in files.items():
        try:
            LISTED[name].check(raw)
        except Malformed as error:
            raise WrongFilesError(bundle, f"{name}: {error}") from error
    sealed = {**files, MANIFEST: manifest}
    if key is not None:
        sealed[SIGNER] = key.public.pem
        digests = {name: describe(raw).sha256 for name, raw in sealed.items()}
        sealed[SIGNATURE] = sign(digests, key)
    return sealed


def _check_replaceable(folder: Path) -> None:
    if folder.is_symlink():
        raise NotReplaceableError(str(folder), "it is a link")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise NotReplaceableError(str(folder), "it is a file")
    stranger = first_stranger(folder)
    if stranger is not None:
        raise NotReplaceableError(str(folder), f'it holds "{shown(stranger)}"')
    if any(folder.iterdir()) and not _says_bundle(folder / MANIFEST):
        raise NotReplaceableError(str(folder), "its manifest.json is not that of a bundle")


def _says_bundle(path: Path) -> bool:
    """Look for the format's name only: a damaged bundle may be replaced too."""
    try:
        with path.open("rb") as file:
            return f'"{FORMAT}"'.encode() in file.read(MANIFEST_BYTES)
    except OSError:
        return False


def _clear_leftovers(folder: Path) -> Path:
    """Delete what a killed writer left, and return an empty folder to write in."""
    new = new_beside(folder)
    for left in (new, old_beside(folder)):
        if not os.path.lexists(left):
            continue
        stranger = left.name if left.is_symlink() or not left.is_dir() else first_stranger(left)
        if stranger is not None:
            raise NotReplaceableError(str(left), f'it holds "{shown(stranger)}"')
        remove_files(left)
    new.mkdir()
    return new


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, raw in files.items():
        with (folder / name).open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    sync_folder(folder)
