"""A private file that is never seen half written."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    with beside(path, raw) as part:
        part.replace(path)


@contextmanager
def beside(path: Path, raw: bytes) -> Iterator[Path]:
    """Write a whole, private file beside `path`, to be moved or linked there; it is then removed.

    Args:
        path: where it shall stand in the end; its folder is there.
        raw: all of it.

    Raises:
        OSError: the system would not let us; nothing is left.
    """
    # mkstemp gives mode 0600, so the file never stands there with another.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
