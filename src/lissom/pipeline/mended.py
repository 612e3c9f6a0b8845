"""The last line of a record of fixes: what `fix` says of a file, and `build` reads of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from lissom.govern.record import Mending

if TYPE_CHECKING:
    from lissom.data import Source

ENDING = ".changes.jsonl"
_PIECE = 1 << 20
_MOST_LINE = 64 << 10


class Summary(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="summary", tag_field="is"
):
    """The last line of a record: which file became which.

    Args:
        source: name of the file that was mended.
        source_sha256: of that file, "" where it was not one file.
        findings_sha256: of the findings.
        out_sha256: of the new file.
        changed: action to rows.
    """

    source: str
    source_sha256: str
    findings_sha256: str
    out_sha256: str
    changed: dict[Literal["removed", "redacted", "relabelled", "unlabelled"], int]


def hash_source(source: Source) -> tuple[str, int]:
    """Return sha256 and size of a source that is one file, else nothing."""
    if not isinstance(source, str | Path) or not Path(source).is_file():
        return "", 0
    digest, size = hashlib.sha256(), 0
    with Path(source).open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def find_mending(part: str, source: Source) -> Mending | None:
    """Return what was fixed in a file, by the record beside it; None where that is of another.

    Args:
        part: "rows" or "test".
        source: the file that a build reads.
    """
    if not isinstance(source, str | Path) or not Path(source).is_file():
        return None
    record = Path(source).with_name(Path(source).name + ENDING)
    try:
        if not record.is_file():
            return None
        with record.open("rb") as file:
            file.seek(max(0, record.stat().st_size - _MOST_LINE))
            lines = file.read(_MOST_LINE).splitlines()
        said = msgspec.json.decode(lines[-1] if lines else b"", type=Summary)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # A record of what the file was before somebody went on editing says nothing of this one.
    if said.out_sha256 != hash_source(source)[0]:
        return None
    return Mending(
        part,
        said.source,
        said.source_sha256,
        said.findings_sha256,
        hash_source(record)[0],
        {str(action): rows for action, rows in said.changed.items()},
    )
