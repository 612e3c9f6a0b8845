"""A private file that is never seen half written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file in one step, readable by its owner alone; what stood there is replaced.

    Args:
        path: where; its folder is there.
        raw: all of it.

    Raises:
        OSError: the system would not let us; what stood there still stands, and nothing is left.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a", b"new")
    ...     [(one.name, one.read_bytes()) for one in Path(folder).iterdir()]
    [('a', b'new')]
    """
    # mkstemp gives mode 0600, so the file never stands there with another.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
