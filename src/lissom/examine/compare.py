"""Two models on the same rows: which is better, where, and whether the data can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, RowToRead
from lissom.evidence.exact import least_detectable
from lissom.evidence.intervals import bootstrap
from lissom.evidence.many import benjamini_hochberg, simultaneous
from lissom.examine.columns import find_groupings
from lissom.examine.slices import Slice, count_slice, draw_slices, points_ahead
from lissom.examine.task import macro_f1, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.answered import Answered
    from lissom.examine.case import Rows

Better = Literal["first", "second", "the data cannot tell"]
_FEWEST = 10
_READ = 30
_ALARM = 0.05
_AHEAD = "second less first, row by row"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two models' answers to the same rows came to.

    Args:
        better: the one that is right more often for certain, if the data can tell.
        sentence: that, in words with its figures.
        where: (slice, better one) for every class and group where one is better for certain.
        evidence: the figures.
        pictures: tables worth drawing.
        rows: rows that one of them answers right and the other wrong; private.
    """

    better: Better
    sentence: str
    where: tuple[tuple[str, Better], ...]
    evidence: tuple[Measured, ...]
    pictures: tuple[Picture, ...]
    rows: tuple[RowToRead, ...]


def compare_answers(
    first: Answered,
    second: Answered,
    rows: Rows,
    columns: Sequence[str],
    rng: np.random.Generator,
) -> Comparison:
    """Compare two models' answers to the same labelled rows.

    Whether one is better is decided by the interval of the difference alone: when it holds 0, the
    data cannot tell, and the smallest difference that they could have shown is named. Classes and
    groups are tested together, false discoveries held at 5 % (Benjamini and Hochberg).

    Args:
        first: the first model's answers beside the truth.
        second: the second's, to the same rows in the same order.
        rows: the rows.
        columns: columns to group by; () for those that look like groups.
        rng: for resampled intervals.
    """
    said = _align(first, second)
    targets = _numbers(rows.labels, {name: i for i, name in enumerate(said.names)})
    whole = _count("", said, targets, np.ones(len(rows), np.bool_))
    source = f"labelled rows of {rows.source}"
    slices = _slices(said, targets, rows, columns)
    sure = benjamini_hochberg([one.p_value for one in slices])
    where = tuple(
        (one.name, _side(one.points)) for one, p in zip(slices, sure, strict=True) if p < _ALARM
    )
    figures = [
        *_whole(whole, first, second, source),
        *_resampled(said, targets, (first, second), rng, source),
        Evidence(
            "compare.slices_different",
            float(len(where)),
            None,
            None,
            len(slices),
            "slices",
            f"exact McNemar, Benjamini-Hochberg over {len(slices)} classes and groups",
            source,
        ),
    ]
    level = simultaneous(len(slices))
    for one, p in zip(slices, sure, strict=True):
        about = f"{_AHEAD}; exact McNemar p = {p:.3g} by Benjamini-Hochberg"
        name = f"compare.{one.name}.difference"
        figures.append(points_ahead(name, one, level=level, about=about, source=source))
    better, sentence = _decide(whole, figures)
    pictures = draw_slices(
        "compare.slices",
        "Points by which the second is ahead, by class and group",
        "points ahead",
        sorted(slices, key=lambda one: one.points),
        level,
    )
    return Comparison(
        better, sentence, where, tuple(figures), pictures, _to_read(said, targets, rows)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """Both models' answers, numbered alike."""

    names: tuple[str, ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def _align(first: Answered, second: Answered) -> _Said:
    names = tuple(dict.fromkeys([*first.classes, *second.classes]))
    at = {name: i for i, name in enumerate(names)}
    return _Said(
        names,
        _numbers([first.classes[i] for i in first.predicted], at),
        _numbers([second.classes[i] for i in second.predicted], at),
    )


def _numbers(labels: Sequence[str], at: dict[str, int]) -> NDArray[np.int64]:
    return np.array([at[label] for label in labels], np.int64)


def _count(name: str, said: _Said, targets: NDArray[np.int64], rows: NDArray[np.bool_]) -> Slice:
    """Count with the second model first, so that points are second less first."""
    one, other = (said.second, said.second == targets), (said.first, said.first == targets)
    return count_slice(name, one, other, rows)


def _slices(
    said: _Said, targets: NDArray[np.int64], rows: Rows, columns: Sequence[str]
) -> list[Slice]:
    found = [
        _count(f"class.{name}", said, targets, targets == number)
        for number, name in enumerate(said.names)
    ]
    for one in find_groupings(rows, columns):
        values = np.array([value or "" for value in one.values], dtype=object)
        found += [
            _count(f"group.{one.name}.{value}", said, targets, values == value)
            for value in sorted(set(values.tolist()) - {""})
        ]
    return [one for one in found if one.n >= _FEWEST]


def _whole(whole: Slice, first: Answered, second: Answered, source: str) -> list[Measured]:
    n = whole.n
    ahead = points_ahead(
        "compare.accuracy_difference", whole, level=0.95, about=_AHEAD, source=source
    )
    apart = (whole.only_first + whole.only_second) / n
    detectable = 100 * least_detectable(n, apart)
    how = "smallest true difference that a two-sided 5 % test on these rows finds 4 times in 5"
    exact = f"exact McNemar; the second alone is right on {whole.only_first} rows, the first alone "
    return [
        share("compare.first.accuracy", int(first.right.sum()), n, first.method, source),
        share("compare.second.accuracy", int(second.right.sum()), n, second.method, source),
        ahead,
        Evidence(
            "compare.p_value",
            whole.p_value,
            None,
            None,
            n,
            "probability",
            f"{exact}on {whole.only_second}",
            source,
        ),
        Evidence("compare.detectable_difference", detectable, None, None, n, "points", how, source),
        share("compare.disagreement", whole.differ, n, "counted", source),
    ]


def _resampled(
    said: _Said,
    targets: NDArray[np.int64],
    both: tuple[Answered, Answered],
    rng: np.random.Generator,
    source: str,
) -> list[Measured]:
    n, classes = len(targets), len(said.names)
    names = ("compare.macro_f1_difference", "compare.log_loss_difference")
    if n < _FEWEST:
        return [NotMeasured(name, f"{n} labelled rows; {_FEWEST} are needed") for name in names]

    def gap(rows: NDArray[np.int64]) -> float:
        truth = targets[rows]
        second = macro_f1(truth, said.second[rows], classes)
        return 100 * (second - macro_f1(truth, said.first[rows], classes))

    how = "paired bootstrap 95 %, 500 draws"
    low, high = bootstrap(gap, n, rng)
    value = gap(np.arange(n))
    figures: list[Measured] = [
        Evidence(names[0], value, min(low, value), max(high, value), n, "points", how, source)
    ]
    if any(one.says != "all" for one in both):
        reason = "not both models give a probability for each class"
        return [*figures, NotMeasured(names[1], reason)]
    surprise = [
        -np.log(np.maximum(one.probabilities[np.arange(n), one.targets], 1e-12)) for one in both
    ]
    more = surprise[1] - surprise[0]
    low, high = bootstrap(lambda rows: float(more[rows].mean()), n, rng)
    value = float(more.mean())
    ends = (min(low, value), max(high, value))
    return [*figures, Evidence(names[1], value, *ends, n, "nats", how, source)]


def _side(points: float) -> Better:
    return "second" if points > 0 else "first"


def _decide(whole: Slice, figures: list[Measured]) -> tuple[Better, str]:
    ahead = next(item for item in figures if item.name == "compare.accuracy_difference")
    seen = next(item for item in figures if item.name == "compare.detectable_difference")
    if not isinstance(ahead, Evidence) or ahead.low is None or ahead.high is None:
        return "the data cannot tell", "There are no labelled rows to compare on."
    span = f"{ahead.value:+.1f} points ({ahead.low:+.1f} to {ahead.high:+.1f})"
    if ahead.low <= 0 <= ahead.high:
        least = seen.value if isinstance(seen, Evidence) else 0.0
        sentence = (
            f"The data cannot tell which is better: second less first is {span} on {whole.n} rows, "
            f"and a true difference under {least:.1f} points would not show on so few."
        )
        return "the data cannot tell", sentence
    better = _side(ahead.value)
    return better, f"The {better} is better: second less first is {span} on {whole.n} rows."


def _to_read(said: _Said, targets: NDArray[np.int64], rows: Rows) -> tuple[RowToRead, ...]:
    one_right = (said.first == targets) != (said.second == targets)
    return tuple(
        RowToRead(
            rows.numbers[i],
            rows.texts[i],
            f'your file says "{rows.labels[i]}", the first says "{said.names[said.first[i]]}", '
            f'the second "{said.names[said.second[i]]}"',
        )
        for i in np.flatnonzero(one_right)[:_READ].tolist()
    )
