"""Is it right: accuracy and its kin, per class, and what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture
from lissom.evidence.intervals import bootstrap, wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.examine.answered import Answered

_FEWEST = 10
"""Rows under which a resampled interval says nothing."""

_HEAT_LIMIT = 20
"""Classes up to which a whole confusion table can be read."""

_PAIRS_SHOWN = 15


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
    surprise = -np.log(np.maximum(chances, 1e-12)).astype(np.float64)
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
    """Draw recall per class, and what is taken for what."""
    if not len(answered):
        return ()
    return _recall_picture(answered), _confusion_picture(answered)


def _recall_picture(answered: Answered) -> Picture:
    rows: list[tuple[str, float, float, float, int]] = []
    for number, name in enumerate(answered.classes):
        is_class = answered.targets == number
        n = int(is_class.sum())
        if n:
            hits = int((is_class & answered.right).sum())
            rows.append((name, hits / n, *wilson(hits, n), n))
    rows.sort(key=lambda row: row[1])
    names = ("label", "recall", "low", "high", "rows")
    columns = {name: tuple(row[i] for row in rows) for i, name in enumerate(names)}
    title = "How many rows of each label are found, worst first"
    return Picture("task.recall", title, "bars", columns, "label", "recall", "low", "high")


def _confusion_picture(answered: Answered) -> Picture:
    classes = len(answered.classes)
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (answered.targets, answered.predicted), 1)
    if classes <= _HEAT_LIMIT:
        cells = [(t, p, int(table[t, p])) for t in range(classes) for p in range(classes)]
        title = "What is taken for what"
    else:
        off = [(t, p) for t, p in np.argwhere(table > 0) if t != p]
        off.sort(key=lambda pair: (-table[pair], pair))
        cells = [(int(t), int(p), int(table[t, p])) for t, p in off[:_PAIRS_SHOWN]]
        title = "The labels most often taken for another"
    names = answered.classes
    columns: dict[str, tuple[str | float | int, ...]] = {
        "label": tuple(names[t] for t, _, _ in cells),
        "answer": tuple(names[p] for _, p, _ in cells),
        "rows": tuple(count for _, _, count in cells),
    }
    if classes <= _HEAT_LIMIT:
        return Picture("task.confusion", title, "heat", columns, "answer", "label", colour="rows")
    columns["pair"] = tuple(f"{names[t]} → {names[p]}" for t, p, _ in cells)
    return Picture("task.confusion", title, "bars", columns, "pair", "rows")
