"""Part 6: are some served worse than others, with control for looking at many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import (
    Evidence,
    Measured,
    NotMeasured,
    Picture,
    RowToRead,
    difference,
    wilson,
)
from lissom.evidence.exact import fisher
from lissom.evidence.many import benjamini_hochberg, holm, simultaneous
from lissom.examine.case import Found
from lissom.examine.columns import find_groupings
from lissom.examine.swap import examine_swaps
from lissom.examine.task import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.examine.answered import Answered
    from lissom.examine.case import Case
    from lissom.examine.columns import Grouping

_READ = 10
_ALARM = 0.05
_IN_CLASS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """One group of one column, counted.

    Args:
        column: name of the column.
        name: of the group.
        n: its rows.
        hits: rows answered right.
        rest_n: rows of the column's other groups, small ones too.
        rest_hits: of these, answered right.
    """

    column: str
    name: str
    n: int
    hits: int
    rest_n: int
    rest_hits: int

    @property
    def gap(self) -> float:
        """Return by how much of a share it is served better than the rest."""
        return self.hits / self.n - self.rest_hits / self.rest_n


def examine_groups(case: Case) -> Found:
    """Measure how well every group is served, and what happens when identity terms are swapped."""
    groupings = find_groupings(case.rows, case.settings.columns)
    found = measure_groups(case.answered, groupings, case.settings.least_rows)
    swapped = examine_swaps(case)
    worst = _worst_rows(case, groupings, found.evidence)
    return Found(
        (*found.evidence, *swapped.evidence),
        (*found.pictures, *swapped.pictures),
        (*worst, *swapped.rows),
    )


def measure_groups(answered: Answered, groupings: Sequence[Grouping], least_rows: int) -> Found:
    """Measure accuracy by group and the gaps between groups.

    Every group is compared with the rest of its column; those comparisons are counted together
    over all columns, so that the luckiest of fifty does not pass for a finding. A group under the
    floor is named and not judged.

    Args:
        answered: answers beside the truth.
        groupings: ways in which the rows fall into groups.
        least_rows: rows under which a group is not judged.

    Source: Holm (1979) for the tests; all pairs of a column at Bonferroni's level for the gap,
    which is Fairlearn's "difference between groups".
    """
    groups = [group for one in groupings for group in _count(answered, one)]
    judged = [group for group in groups if group.n >= least_rows and group.rest_n >= least_rows]
    alone = [group for group in groups if group not in judged]
    p_values = [fisher(g.hits, g.n, g.rest_hits, g.rest_n) for g in judged]
    sure, likely = holm(p_values), benjamini_hochberg(p_values)
    figures: list[Measured] = [_different(judged, sure, answered)]
    for one in groupings:
        figures += _gaps(answered, one, least_rows)
    for group, p, q in zip(judged, sure, likely, strict=True):
        figures += _figures(group, len(judged), (p, q), answered)
    for group in alone:
        reason = f"{group.n} rows; a group is judged from {least_rows} on"
        if group.n >= least_rows:
            reason = f"the other groups have {group.rest_n} rows together; {least_rows} are needed"
        figures.append(NotMeasured(f"groups.{group.column}.{group.name}.accuracy", reason))
    return Found(tuple(figures), tuple(_draw(one.name, judged) for one in groupings if judged))


def _count(answered: Answered, grouping: Grouping) -> list[Group]:
    values = np.array([value or "" for value in grouping.values], dtype=object)
    inside = values != ""
    n, hits = int(inside.sum()), int(answered.right[inside].sum())
    found = []
    for name in sorted(set(values[inside].tolist())):
        mine = values == name
        size, right = int(mine.sum()), int(answered.right[mine].sum())
        found.append(Group(grouping.name, name, size, right, n - size, hits - right))
    return found


def _different(judged: list[Group], p_values: list[float], answered: Answered) -> Measured:
    name = "groups.different"
    if not judged:
        return NotMeasured(name, "no two groups have enough rows to be compared")
    count = sum(p < _ALARM for p in p_values)
    how = f"Fisher's exact test against the rest of the column, Holm over {len(judged)} comparisons"
    return Evidence(name, float(count), None, None, len(judged), "groups", how, answered.source)


def _figures(
    group: Group, comparisons: int, adjusted: tuple[float, float], answered: Answered
) -> list[Measured]:
    at = f"groups.{group.column}.{group.name}"
    level = simultaneous(comparisons)
    low, high = difference(group.hits, group.n, group.rest_hits, group.rest_n, level=level)
    how = (
        f"less the rest of the column ({group.rest_n} rows); Newcombe, all {comparisons} "
        f"comparisons together at 95 %; p = {adjusted[0]:.3g} by Holm, {adjusted[1]:.3g} by "
        "Benjamini-Hochberg"
    )
    points = (100 * group.gap, 100 * low, 100 * high)
    return [
        share(f"{at}.accuracy", group.hits, group.n, answered.method, answered.source),
        Evidence(f"{at}.difference", *points, group.n, "points", how, answered.source),
    ]


def _gaps(answered: Answered, grouping: Grouping, least_rows: int) -> list[Measured]:
    """Return Fairlearn's differences between the groups of a column, each with an interval."""
    at = f"groups.{grouping.name}"
    values = np.array([value or "" for value in grouping.values], dtype=object)
    names = [
        name
        for name in sorted(set(values.tolist()) - {""})
        if int((values == name).sum()) >= least_rows
    ]
    known = [values == name for name in names]
    found = [_gap(f"{at}.gap", [(answered.right, rows) for rows in known], answered, least_rows)]
    found.append(_even_gap(f"{at}.gap_at_equal_mix", known, answered))
    if len(answered.classes) == 2:  # noqa: PLR2004 - these two are defined for two classes
        says = answered.predicted == 1
        said = [(says, rows) for rows in known]
        found.append(_gap(f"{at}.parity_gap", said, answered, least_rows))
        found.append(_odds_gap(f"{at}.odds_gap", known, answered, least_rows))
    return found


