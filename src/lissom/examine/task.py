"""Is it right: accuracy and its kin, per class, and what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, wilson
from lissom.evidence.intervals import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.examine.answered import Answered

_FEWEST = 10
"""Rows under which a resampled interval says nothing."""


def share(name: str, hits: int, n: int, method: str, source: str) -> Measured:
    """Return a proportion with its Wilson interval, or NotMeasured for no rows."""
    if n == 0:
        return NotMeasured(name, "no rows of this kind")
    low, high = wilson(hits, n)
    return Evidence(name, hits / n, low, high, n, "share", f"Wilson 95 %; {method}", source)


def measure_task(answered: Answered, rng: np.random.Generator) -> tuple[Measured, ...]:
    """Measure accuracy, balanced accuracy, macro-F1, log loss, and precision and recall per class.

    Args:
        answered: answers beside the truth.
        rng: for resampled intervals.
    """
    n, classes = len(answered), len(answered.classes)
    targets, predicted = answered.targets, answered.predicted
    method, source = answered.method, answered.source
    counts = np.bincount(targets, minlength=classes)
    figures: list[Measured] = [
        share("task.accuracy", int(answered.right.sum()), n, method, source),
        share("task.majority_share", int(counts.max(initial=0)), n, method, source),
    ]
    if n < _FEWEST:
        reason = f"{n} labelled rows; a resampled interval needs {_FEWEST}"
        names = ("task.balanced_accuracy", "task.macro_f1", "task.log_loss")
        return (*figures, *(NotMeasured(name, reason) for name in names))
    chances = answered.probabilities[np.arange(n), targets]
    surprise = -np.log(np.maximum(chances.astype(np.float64), 1e-12))
    measures: dict[str, tuple[Callable[[NDArray[np.int64]], float], str]] = {
        "task.balanced_accuracy": (
            lambda rows: balanced_accuracy(targets[rows], predicted[rows], classes),
            "share",
        ),
        "task.macro_f1": (lambda rows: macro_f1(targets[rows], predicted[rows], classes), "share"),
        "task.log_loss": (lambda rows: float(surprise[rows].mean()), "nats"),
    }
    everything = np.arange(n)
    for name, (measure, unit) in measures.items():
        value = measure(everything)
        low, high = bootstrap(measure, n, rng)
        low, high = min(low, value), max(high, value)
        how = f"bootstrap 95 %, 500 draws; {method}"
        figures.append(Evidence(name, value, low, high, n, unit, how, source))
    return (*figures, *_per_class(answered))


def _per_class(answered: Answered) -> list[Measured]:
    figures: list[Measured] = []
    for number, name in enumerate(answered.classes):
        is_class, is_said = answered.targets == number, answered.predicted == number
        hits = int((is_class & is_said).sum())
        method, source = answered.method, answered.source
        at = f"task.class.{name}"
        figures.append(share(f"{at}.precision", hits, int(is_said.sum()), method, source))
        figures.append(share(f"{at}.recall", hits, int(is_class.sum()), method, source))
    return figures


def balanced_accuracy(
    targets: NDArray[np.int64], predicted: NDArray[np.int64], classes: int
) -> float:
    """Return the mean recall of the classes that have rows.

    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]), 2)
    0.5
    """
    counts = np.bincount(targets, minlength=classes)
    hits = np.bincount(targets[targets == predicted], minlength=classes)
    seen = counts > 0
    return float((hits[seen] / counts[seen]).mean())


def macro_f1(targets: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> float:
    """Return the mean F1 of the classes that have rows or answers.

    >>> macro_f1(np.array([0, 1]), np.array([0, 1]), 3)
    1.0
    """
    hits = np.bincount(targets[targets == predicted], minlength=classes)
    both = np.bincount(targets, minlength=classes) + np.bincount(predicted, minlength=classes)
    seen = both > 0
    return float((2 * hits[seen] / both[seen]).mean())


def draw_task(answered: Answered) -> tuple[Picture, ...]:
    """Draw what is taken for what; only the cells that hold rows."""
    if not len(answered):
        return ()
    names = answered.classes
    size = len(names)
    cells, counts = np.unique(answered.targets * size + answered.predicted, return_counts=True)
    columns: dict[str, tuple[str | float | int, ...]] = {
        "label": tuple(names[cell // size] for cell in cells),
        "answer": tuple(names[cell % size] for cell in cells),
        "rows": tuple(int(count) for count in counts),
    }
    title = "What is taken for what"
    return (Picture("task.confusion", title, "heat", columns, "answer", "label", colour="rows"),)
