"""Files that documents are written from, as a build would leave them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import stories

from lissom.bundle import BaseModel, Facts
from lissom.evidence.written import write_evidence
from lissom.govern import Gates, decide
from lissom.govern.dossier import Dossier, read_dossier
from lissom.govern.record import Record, RowLicence, Table, write_record

if TYPE_CHECKING:
    from lissom.evidence import Measured, Story

DAY = date(2026, 11, 23)
FACTS = Facts(
    task="text-classification",
    created_by="lissom 0.1.0",
    recipe_fingerprint="1" * 64,
    data_fingerprint="2" * 64,
    base_model=BaseModel(name="tiny", sha256="3" * 64, licence="Apache-2.0"),
    measured_on="x86-64 avx512_vnni",
)
TABLES = (
    Table(
        "rows",
        "inbox.csv",
        1540,
        "4" * 64,
        99_000,
        {"message": "text", "topic": "label", "sent": "date", "note": ""},
    ),
    Table("test", "held-back.csv", 240, "5" * 64, 12_000, {"message": "text", "topic": "label"}),
)
LICENCES = (RowLicence("", 1300), RowLicence("CC-BY-4.0", 240))
AUDITED = ("duplicate", "label", "leak", "personal_data", "text")
DESCRIPTION = """
[about]
provider = "Shop & Sons"
contact = "models@shop.example"
version = "1.2"
licence = "Apache-2.0"
[use]
purpose = "Sorting the mail of a shop."
users = "The desk."
affected = "A customer waits longer."
not_for = "Deciding on refunds."
commercial = true
shared = "internal"
[data]
origin = "The shop's own inbox."
ground = "Contract."
labelled_by = "Two of the desk."
licence = "LicenseRef-own"
language = "en, de"
[oversight]
who = "The desk reads what is unsure."
"""
POLICY = """
name = "Shop release"
gates = ["accuracy low bound >= 0.7", "no unresolved leak", "licence allows commercial use"]
"""


def settle(story: Story, gates: Gates, classes: int) -> Story:
    """Return the story with the verdict that its figures give."""
    verdict = decide(story.evidence, story.findings, story.warnings, gates, classes)
    return replace(story, verdict=verdict)


def make_files(
    story: Story | None = None,
    *,
    description: str = DESCRIPTION,
    policy: str = POLICY,
    **more: object,
) -> dict[str, bytes]:
    """Return the files that are no documents; `more` goes into the record."""
    found = stories.shop() if story is None else story
    classes = len(stories.SHOP)
    given = {
        "tables": TABLES,
        "licences": LICENCES,
        "audited": AUDITED,
        "day": DAY,
        "gates": Gates(),
        "classes": classes,
    } | more
    record = Record(settle(found, given["gates"], given["classes"]), **given)
    files = {
        "model.onnx": b"graph",
        "answer.json": b"{}",
        "recipe.toml": b"seed = 1\n",
        "evidence.json": write_evidence(found.evidence),
        "story.json": write_record(record),
    }
    if description:
        files["description.toml"] = description.encode()
    if policy:
        files["policy.toml"] = policy.encode()
    return files


def make_dossier(story: Story | None = None, **more: object) -> Dossier:
    return read_dossier(make_files(story, **more), FACTS, "shop")


def with_figure(story: Story, item: Measured) -> Story:
    """Return the story with one figure in place of the one of its name, or as one more."""
    rest = [one for one in story.evidence if one.name != item.name]
    return replace(story, evidence=(*rest, item))
