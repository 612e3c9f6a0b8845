"""The documents of a bundle: what each is called, who writes it, and whether it still says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lissom.errors import DocumentDiffersError, StoryFileError
from lissom.govern.annex import write_annex
from lissom.govern.bom import write_bom
from lissom.govern.card import write_card
from lissom.govern.croissant import write_croissant
from lissom.govern.datasheet import write_datasheet
from lissom.govern.decide import decide
from lissom.govern.decision import decide_release, write_decision
from lissom.govern.dossier import STORY, read_dossier
from lissom.govern.framework import write_framework
from lissom.govern.lineage import write_lineage
from lissom.govern.record import DOCUMENTS_VERSION, read_version
from lissom.govern.report import write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lissom.bundle import Facts
    from lissom.govern.dossier import Dossier
    from lissom.govern.drawing import Draw

DECISION, REPORT = "decision.json", "report.html"
LINEAGE = "lineage.prov.json"
_DRAWING = re.compile(r'<svg [^>]*role="img".*?</svg>', re.DOTALL)


def _card(dossier: Dossier) -> str:
    return write_card(dossier.story, dossier.description)


WRITERS: dict[str, Callable[[Dossier], str]] = {
    "annex-iv.md": write_annex,
    "ai-rmf.md": write_framework,
    "bom.cdx.json": write_bom,
    "card.md": _card,
    "croissant.json": write_croissant,
    "datasheet.md": write_datasheet,
    DECISION: write_decision,
}
"""Every document but the report, which is drawn as well as written, and the lineage of them all."""


def write_documents(
    files: Mapping[str, bytes], facts: Facts, where: str, draw: Draw
) -> dict[str, bytes]:
    """Write every document from the very files that travel beside it.

    Args:
        files: every file of the bundle that is no document.
        facts: what the manifest says besides.
        where: the bundle's name, for errors.
        draw: turns a picture into markup.
    """
    dossier = read_dossier(files, facts, where)
    found = {name: write(dossier).encode() for name, write in WRITERS.items()}
    found[REPORT] = _report(dossier, draw).encode()
    found[LINEAGE] = write_lineage(dossier, found).encode()
    return found


def check_documents(
    files: Mapping[str, bytes], facts: Facts, where: str, draw: Draw
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write every document of a bundle again, and compare.

    Args:
        files: every file of the bundle that the manifest lists.
        facts: what the manifest says besides.
        where: the bundle's name, for errors.
        draw: stands in for the drawings, which are not compared: other versions draw otherwise.

    Returns:
        What was checked and what could not be, one clause each.

    Raises:
        DocumentDiffersError: a document, or the verdict, is not what the figures give.
        BundleError, UsageError: what they are written from is not what it should be.
    """
    if STORY not in files:
        return (), ("documents: the bundle is older than what they could be written again from",)
    version = read_version(files[STORY])
    if version != DOCUMENTS_VERSION:
        why = f"documents: written by version {version} of their writers, and this is"
        return (), (f"{why} {DOCUMENTS_VERSION}; they were compared by their hashes only",)
    sources = {name: raw for name, raw in files.items() if name not in {*WRITERS, REPORT, LINEAGE}}
    dossier = read_dossier(sources, facts, where)
    try:
        _check_verdict(dossier, where)
        written = {name: write(dossier).encode() for name, write in WRITERS.items()}
        again = _DRAWING.sub("", _report(dossier, draw)).encode()
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Writers rely on what our stages make; whoever made this story may have made anything.
        raise StoryFileError(f"it cannot be told: {type(error).__name__}: {error}") from error
    checked = [f"{STORY}: the verdict is what the figures give"]
    for name in WRITERS:
        # One that was left out is one that does not say it: whoever asks for it must notice.
        _compare(files.get(name, b""), written[name], where, name)
        checked.append(f"{name}: says what the figures and the story say")
    found = _DRAWING.sub("", files.get(REPORT, b"").decode("utf-8", "replace")).encode()
    _compare(found, again, where, REPORT)
    checked.append(f"{REPORT}: likewise, but for its drawings")
    others = {name: files[name] for name in (*WRITERS, REPORT)}
    _compare(files.get(LINEAGE, b""), write_lineage(dossier, others).encode(), where, LINEAGE)
    checked.append(f"{LINEAGE}: chains the files and documents that are here")
    return tuple(checked), (f"{REPORT}: its drawings, beside which the figures stand as tables",)


def _report(dossier: Dossier, draw: Draw) -> str:
    gates = decide_release(dossier).gates
    return write_report(dossier.story, private=False, draw=draw, gates=gates)


def _check_verdict(dossier: Dossier, where: str) -> None:
    story, record = dossier.story, dossier.record
    again = decide(story.evidence, story.findings, story.warnings, record.gates, record.classes)
    told = story.verdict
    # The next step names the user's own paths, which nobody else can know.
    if (again.outcome, again.headline, again.reasons, again.failed_gates) != (
        told.outcome,
        told.headline,
        told.reasons,
        told.failed_gates,
    ):
        raise DocumentDiffersError(where, STORY, 1)


def _compare(found: bytes, again: bytes, where: str, name: str) -> None:
    if found == again:
        return
    pairs = zip(found.splitlines(), again.splitlines(), strict=False)
    line = next((number for number, (one, two) in enumerate(pairs, 1) if one != two), 0)
    raise DocumentDiffersError(where, name, line or min(len(found.splitlines()), 1))
