"""The lineage names what every step used and made, and no step can be exchanged alone."""

from __future__ import annotations

import hashlib
import json
import re

import dossiers
import pytest
import stories

from lissom.govern.documents import LINEAGE, write_documents
from lissom.govern.drawing import leave_out
from lissom.govern.record import Mending

FIX = Mending("rows", "raw.csv", "6" * 64, "7" * 64, "8" * 64, {"removed": 3, "unlabelled": 2})
ENDS = {
    "used": ("activity", "entity"),
    "wasGeneratedBy": ("entity", "activity"),
    "wasAssociatedWith": ("activity", "agent"),
    "wasAttributedTo": ("entity", "agent"),
    "wasDerivedFrom": ("entity", "entity"),
}
"""Each relation of PROV that we use, and what stands at its two ends."""


def tree(**more: object) -> dict:
    files = dossiers.make_files(**more)
    found = write_documents(files, dossiers.FACTS, "shop", leave_out)
    return json.loads(found[LINEAGE])


def chain(found: dict) -> list[str]:
    """Return the links as somebody else would make them, by what the page says."""
    before = hashlib.sha256(b"urn:lissom:lineage:1:").hexdigest()
    links = []
    for name, said in found["activity"].items():
        assert said["lissom:before"] == before
        plain = {k: v for k, v in said.items() if k not in {"lissom:before", "lissom:link"}}
        ends = {
            kind: {
                one["prov:entity"]: found["entity"][one["prov:entity"]]
                for one in found[relation].values()
                if one["prov:activity"] == name
            }
            for kind, relation in (("used", "used"), ("made", "wasGeneratedBy"))
        }
        told = {"activity": {name: plain}, "before": before, **ends}
        raw = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(raw.encode()).hexdigest()
        assert said["lissom:link"] == before
        links.append(before)
    return links


@pytest.mark.parametrize("more", [{}, {"mendings": (FIX,)}, {"description": "", "tables": ()}])
def test_the_chain_can_be_made_again_from_the_document_alone(more: dict) -> None:
    found = tree(**more)
    assert chain(found)[-1] == found["entity"]["lissom:chain"]["lissom:link"]


@pytest.mark.parametrize("more", [{}, {"mendings": (FIX,)}, {"description": "", "tables": ()}])
def test_every_relation_joins_what_the_document_declares(more: dict) -> None:
    found = tree(**more)
    assert set(found) == {"prefix", "entity", "activity", "agent", *ENDS} - (
        set() if dossiers.TABLES and "tables" not in more else {"wasAttributedTo"}
    )
    name = re.compile(r"lissom:[A-Za-z0-9._-]+")
    for kind in ("entity", "activity", "agent"):
        assert all(name.fullmatch(one) for one in found[kind])
    for relation, ends in ENDS.items():
        for one in found.get(relation, {}).values():
            said = [value for key, value in one.items() if key != "prov:plan"]
            assert len(said) == 2
            for value, kind in zip(said, ends, strict=True):
                assert value in found[kind]


def test_weights_come_from_rows_and_base_by_their_hashes() -> None:
    found = tree()
    sources = {
        one["prov:usedEntity"]
        for one in found["wasDerivedFrom"].values()
        if one["prov:generatedEntity"] == "lissom:file-model.onnx"
    }
    assert sources == {"lissom:table-rows", "lissom:base"}
    assert found["entity"]["lissom:table-rows"]["lissom:sha256"] == "4" * 64
    assert found["entity"]["lissom:base"]["lissom:sha256"] == "3" * 64
    graph = found["entity"]["lissom:file-model.onnx"]["lissom:sha256"]
    assert graph == hashlib.sha256(b"graph").hexdigest()


def test_every_file_and_document_is_made_by_a_step_or_came_from_a_person() -> None:
    files = dossiers.make_files()
    documents = write_documents(files, dossiers.FACTS, "shop", leave_out)
    found = json.loads(documents[LINEAGE])
    made = {one["prov:entity"] for one in found["wasGeneratedBy"].values()}
    used = {one["prov:entity"] for one in found["used"].values()}
    for name, raw in (files | documents).items():
        if name == LINEAGE:
            continue
        key = f"lissom:file-{name}"
        assert key in (used if name.endswith("ion.toml") or name == "policy.toml" else made)
        assert found["entity"][key]["lissom:sha256"] == hashlib.sha256(raw).hexdigest()


def test_fixes_stand_before_the_table_that_they_made() -> None:
    found = tree(mendings=(FIX,))
    step = found["activity"]["lissom:fix-rows"]
    assert step["lissom:changed"] == "removed: 3; unlabelled: 2"
    assert next(iter(found["activity"])) == "lissom:fix-rows"
    made = [
        one["prov:entity"]
        for one in found["wasGeneratedBy"].values()
        if one["prov:activity"] == "lissom:fix-rows"
    ]
    assert made == ["lissom:table-rows", "lissom:record-rows"]
    assert found["entity"]["lissom:record-rows"]["lissom:sha256"] == "8" * 64


def test_who_labelled_is_what_a_person_said_or_missing_and_never_a_guess() -> None:
    said = tree()["agent"]["lissom:labellers"]
    assert said["prov:label"] == "Two of the desk."
    assert said["lissom:annotators"] == "no column says who labelled"
    nobody = tree(description="", annotators=7)["agent"]["lissom:labellers"]
    assert nobody["prov:label"] == "MISSING: data.labelled_by"
    assert nobody["lissom:annotators"] == "7"


@pytest.mark.parametrize(
    "more",
    [
        {"annotators": 3},
        {"labels_sha256": "9" * 64},
        {"mendings": (FIX,)},
        {"licences": ()},
        {"description": ""},
        {"policy": ""},
        {"story": stories.two(), "classes": 2},
    ],
    ids=str,
)
def test_whatever_changes_before_the_end_changes_the_last_link(more: dict) -> None:
    assert tree(**more)["entity"]["lissom:chain"] != tree()["entity"]["lissom:chain"]
