"""What is wrong with the rows, before anything is learned."""

from lissom.audit.audit import KINDS, Audited, audit, report_masked
from lissom.audit.languages import Spoken, find_foreign, hear
from lissom.audit.personal import find_personal, mask

__all__ = [
    "KINDS",
    "Audited",
    "Spoken",
    "audit",
    "find_foreign",
    "find_personal",
    "hear",
    "mask",
    "report_masked",
]
