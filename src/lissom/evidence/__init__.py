"""Claims we can back: figures with intervals, findings with rows, pictures with tables."""

from lissom.evidence.finding import Finding, Severity
from lissom.evidence.interval import wilson
from lissom.evidence.names import NAMES, PICTURES, UNITS, Name, class_of, find_name
from lissom.evidence.picture import Picture
from lissom.evidence.record import Evidence, Measured, NotMeasured
from lissom.evidence.story import Candidate, Mistake, Outcome, Story, Verdict

__all__ = [
    "NAMES",
    "PICTURES",
    "UNITS",
    "Candidate",
    "Evidence",
    "Finding",
    "Measured",
    "Mistake",
    "Name",
    "NotMeasured",
    "Outcome",
    "Picture",
    "Severity",
    "Story",
    "Verdict",
    "class_of",
    "find_name",
    "wilson",
]
