"""A scikit-learn model in a skops file as a target; only types that skops trusts are built."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import skops.io

from lissom.errors import TargetUnreadableError
from lissom.pipeline.targets.callables import estimator_answer
from lissom.pipeline.targets.target import Target

if TYPE_CHECKING:
    from pathlib import Path


def open_skops(path: Path) -> Target:
    """Open a skops file.

    Raises:
        TargetUnreadableError: it is none, holds types that skops does not trust, or no classifier.
    """
    try:
        unknown = skops.io.get_untrusted_types(file=path)
        model = None if unknown else skops.io.load(path, trusted=[])
    except Exception as error:  # a zip, a JSON or a type gone wrong: skops raises what it meets
        raise TargetUnreadableError(path.name, f"skops cannot open it ({error})") from error
    if unknown:
        why = f"it holds types that might run code: {', '.join(sorted(unknown)[:5])}"
        raise TargetUnreadableError(path.name, why)
    if not hasattr(model, "predict"):
        raise TargetUnreadableError(path.name, f"it holds a {type(model).__name__}, no classifier")
    answer, classes = estimator_answer(model)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Target(path.name, "scikit-learn file", answer, classes, digest)
