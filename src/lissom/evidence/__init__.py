"""Claims we can back: figures with intervals, findings with rows, pictures with tables."""

from lissom.evidence.differences import difference, paired_difference
from lissom.evidence.exam import Exam, Examined, RowToRead
from lissom.evidence.finding import Finding, Severity
from lissom.evidence.interval import wilson
from lissom.evidence.name import UNITS, Name
from lissom.evidence.names import NAMES, PICTURES, class_of, find_name, own_words
from lissom.evidence.picture import Picture
from lissom.evidence.record import Evidence, Measured, NotMeasured
from lissom.evidence.story import Candidate, Mistake, Outcome, Story, Verdict

__all__ = [
    "NAMES",
    "PICTURES",
    "UNITS",
    "Candidate",
    "Evidence",
    "Exam",
    "Examined",
    "Finding",
    "Measured",
    "Mistake",
    "Name",
    "NotMeasured",
    "Outcome",
    "Picture",
    "RowToRead",
    "Severity",
    "Story",
    "Verdict",
    "class_of",
    "difference",
    "find_name",
    "own_words",
    "paired_difference",
    "wilson",
]
