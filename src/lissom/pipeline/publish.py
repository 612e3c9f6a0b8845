"""The bundle on disk, and the private report beside it."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lissom import __version__
from lissom.audit import KINDS
from lissom.bundle import BaseModel, Facts, write_bundle, write_whole
from lissom.evidence.written import write_evidence
from lissom.govern import write_private
from lissom.govern.decision import decide_release
from lissom.govern.documents import write_documents
from lissom.govern.dossier import EVIDENCE, STORY, read_dossier
from lissom.govern.drawing import draw
from lissom.govern.record import Record, write_record
from lissom.runtime import GOLDEN_FILE, make_golden
from lissom.tasks import find_task

if TYPE_CHECKING:
    from lissom.bundle import SigningKey
    from lissom.evidence import Story
    from lissom.govern.decision import Decision
    from lissom.nets import Base
    from lissom.pipeline.notes import Notes
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
        task: the task, as the manifest names it.
        key: what it is signed with.
        notes: what documents need besides.
    """

    out: Path
    story: Story
    parts: Parts
    written: Written
    base: Base
    data_fingerprint: str
    task: str
    key: SigningKey
    notes: Notes


@dataclass(frozen=True, slots=True)
class Published:
    """What was written.

    Args:
        private: the report with rows to read, beside the bundle.
        decision: whether the bundle may be released.
    """

    private: Path
    decision: Decision


def publish(publication: Publication) -> Published:
    """Write the signed bundle and, beside it, the report with rows to read."""
    out, story = publication.out, publication.story
    files = {
        **publication.parts.files,
        **publication.notes.demands.files,
        EVIDENCE: write_evidence(story.evidence),
        GOLDEN_FILE: _make_golden(publication.parts, publication.task),
        "recipe.toml": publication.written.to_toml(),
        STORY: write_record(_record(publication)),
    }
    base = publication.base
    facts = Facts(
        task=publication.task,
        created_by=f"lissom {__version__}",
        recipe_fingerprint=publication.written.fingerprint,
        data_fingerprint=publication.data_fingerprint,
        base_model=BaseModel(name=name_base(base), sha256=base.sha256, licence=base.licence),
        measured_on=find_instruction_set(),
    )
    # Written from the very bytes that travel, so that anybody can write them again and compare.
    documents = write_documents(files, facts, out.name, draw)
    decision = decide_release(read_dossier(files, facts, out.name))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bundle(out, {**files, **documents}, facts, publication.key)
    private = out.with_name("report-private.html")
    write_whole(private, write_private(story, decision.gates).encode())
    return Published(private, decision)


def _record(publication: Publication) -> Record:
    notes, story = publication.notes, publication.story
    return Record(
        # The next step names the user's own paths, which are nobody else's business.
        replace(story, verdict=replace(story.verdict, next_step=notes.next_step)),
        notes.gates,
        notes.classes,
        notes.day,
        notes.tables,
        notes.licences,
        tuple(kind for kind in KINDS if _is_looked_for(kind, notes)),
        not_looked=notes.not_looked,
        annotators=notes.annotators,
        labels_sha256=notes.labels_sha256,
        mendings=notes.mendings,
    )


def _is_looked_for(kind: str, notes: Notes) -> bool:
    """Say whether a build looks for a kind: it has no benchmarks, and not always annotators."""
    begins = kind.split(".", maxsplit=1)[0]
    return begins != "contamination" and (begins != "annotator" or notes.annotators is not None)


def name_base(base: Base) -> str:
    """Return what the base is called, without the path to it where it is a folder here."""
    return Path(base.name).resolve().name if Path(base.name).is_dir() else base.name


def _make_golden(parts: Parts, kind: str) -> bytes:
    """Note what the very files that ship say of a few texts."""
    model = parts.load(1)
    return make_golden(model, find_task(kind), model.settings.output)


def find_instruction_set() -> str:
    """Return the machine's kind and its best int8 instructions, such as "x86_64 avx512_vnni"."""
    machine = platform.machine() or "unknown"
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return machine
    flags = set(described.read_text(encoding="utf-8", errors="replace").split())
    best = next((flag for flag in _FLAGS if flag in flags), "")
    return f"{machine} {best}".strip()