def _gap(
    name: str,
    parts: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    answered: Answered,
    least_rows: int,
    *,
    tests: int = 1,
) -> Measured:
    """Return the largest difference of a share between two groups.

    The largest of many differences is too large by chance; so all pairs get intervals that hold
    together, and the true gap lies between the largest of their lower ends and the largest of their
    upper ends.
    """
    counted = [(int(is_hit[rows].sum()), int(rows.sum())) for is_hit, rows in parts]
    counted = [(hits, n) for hits, n in counted if n >= least_rows]
    if len(counted) < 2:  # noqa: PLR2004 - a gap has two sides
        return NotMeasured(name, f"fewer than two groups have {least_rows} rows")
    pairs = list(combinations(counted, 2))
    level = simultaneous(len(pairs) * tests)
    bounds = [difference(*one, *other, level=level) for one, other in pairs]
    value = max(abs(a / n - b / m) for (a, n), (b, m) in pairs)
    low = max(max(low, -high, 0.0) for low, high in bounds)
    high = max(max(-low, high) for low, high in bounds)
    how = f"best less worst of {len(counted)} groups; Newcombe, all pairs together at 95 %"
    n = sum(n for _, n in counted)
    return Evidence(
        name,
        100 * value,
        100 * min(low, value),
        100 * max(high, value),
        n,
        "points",
        f"{how}; {answered.method}",
        answered.source,
    )


def _odds_gap(
    name: str, known: Sequence[NDArray[np.bool_]], answered: Answered, least_rows: int
) -> Measured:
    """Return the larger gap of two: saying the second class where it is true, and where it is not.

    Source: Hardt, Price, Srebro (2016), NeurIPS; Fairlearn's equalized odds difference.
    """
    says = answered.predicted == 1
    sides = [
        _gap(
            name,
            [(says, rows & (answered.targets == truth)) for rows in known],
            answered,
            least_rows,
            tests=2,
        )
        for truth in (0, 1)
    ]
    both = [side for side in sides if isinstance(side, Evidence)]
    if len(both) < len(sides):
        return next(side for side in sides if isinstance(side, NotMeasured))
    value = max(side.value for side in both)
    low = max(side.low or 0.0 for side in both)
    high = max(side.high or side.value for side in both)
    first = both[0]
    n = len(answered)
    return Evidence(name, value, low, high, n, "points", first.method, first.source)


