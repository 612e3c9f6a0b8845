"""Is it right, where a row has any number of labels: F1 in its three kinds, and label by label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, wilson
from lissom.evidence.intervals import bootstrap
from lissom.examine.expected_error import BINS
from lissom.examine.task import share

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FEWEST = 200
"""Rows under which a plain calibration error is mostly its own bias: 20 in a bin."""

_FEWEST = 10
"""Rows under which a resampled interval says nothing."""

NOTHING = "(nothing)"
"""Stands in a picture for a label that was missed, or given, without another in its place."""


@dataclass(frozen=True, slots=True, eq=False)
class AnsweredLabels:
    """Sets of labels beside the true ones.

    Args:
        wanted: (rows, labels) whether the row has the label.
        given: (rows, labels) whether the model gave it.
        probabilities: (rows, labels) calibrated, each for itself.
        sureness: (rows,) probability that the whole set is right.
        is_unsure: (rows,) the model would have asked a person.
        labels: the names, in the order of the columns.
        method: how the answers came about.
        source: which rows these are.
    """

    wanted: NDArray[np.bool_]
    given: NDArray[np.bool_]
    probabilities: NDArray[np.float32]
    sureness: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    labels: tuple[str, ...]
    method: str
    source: str

    @property
    def right(self) -> NDArray[np.bool_]:
        """Return whether each row's whole set is right."""
        same: NDArray[np.bool_] = (self.wanted == self.given).all(axis=1)
        return same

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts by label, of all rows or of rows drawn again.

    Args:
        hits: (labels,) rows that have it and were given it.
        given: (labels,) rows that were given it.
        wanted: (labels,) rows that have it.
    """

    hits: NDArray[np.float64]
    given: NDArray[np.float64]
    wanted: NDArray[np.float64]

    @property
    def precision(self) -> float:
        """Return the share of given labels that are right; 1 where none was given."""
        given = float(self.given.sum())
        return float(self.hits.sum()) / given if given else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the rows' labels that are given; 1 where they have none."""
        wanted = float(self.wanted.sum())
        return float(self.hits.sum()) / wanted if wanted else 1.0

    @property
    def micro_f1(self) -> float:
        """Return F1 over all decisions together; 1 where there was nothing to give or find."""
        both = float(self.given.sum() + self.wanted.sum())
        return 2 * float(self.hits.sum()) / both if both else 1.0

    @property
    def macro_f1(self) -> float:
        """Return the mean F1 of the labels that some row has or was given."""
        both = self.given + self.wanted
        seen = both > 0
        return float((2 * self.hits[seen] / both[seen]).mean()) if seen.any() else 1.0


class Counter:
    """Counts by label for any rows, repeats included, without touching the zeros."""

    def __init__(self, wanted: NDArray[np.bool_], given: NDArray[np.bool_]) -> None:
        """Remember where the ones are."""
        self._n, self._width = wanted.shape
        self._hits = np.nonzero(wanted & given)
        self._given = np.nonzero(given)
        self._wanted = np.nonzero(wanted)

    def count(self, rows: NDArray[np.int64]) -> Tally:
        """Count over these positions."""
        weights = np.bincount(rows, minlength=self._n).astype(np.float64)

        def by_label(at: tuple[NDArray[np.int64], ...]) -> NDArray[np.float64]:
            sums = np.bincount(at[1], weights=weights[at[0]], minlength=self._width)
            return sums.astype(np.float64)

        return Tally(by_label(self._hits), by_label(self._given), by_label(self._wanted))


def measure_labels(answered: AnsweredLabels, rng: np.random.Generator) -> tuple[Measured, ...]:
    """Measure F1 three ways, whole sets, single decisions, and each label by itself.

    Args:
        answered: answers beside the truth.
        rng: for resampled intervals.
    """
    n, method, source = len(answered), answered.method, answered.source
    counter = Counter(answered.wanted, answered.given)
    right = int(answered.right.sum())
    figures: list[Measured] = [share("task.subset_accuracy", right, n, method, source)]
    if n < _FEWEST:
        reason = f"{n} labelled rows; a resampled interval needs {_FEWEST}"
        return (*figures, *(NotMeasured(name, reason) for name in _RESAMPLED))
    by_row = row_f1(answered.wanted, answered.given)
    wrong = (answered.wanted != answered.given).mean(axis=1)
    measures: dict[str, Callable[[NDArray[np.int64]], float]] = {
        "task.micro_precision": lambda rows: counter.count(rows).precision,
        "task.micro_recall": lambda rows: counter.count(rows).recall,
        "task.micro_f1": lambda rows: counter.count(rows).micro_f1,
        "task.macro_f1": lambda rows: counter.count(rows).macro_f1,
        "task.samples_f1": lambda rows: float(by_row[rows].mean()),
        "task.hamming_loss": lambda rows: float(wrong[rows].mean()),
    }
    figures += [
        _resampled(name, measure, n, rng, (method, source)) for name, measure in measures.items()
    ]
    tally = counter.count(np.arange(n))
    best = constant_f1(tally.wanted, n)
    how = "the best set that is the same for every row, counted on these rows"
    figures.append(Evidence("task.constant_f1", best, None, None, n, "share", how, source))
    return (*figures, *_per_label(answered, tally))


