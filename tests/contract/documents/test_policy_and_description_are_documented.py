"""docs/policy.md and docs/documents.md show what there is, and what they show works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import dossiers
import pytest

from lissom.audit import KINDS
from lissom.data.licence import ACTS
from lissom.govern.decision import Release, decide_release
from lissom.govern.description import QUESTIONS
from lissom.govern.documents import LINEAGE, REPORT, WRITERS
from lissom.govern.gate import FINDINGS, Gate, read_gate
from lissom.govern.policy_file import read_policy

DOCS = Path(__file__).parents[3] / "docs"
POLICY = (DOCS / "policy.md").read_text("utf-8")
DOCUMENTS = (DOCS / "documents.md").read_text("utf-8")
GATES = re.findall(r"^\| `([^`]+)` \|", POLICY.split("## Gates")[1].split("\n## ")[0], re.MULTILINE)


@pytest.mark.parametrize("text", GATES)
def test_every_gate_on_the_page_is_one(text: str) -> None:
    assert read_gate(text).text == text


def test_the_page_has_every_form_of_gate_there_is() -> None:
    assert {type(read_gate(text)) for text in GATES} == set(get_args(Gate))
    licences = {getattr(read_gate(text), "act", "") for text in GATES}
    assert licences >= {*ACTS, None}
    assert {getattr(read_gate(text), "side", "") for text in GATES} == {"", "low", "high", "value"}


def test_the_example_is_a_policy_that_can_be_judged() -> None:
    raw = POLICY.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(raw)
    policy = read_policy(raw.encode(), "docs/policy.md")
    assert len(decide_release(dossiers.make_dossier(), policy).gates) == 5


def test_every_outcome_is_explained() -> None:
    table = POLICY.split("## Outcomes")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == ["release", "block", "undecided"]
    assert set(get_args(Release)) == {"release", "block", "undecided"}


def test_every_kind_that_the_audit_finds_can_be_named_in_a_gate() -> None:
    assert {kind.split(".")[0] for kind in KINDS} <= FINDINGS


def test_every_question_stands_on_the_page() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+?) \| (.+) \|$", DOCUMENTS, re.MULTILINE)
    wanted = [(q.key, q.text, "always" if q.is_first else "with `--all`") for q in QUESTIONS]
    assert rows == wanted


def test_every_document_stands_on_the_page() -> None:
    named = re.findall(r"^\| `([a-z.-]+\.(?:md|json|html))` \|", DOCUMENTS, re.MULTILINE)
    assert sorted(named) == sorted((*WRITERS, REPORT, LINEAGE))