def _even_gap(name: str, known: Sequence[NDArray[np.bool_]], answered: Answered) -> Measured:
    """Return the gap if every group had the same mix of classes.

    A group with harder classes looks badly served, and the other way round a model may be worse for
    every class of a group that looks well served (Simpson's reversal).

    Source: direct standardisation; intervals summed as Zou and Donner (2008).
    """
    counts = np.bincount(answered.targets, minlength=len(answered.classes))
    classes = [
        c
        for c in np.flatnonzero(counts).tolist()
        if known and all(int((rows & (answered.targets == c)).sum()) >= _IN_CLASS for rows in known)
    ]
    if len(known) < 2 or not classes:  # noqa: PLR2004 - a gap has two sides
        return NotMeasured(name, f"no class has {_IN_CLASS} rows in each of two groups")
    weights = counts[classes] / counts[classes].sum()
    pairs = list(combinations(range(len(known)), 2))
    level = simultaneous(len(pairs))
    evened = [_evened(answered, rows, (classes, weights), level) for rows in known]
    values, lows, highs = [], [], []
    for i, j in pairs:
        (a, a_low, a_high), (b, b_low, b_high) = evened[i], evened[j]
        values.append(abs(a - b))
        below = a - b - sqrt((a - a_low) ** 2 + (b_high - b) ** 2)
        above = a - b + sqrt((a_high - a) ** 2 + (b - b_low) ** 2)
        lows.append(max(below, -above, 0.0))
        highs.append(max(-below, above))
    how = (
        f"best less worst of {len(known)} groups, each class weighted alike ({len(classes)} of "
        f"{len(answered.classes)} classes); summed Wilson, all pairs together at 95 %"
    )
    ends = (100 * max(values), 100 * max(lows), min(100.0, 100 * max(highs)))
    return Evidence(name, *ends, len(answered), "points", how, answered.source)


def _evened(
    answered: Answered,
    rows: NDArray[np.bool_],
    mix: tuple[list[int], NDArray[np.float64]],
    level: float,
) -> tuple[float, float, float]:
    value = below = above = 0.0
    for c, weight in zip(*mix, strict=True):
        mine = rows & (answered.targets == c)
        hits, n = int(answered.right[mine].sum()), int(mine.sum())
        low, high = wilson(hits, n, level=level)
        value += weight * hits / n
        below += (weight * (hits / n - low)) ** 2
        above += (weight * (high - hits / n)) ** 2
    return float(value), float(value - sqrt(below)), float(value + sqrt(above))


def _draw(column: str, judged: list[Group]) -> Picture:
    mine = sorted((g for g in judged if g.column == column), key=lambda g: g.hits / g.n)
    bounds = [wilson(g.hits, g.n) for g in mine]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "group": tuple(g.name for g in mine),
        "right": tuple(g.hits / g.n for g in mine),
        "low": tuple(low for low, _ in bounds),
        "high": tuple(high for _, high in bounds),
        "rows": tuple(g.n for g in mine),
    }
    title = f'How often it is right, by "{column}", the worst first'
    return Picture(f"groups.{column}", title, "bars", columns, "group", "right", "low", "high")


def _worst_rows(
    case: Case, groupings: Sequence[Grouping], figures: Sequence[Measured]
) -> tuple[RowToRead, ...]:
    """Return mistakes in the group that is furthest behind the rest."""
    behind = [
        item
        for item in figures
        if isinstance(item, Evidence)
        and item.name.endswith(".difference")
        and item.high is not None
        and item.high < 0
    ]
    if not behind:
        return ()
    worst = min(behind, key=lambda item: item.value).name
    for one in groupings:
        for value in sorted({value for value in one.values if value}):
            if worst == f"groups.{one.name}.{value}.difference":
                return _mistakes(case, [i for i, v in enumerate(one.values) if v == value], value)
    return ()


def _mistakes(case: Case, rows: list[int], group: str) -> tuple[RowToRead, ...]:
    answered = case.answered
    wrong = [i for i in rows if not answered.right[i]][:_READ]
    return tuple(
        RowToRead(
            case.rows.numbers[i],
            case.rows.texts[i],
            f'of the group "{group}": your file says "{case.rows.labels[i]}", the model says '
            f'"{answered.classes[int(answered.predicted[i])]}"',
        )
        for i in wrong
    )
