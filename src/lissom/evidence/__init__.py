"""Claims we can back: figures with intervals, findings with rows, pictures with tables."""

from lissom.evidence.finding import Finding, Severity
from lissom.evidence.picture import Picture
from lissom.evidence.record import Evidence, Measured, NotMeasured
from lissom.evidence.story import Candidate, Mistake, Outcome, Story, Verdict

__all__ = [
    "Candidate",
    "Evidence",
    "Finding",
    "Measured",
    "Mistake",
    "NotMeasured",
    "Outcome",
    "Picture",
    "Severity",
    "Story",
    "Verdict",
]
