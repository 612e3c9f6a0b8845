"""evidence.json, by the name under which the stages have always found it."""

from lissom.evidence.written import read_evidence, write_evidence

__all__ = ["read_evidence", "write_evidence"]
