"""Documents written from what was measured, and the decision."""

from lissom.govern.card import write_card
from lissom.govern.decide import decide
from lissom.govern.gates import HOUSE_POLICY, Gates, Rule, policy
from lissom.govern.report import write_private, write_report
from lissom.govern.settle import rows_to_narrow, rows_to_settle

__all__ = [
    "HOUSE_POLICY",
    "Gates",
    "Rule",
    "decide",
    "policy",
    "rows_to_narrow",
    "rows_to_settle",
    "write_card",
    "write_private",
    "write_report",
]
