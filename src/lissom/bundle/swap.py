"""One folder in place of another, so that a kill leaves the old one or the new one.

docs/bundle.md tells the whole story under "How a bundle is replaced".
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.bundle.parts import BY_NAME, MANIFEST

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Exchange = Callable[[Path, Path], bool]

_LINUX_AT_CWD = -100
_LINUX_EXCHANGE = 2  # RENAME_EXCHANGE, linux/fs.h
_MAC_SWAP = 2  # RENAME_SWAP, sys/stdio.h
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


def settle(folder: Path) -> Path:
    """Return the folder with its own name at the end, whatever way it was given: "." has none.

    >>> settle(Path("/a/shop/../shop/")).as_posix()
    '/a/shop'
    """
    return Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links


def new_beside(folder: Path) -> Path:
    """Return where the next bundle is made ready, and where the last one ends after a swap."""
    return folder.with_name(f".{folder.name}.lissom-new")


def old_beside(folder: Path) -> Path:
    """Return where the last bundle waits when the system cannot swap two folders."""
    return folder.with_name(f".{folder.name}.lissom-old")


@contextmanager
def alone_in(parent: Path) -> Iterator[None]:
    """Keep other writers out of this folder of bundles; the system frees it when we are killed.

    Where a folder cannot be locked (Windows, some network disks) nothing is kept out.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the disk cannot.

    Source: renameat2(2) of Linux 3.15; renamex_np(2) of macOS 10.12.
    """
    if sys.platform not in {"linux", "darwin"}:
        return False
    system = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(system, "renameat2"):
        here = _LINUX_AT_CWD
        failed = system.renameat2(here, first, here, second, ctypes.c_uint(_LINUX_EXCHANGE))
    elif sys.platform == "darwin" and hasattr(system, "renamex_np"):
        failed = system.renamex_np(first, second, ctypes.c_uint(_MAC_SWAP))
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def put_in_place(folder: Path, exchange: Exchange) -> None:
    """Put the folder that is ready beside `folder` in its place.

    Args:
        folder: where it belongs; absent, empty, or a bundle.
        exchange: swaps two folders, or returns False.

    Raises:
        OSError: the system refused; `folder` is as it was.
    """
    new, old = new_beside(folder), old_beside(folder)
    if not folder.exists():
        new.rename(folder)
        sync_folder(folder.parent)
        return
    if exchange(new, folder):
        sync_folder(folder.parent)
        remove_files(new)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    sync_folder(folder.parent)
    remove_files(old)


def recover(folder: Path) -> bool:
    """Undo a replacement that was killed between its two renames; say whether there was one."""
    if os.path.lexists(folder):
        return False
    old = old_beside(folder)
    if not (old / MANIFEST).is_file() or first_stranger(old):
        return False
    with suppress(OSError), alone_in(folder.parent):
        # The writer may have been alive, and have finished while we waited.
        if not os.path.lexists(folder):
            old.rename(folder)
            sync_folder(folder.parent)
            return True
    return False


def is_being_replaced(folder: Path) -> bool:
    """Say whether a writer is, or was until just now, between its two renames."""
    return folder.exists() or old_beside(folder).exists()


def first_stranger(folder: Path) -> str | None:
    """Return a name in the folder that no bundle has, or None."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name not in BY_NAME or not entry.is_file(follow_symlinks=False):
                return entry.name
    return None


def remove_files(folder: Path) -> None:
    """Delete the files of a bundle and then its folder; anything else in it is left, with it."""
    for name in BY_NAME:
        # Whatever cannot be deleted now is a leftover, which the next write meets first.
        with suppress(OSError):
            (folder / name).unlink()
    with suppress(OSError):
        folder.rmdir()


def sync_folder(folder: Path) -> None:
    """Ask that names in this folder survive a power cut; some systems cannot."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
