"""The bundle on disk, and the private report beside it."""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lissom import __version__
from lissom.bundle import BaseModel, Facts, load_or_make_key, write_bundle
from lissom.govern import write_card, write_private, write_report
from lissom.pipeline.evidence_file import write_evidence
from lissom.pipeline.rows import TASK
from lissom.runtime import GOLDEN_FILE, make_golden
from lissom.tasks import Classes

if TYPE_CHECKING:
    from lissom.evidence import Story
    from lissom.nets import Base
    from lissom.pipeline.places import Places
    from lissom.pipeline.recipe import Written
    from lissom.pipeline.shipping import Parts

_FLAGS = ("amx_int8", "avx512_vnni", "avx_vnni", "avx512f", "avx2", "asimddp", "asimd")
"""Instruction sets that change how int8 is computed, the best first."""


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
    """Write the signed bundle and, beside it, the report with rows to read.

    Returns:
        The path of the private report.
    """
    out, story = publication.out, publication.story
    files = {
        **publication.parts.files,
        GOLDEN_FILE: _make_golden(publication.parts),
        "evidence.json": write_evidence(story.evidence),
        "recipe.toml": publication.written.to_toml(),
        "card.md": write_card(story).encode(),
        "report.html": write_report(story, private=False).encode(),
    }
    base = publication.base
    facts = Facts(
        task=TASK.kind,
        created_by=f"lissom {__version__}",
        recipe_fingerprint=publication.written.fingerprint,
        data_fingerprint=publication.data_fingerprint,
        base_model=BaseModel(name=base.name, sha256=base.sha256, licence=base.licence),
        measured_on=find_instruction_set(),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bundle(out, files, facts, load_or_make_key(publication.places.config))
    private = out.with_name("report-private.html")
    _replace(private, write_private(story).encode())
    return private


def _make_golden(parts: Parts) -> bytes:
    """Note what the very files that ship say of a few texts."""
    model = parts.load(1)
    return make_golden(model, TASK, Classes(model.settings.classes))


def find_instruction_set() -> str:
    """Return the machine's kind and its best int8 instructions, such as "x86_64 avx512_vnni"."""
    machine = platform.machine() or "unknown"
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return machine
    flags = set(described.read_text(encoding="utf-8", errors="replace").split())
    best = next((flag for flag in _FLAGS if flag in flags), "")
    return f"{machine} {best}".strip()


def _replace(path: Path, raw: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
