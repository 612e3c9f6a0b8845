"""The order of the stages, and the public Python calls.

A call is fetched on first use: opening a bundle must not load, or even need, what building needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lissom.bundle import Verified
    from lissom.data import Given
    from lissom.govern import Gates
    from lissom.pipeline.answering import Loaded, load, predict
    from lissom.pipeline.ask import Ask, Asked, Proposed
    from lissom.pipeline.asking import next_rows
    from lissom.pipeline.auditing import AuditOrder, audit
    from lissom.pipeline.building import build
    from lissom.pipeline.checkup import Check, doctor
    from lissom.pipeline.findings_file import to_json as findings_json
    from lissom.pipeline.fixing import FixOrder, fix
    from lissom.pipeline.looking import show, verify
    from lissom.pipeline.order import Budget, Built, Order
    from lissom.pipeline.results import AuditReport, Fixed, Predicted, Prediction, Shown
    from lissom.pipeline.samples import sample

__all__ = [
    "Ask",
    "Asked",
    "AuditOrder",
    "AuditReport",
    "Budget",
    "Built",
    "Check",
    "FixOrder",
    "Fixed",
    "Gates",
    "Given",
    "Loaded",
    "Order",
    "Predicted",
    "Prediction",
    "Proposed",
    "Shown",
    "Verified",
    "audit",
    "build",
    "doctor",
    "findings_json",
    "fix",
    "load",
    "next_rows",
    "predict",
    "sample",
    "show",
    "verify",
]

# The named door: public name -> the module that holds it.
_HOMES = {
    "Ask": "lissom.pipeline.ask",
    "Asked": "lissom.pipeline.ask",
    "AuditOrder": "lissom.pipeline.auditing",
    "AuditReport": "lissom.pipeline.results",
    "Budget": "lissom.pipeline.order",
    "Built": "lissom.pipeline.order",
    "Check": "lissom.pipeline.checkup",
    "FixOrder": "lissom.pipeline.fixing",
    "Fixed": "lissom.pipeline.results",
    "Gates": "lissom.govern",
    "Given": "lissom.data",
    "Loaded": "lissom.pipeline.answering",
    "Order": "lissom.pipeline.order",
    "Predicted": "lissom.pipeline.results",
    "Prediction": "lissom.pipeline.results",
    "Proposed": "lissom.pipeline.ask",
    "Shown": "lissom.pipeline.results",
    "Verified": "lissom.bundle",
    "audit": "lissom.pipeline.auditing",
    "build": "lissom.pipeline.building",
    "doctor": "lissom.pipeline.checkup",
    "findings_json": "lissom.pipeline.findings_file",
    "fix": "lissom.pipeline.fixing",
    "load": "lissom.pipeline.answering",
    "next_rows": "lissom.pipeline.asking",
    "predict": "lissom.pipeline.answering",
    "sample": "lissom.pipeline.samples",
    "show": "lissom.pipeline.looking",
    "verify": "lissom.pipeline.looking",
}

# Called otherwise where it is at home.
_THERE = {"findings_json": "to_json"}


def __getattr__(name: str) -> object:
    """Fetch a public name on first use.

    Raises:
        AttributeError: the pipeline has no such name.
        MissingPartError: the call needs a part that is not installed.
    """
    home = _HOMES.get(name)
    if home is None:
        message = f"module 'lissom.pipeline' has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(home), _THERE.get(name, name))
    globals()[name] = found  # the next look-up does not come here
    return found
