"""A live scikit-learn estimator, or any function over a list of texts, as a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lissom.errors import WrongAnswersError
from lissom.examine import Replies
from lissom.pipeline.targets.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def open_callable(model: Any, *, classes: Sequence[str] = ()) -> Target:  # noqa: ANN401 - anything that answers
    """Return a target that asks a live object.

    Args:
        model: an estimator with `predict`, or a callable over a list of texts.
        classes: names of the columns when it returns a plain array of probabilities.

    Raises:
        WrongAnswersError: it is neither.
    """
    name = getattr(model, "__name__", type(model).__name__)
    if hasattr(model, "predict"):
        answer, known = estimator_answer(model)
        return Target(name, "callable", answer, known or tuple(classes))
    if not callable(model):
        raise WrongAnswersError(f"a {type(model).__name__} cannot be called")
    return Target(name, "callable", model, tuple(classes))


def estimator_answer(model: Any) -> tuple[Callable[[list[str]], object], tuple[str, ...]]:  # noqa: ANN401 - untyped library
    """Return how to ask an estimator, and the names of its classes.

    Probabilities are taken where it gives them for named classes, else its answers alone.
    """
    known = getattr(model, "classes_", None)
    names = tuple(str(one) for one in known) if known is not None else ()
    if names and hasattr(model, "predict_proba"):

        def chances(texts: list[str]) -> Replies:
            table = np.asarray(model.predict_proba(texts), np.float64)
            return Replies(names, table, "all")

        return chances, names

    def labels(texts: list[str]) -> object:
        found = model.predict(texts)
        is_plain = isinstance(found, np.ndarray)
        return [str(one) for one in found.tolist()] if is_plain else found

    return labels, names