_RESAMPLED = tuple(
    f"task.{name}"
    for name in (
        *("micro_precision", "micro_recall", "micro_f1", "macro_f1", "samples_f1"),
        *("hamming_loss", "constant_f1"),
    )
)


def measure_micro_f1(
    wanted: NDArray[np.bool_],
    given: NDArray[np.bool_],
    rng: np.random.Generator,
    told: tuple[str, str],
    *,
    name: str = "task.micro_f1",
) -> Measured:
    """Measure micro-F1 alone: of a way of learning, or of one model held against another.

    Args:
        wanted: (rows, labels) whether the row has the label.
        given: (rows, labels) whether it was given it.
        rng: for the resampled interval.
        told: method and source, in words.
        name: of the figure.
    """
    n, counter = len(wanted), Counter(wanted, given)
    if n < _FEWEST:
        reason = f"{n} labelled rows; a resampled interval needs {_FEWEST}"
        return NotMeasured(name, reason)
    return _resampled(name, lambda rows: counter.count(rows).micro_f1, n, rng, told)


def _resampled(
    name: str,
    measure: Callable[[NDArray[np.int64]], float],
    n: int,
    rng: np.random.Generator,
    told: tuple[str, str],
) -> Evidence:
    """Return a share of rows with its bootstrap interval."""
    value = measure(np.arange(n))
    low, high = bootstrap(measure, n, rng)
    low, high = max(min(low, value), 0.0), min(max(high, value), 1.0)
    how, source = f"bootstrap 95 %, 500 draws; {told[0]}", told[1]
    return Evidence(name, value, low, high, n, "share", how, source)


