"""What is wrong with the rows, before anything is learned."""

from lissom.audit.audit import KINDS, Audited, Auditing, audit, audit_labels
from lissom.audit.mislabelled import judged
from lissom.audit.personal import find_personal, mask, redact

__all__ = [
    "KINDS",
    "Audited",
    "Auditing",
    "audit",
    "audit_labels",
    "find_personal",
    "judged",
    "mask",
    "redact",
]
