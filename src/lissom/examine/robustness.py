"""Part 4: does it stay right when a text is changed and its sense is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, RowToRead
from lissom.examine.case import Found
from lissom.examine.changes import CHANGES, Change, change_all
from lissom.examine.slices import Slice, count_slice, points_ahead
from lissom.examine.task import share
from lissom.examine.text_tests import examine_tests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Case

STANDARD = 0.1
"""Share of words or letters touched, at least one: what careless people send."""
STRENGTHS = (0.05, STANDARD, 0.2, 0.35, 0.5)
_FEWEST = 20
_READ = 3
_DRAWN = 4


def examine_robustness(case: Case) -> Found:
    """Measure accuracy under every change at its usual strength, then how it falls with strength.

    The same rows are answered with and without the change, so a loss of a point shows where two
    separate samples would need thousands of rows. Rows that a change leaves as they are do not
    count: a text without accents cannot lose any.
    """
    figures: list[Measured] = []
    rows: list[RowToRead] = []
    places = case.sample("robustness", case.effort.changed_rows)
    losses: list[tuple[Change, Evidence]] = []
    for change in CHANGES:
        found, shown = _measure(case, change, places)
        figures += found
        rows += shown
        losses += [
            (change, item)
            for item in found
            if isinstance(item, Evidence) and item.name.endswith(".loss")
        ]
    tests = examine_tests(case)
    pictures = (*_draw_losses(losses), *_draw_curve(case, losses, places))
    return Found((*figures, *tests.evidence), pictures, (*rows, *tests.rows))


def _measure(
    case: Case, change: Change, places: list[int]
) -> tuple[list[Measured], list[RowToRead]]:
    names = (f"robustness.{change.key}.accuracy", f"robustness.{change.key}.loss")
    texts = [case.rows.texts[i] for i in places]
    changed = change_all(change, texts, STANDARD, case.rng(f"robustness.{change.key}"))
    touched = [k for k, (one, other) in enumerate(zip(texts, changed, strict=True)) if one != other]
    if len(touched) < _FEWEST:
        reason = f"{len(touched)} rows can be changed in this way; {_FEWEST} are needed"
        return [NotMeasured(name, reason) for name in names], []
    rows = np.array([places[k] for k in touched])
    after = case.asker.ask([changed[k] for k in touched]).predicted
    found = _compare(case, rows, after)
    hits = int((after == case.answered.targets[rows]).sum())
    how = f"{change.title}, {STANDARD:.0%} of places, at least one"
    source = case.rows.source
    figures = [
        share(names[0], hits, found.n, how, source),
        points_ahead(
            names[1],
            found,
            level=0.95,
            about=f"accuracy before less after, same rows; {how}",
            source=source,
        ),
    ]
    return figures, _to_read(case, change, (rows, after), [changed[k] for k in touched])


def _compare(case: Case, rows: NDArray[np.int64], after: NDArray[np.int64]) -> Slice:
    part = case.answered.select(rows)
    first = (part.predicted, part.right)
    every = np.ones(len(rows), np.bool_)
    return count_slice("", first, (after, after == part.targets), every)


def _to_read(
    case: Case,
    change: Change,
    answers: tuple[NDArray[np.int64], NDArray[np.int64]],
    changed: list[str],
) -> list[RowToRead]:
    rows, after = answers
    part = case.answered.select(rows)
    lost = np.flatnonzero(part.right & (after != part.targets))[:_READ]
    names = case.asker.classes
    return [
        RowToRead(
            case.rows.numbers[int(rows[i])],
            changed[i],
            f'{change.title}: the model now says "{names[int(after[i])]}", before it said '
            f'"{names[int(part.targets[i])]}", which is right',
        )
        for i in lost.tolist()
    ]


def _draw_losses(losses: list[tuple[Change, Evidence]]) -> tuple[Picture, ...]:
    if not losses:
        return ()
    ordered = sorted(losses, key=lambda pair: -pair[1].value)
    columns: dict[str, tuple[str | float | int, ...]] = {
        "change": tuple(change.title for change, _ in ordered),
        "points lost": tuple(item.value for _, item in ordered),
        "low": tuple(float(item.low or 0.0) for _, item in ordered),
        "high": tuple(float(item.high or 0.0) for _, item in ordered),
        "rows": tuple(item.n for _, item in ordered),
    }
    title = "Points of accuracy lost by each change, the worst first"
    return (
        Picture(
            "robustness.losses", title, "bars", columns, "change", "points lost", "low", "high"
        ),
    )


def _draw_curve(
    case: Case, losses: list[tuple[Change, Evidence]], places: list[int]
) -> tuple[Picture, ...]:
    """Draw how accuracy falls with strength, for the changes that cost most."""
    most = case.effort.curve_rows
    if not most or not losses:
        return ()
    graded = [pair for pair in losses if _has_strengths(pair[0])]
    worst = sorted(graded, key=lambda pair: -pair[1].value)[:_DRAWN]
    few = places[:most]
    texts = [case.rows.texts[i] for i in few]
    truth = case.answered.targets[few]
    rows: list[tuple[float, float, str]] = []
    for change, _ in worst:
        rows.append((0.0, float(case.answered.right[few].mean()), change.title))
        for strength in STRENGTHS:
            rng = case.rng(f"robustness.{change.key}.{strength}")
            after = case.asker.ask(change_all(change, texts, strength, rng)).predicted
            rows.append((strength, float((after == truth).mean()), change.title))
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows)
        for i, name in enumerate(("strength", "right", "change"))
    }
    title = f"Accuracy on {len(few)} rows as more of each text is touched"
    return (
        Picture("robustness.curve", title, "line", columns, "strength", "right", colour="change"),
    )


def _has_strengths(change: Change) -> bool:
    """Say whether more of a text can be touched; all in capitals has no degrees."""
    whole = {"capitals", "small_letters", "no_accents", "contraction", "no_punctuation", "aside"}
    return change.key not in whole
