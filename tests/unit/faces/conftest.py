"""A pipeline that answers at once and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lissom.bundle import make_key
from lissom.evidence import (
    Candidate,
    Evidence,
    Exam,
    Examined,
    Finding,
    Mistake,
    NotMeasured,
    Picture,
    RowToRead,
    Story,
    Verdict,
)
from lissom.examine import Settings
from lissom.faces.cli import main
from lissom.govern.description import Question
from lissom.pipeline import (
    Asked,
    Built,
    Check,
    Compared,
    Described,
    Keys,
    OwnKey,
    Policy,
    Predicted,
    Prediction,
    Proposed,
    Shown,
    TrustedKey,
    Verified,
)
from lissom.pipeline.results import Why
from lissom.runtime import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from lissom.govern.decision import Decision
    from lissom.pipeline import Ask, Order, Pairing, Request
    from lissom.progress import Progress

    Run = Callable[..., Result]

ACCURACY = Evidence("task.accuracy", 0.9, 0.8, 0.95, 120, "share", "Wilson", "cross-fitted")
ENERGY = NotMeasured("energy.joules_per_text", "no meter")
PRIVATE = "my card is 4111"
PUBLIC = make_key().public
FINGERPRINT = "a" * 64


def make_story(failed_gates: tuple[str, ...] = ()) -> Story:
    outcome = "fail" if failed_gates else "pass"
    return Story(
        name="inbox",
        verdict=Verdict(
            outcome,
            "Right for 90 of 100 messages.",
            ("Accuracy 0.90.", "Calibrated.", "Small: [2 MiB]."),
            "lissom predict inbox-model new.csv --out answers.csv",
            failed_gates,
        ),
        evidence=(ACCURACY, ENERGY),
        findings=(
            Finding("duplicate.near", "low", "Near-copies.", (3, 9), (0.9, 0.8), 2, "Look."),
        ),
        candidates=(Candidate("frozen", ACCURACY, is_chosen=True, why="Best."),),
        pictures=(),
        mistakes=(Mistake(4, PRIVATE, "pay", "ship", 0.4),),
        facts={"rows": "120"},
        changes=("accuracy up by 1 point",),
        warnings=("refund is never answered",),
        rows_to_read={"duplicate.near": ((3, PRIVATE),)},
    )


def make_exam(broken: tuple[str, ...] = ()) -> Exam:
    """Return an examination of two parts: one that failed, one without a rule."""
    row = RowToRead(7, "a private text", "it said ship")
    reasons = ("Accuracy is 60%, which misses the limit 80%.", "second", "third")
    task = Examined("task", "fail", "Right on 6 of 10.", reasons, (ACCURACY,), (), (row,), 0.5)
    cost = Examined("cost", None, "Not \x1b[31mmeasured.", (), (ENERGY,))
    return Exam("m", "rows.csv", "fail", "Do not use it.", (task, cost), {"rows": "10"}, broken)


def make_proposed(sheet: Path | None) -> Proposed:
    columns = {"labels": (20.0, 40.0), "right": (0.5, 0.75), "low": (0.4, 0.6), "high": (0.6, 0.9)}
    return Proposed(
        rows=(
            Asked(12, PRIVATE, "learn", "ship", 0.25),
            Asked(3, "another", "examine", None, None),
        ),
        sheet=sheet,
        label_column="kind\x1b[2J",
        kept=5,
        labels=50,
        classes=2,
        evidence=(
            Evidence("next.accuracy", 0.75, 0.6, 0.9, 40, "share", "Wilson", "inbox.csv"),
            NotMeasured("next.accuracy_doubled", "too few"),
        ),
        curve=Picture("next.curve", "Curve", "line", columns, "labels", "right", "low", "high"),
        notes=("5 rows stay on top.",),
        seconds={"read": 0.5},
    )


class FakeModel:
    name = "inbox"

    def predict(
        self, texts: list[str], *, probabilities: bool = False, why: bool = False
    ) -> list[Prediction]:
        each = {"A": 0.75, "B": 0.25} if probabilities else None
        reasons = [
            Why(text.upper(), f'"{text}" (+50)', (Reason(0, len(text), text, 0.5),))
            for text in texts
        ]
        return [
            Prediction(text.upper(), 0.75, not text, "lexical", None, each, reason if why else None)
            for text, reason in zip(texts, reasons, strict=True)
        ]


@dataclass
class FakePipeline:
    """Every call is kept in `asked`; `trouble` is raised by the first one."""

    asked: list[object] = field(default_factory=list)
    trouble: BaseException | None = None
    failed_gates: tuple[str, ...] = ()
    is_trusted: bool = True
    proposed: Proposed | None = None
    answers: dict[str, str] = field(default_factory=dict)
    decision: Decision | None = None

    def _note(self, what: object) -> None:
        self.asked.append(what)
        if self.trouble is not None:
            raise self.trouble

    def build(self, order: Order, *, progress: Progress) -> Built:
        progress.stage("read", "inbox.csv")
        progress.step(1, 2)
        progress.note("text is the column message")
        self._note(order)
        seconds = {"read": 0.5}
        report = Path("demo/report-private.html")
        return Built(
            Path("demo/m"), report, make_story(self.failed_gates), ("read",), seconds, self.decision
        )

    def next_rows(self, ask: Ask, *, progress: Progress) -> Proposed:
        progress.stage("choose", "4 labels so far, 2 classes")
        self._note(ask)
        return self.proposed or make_proposed(ask.sheet)

    def load_policy(self, path: Path | None, columns: tuple[str, ...]) -> Policy:
        return Policy((), Settings(columns=columns), is_own=path is not None)

    def examine(self, request: Request, *, progress: Progress) -> Exam:
        progress.stage("task")
        self._note(request)
        return make_exam(self.failed_gates)

    def save_exam(self, exam: Exam, out: Path) -> Path:
        self.asked.append((exam.headline, out))
        return out

    def compare(self, pairing: Pairing, *, progress: Progress) -> Compared:
        progress.stage("compare")
        self._note(pairing)
        rows = (RowToRead(4, "a text", "the first says ship"), RowToRead(None, "made up", "-"))
        where = (("class \x1b[31mship", "second"),)
        sentence = "The second is better."
        return Compared("m1", "m2", "second", sentence, where, (ACCURACY, ENERGY), (), rows)

    def load(
        self,
        bundle: Path,
        *,
        trust: bool = True,
        released: bool = False,
        policy: Path | None = None,
    ) -> FakeModel:
        more = ("any signer",) * (not trust) + ("released",) * released
        more += (policy,) if policy else ()
        self._note((bundle, *more) if more else bundle)
        return FakeModel()

    def open_models(self, order: object) -> tuple[()]:
        self._note(order)
        return ()

    def predict(  # noqa: PLR0913 - as many as the call takes
        self,
        bundle: Path,
        source: Path | str,
        out: Path | None,
        *,
        text: str | None,
        probabilities: bool,
        why: bool,
        trust: bool,
        threads: int | None,
        progress: Progress,
    ) -> Predicted:
        progress.stage("predict with reasons" if why else "predict")
        asked = (bundle, source, out, text, threads, probabilities)
        self._note(asked if trust else (*asked, "any signer"))
        return Predicted(3, 1, 1, out, 0.2)

    def show(self, bundle: Path) -> Shown:
        self._note(bundle)
        facts = {"rows": "120", "made from": "[bold]inbox.csv\x1b[31m"}
        return Shown(
            "inbox",
            facts,
            (ACCURACY, ENERGY),
            is_signed=True,
            signer="me@here",
            is_trusted=self.is_trusted,
        )

    def verify(
        self,
        bundle: Path,
        *,
        signed_by: tuple[str, ...],
        needs_signature: bool,
        policy: Path | None,
    ) -> Verified:
        asked = (bundle, signed_by, needs_signature)
        self._note((*asked, policy) if policy else asked)
        signer = "me@here" if needs_signature else ""
        return Verified(
            ("model.onnx", "signature"), signer, self.is_trusted, ("report.html: not drawn",)
        )

    def make_key(self, *, name: str, passphrase: str | None) -> str:
        self._note((name, passphrase))
        return FINGERPRINT

    def list_keys(self) -> Keys:
        self._note("list")
        keys = (
            TrustedKey(name="Jo", fingerprint=FINGERPRINT, expires=date(2027, 1, 1)),
            TrustedKey(name="red\x1b[31m", fingerprint="b" * 64),
        )
        own = OwnKey(PUBLIC, is_locked=True) if self.is_trusted else None
        return Keys(own, ("c" * 64,), keys, {"b" * 64: "lost"}, Path("config/trust.toml"))

    def describe(self, file: Path, answers: dict[str, str] | None = None) -> Described:
        self._note((file, answers))
        self.answers |= answers or {}
        questions = (
            Question("use.purpose", "What is it for?"),
            Question("use.users", "Who uses it?"),
            Question("law.risks", "Which risks?", is_first=False),
        )
        return Described(file, dict(self.answers), questions)

    def export_key(self) -> bytes:
        self._note("export")
        return PUBLIC.pem

    def retire_key(self, digits: str, *, compromised: str | None) -> str:
        self._note((digits, compromised))
        return FINGERPRINT

    def trust_key(
        self, source: Path, *, name: str | None, expires: date | None, fingerprint: str
    ) -> TrustedKey:
        self._note((source, name, expires, fingerprint))
        return TrustedKey(name=name or "Jo", fingerprint=FINGERPRINT)

    def untrust_key(self, digits: str, *, reason: str) -> TrustedKey:
        self._note((digits, reason))
        return TrustedKey(name="Jo", fingerprint=FINGERPRINT)

    def sample(self, name: str, folder: Path) -> tuple[Path, ...]:
        self._note(name)
        return (folder / "inbox.csv", folder / "truth.json")

    def doctor(self) -> tuple[Check, ...]:
        self._note("doctor")
        return (
            Check("Python", ok=True, found="3.11", remedy=""),
            Check("extra train", ok=False, found="no", remedy="pip it"),
        )


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def run(pipeline: FakePipeline) -> Run:
    """Run the command line in this process against the fake pipeline."""

    def call(*typed: str, stdin: bytes = b"") -> Result:
        return CliRunner().invoke(main, typed, obj=pipeline, input=stdin)

    return call
