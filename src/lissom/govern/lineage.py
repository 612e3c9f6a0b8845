"""lineage.prov.json: from which rows, by whose labels, through which run, to which files.

Source: W3C PROV-DM (2013) and the PROV-JSON submission (2013). Each step names what went in and
what came out by sha256, and the hash of the step before, so that no step can be exchanged or left
out alone. What nobody said, or has no file to be hashed, says MISSING.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lissom.bundle.manifest import describe
from lissom.govern.description import MISSING
from lissom.govern.dossier import DESCRIPTION, EVIDENCE, POLICY, STORY, File
from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lissom.govern.dossier import Dossier
    from lissom.govern.record import Mending, Table

NAMESPACE = "urn:lissom:lineage:1:"
PLAN = "recipe.toml"
_TEST = "lissom:table-test"
"""Measured on, never learned from."""

_FROM_A_PERSON = (DESCRIPTION, POLICY)
_TOLD = (EVIDENCE, STORY, *_FROM_A_PERSON)


@dataclass(slots=True)
class _Tree:
    """A document while it is written; `link` is the hash of all steps so far."""

    entities: dict[str, dict[str, object]] = field(default_factory=dict)
    agents: dict[str, dict[str, object]] = field(default_factory=dict)
    activities: dict[str, dict[str, object]] = field(default_factory=dict)
    relations: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    link: str = hashlib.sha256(NAMESPACE.encode()).hexdigest()

    def relate(self, kind: str, one: tuple[str, str], two: tuple[str, str], **more: str) -> None:
        """Note a relation; each gets a name of its own, in order."""
        found = self.relations.setdefault(kind, {})
        plain = {f"prov:{key}": value for key, value in more.items()}
        found[f"_:{kind}{len(found) + 1}"] = {
            f"prov:{one[0]}": one[1],
            f"prov:{two[0]}": two[1],
            **plain,
        }

    def step(
        self, name: str, label: str, used: Sequence[str], made: Sequence[str], **more: object
    ) -> None:
        """Note an activity, what it used and made, and chain it to the one before.

        What is hashed is all that is said of the activity, and of whatever it used and made.
        """
        said = {"prov:label": label, **{f"lissom:{key}": value for key, value in more.items()}}
        told = {
            "activity": {name: said},
            "before": self.link,
            "made": {one: self.entities[one] for one in made},
            "used": {one: self.entities[one] for one in used},
        }
        before = self.link
        self.link = hashlib.sha256(_canonical(told)).hexdigest()
        self.activities[name] = {**said, "lissom:before": before, "lissom:link": self.link}
        for one in used:
            self.relate("used", ("activity", name), ("entity", one))
        for one in made:
            self.relate("wasGeneratedBy", ("entity", one), ("activity", name))


def _canonical(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write_lineage(dossier: Dossier, documents: Mapping[str, bytes]) -> str:
    """Return the lineage of a bundle as PROV-JSON.

    Args:
        dossier: what documents are written from.
        documents: every other document of the bundle, as it stands there.
    """
    tree = _Tree()
    tables = [_add_table(tree, one, dossier) for one in dossier.record.tables]
    labels = _add_labels(tree, dossier, tables)
    base = _add_base(tree, dossier)
    files = {one.name: _add_file(tree, one) for one in dossier.files}
    given = [files[name] for name in _FROM_A_PERSON if name in files]
    made = [key for name, key in files.items() if name not in _FROM_A_PERSON]
    tree.agents |= _agents(dossier)
    tree.step(
        "lissom:build",
        "Learning, shrinking and examining.",
        [*tables, *labels, base, *given],
        made,
        day=dossier.day.isoformat(),
        recipe=dossier.facts.recipe_fingerprint,
        rows=dossier.facts.data_fingerprint,
    )
    tree.relate(
        "wasAssociatedWith",
        ("activity", "lissom:build"),
        ("agent", "lissom:software"),
        **({"plan": files[PLAN]} if PLAN in files else {}),
    )
    tree.relate("wasAssociatedWith", ("activity", "lissom:build"), ("agent", "lissom:provider"))
    for key in made:
        if key.endswith((".onnx", ".safetensors")):
            for source in (*(one for one in tables if one != _TEST), base):
                tree.relate("wasDerivedFrom", ("generatedEntity", key), ("usedEntity", source))
    written = [_add_file(tree, _as_file(name, raw)) for name, raw in sorted(documents.items())]
    told = [files[name] for name in _TOLD if name in files]
    tree.step("lissom:write-documents", "Writing the documents from the figures.", told, written)
    tree.relate(
        "wasAssociatedWith", ("activity", "lissom:write-documents"), ("agent", "lissom:software")
    )
    return _to_json(tree)


def _to_json(tree: _Tree) -> str:
    found: dict[str, object] = {
        "prefix": {"lissom": NAMESPACE},
        "entity": {
            **tree.entities,
            "lissom:chain": {"prov:label": "The last link of the chain.", "lissom:link": tree.link},
        },
        "activity": tree.activities,
        "agent": tree.agents,
        **tree.relations,
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _agents(dossier: Dossier) -> dict[str, dict[str, object]]:
    return {
        "lissom:software": {
            "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
            "prov:label": _line(dossier.facts.created_by),
            "lissom:measured_on": _line(dossier.facts.measured_on),
        },
        "lissom:provider": {"prov:label": _said(dossier, "about.provider")},
        "lissom:labellers": {
            "prov:label": _said(dossier, "data.labelled_by"),
            "lissom:annotators": _count(dossier.record.annotators),
        },
    }


def _said(dossier: Dossier, key: str) -> str:
    return _line(dossier.description.say(key)) if dossier.description.find(key) else _missing(key)


def _missing(what: str) -> str:
    return f"{MISSING}: {what}"


def _count(number: int | None) -> str:
    # Not a question that a person could answer: the table either has such a column or has not.
    return "no column says who labelled" if number is None else str(number)


def _line(raw: str) -> str:
    return " ".join(clean(raw).split())


def _add_table(tree: _Tree, one: Table, dossier: Dossier) -> str:
    """Note a table, and before it the fixes that made it, where their record lay beside it."""
    key = f"lissom:table-{one.part}"
    tree.entities[key] = {
        "prov:label": _line(one.name),
        "lissom:rows": one.rows,
        "lissom:sha256": one.sha256 or "not one file",
    }
    mending = next((fix for fix in dossier.record.mendings if fix.part == one.part), None)
    if mending is not None:
        _add_mending(tree, key, one.part, mending)
    return key


def _add_mending(tree: _Tree, key: str, part: str, mending: Mending) -> None:
    source, findings, record = (
        f"lissom:{what}-{part}" for what in ("before", "findings", "record")
    )
    tree.entities[source] = {
        "prov:label": _line(mending.source),
        "lissom:sha256": mending.source_sha256 or "not one file",
    }
    tree.entities[findings] = {
        "prov:label": "What lissom audit found.",
        "lissom:sha256": mending.findings_sha256,
    }
    tree.entities[record] = {
        "prov:label": "A line for each row changed.",
        "lissom:sha256": mending.record_sha256,
    }
    tree.step(
        f"lissom:fix-{part}",
        "Fixing what was found.",
        [source, findings],
        [key, record],
        changed="; ".join(f"{one}: {rows}" for one, rows in sorted(mending.changed.items())),
    )
    tree.relate("wasDerivedFrom", ("generatedEntity", key), ("usedEntity", source))


def _add_labels(tree: _Tree, dossier: Dossier, tables: Sequence[str]) -> list[str]:
    """Note the labels, where they stand, and who gave them."""
    column = [
        _line(name)
        for one in dossier.record.tables
        for name, role in one.columns.items()
        if role == "label" and one.part == "rows"
    ]
    if not tables:
        return []
    key = "lissom:labels"
    tree.entities[key] = {
        "prov:label": "The labels.",
        "lissom:column": column[0] if column else "none: no row has a label",
        "lissom:sha256": dossier.record.labels_sha256 or "they stand in the table of the rows",
    }
    tree.relate("wasAttributedTo", ("entity", key), ("agent", "lissom:labellers"))
    return [key]


def _add_base(tree: _Tree, dossier: Dossier) -> str:
    base = dossier.facts.base_model
    key = "lissom:base"
    tree.entities[key] = {
        "prov:label": _line(base.name) if base else "none",
        "lissom:licence": _line(base.licence) if base else "none",
        "lissom:sha256": base.sha256 if base else "none",
    }
    return key


def _add_file(tree: _Tree, one: File) -> str:
    key = f"lissom:file-{one.name}"
    tree.entities[key] = {
        "prov:label": one.name,
        "lissom:sha256": one.sha256,
    }
    return key


def _as_file(name: str, raw: bytes) -> File:
    entry = describe(raw)
    return File(name, entry.bytes, entry.sha256)
