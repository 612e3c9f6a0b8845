"""What served when, who changed it and why: a chain of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from lissom.operate.chain import read_chain

if TYPE_CHECKING:
    from pathlib import Path

FILE = "record.jsonl"

_Words = Annotated[str, msgspec.Meta(max_length=2000)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line.

    Args:
        number: from 1, without gaps.
        at: time in UTC, ISO 8601.
        act: what was done: "live", "shadow", "canary", "step", "promote", "stop", "back".
        version: to which version.
        who: did it.
        why: in their words, or what a test found.
        live: the version that served from then on.
        canary: the version on trial from then on, or None.
        share: of the requests that went to it.
        shadow: the version that answered unheard from then on, or None.
        before: sha256 of the line before, its end included.
    """

    number: int
    at: _Words
    act: _Words
    version: _Words
    who: _Words
    why: _Words
    live: str
    canary: str | None
    share: float
    shadow: str | None
    before: str


def read_record(folder: Path) -> tuple[Entry, ...]:
    """Return the whole record, having checked that every line names the one before it.

    That the last lines were cut off shows against the pointer. Somebody who rewrites both is not
    found out: keep the last line's hash elsewhere where that matters.

    Raises:
        RecordBrokenError: a line is damaged, or does not follow the one before it.
    """
    return read_chain(folder / FILE, Entry)
