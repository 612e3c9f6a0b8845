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
    from lissom.pipeline.building import build
    from lissom.pipeline.checkup import Check, doctor
    from lissom.pipeline.looking import show, verify
    from lissom.pipeline.order import Budget, Built, Order
    from lissom.pipeline.releasing import Act, Released, change_release, show_release
    from lissom.pipeline.results import Predicted, Prediction, Shown
    from lissom.pipeline.samples import sample
    from lissom.pipeline.serving import (
        ServeOrder,
        add_key,
        drop_key,
        find_releases,
        keys_path,
        list_keys,
        open_model,
        open_models,
    )
    from lissom.pipeline.uploads import answer_upload
    from lissom.pipeline.watching import (
        WatchOrder,
        accept_change,
        erase_subject,
        open_chronicle,
        watch,
    )

__all__ = [
    "Act",
    "Budget",
    "Built",
    "Check",
    "Gates",
    "Given",
    "Loaded",
    "Order",
    "Predicted",
    "Prediction",
    "Released",
    "ServeOrder",
    "Shown",
    "Verified",
    "WatchOrder",
    "accept_change",
    "add_key",
    "answer_upload",
    "build",
    "change_release",
    "doctor",
    "drop_key",
    "erase_subject",
    "find_releases",
    "keys_path",
    "list_keys",
    "load",
    "open_chronicle",
    "open_model",
    "open_models",
    "predict",
    "sample",
    "show",
    "show_release",
    "verify",
    "watch",
]

# The named door: public name -> the module that holds it.
_HOMES = {
    "Act": "lissom.pipeline.releasing",
    "Budget": "lissom.pipeline.order",
    "Built": "lissom.pipeline.order",
    "Check": "lissom.pipeline.checkup",
    "Gates": "lissom.govern",
    "Given": "lissom.data",
    "Loaded": "lissom.pipeline.answering",
    "Order": "lissom.pipeline.order",
    "Predicted": "lissom.pipeline.results",
    "Prediction": "lissom.pipeline.results",
    "Released": "lissom.pipeline.releasing",
    "ServeOrder": "lissom.pipeline.serving",
    "Shown": "lissom.pipeline.results",
    "Verified": "lissom.bundle",
    "WatchOrder": "lissom.pipeline.watching",
    "accept_change": "lissom.pipeline.watching",
    "add_key": "lissom.pipeline.serving",
    "answer_upload": "lissom.pipeline.uploads",
    "build": "lissom.pipeline.building",
    "change_release": "lissom.pipeline.releasing",
    "doctor": "lissom.pipeline.checkup",
    "drop_key": "lissom.pipeline.serving",
    "erase_subject": "lissom.pipeline.watching",
    "find_releases": "lissom.pipeline.serving",
    "keys_path": "lissom.pipeline.serving",
    "list_keys": "lissom.pipeline.serving",
    "load": "lissom.pipeline.answering",
    "open_chronicle": "lissom.pipeline.watching",
    "open_model": "lissom.pipeline.serving",
    "open_models": "lissom.pipeline.serving",
    "predict": "lissom.pipeline.answering",
    "sample": "lissom.pipeline.samples",
    "show": "lissom.pipeline.looking",
    "show_release": "lissom.pipeline.releasing",
    "verify": "lissom.pipeline.looking",
    "watch": "lissom.pipeline.watching",
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
