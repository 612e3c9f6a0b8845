"""Part 10: what the small model lost against the one it was made from, and who pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, RowToRead
from lissom.evidence.exact import least_detectable
from lissom.evidence.intervals import bootstrap
from lissom.evidence.many import holm, simultaneous
from lissom.examine.case import Found
from lissom.examine.columns import find_groupings
from lissom.examine.slices import Slice, count_slice, draw_slices, points_ahead
from lissom.examine.task import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.answered import Answered
    from lissom.examine.case import Case
    from lissom.examine.columns import Grouping

_READ = 20
_ALARM = 0.05
_AHEAD = "full model less small one, row by row"


def examine_compression(case: Case) -> Found:
    """Measure what changed against the parent, over all rows, by class and by group."""
    if case.parent is None:
        names = ("disagreement", "accuracy_loss", "worst_slice_loss", "slices_worse")
        reason = "no parent was given to compare with; give one with --parent"
        return Found(tuple(NotMeasured(f"compression.{name}", reason) for name in names))
    asker, parent_name = case.parent.asker, case.parent.name
    case = case.few("compression", case.effort.compared_rows)
    replies = asker.ask(case.rows.texts)
    at = {name: i for i, name in enumerate(case.answered.classes)}
    # A class that only the parent knows is wrong wherever it is said, like any other mistake.
    columns = [at.get(name, -1) for name in replies.classes]
    parent = np.array([columns[i] for i in replies.predicted], np.int64)
    groupings = find_groupings(case.rows, case.settings.columns)
    found = measure_compression(
        case.answered, parent, groupings, parent_name, case.settings.least_rows
    )
    shift = _shift(case, replies.probabilities, columns, says=replies.says)
    return Found((*found.evidence, *shift), found.pictures, _to_read(case, parent))


def measure_compression(
    answered: Answered,
    parent: NDArray[np.int64],
    groupings: Sequence[Grouping],
    name: str,
    least_rows: int,
) -> Found:
    """Measure disagreement and lost accuracy over all rows and over every slice.

    Args:
        answered: the small model's answers beside the truth.
        parent: (rows,) the full model's answers, numbered alike.
        groupings: ways in which the rows fall into groups.
        name: what the full model is, for a person.
        least_rows: rows under which a slice is not judged.
    """
    whole = _count("", answered, parent, np.ones(len(answered), np.bool_))
    source = answered.source
    how = f"against {name}; {answered.method}"
    figures: list[Measured] = [
        share("compression.disagreement", whole.differ, whole.n, how, source)
    ]
    figures.append(
        points_ahead(
            "compression.accuracy_loss", whole, level=0.95, about=f"{_AHEAD}; {name}", source=source
        )
    )
    figures += _detectable(whole, source)
    slices = find_slices(answered, parent, groupings)
    judged = [one for one in slices if one.n >= least_rows]
    sure = holm([one.p_value for one in judged])
    figures += _over_slices(judged, sure, source)
    level = simultaneous(len(judged))
    for one, p in zip(judged, sure, strict=True):
        figures.append(
            share(f"compression.{one.name}.disagreement", one.differ, one.n, how, source)
        )
        about = f"{_AHEAD}; exact McNemar p = {p:.3g} by Holm"
        figures.append(
            points_ahead(
                f"compression.{one.name}.accuracy_loss",
                one,
                level=level,
                about=about,
                source=source,
            )
        )
    drawn = draw_slices(
        "compression.slices",
        "Points of accuracy lost, by class and group, the worst first",
        "points lost",
        sorted(judged, key=lambda one: -one.points),
        level,
    )
    return Found(tuple(figures), drawn)


def find_slices(
    answered: Answered, parent: NDArray[np.int64], groupings: Sequence[Grouping]
) -> list[Slice]:
    """Return every class and every group that has rows, counted by who is right.

    Args:
        answered: the second model's answers beside the truth.
        parent: (rows,) the first model's answers, numbered alike.
        groupings: ways in which the rows fall into groups.
    """
    found = [
        _count(f"class.{name}", answered, parent, answered.targets == number)
        for number, name in enumerate(answered.classes)
    ]
    for one in groupings:
        values = np.array([value or "" for value in one.values], dtype=object)
        found += [
            _count(f"group.{one.name}.{value}", answered, parent, values == value)
            for value in sorted(set(values.tolist()) - {""})
        ]
    return [one for one in found if one.n]


def _count(
    name: str, answered: Answered, parent: NDArray[np.int64], rows: NDArray[np.bool_]
) -> Slice:
    first = (parent, parent == answered.targets)
    return count_slice(name, first, (answered.predicted, answered.right), rows)


def _detectable(whole: Slice, source: str) -> list[Measured]:
    if not whole.n:
        return []
    apart = (whole.only_first + whole.only_second) / whole.n
    value = 100 * least_detectable(whole.n, apart)
    how = "smallest true loss that a two-sided 5 % test on these rows finds 4 times in 5; Connor"
    name = "compression.detectable_loss"
    return [Evidence(name, value, None, None, whole.n, "points", how, source)]


def _over_slices(judged: list[Slice], sure: list[float], source: str) -> list[Measured]:
    names = ("compression.worst_slice_loss", "compression.slices_worse")
    if not judged:
        reason = "no class or group has enough rows"
        return [NotMeasured(name, reason) for name in names]
    about = f"{_AHEAD}; the largest of {len(judged)} classes and groups"
    level = simultaneous(len(judged))
    each = [points_ahead(names[0], one, level=level, about=about, source=source) for one in judged]
    known = [item for item in each if isinstance(item, Evidence)]
    # The largest of many is too large by chance, so the ends are the largest of theirs.
    low = max(item.low for item in known if item.low is not None)
    high = max(item.high for item in known if item.high is not None)
    value = max(item.value for item in known)
    n = max(known, key=lambda item: item.value).n
    worse = sum(p < _ALARM and one.points > 0 for one, p in zip(judged, sure, strict=True))
    how = f"exact McNemar, Holm over {len(judged)} classes and groups"
    return [
        Evidence(names[0], value, low, high, n, "points", known[0].method, source),
        Evidence(names[1], float(worse), None, None, len(judged), "slices", how, source),
    ]


def _shift(
    case: Case, theirs: NDArray[np.float64], columns: list[int], *, says: str
) -> list[Measured]:
    """Return how far the stated probabilities moved on average."""
    name = "compression.probability_shift"
    answered = case.answered
    if says != "all" or answered.says != "all" or min(columns) < 0 or len(answered) < _READ:
        return [
            NotMeasured(name, "not both models give a probability for each of the same classes")
        ]
    parent = np.zeros((len(answered), len(answered.classes)))
    parent[:, columns] = theirs
    moved = np.abs(parent - answered.probabilities).sum(axis=1) / 2
    n, value = len(moved), float(moved.mean())
    low, high = bootstrap(lambda rows: float(moved[rows].mean()), n, case.rng("compression"))
    how = "half the summed absolute change of a row's probabilities; bootstrap 95 %, 500 draws"
    ends = (min(low, value), max(high, value))
    return [Evidence(name, value, *ends, n, "probability", how, answered.source)]


def _to_read(case: Case, parent: NDArray[np.int64]) -> tuple[RowToRead, ...]:
    """Return rows that the parent got right and the small model did not, the surest first."""
    answered = case.answered
    lost = np.flatnonzero((parent == answered.targets) & ~answered.right)
    lost = lost[np.argsort(-answered.sureness[lost], kind="stable")][:_READ]
    return tuple(
        RowToRead(
            case.rows.numbers[i],
            case.rows.texts[i],
            f'the full model says "{answered.classes[answered.targets[i]]}", as your file does; '
            f'the small one says "{answered.classes[answered.predicted[i]]}"',
        )
        for i in lost.tolist()
    )
