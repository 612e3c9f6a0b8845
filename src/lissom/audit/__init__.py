"""What is wrong with the rows, before anything is learned."""

from lissom.audit.audit import KINDS, Audited, audit
from lissom.audit.personal import find_personal, mask

__all__ = ["KINDS", "Audited", "audit", "find_personal", "mask"]
