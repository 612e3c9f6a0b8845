"""What was typed arrives in the pipeline, and what came back is shown."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from lissom.evidence import Evidence, Finding, NotMeasured
from lissom.faces.cli import main
from lissom.pipeline import (
    AuditOrder,
    AuditReport,
    Fingerprinted,
    FingerprintOrder,
    Fixed,
    FixOrder,
)
from lissom.pipeline.results import Described, NotLooked

ROLES = {"text": "text", "label": "label", "date": None, "group": None, "id": None}


class Fake:
    """A pipeline that notes what it was asked."""

    def __init__(self, *findings: Finding) -> None:
        self.asked: list[AuditOrder | FingerprintOrder | FixOrder] = []
        self._findings = findings

    def audit(self, order: AuditOrder, *, progress: object) -> AuditReport:  # noqa: ARG002 - as called
        self.asked.append(order)
        gaps = (NotLooked("label.error", "by words alone"),) if not order.reads_texts else ()
        data = Described("inbox.csv", 12, "ab", ROLES)
        texts = {
            "annotator.mix": ((3, "ann: pay now"),),
            "poison": ((3, "pay »cf« now\x1b"), (5, "»cf« hello"), (4, "why »cf«")),
        }
        figure = Evidence("poison.smallest_attack", 20.0, 15.0, 25.0, 12, "rows", "how", "rows")
        gap = NotMeasured("poison.smallest_unlabelled", "none")
        return AuditReport(data, None, self._findings, gaps, texts, (figure, gap), 0.5)

    def findings_json(self, report: AuditReport) -> bytes:
        return json.dumps({"findings": [one.kind for one in report.findings]}).encode()

    def fingerprint(self, order: FingerprintOrder, *, progress: object) -> Fingerprinted:  # noqa: ARG002 - as called
        self.asked.append(order)
        return Fingerprinted(order.out, order.name or "b\x1b[2J.csv", 12, 3)

    def fix(self, order: FixOrder, *, progress: object) -> Fixed:  # noqa: ARG002 - as called
        self.asked.append(order)
        return Fixed(order.out, Path("out.csv.changes.jsonl"), 9, {"removed": 3}, ("text.blank",))


FOUND = Finding(
    "text.blank",
    "medium",
    "2 rows have no text.\x1b[2J",
    tuple(range(12)),
    (1.0,) * 12,
    12,
    "Fill it in.",
    error_rate=0.02,
    error_rate_basis="50 rows",
)


def run(fake: Fake, *typed: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(typed), obj=fake)
    return done.exit_code, done.stdout


def test_options_of_audit_arrive(tmp_path: Path) -> None:
    fake = Fake()
    out = tmp_path / "f.json"
    code, shown = run(
        fake, "audit", "in.csv", "--test", "t.csv", "--all", "--words-only", "--label", "kind",
        "--threads", "2", "--out", str(out), "--annotator", "who", "--against", "a.lfp",
        "--against", "b.lfp",
    )  # fmt: skip
    (order,) = fake.asked
    assert isinstance(order, AuditOrder)
    assert order.given.annotator == "who"
    assert order.against == (Path("a.lfp"), Path("b.lfp"))
    assert (order.data, order.test, order.threads) == (Path("in.csv"), Path("t.csv"), 2)
    assert (order.is_all, order.reads_texts, order.given.label) == (True, False, "kind")
    assert code == 0
    assert "nothing was found in 12 rows" in shown
    assert "Not looked for: label.error: by words alone" in shown
    assert json.loads(out.read_text("utf-8")) == {"findings": []}


def test_a_finding_is_shown_with_rows_rate_and_advice() -> None:
    code, shown = run(Fake(FOUND), "audit", "in.csv")
    assert code == 0
    assert "MEDIUM  text.blank  2 rows have no text." in shown
    assert "\x1b" not in shown
    assert "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more" in shown
    assert "Wrong in 2% of rows named; 50 rows." in shown
    assert "Fill it in." in shown


def test_planted_rows_are_shown_with_what_they_have_in_common() -> None:
    planted = Finding("poison", "high", "3 rows have it.", (4, 3, 5), (0.9, 0.8, 0.7), 3, "Read.")
    _, shown = run(Fake(planted), "audit", "in.csv")
    assert "Row 4: why »cf«" in shown
    assert "Row 3: pay »cf« now" in shown
    assert "Row 5" not in shown
    assert "\x1b" not in shown
    assert "Would be found: poison.smallest_attack: 20 rows or more" in shown
    assert "smallest_unlabelled" not in shown


def test_json_is_one_object_on_stdout() -> None:
    code, shown = run(Fake(FOUND), "audit", "in.csv", "--json")
    assert (code, json.loads(shown)) == (0, {"findings": ["text.blank"]})


def test_findings_that_cannot_be_written_are_one_sentence(tmp_path: Path) -> None:
    code, shown = run(Fake(), "audit", "in.csv", "--json", "--out", str(tmp_path / "no" / "f"))
    assert code == 1
    assert "was not written" in json.loads(shown)["error"]


def test_options_of_fix_arrive_and_what_was_done_is_told() -> None:
    fake = Fake()
    typed = ("fix", "in.csv", "--findings", "f.json", "--out", "out.csv")
    code, shown = run(fake, *typed, "--kinds", "text.blank, leak.test,", "--use-suggestions")
    (order,) = fake.asked
    assert isinstance(order, FixOrder)
    assert order.kinds == ("text.blank", "leak.test")
    assert order.takes_suggestions
    assert order.record is None
    assert code == 0
    assert "out.csv: 9 rows; 3 removed" in shown
    assert "Record: out.csv.changes.jsonl" in shown
    code, shown = run(Fake(), *typed, "--json")
    assert json.loads(shown)["changed"] == {"removed": 3}


def test_fix_needs_findings_and_a_place() -> None:
    assert run(Fake(), "fix", "in.csv", "--out", "out.csv")[0] == 2
    assert run(Fake(), "fix", "in.csv", "--findings", "f.json")[0] == 2


def test_fingerprint_passes_on_what_was_typed_and_says_what_was_written() -> None:
    fake = Fake()
    code, shown = run(fake, "fingerprint", "b.csv", "--out", "b.lfp", "--text", "body")
    assert (code, "\x1b" in shown) == (0, False)
    assert "12 rows; 3 are too short to look for" in shown
    (order,) = fake.asked
    assert isinstance(order, FingerprintOrder)
    assert (order.data, order.out, order.given.text) == (Path("b.csv"), Path("b.lfp"), "body")
    _, shown = run(Fake(), "fingerprint", "b.csv", "--out", "b.lfp", "--name", "public", "--json")
    assert json.loads(shown) == {"out": "b.lfp", "name": "public", "rows": 12, "too_short": 3}


def test_who_labelled_is_shown_beside_the_finding_and_not_in_it() -> None:
    one = Finding("annotator.mix", "medium", "One annotator.", (3,), (1.0,), 1, "Ask.")
    assert "Row 3: ann: pay now" in run(Fake(one), "audit", "in.csv")[1]
