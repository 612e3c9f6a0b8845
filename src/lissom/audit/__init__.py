"""What is wrong with the rows, before anything is learned."""

from lissom.audit.audit import (
    KINDS,
    SEVERAL,
    Audited,
    Auditing,
    audit,
    audit_annotators,
    audit_contamination,
    audit_labels,
    audit_poison,
    report_masked,
)
from lissom.audit.languages import Spoken, find_foreign, hear
from lissom.audit.mislabelled import judged
from lissom.audit.personal import find_personal, mask, redact

__all__ = [
    "KINDS",
    "SEVERAL",
    "Audited",
    "Auditing",
    "Spoken",
    "audit",
    "audit_annotators",
    "audit_contamination",
    "audit_labels",
    "audit_poison",
    "find_foreign",
    "find_personal",
    "hear",
    "judged",
    "mask",
    "redact",
    "report_masked",
]
