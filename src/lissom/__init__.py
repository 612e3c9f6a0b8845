"""Your own texts and a few labels in, a small transformer you can trust out.

`build`, `next_rows`, `load`, `LissomClassifier` and `LissomLabels` are fetched on first use, so
that `import lissom` stays light: whoever only asks for `__version__` should not wait for polars
or torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from lissom.errors import MissingPartError

if TYPE_CHECKING:
    from lissom.pipeline.answering import load
    from lissom.pipeline.calls import build, next_rows
    from lissom.pipeline.estimator import LissomClassifier
    from lissom.pipeline.exam_calls import compare_models, examine_model
    from lissom.pipeline.label_estimator import LissomLabels

__version__ = "0.1.0"

__all__ = [
    "LissomClassifier",
    "LissomLabels",
    "__version__",
    "build",
    "compare_models",
    "examine_model",
    "load",
    "next_rows",
]

# The named door: public name -> the module that holds it.
_HOMES = {
    "LissomClassifier": "lissom.pipeline.estimator",
    "LissomLabels": "lissom.pipeline.label_estimator",
    "build": "lissom.pipeline.calls",
    "compare_models": "lissom.pipeline.exam_calls",
    "examine_model": "lissom.pipeline.exam_calls",
    "load": "lissom.pipeline.answering",
    "next_rows": "lissom.pipeline.calls",
}


def __getattr__(name: str) -> object:
    """Fetch a public name on first use.

    Raises:
        AttributeError: lissom has no such name.
        MissingPartError: the name needs an extra that is not installed.
    """
    home = _HOMES.get(name)
    if home is None:
        message = f"module 'lissom' has no attribute {name!r}"
        raise AttributeError(message)
    try:
        found: object = getattr(import_module(home), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("lissom"):
            raise  # ours, and missing: a fault, not an extra
        raise MissingPartError(f"lissom.{name}", "train") from error
    globals()[name] = found  # the next look-up does not come here
    return found


def __dir__() -> list[str]:
    """List the public names, those not fetched yet too."""
    return sorted({*globals(), *__all__})
