"""The order of the stages, and the public Python calls.

A call is fetched on first use: opening a bundle must not load, or even need, what building needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lissom.bundle import OwnKey, TrustedKey, Verified
    from lissom.data import Given
    from lissom.govern import Gates
    from lissom.pipeline.answering import Loaded, load, predict
    from lissom.pipeline.ask import Ask, Asked, Proposed
    from lissom.pipeline.asking import next_rows
    from lissom.pipeline.building import build
    from lissom.pipeline.checkup import Check, doctor
    from lissom.pipeline.describing import Described, describe
    from lissom.pipeline.keys import (
        Keys,
        export_key,
        list_keys,
        make_key,
        retire_key,
        trust_key,
        untrust_key,
    )
    from lissom.pipeline.looking import show, verify
    from lissom.pipeline.order import Budget, Built, Order
    from lissom.pipeline.results import Predicted, Prediction, Shown
    from lissom.pipeline.samples import sample

__all__ = [
    "Ask",
    "Asked",
    "Budget",
    "Built",
    "Check",
    "Described",
    "Gates",
    "Given",
    "Keys",
    "Loaded",
    "Order",
    "OwnKey",
    "Predicted",
    "Prediction",
    "Proposed",
    "Shown",
    "TrustedKey",
    "Verified",
    "build",
    "describe",
    "doctor",
    "export_key",
    "list_keys",
    "load",
    "make_key",
    "next_rows",
    "predict",
    "retire_key",
    "sample",
    "show",
    "trust_key",
    "untrust_key",
    "verify",
]

# The named door: public name -> the module that holds it.
_HOMES = {
    "Ask": "lissom.pipeline.ask",
    "Asked": "lissom.pipeline.ask",
    "Budget": "lissom.pipeline.order",
    "Built": "lissom.pipeline.order",
    "Check": "lissom.pipeline.checkup",
    "Described": "lissom.pipeline.describing",
    "Gates": "lissom.govern",
    "Given": "lissom.data",
    "Keys": "lissom.pipeline.keys",
    "Loaded": "lissom.pipeline.answering",
    "Order": "lissom.pipeline.order",
    "OwnKey": "lissom.bundle",
    "Predicted": "lissom.pipeline.results",
    "Prediction": "lissom.pipeline.results",
    "Proposed": "lissom.pipeline.ask",
    "Shown": "lissom.pipeline.results",
    "TrustedKey": "lissom.bundle",
    "Verified": "lissom.bundle",
    "build": "lissom.pipeline.building",
    "describe": "lissom.pipeline.describing",
    "doctor": "lissom.pipeline.checkup",
    "export_key": "lissom.pipeline.keys",
    "list_keys": "lissom.pipeline.keys",
    "load": "lissom.pipeline.answering",
    "make_key": "lissom.pipeline.keys",
    "next_rows": "lissom.pipeline.asking",
    "predict": "lissom.pipeline.answering",
    "retire_key": "lissom.pipeline.keys",
    "sample": "lissom.pipeline.samples",
    "show": "lissom.pipeline.looking",
    "trust_key": "lissom.pipeline.keys",
    "untrust_key": "lissom.pipeline.keys",
    "verify": "lissom.pipeline.looking",
}


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
    found: object = getattr(import_module(home), name)
    globals()[name] = found  # the next look-up does not come here
    return found
