"""Data to try things with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.data.samples import write_sample

if TYPE_CHECKING:
    from pathlib import Path


def sample(name: str, folder: Path) -> tuple[Path, ...]:
    """Write the sample called `name` into a folder and name its files, the table first.

    Args:
        name: "inbox", the made-up inbox of a small shop.
        folder: made if it is not there; a file in it that differs is never overwritten.

    Raises:
        UnknownSampleError: there is no sample of that name.
        SampleDiffersError: a file of that name with other content is in the way.
        SampleNotWrittenError: the folder or a file in it cannot be read or written.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sample("inbox", Path(folder))[0].name
    'inbox.csv'
    """
    return write_sample(name, folder)
