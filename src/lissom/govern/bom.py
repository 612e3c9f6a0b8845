"""bom.cdx.json: what the model is made of, for machines that keep lists of such things.

Source: CycloneDX 1.7 (ECMA-424), component type machine-learning-model with a modelCard; checked
with the official schema in the tests.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from lissom.data.licence import LISTED
from lissom.evidence import Evidence, NotMeasured
from lissom.govern.description import MISSING
from lissom.govern.figures import count
from lissom.govern.markup import clean
from lissom.govern.rights import find_rights
from lissom.govern.said import measured

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier

_MODEL, _BASE, _ROWS = "model", "base-model", "rows"
_JOULES_PER_KWH = 3.6e6
_ENERGY = "energy.joules_per_text"


def write_bom(dossier: Dossier) -> str:
    """Return the bill of materials as CycloneDX 1.7 JSON."""
    facts = dossier.facts
    parts = _components(dossier)
    made_from = [one["bom-ref"] for one in parts]
    name, _, version = facts.created_by.rpartition(" ")
    tree = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": _serial(dossier),
        "version": 1,
        "metadata": {
            "timestamp": f"{dossier.day.isoformat()}T00:00:00Z",
            "tools": {
                "components": [
                    {"type": "application", "name": name or facts.created_by, "version": version}
                ]
            },
            "component": _model(dossier),
        },
        "components": parts,
        "dependencies": [{"ref": _MODEL, "dependsOn": made_from}],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _serial(dossier: Dossier) -> str:
    """Return a number that names exactly these files, and is the same each time."""
    said = "".join(f"{one.name}:{one.sha256};" for one in dossier.files)
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, said)}"


def _model(dossier: Dossier) -> dict[str, object]:
    about, story = dossier.description.about, dossier.story
    found: dict[str, object] = {
        "type": "machine-learning-model",
        "bom-ref": _MODEL,
        "name": _line(story.name),
        "description": _line(story.verdict.headline),
        "modelCard": {
            "modelParameters": _parameters(dossier),
            "quantitativeAnalysis": {"performanceMetrics": _metrics(dossier)},
            "considerations": _considerations(dossier),
            "properties": _properties(dossier),
        },
    }
    if about.version:
        found["version"] = _line(about.version)
    if about.provider:
        found["supplier"] = {"name": _line(about.provider)}
    if about.licence:
        found["licenses"] = _licences(about.licence)
    return found


def _parameters(dossier: Dossier) -> dict[str, object]:
    rows, labelled = (dossier.story.find(name) for name in ("data.rows", "data.labelled_rows"))
    is_partly = (
        isinstance(rows, Evidence)
        and isinstance(labelled, Evidence)
        and labelled.value < rows.value
    )
    return {
        "approach": {"type": "semi-supervised" if is_partly else "supervised"},
        "task": dossier.facts.task,
        "architectureFamily": "transformer encoder with a linear head; hashed bag of words",
        "datasets": [{"ref": _ROWS}],
        "inputs": [{"format": "text"}],
        "outputs": [{"format": "label, probability, unsure"}],
    }


def _metrics(dossier: Dossier) -> list[dict[str, object]]:
    found = []
    for item in measured(dossier):
        metric: dict[str, object] = {
            "type": _line(f"{item.name} ({item.unit})"),
            "value": repr(item.value),
            "slice": _line(f"{item.source}; n = {item.n}; {item.method}"),
        }
        if item.low is not None and item.high is not None:
            metric["confidenceInterval"] = {
                "lowerBound": repr(item.low),
                "upperBound": repr(item.high),
            }
        found.append(metric)
    return found


def _considerations(dossier: Dossier) -> dict[str, object]:
    said = dossier.description.say
    unmeasured = [
        _line(f"Not measured: {item.name}: {item.reason}")
        for item in dossier.story.evidence
        if isinstance(item, NotMeasured)
    ]
    found: dict[str, object] = {
        "users": [_line(said("use.users"))],
        "useCases": [_line(said("use.purpose"))],
        "technicalLimitations": [
            _line(f"Not for: {said('use.not_for')}"),
            *map(_line, dossier.story.warnings),
            *unmeasured,
        ],
        "performanceTradeoffs": [
            _line(f"{item.name}: {item.value!r} {item.unit}")
            for item in measured(dossier)
            if item.name.startswith("compression.")
        ],
        "ethicalConsiderations": [
            {
                "name": _line(f"Affected when it is wrong: {said('use.affected')}"),
                "mitigationStrategy": _line(f"Looked at by: {said('oversight.who')}"),
            }
        ],
    }
    energy = dossier.story.find(_ENERGY)
    if isinstance(energy, Evidence):
        found["environmentalConsiderations"] = _energy(energy)
    return found


def _energy(item: Evidence) -> dict[str, object]:
    ends = [("low", item.low), ("high", item.high)]
    return {
        "energyConsumptions": [
            {
                "activity": "inference",
                # Whose power it was is nothing that we could know.
                "energyProviders": [],
                "activityEnergyCost": {"value": item.value / _JOULES_PER_KWH, "unit": "kWh"},
                "properties": [
                    {"name": "lissom:per", "value": f"one text; {_line(item.method)}"},
                    *(
                        {"name": f"lissom:{end}_kwh", "value": repr(value / _JOULES_PER_KWH)}
                        for end, value in ends
                        if value is not None
                    ),
                ],
            }
        ]
    }


def _properties(dossier: Dossier) -> list[dict[str, object]]:
    facts = {
        "verdict": dossier.story.verdict.outcome,
        "measured_on": dossier.facts.measured_on,
        "data_fingerprint": dossier.facts.data_fingerprint,
        "recipe_fingerprint": dossier.facts.recipe_fingerprint,
        "missing": ", ".join(dossier.description.missing) or "nothing",
    }
    return [{"name": f"lissom:{name}", "value": _line(value)} for name, value in facts.items()]


def _components(dossier: Dossier) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    base = dossier.facts.base_model
    if base is not None:
        found.append(
            {
                "type": "machine-learning-model",
                "bom-ref": _BASE,
                "name": _line(base.name),
                "hashes": [{"alg": "SHA-256", "content": base.sha256}],
                "licenses": _licences(base.licence),
            }
        )
    found.append(_rows(dossier))
    found += [
        {
            "type": "file",
            "bom-ref": f"file-{file.name}",
            "name": file.name,
            "hashes": [{"alg": "SHA-256", "content": file.sha256}],
            "properties": [{"name": "lissom:bytes", "value": str(file.size_bytes)}],
        }
        for file in dossier.files
    ]
    return found


def _rows(dossier: Dossier) -> dict[str, object]:
    personal = [
        _line(f"{one.title} {count(one.count, 'row')}.")
        for one in dossier.story.findings
        if one.kind.startswith("personal_data")
    ]
    data: dict[str, object] = {
        "type": "dataset",
        "name": _line(", ".join(one.name for one in dossier.record.tables) or MISSING),
        "contents": {
            "properties": [
                {
                    "name": "lissom:fingerprint_sha256",
                    "value": dossier.facts.data_fingerprint,
                },
                {"name": "lissom:origin", "value": _line(dossier.description.say("data.origin"))},
            ]
        },
        "classification": "not classified",
    }
    if personal:
        data["sensitiveData"] = personal
    found: dict[str, object] = {
        "type": "data",
        "bom-ref": _ROWS,
        "name": _line(f"rows behind {dossier.story.name}"),
        "data": [data],
    }
    texts = {one.expression.text for one in find_rights(dossier) if one.is_data}
    known = sorted(text for text in texts if text)
    if len(known) == 1:
        found["licenses"] = _licences(known[0])
    elif known:
        found["licenses"] = [{"license": {"name": text}} for text in known]
    return found


def _licences(text: str) -> list[dict[str, object]]:
    if text in LISTED:
        return [{"license": {"id": text}}]
    return [{"license": {"name": _line(text)}}]


def _line(raw: str) -> str:
    return " ".join(clean(raw).split()) or MISSING
