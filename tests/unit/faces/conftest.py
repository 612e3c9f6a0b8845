"""A pipeline that answers at once and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from lissom.evidence import Candidate, Evidence, Finding, Mistake, NotMeasured, Story, Verdict
from lissom.faces.cli import main
from lissom.pipeline import Built, Check, Predicted, Prediction, Shown, Verified

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from lissom.pipeline import Order
    from lissom.progress import Progress

    Run = Callable[..., Result]

ACCURACY = Evidence("task.accuracy", 0.9, 0.8, 0.95, 120, "share", "Wilson", "cross-fitted")
ENERGY = NotMeasured("energy.joules_per_text", "no meter")
PRIVATE = "my card is 4111"


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


class FakeModel:
    name = "inbox"

    def predict(self, texts: list[str]) -> list[Prediction]:
        return [Prediction(text.upper(), 0.75, not text, "lexical") for text in texts]


@dataclass
class FakePipeline:
    """Every call is kept in `asked`; `trouble` is raised by the first one."""

    asked: list[object] = field(default_factory=list)
    trouble: BaseException | None = None
    failed_gates: tuple[str, ...] = ()
    is_trusted: bool = True

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
        return Built(Path("demo/m"), report, make_story(self.failed_gates), ("read",), seconds)

    def load(self, bundle: Path) -> FakeModel:
        self._note(bundle)
        return FakeModel()

    def open_models(self, order: object) -> tuple[()]:
        self._note(order)
        return ()

    def predict(
        self,
        bundle: Path,
        source: Path | str,
        out: Path | None,
        *,
        text: str | None,
        threads: int | None,
        progress: Progress,
    ) -> Predicted:
        progress.stage("predict")
        self._note((bundle, source, out, text, threads))
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

    def verify(self, bundle: Path) -> Verified:
        self._note(bundle)
        return Verified(("model.onnx", "signature"), "me@here", self.is_trusted)

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
