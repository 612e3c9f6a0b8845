"""evidence.json: every figure of a bundle, and what was not measured."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec

from lissom.evidence.record import Evidence, Measured, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Iterable


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    evidence: list[Evidence]
    not_measured: list[NotMeasured]


def write_evidence(items: Iterable[Measured]) -> bytes:
    """Return the JSON form, figures and gaps each in order.

    >>> read_evidence(write_evidence([NotMeasured("adversary.success", "not built")]))[0].name
    'adversary.success'
    """
    found = list(items)
    raw = msgspec.json.encode(
        {
            "evidence": [asdict(item) for item in found if isinstance(item, Evidence)],
            "not_measured": [asdict(item) for item in found if isinstance(item, NotMeasured)],
        }
    )
    return msgspec.json.format(raw, indent=1) + b"\n"


def read_evidence(raw: bytes) -> tuple[Measured, ...]:
    """Read the JSON form back.

    Raises:
        msgspec.MsgspecError: it is not one.
    """
    found = msgspec.json.decode(raw, type=_File)
    return (*found.evidence, *found.not_measured)
