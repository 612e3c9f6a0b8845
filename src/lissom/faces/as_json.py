"""What a build, a bundle or an answer looks like to another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from lissom.evidence import Evidence, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lissom.evidence import Exam, Measured
    from lissom.pipeline import (
        Built,
        Compared,
        Fingerprinted,
        Fixed,
        Predicted,
        Prediction,
        Proposed,
        Shown,
        Verified,
    )


def print_json(value: object) -> None:
    """Print one JSON object on one line of stdout, in UTF-8."""
    click.echo(msgspec.json.encode(value))


def of_evidence(evidence: Iterable[Measured]) -> dict[str, object]:
    """Tell figures from what was not measured: two lists, so that a gap is never read as 0.

    >>> of_evidence([NotMeasured("energy.joules_per_text", "no meter")])["not_measured"]
    [{'name': 'energy.joules_per_text', 'reason': 'no meter'}]
    """
    items = list(evidence)
    return {
        "evidence": [msgspec.to_builtins(item) for item in items if isinstance(item, Evidence)],
        "not_measured": [
            msgspec.to_builtins(item) for item in items if isinstance(item, NotMeasured)
        ],
    }


def of_built(built: Built) -> dict[str, object]:
    """Return what `lissom build --json` prints; rows are named by number, never quoted."""
    story = built.story
    return {
        "bundle": str(built.bundle),
        "private_report": str(built.private_report),
        **msgspec.to_builtins(story.verdict),
        "warnings": list(story.warnings),
        **of_evidence(story.evidence),
        "findings": [msgspec.to_builtins(finding) for finding in story.findings],
        "candidates": [msgspec.to_builtins(candidate) for candidate in story.candidates],
        "changes": list(story.changes),
        "decision": _of_decision(built),
        "reused": list(built.reused),
        "seconds": built.seconds,
    }


def of_proposed(proposed: Proposed) -> dict[str, object]:
    """Return what `lissom next --json` prints; rows are named by number, never quoted."""
    columns = {} if proposed.curve is None else proposed.curve.columns
    points = zip(*columns.values(), strict=True)
    return {
        "rows": [
            {
                "row": one.row,
                "why": one.why,
                "suggested_label": one.suggestion,
                "suggested_probability": one.probability,
            }
            for one in proposed.rows
        ],
        "sheet": None if proposed.sheet is None else str(proposed.sheet),
        "label_column": proposed.label_column,
        "kept": proposed.kept,
        "labels": proposed.labels,
        "classes": proposed.classes,
        **of_evidence(proposed.evidence),
        "curve": [dict(zip(columns, point, strict=True)) for point in points],
        "notes": list(proposed.notes),
        "seconds": proposed.seconds,
    }


def _of_decision(built: Built) -> dict[str, object] | None:
    decision = built.decision
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "is_released": decision.is_released,
        "gates": [msgspec.to_builtins(gate) for gate in decision.gates],
    }


def of_prediction(answer: Prediction) -> dict[str, object]:
    """Return one answer, as `predict --json` prints it and the server sends it."""
    found: dict[str, object] = {
        "label": answer.label,
        "probability": answer.probability,
        "unsure": answer.unsure,
    }
    if answer.labels is not None:
        found["labels"] = list(answer.labels)
    if answer.probabilities is not None:
        found["probabilities"] = dict(answer.probabilities)
    if answer.why is not None:
        found["why"] = msgspec.to_builtins(answer.why)
    return found


def of_predicted(done: Predicted) -> dict[str, object]:
    """Return what is said of a whole file of answers."""
    return {
        "rows": done.rows,
        "unsure": done.unsure,
        "blank": done.blank,
        "out": None if done.out is None else str(done.out),
        "seconds": done.seconds,
    }


def of_fixed(done: Fixed) -> dict[str, object]:
    """Return what `lissom fix --json` prints."""
    return {
        "out": str(done.out),
        "record": str(done.record),
        "rows": done.rows,
        "changed": done.changed,
        "kinds": list(done.kinds),
    }


def of_fingerprinted(done: Fingerprinted) -> dict[str, object]:
    """Return what `lissom fingerprint --json` prints."""
    return {
        "out": str(done.out),
        "name": done.name,
        "rows": done.rows,
        "too_short": done.too_short,
    }


def of_shown(shown: Shown) -> dict[str, object]:
    """Return what `lissom show --json` prints."""
    return {
        "name": shown.name,
        "facts": shown.facts,
        **of_evidence(shown.evidence),
        "is_signed": shown.is_signed,
        "signer": shown.signer,
        "is_trusted": shown.is_trusted,
    }


def of_verified(verified: Verified) -> dict[str, object]:
    """Return what `lissom verify --json` prints."""
    return {
        "checked": list(verified.checked),
        "unchecked": list(verified.unchecked),
        "signer": verified.signer,
        "is_trusted": verified.is_trusted,
    }


def of_exam(exam: Exam, page: Path | None) -> dict[str, object]:
    """Return what `lissom examine --json` prints; rows are named by number, never quoted."""
    return {
        "target": exam.target,
        "data": exam.data,
        "outcome": exam.outcome,
        "headline": exam.headline,
        "failed_gates": list(exam.broken),
        "parts": [
            {
                "part": part.key,
                "outcome": part.outcome,
                "sentence": part.sentence,
                "reasons": list(part.reasons),
                "rows": sorted({row.row for row in part.rows if row.row is not None}),
                "seconds": part.seconds,
            }
            for part in exam.parts
        ],
        **of_evidence(exam.evidence),
        "facts": exam.facts,
        "page": None if page is None else str(page),
    }


def of_compared(found: Compared) -> dict[str, object]:
    """Return what `lissom compare --json` prints."""
    return {
        "first": found.first,
        "second": found.second,
        "better": found.better,
        "sentence": found.sentence,
        "where": [{"slice": name, "better": better} for name, better in found.where],
        **of_evidence(found.evidence),
        "rows": sorted({row.row for row in found.rows if row.row is not None}),
    }
