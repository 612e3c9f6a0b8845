"""All that one build has to say, in the order in which a person wants to hear it."""

from dataclasses import dataclass, field
from typing import Literal

from lissom.evidence.finding import Finding
from lissom.evidence.picture import Picture
from lissom.evidence.record import Evidence, Measured, NotMeasured

Outcome = Literal["pass", "fail", "not enough data"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one line first, then why.

    Args:
        outcome: three answers, never two.
        headline: one sentence.
        reasons: three sentences, each with its figure.
        next_step: the command or act that helps most now.
        failed_gates: the gates set by the user that did not hold.
    """

    outcome: Outcome
    headline: str
    reasons: tuple[str, ...]
    next_step: str
    failed_gates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that the model got wrong when its label was hidden from it.

    Args:
        row: 0-based data row in the user's file.
        text: the row's text; goes into the private report only.
        label: what the file says.
        predicted: what the model said.
        probability: the model's own probability for what it said, 0 to 1.
    """

    row: int
    text: str
    label: str
    predicted: str
    probability: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way of learning that was tried.

    Args:
        name: "lexical", "frozen", "together", "propagation".
        accuracy: cross-fitted, or NotMeasured with the reason it was not run.
        is_chosen: it is what ships.
        why: one sentence.
    """

    name: str
    accuracy: Measured
    is_chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """What documents are written from; holds no model.

    Args:
        name: the bundle's name.
        verdict: the outcome and its reasons.
        evidence: every figure, in the order of docs/evidence.md.
        findings: what the audit saw.
        candidates: what was tried, best first.
        pictures: tables worth drawing.
        mistakes: rows to read; private.
        facts: what was built from what: label to text, in reading order.
        changes: against the bundle that this one replaces; empty when it replaces none.
        warnings: said loudly: collapse to one class, a class never used.
        rows_to_read: finding kind to (row, text) pairs; private.
    """

    name: str
    verdict: Verdict
    evidence: tuple[Measured, ...]
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]
    pictures: tuple[Picture, ...]
    mistakes: tuple[Mistake, ...]
    facts: dict[str, str]
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rows_to_read: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def find(self, name: str) -> Measured:
        """Return the figure called `name`, or NotMeasured when nobody measured it.

        >>> verdict = Verdict("pass", "Good.", (), "")
        >>> Story("shop", verdict, (), (), (), (), (), {}).find("task.accuracy").reason
        'not built'
        """
        for item in self.evidence:
            if item.name == name:
                return item
        return NotMeasured(name, "not built")


__all__ = ["Candidate", "Evidence", "Mistake", "Outcome", "Story", "Verdict"]
