"""A folder that somebody else may have prepared, read without trusting it."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.bundle.manifest import refuse_name
from lissom.bundle.parts import BY_NAME
from lissom.errors import (
    AbsentFileError,
    ChangedFileError,
    LinkedFileError,
    NoBundleError,
    OversizeFileError,
    SpecialFileError,
    UnreadableFileError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Where the system can, every name is looked up in the folder that was opened, so that moving the
# folder, or putting another in its place, cannot mix the files of two bundles.
_IS_HELD = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for a writer
_BINARY = getattr(os, "O_BINARY", 0)

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISBLK, "device"),
    (stat.S_ISCHR, "device"),
)


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A bundle's folder, held open.

    Args:
        path: where it was found.
        name: what messages call it.
        held: descriptor of the folder, or None where the system has no such thing.
    """

    path: Path
    name: str
    held: int | None

    def names(self) -> frozenset[str]:
        """Return the names in the folder, all of them known and all of plain files.

        Raises:
            BundleError: one of them is something else; the rest is not looked at.
        """
        found: set[str] = set()
        with os.scandir(self.path if self.held is None else self.held) as entries:
            for entry in entries:
                if entry.name not in BY_NAME:
                    raise refuse_name(entry.name, self.name, is_in_folder=True)
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError as error:
                    # Gone since it was listed: the folder is being replaced under our hands.
                    raise AbsentFileError(self.name, entry.name) from error
                self._check_kind(entry.name, status)
                found.add(entry.name)
        return frozenset(found)

    def read(self, name: str) -> bytes:
        """Return all bytes of a file, read once; the caller hashes these very bytes.

        Raises:
            BundleError: it is missing, a link, special, too large, or grows while it is read.
        """
        try:
            with os.fdopen(self._open(name), "rb") as file:
                status = os.fstat(file.fileno())
                self._check_kind(name, status)
                limit = BY_NAME[name].max_bytes
                if status.st_size > limit:
                    raise OversizeFileError(self.name, name, status.st_size, limit)
                raw = file.read(status.st_size + 1)
        except FileNotFoundError as error:
            raise AbsentFileError(self.name, name) from error
        except OSError as error:
            raise UnreadableFileError(self.name, name, error.strerror or str(error)) from error
        if len(raw) != status.st_size:
            raise ChangedFileError(self.name, name)
        return raw

    def is_replaced(self) -> bool:
        """Say whether another folder stands at the path by now."""
        if self.held is None:
            return False
        try:
            there = self.path.stat()
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(self.held))

    def _open(self, name: str) -> int:
        flags = os.O_RDONLY | _NO_FOLLOW | _NO_WAIT | _BINARY
        if self.held is None:
            return os.open(self.path / name, flags)
        return os.open(name, flags, dir_fd=self.held)

    def _check_kind(self, name: str, status: os.stat_result) -> None:
        mode = status.st_mode
        if stat.S_ISLNK(mode):
            raise LinkedFileError(self.name, name, "symbolic")
        if not stat.S_ISREG(mode):
            kinds = [kind for is_kind, kind in _KINDS if is_kind(mode)]
            raise SpecialFileError(self.name, name, kinds[0] if kinds else "special file")
        if status.st_nlink > 1:
            raise LinkedFileError(self.name, name, "hard")


@contextmanager
def open_folder(path: Path) -> Iterator[OpenFolder]:
    """Hold a bundle's folder open; the path itself may be a link to it.

    Raises:
        NoBundleError: there is no folder.
    """
    name = path.name or path.resolve().name
    if not path.is_dir():
        why = "it is a file, not a folder" if path.exists() else "there is no such folder"
        raise NoBundleError(str(path), why)
    try:
        held = os.open(path, os.O_RDONLY | os.O_DIRECTORY) if _IS_HELD else None
    except OSError as error:
        raise NoBundleError(str(path), error.strerror or str(error)) from error
    try:
        yield OpenFolder(path, name, held)
    finally:
        if held is not None:
            os.close(held)