def row_f1(wanted: NDArray[np.bool_], given: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (rows,) F1 of each row's set; 1 where it has none and was given none.

    >>> row_f1(np.array([[True, True], [False, False]]), np.array([[True, False], [False, False]]))
    array([0.66666667, 1.        ])
    """
    both = wanted.sum(axis=1) + given.sum(axis=1)
    hits = (wanted & given).sum(axis=1)
    shares: NDArray[np.float64] = np.where(both > 0, 2 * hits / np.maximum(both, 1), 1.0)
    return shares


def constant_f1(wanted: NDArray[np.float64], n: int) -> float:
    """Return the micro F1 of the best set that every row could be given alike.

    Args:
        wanted: (labels,) rows that have each label.
        n: rows, at least 1.

    >>> constant_f1(np.array([8.0, 1.0]), 10)
    0.8421052631578947
    """
    # For a set of a given size the commonest labels are best, so there is one set to try a size.
    commonest = np.sort(wanted)[::-1]
    total = float(wanted.sum())
    sizes = np.arange(1, len(commonest) + 1)
    return float((2 * np.cumsum(commonest) / (sizes * n + total)).max())


def _per_label(answered: AnsweredLabels, tally: Tally) -> list[Measured]:
    figures: list[Measured] = []
    method, source = answered.method, answered.source
    n = len(answered)
    for number, name in enumerate(answered.labels):
        hits, given, wanted = (
            int(counts[number]) for counts in (tally.hits, tally.given, tally.wanted)
        )
        at = f"task.class.{name}"
        figures.append(share(f"{at}.precision", hits, given, method, source))
        figures.append(share(f"{at}.recall", hits, wanted, method, source))
        figures.append(_f1(f"{at}.f1", hits, given + wanted - hits, method, source))
        if n >= FEWEST:
            figures.append(_gap(answered, number))
    return figures


def _f1(name: str, hits: int, either: int, method: str, source: str) -> Measured:
    """Return F1 with its interval.

    F1 is 2q / (1 + q), where q is the share of hits among the rows that have the label or were
    given it; so the ends of Wilson's interval for q are those of an interval for F1.
    """
    if not either:
        return NotMeasured(name, "no row has it or was given it")
    ends = [2 * q / (1 + q) for q in (hits / either, *wilson(hits, either))]
    how = f"Wilson 95 % among rows that have it or were given it; {method}"
    return Evidence(name, ends[0], ends[1], ends[2], either, "share", how, source)


def _gap(answered: AnsweredLabels, number: int) -> Evidence:
    gaps = 100 * (answered.probabilities[:, number].astype(np.float64) - answered.wanted[:, number])
    n, value = len(gaps), float(gaps.mean())
    half = 1.96 * float(gaps.std(ddof=1)) / n**0.5
    name = f"calibration.class.{answered.labels[number]}.gap"
    how = f"mean of n differences, normal 95 %; {answered.method}"
    return Evidence(name, value, value - half, value + half, n, "points", how, answered.source)


def measure_label_calibration(
    answered: AnsweredLabels, rng: np.random.Generator
) -> tuple[Measured, ...]:
    """Measure how far each label's probability is from how often it is there, averaged.

    Args:
        answered: answers beside the truth.
        rng: for the resampled interval.
    """
    n, name = len(answered), "calibration.label_ece"
    if n < FEWEST:
        reason = f"{n} labelled rows; the figure is mostly its own bias below {FEWEST}"
        return (NotMeasured(name, reason),)
    gaps = answered.probabilities.astype(np.float64) - answered.wanted
    labels = gaps.shape[1]
    places = _bins(answered.probabilities) + BINS * np.arange(labels)

    def measure(rows: NDArray[np.int64]) -> float:
        weights = np.bincount(rows, minlength=n)[:, None]
        sums = np.bincount(places.ravel(), (weights * gaps).ravel(), minlength=BINS * labels)
        return float(np.abs(sums).sum() / (n * labels))

    value = measure(np.arange(n))
    low, high = bootstrap(measure, n, rng, draws=100)
    how = f"{BINS} bins of equal size for each label, bootstrap 95 %, 100 draws; {answered.method}"
    ends = min(max(low, 0.0), value), max(high, value)
    return (Evidence(name, value, *ends, n, "share", how, answered.source),)


def _bins(chances: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return (rows, labels) the bin of each probability among those of its label."""
    n = len(chances)
    order = np.argsort(chances, axis=0, kind="stable")
    found = np.zeros(chances.shape, np.int64)
    # As np.array_split has it: the first bins are one row longer where rows do not divide evenly.
    sizes = np.full(BINS, n // BINS) + (np.arange(BINS) < n % BINS)
    np.put_along_axis(found, order, np.repeat(np.arange(BINS), sizes)[:, None], axis=0)
    return found


def draw_labels(answered: AnsweredLabels) -> tuple[Picture, ...]:
    """Draw which label is missed and which is given in its place, and the labels' calibration."""
    if not len(answered):
        return ()
    return (_exchanges(answered), *_reliability(answered))


def _exchanges(answered: AnsweredLabels) -> Picture:
    names = (*answered.labels, NOTHING)
    size = len(names)
    missed = answered.wanted & ~answered.given
    extra = answered.given & ~answered.wanted
    any_missed, any_extra = missed.any(axis=1, keepdims=True), extra.any(axis=1, keepdims=True)
    missed = np.concatenate([missed, any_extra & ~any_missed], axis=1)
    extra = np.concatenate([extra, any_missed & ~any_extra], axis=1)
    counts = missed.astype(np.float64).T @ extra
    hits = (answered.wanted & answered.given).sum(axis=0)
    counts[np.arange(size - 1), np.arange(size - 1)] = hits
    rows, columns = np.nonzero(counts)
    cells: dict[str, tuple[str | float | int, ...]] = {
        "label": tuple(names[i] for i in rows),
        "answer": tuple(names[i] for i in columns),
        "rows": tuple(int(counts[i, j]) for i, j in zip(rows, columns, strict=True)),
    }
    title = "What is missed, and what is given in its place"
    return Picture("task.exchanges", title, "heat", cells, "answer", "label", colour="rows")


def _reliability(answered: AnsweredLabels) -> tuple[Picture, ...]:
    chances, wanted = answered.probabilities.ravel(), answered.wanted.ravel()
    if len(answered) < FEWEST:
        return ()
    # Most pairs of row and label are sure to be absent, so bins of equal width show more here.
    bins = np.clip((chances * BINS).astype(np.int64), 0, BINS - 1)
    rows: list[tuple[float, float, float, float, int]] = []
    for number in range(BINS):
        inside = bins == number
        n, hits = int(inside.sum()), int(wanted[inside].sum())
        if n:
            rows.append((float(chances[inside].mean()), hits / n, *wilson(hits, n), n))
    names = ("probability", "there", "low", "high", "decisions")
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows) for i, name in enumerate(names)
    }
    title = "When it gives a label 80 %, is it there 80 % of the time?"
    low_high = ("low", "high")
    return (
        Picture("calibration.labels", title, "line", columns, "probability", "there", *low_high),
    )
