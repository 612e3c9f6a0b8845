"""Data sets that we wrote ourselves, to try lissom with; each comes with its datasheet."""

from __future__ import annotations

import gzip
import os
import tempfile
from importlib.resources import files
from pathlib import Path

from lissom.errors import SampleDiffersError, SampleNotWrittenError, UnknownSampleError

# Sample -> the files that are written, the table first, and where the wheel holds each of them.
_SAMPLES = {
    "inbox": {
        "inbox.csv": "inbox.csv.gz",
        "inbox-truth.json": "inbox-truth.json.gz",
        "DATASHEET.md": "DATASHEET.md",
    },
}


def write_sample(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a sample's table, the list of what was planted in it, and its datasheet.

    A file that is there already and holds the same bytes is left alone; when one holds anything
    else, no file is written. Each file appears whole or not at all.

    Args:
        name: which sample; "inbox" is the only one.
        folder: where to; made if it is not there.

    Returns:
        The files in the folder, the table to build from first.

    Raises:
        UnknownSampleError: there is no sample of that name.
        SampleDiffersError: a file of that name with other content is in the way.
        SampleNotWrittenError: the folder or a file in it cannot be read or written.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_sample("inbox", Path(folder))]
    ['inbox.csv', 'inbox-truth.json', 'DATASHEET.md']
    """
    if name not in _SAMPLES:
        raise UnknownSampleError(name, tuple(_SAMPLES))
    wanted = {folder / file: _content(held) for file, held in _SAMPLES[name].items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [path for path in wanted if not _is_there(path, wanted[path])]
        for path in missing:
            _write(path, wanted[path])
    except OSError as error:
        raise SampleNotWrittenError(str(folder), error.strerror or str(error)) from error
    return tuple(wanted)


def _content(held: str) -> bytes:
    raw = files(__name__).joinpath(held).read_bytes()
    return gzip.decompress(raw) if held.endswith(".gz") else raw


def _is_there(path: Path, content: bytes) -> bool:
    if not path.exists():
        return False
    if path.read_bytes() != content:
        raise SampleDiffersError(str(path))
    return True


def _write(path: Path, content: bytes) -> None:
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # A temporary file is private to its maker; this one is for anybody to read.
        Path(part).chmod(0o644)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
