"""What the standards' own validators say of our documents, and that they can say no."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import dossiers
import pytest
import stories

from lissom.data.licence import LISTED, read_licence
from lissom.errors import LicenceError
from lissom.evidence import Evidence
from lissom.govern.documents import write_documents
from lissom.govern.drawing import leave_out
from lissom.govern.record import RowLicence

if TYPE_CHECKING:
    from types import ModuleType

    from lissom.evidence import Story

# Theirs, and nothing of ours can change it.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:mlcroissant", "ignore:ConjunctiveGraph"
)
NOT_HERE = "2026-11-23: the validator is installed with the development group only"


def sound(story: Story) -> Story:
    """Return a hostile story with names that a file could hold."""
    names = tuple(name.replace("\ud800", "") for name in stories.HOSTILE)
    made = stories.make_story(names)
    return replace(story, evidence=made.evidence, pictures=made.pictures)


def energetic() -> Story:
    item = Evidence("energy.joules_per_text", 0.02, 0.01, 0.03, 5, "joules", "RAPL", "artefact")
    return dossiers.with_figure(stories.shop(), item)


STORIES = {
    "shop": (stories.shop, {}),
    "two": (stories.two, {"classes": 2}),
    "failing": (stories.failing, {}),
    "nothing": (stories.nothing, {"description": "", "policy": "", "licences": ()}),
    "hostile": (lambda: sound(stories.hostile()), {"classes": 12}),
    "energy": (energetic, {}),
    "no single file": (stories.shop, {"tables": ()}),
    "odd licences": (
        stories.shop,
        {"licences": (RowLicence("MIT OR LicenseRef-x", 3), RowLicence("what?", 1))},
    ),
    "unlicensed": (stories.shop, {"licences": (RowLicence("NONE", 3),)}),
}


@pytest.fixture(scope="module", params=STORIES)
def documents(request: pytest.FixtureRequest) -> dict[str, str]:
    make, more = STORIES[request.param]
    files = dossiers.make_files(make(), **more)
    found = write_documents(files, dossiers.FACTS, "shop", leave_out)
    return {name: raw.decode() for name, raw in found.items()}


@pytest.fixture(scope="module")
def croissants() -> ModuleType:
    return pytest.importorskip("mlcroissant", reason=NOT_HERE)


def problems(mlcroissant: ModuleType, tree: dict[str, object]) -> tuple[set[str], object]:
    """Return what mlcroissant holds against a description, and the version it took it for."""
    try:
        data = mlcroissant.Dataset(jsonld=tree)
    except mlcroissant.ValidationError as error:
        return {str(error)}, None
    return set(data.metadata.ctx.issues.errors), data.metadata.ctx.conforms_to


def test_mlcroissant_finds_no_error(croissants: ModuleType, documents: dict[str, str]) -> None:
    tree = json.loads(documents["croissant.json"])
    errors, version = problems(croissants, tree)
    assert errors == set()
    assert version.value == "http://mlcommons.org/croissant/1.1"


def test_mlcroissant_reads_our_words_on_responsible_use(croissants: ModuleType) -> None:
    files = dossiers.make_files()
    made = write_documents(files, dossiers.FACTS, "shop", leave_out)
    data = croissants.Dataset(jsonld=json.loads(made["croissant.json"])).metadata
    assert data.data_use_cases == ["Sorting the mail of a shop."]
    assert "The shop's own inbox." in data.data_collection
    assert sorted(data.license) == ["LicenseRef-own", "https://spdx.org/licenses/CC-BY-4.0"]
    assert data.data_social_impact == "A customer waits longer."
    assert data.data_release_maintenance_plan == "MISSING: data.kept"
    (rows, test) = data.record_sets
    assert [field.source.extract.column for field in rows.fields] == [
        "message",
        "topic",
        "sent",
        "note",
    ]
    assert len(test.fields) == 2


def test_mlcroissant_can_say_no(croissants: ModuleType) -> None:
    files = dossiers.make_files()
    made = write_documents(files, dossiers.FACTS, "shop", leave_out)
    tree = json.loads(made["croissant.json"])
    del tree["distribution"]
    assert problems(croissants, tree)[0]


@pytest.fixture(scope="module")
def bills() -> object:
    module = pytest.importorskip("cyclonedx.validation.json", reason=NOT_HERE)
    schema = pytest.importorskip("cyclonedx.schema", reason=NOT_HERE)
    pytest.importorskip("jsonschema", reason=NOT_HERE)
    return module.JsonStrictValidator(schema.SchemaVersion.V1_7)


def test_the_official_schema_of_cyclonedx_finds_no_error(
    bills: object, documents: dict[str, str]
) -> None:
    assert bills.validate_str(documents["bom.cdx.json"]) is None


def test_the_bill_has_a_model_card_with_slices_intervals_and_energy(bills: object) -> None:
    made = write_documents(dossiers.make_files(energetic()), dossiers.FACTS, "shop", leave_out)
    raw = made["bom.cdx.json"].decode()
    assert bills.validate_str(raw) is None
    card = json.loads(raw)["metadata"]["component"]["modelCard"]
    metrics = {one["type"]: one for one in card["quantitativeAnalysis"]["performanceMetrics"]}
    refund = metrics["task.class.refund.recall (share)"]
    assert float(refund["confidenceInterval"]["lowerBound"]) < float(refund["value"])
    assert "n = 20" in refund["slice"]
    energy = card["considerations"]["environmentalConsiderations"]["energyConsumptions"][0]
    assert energy["activityEnergyCost"] == {"value": 0.02 / 3.6e6, "unit": "kWh"}
    hashes = [
        one["hashes"][0]["content"] for one in json.loads(raw)["components"] if "hashes" in one
    ]
    assert len(hashes) == len(set(hashes)) > 5


def test_the_official_schema_can_say_no(bills: object) -> None:
    made = write_documents(dossiers.make_files(), dossiers.FACTS, "shop", leave_out)
    tree = json.loads(made["bom.cdx.json"])
    tree["metadata"]["component"]["modelCard"]["accuracy"] = 0.9
    assert bills.validate_str(json.dumps(tree)) is not None


def test_every_licence_of_our_table_is_on_the_list_that_the_schema_brings() -> None:
    resources = pytest.importorskip("cyclonedx.schema._res", reason=NOT_HERE)
    known = set(json.loads(Path(resources.SPDX_JSON).read_text("utf-8"))["enum"])
    assert sorted(LISTED - known) == []


@pytest.mark.parametrize(
    "text",
    [
        *("MIT", "mit or apache-2.0", "MIT AND (BSD-3-Clause OR GPL-2.0-only)", "(((MIT)))"),
        *("GPL-2.0-or-later WITH Classpath-exception-2.0", "LicenseRef-own AND MIT"),
        *("MIT AND", "MIT Apache-2.0", "AND", "(MIT", "MIT)", "()", "MIT OR OR ISC"),
    ],
)
def test_license_expression_reads_what_we_read_and_refuses_what_we_refuse(text: str) -> None:
    theirs = pytest.importorskip("license_expression", reason=NOT_HERE)
    try:
        theirs.get_spdx_licensing().parse(text, validate=False, strict=True)
        is_theirs = True
    except Exception:  # noqa: BLE001 - its parser and the one below it share no class
        is_theirs = False
    try:
        read_licence(text)
        is_ours = True
    except LicenceError:
        is_ours = False
    assert is_ours is is_theirs


def test_the_hub_reads_our_card(documents: dict[str, str]) -> None:
    hub = pytest.importorskip("huggingface_hub", reason=NOT_HERE)
    card = hub.ModelCard(documents["card.md"])
    assert card.data.library_name == "lissom"
    assert card.data.pipeline_tag == "text-classification"
    for result in card.data.eval_results or []:
        assert isinstance(result.metric_value, float)
        assert "interval" in result.metric_name
    assert card.text.strip().startswith("# ")
