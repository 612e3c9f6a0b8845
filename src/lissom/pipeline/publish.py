"""The bundle on disk, and the private report beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import msgspec

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.govern import write_card, write_private, write_report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lissom.evidence import Story
    from lissom.nets import Base
    from lissom.pipeline.places import Places
    from lissom.pipeline.recipe import Written
    from lissom.pipeline.shipping import Parts


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """All that goes into a bundle.

    Args:
        out: the bundle's folder.
        story: what documents are written from.
        parts: the files that answer.
        written: the recipe.
        base: the encoder it was made from.
        data_fingerprint: of the rows.
        places: where the user's key is.
    """

    out: Path
    story: Story
    parts: Parts
    written: Written
    base: Base
    data_fingerprint: str
    places: Places


def publish(publication: Publication) -> Path:
    """Write the signed bundle, and return the path of the private report."""
    raise NotImplementedError


def write_evidence(items: Iterable[Measured]) -> bytes:
    """Return evidence.json: figures and what was not measured, in order."""
    measured = [asdict(item) for item in items if isinstance(item, Evidence)]
    missing = [asdict(item) for item in items if isinstance(item, NotMeasured)]
    raw = msgspec.json.encode({"evidence": measured, "not_measured": missing})
    return msgspec.json.format(raw, indent=1) + b"\n"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    evidence: list[Evidence]
    not_measured: list[NotMeasured]


def read_evidence(raw: bytes) -> tuple[Measured, ...]:
    """Read evidence.json back.

    Raises:
        msgspec.MsgspecError: it is not one.
    """
    found = msgspec.json.decode(raw, type=_File)
    return (*found.evidence, *found.not_measured)
