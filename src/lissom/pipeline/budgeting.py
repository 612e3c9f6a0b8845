"""The search for a point that meets a budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lissom.errors import BudgetNotMetError
from lissom.evidence import Evidence, Measured, NotMeasured, Picture
from lissom.examine import measure_speed
from lissom.pipeline.agreement import state_expected
from lissom.pipeline.shipping import check_size
from lissom.shrink import Limits, Tried, lay_points, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.pipeline.exam import Examined
    from lissom.pipeline.order import Order
    from lissom.pipeline.shipping import Parts
    from lissom.pipeline.shrinking import Bench, Shrunk
    from lissom.progress import Progress
    from lissom.shrink import Point

_FEWEST_TIMED = 20
_MOST_TIMED = 300
"""Texts that a point is timed on; what ships is timed again, on more."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search came to.

    Args:
        point: the point that ships.
        limits: what it was held to.
        shrunk: what ships.
        tried: every point that was looked at, in order.
    """

    point: Point
    limits: Limits
    shrunk: Shrunk
    tried: tuple[Tried, ...]


def limits_of(order: Order) -> Limits:
    """Return the limits that a person asked for, else those of the recipe."""
    asked = order.budget
    own = Limits(
        asked.max_mib or 0.0,
        asked.max_ms or 0.0,
        asked.max_loss or 0.0,
        asked.min_throughput or 0.0,
    )
    return own if own.is_any else order.recipe.budget


def choose_point(
    bench: Bench,
    order: Order,
    fallback: Sequence[str],
    clock: Callable[[], float],
    progress: Progress,
) -> Found:
    """Make the model small at the recipe's point, or at one that a budget allows.

    A recipe whose point was chosen by a budget is followed without searching or timing.

    Args:
        bench: makes the model small.
        order: recipe and budget.
        fallback: texts to time where too few are kept apart.
        clock: seconds, monotonic.
        progress: hears what was tried.

    Raises:
        SizeBudgetError: no point is small enough.
        BudgetNotMetError: no point keeps to all limits; it names the nearest and what binds.
    """
    limits, point = limits_of(order), order.recipe.point
    is_chosen = point.compared > 0 and limits == order.recipe.budget
    if is_chosen or not limits.is_any:
        shrunk = bench.shrink(point)
        check_size(shrunk.parts, limits.max_mib)
        return Found(point, limits, shrunk, ())
    texts = list(dict.fromkeys(bench.texts))[:_MOST_TIMED]
    if len(texts) < _FEWEST_TIMED:
        texts = list(fallback[:_MOST_TIMED])
    return search(bench, point, limits, lambda answer: _time(answer, texts, clock), progress)


def search(
    bench: Bench,
    first: Point,
    limits: Limits,
    time: Callable[[Callable[[Sequence[str]], object]], tuple[Measured, Measured]],
    progress: Progress,
) -> Found:
    """Try one point after the other until one keeps to the limits.

    A point that is too large, or expected to lose too much, is not timed.

    Args:
        bench: makes the model small.
        first: the point that would ship without limits.
        limits: what the result may cost.
        time: measures (wait, throughput) of something that answers texts.
        progress: hears what was tried.
    """
    points = (first,) if bench.is_words else lay_points(first, bench.moves)
    # A size is no matter of chance: only what is told from the rows counts as a comparison.
    compared = len(points) if limits.is_timed or limits.max_loss else 0
    untimed = replace(limits, max_ms=0.0, min_throughput=0.0)
    tried: list[Tried] = []
    too_large: set[tuple[str, int, str]] = set()
    smallest: Parts | None = None
    for plain in points:
        if plain.form in too_large:
            continue
        point = replace(plain, compared=compared)
        shrunk = bench.shrink(point)
        one = _weigh(point, shrunk)
        if limits.is_timed and one.meets(untimed):
            wait, throughput = time(bench.load(shrunk).answer)
            one = replace(one, wait=wait, throughput=throughput)
        tried.append(one)
        progress.note(f"Budget: {_tell(one)}: {'kept to' if one.meets(limits) else 'not met'}.")
        if one.meets(limits):
            return Found(point, limits, shrunk, tuple(tried))
        if 0 < limits.max_mib < shrunk.parts.size_mib:
            too_large.add(plain.form)
        if smallest is None or shrunk.parts.size_mib < smallest.size_mib:
            smallest = shrunk.parts
    if smallest is not None:
        check_size(smallest, limits.max_mib)
    raise _not_met(tried, limits)


def hold_to_budget(order: Order, evidence: Sequence[Measured]) -> Limits:
    """Refuse what was examined and costs more than is allowed, where there is no point to choose.

    Returns:
        The limits.

    Raises:
        BudgetNotMetError: a limit is not kept to.
    """
    limits, found = limits_of(order), {item.name: item for item in evidence}

    def figure(name: str) -> Measured:
        return found.get(name, NotMeasured(name, "not measured"))

    size = found["size.bundle_mib"]
    if limits.is_any and isinstance(size, Evidence):
        one = Tried(
            order.recipe.point,
            size,
            figure("compression.accuracy_loss"),
            figure("cost.latency_p95_ms"),
            figure("cost.throughput_texts_per_s"),
        )
        if not one.meets(limits):
            raise _not_met([one], limits)
    return limits


def _not_met(tried: Sequence[Tried], limits: Limits) -> BudgetNotMetError:
    best, limit = nearest(tried, limits)
    wanted = getattr(limits, limit)
    return BudgetNotMetError(_WORDS[limit], wanted, _value(best, limit), _tell(best))


def _weigh(point: Point, shrunk: Shrunk) -> Tried:
    source = "the files that answer"
    size = Evidence("", shrunk.parts.size_mib, None, None, 1, "MiB", "counted", source)
    return Tried(point, size, state_expected(shrunk, "texts kept apart"))


def _time(
    answer: Callable[[Sequence[str]], object], texts: Sequence[str], clock: Callable[[], float]
) -> tuple[Measured, Measured]:
    figures = measure_speed(answer, texts, clock, source="texts kept apart")
    found = {item.name: item for item in figures}
    return found["cost.latency_p95_ms"], found["cost.throughput_texts_per_s"]


_WORDS = {
    "max_mib": "--max-mib",
    "max_ms": "--max-ms",
    "max_loss": "--max-loss",
    "min_throughput": "--min-throughput",
}
_FIGURES = {
    "max_mib": "size_mib",
    "max_loss": "expected_loss",
    "max_ms": "latency_p95_ms",
    "min_throughput": "throughput_texts_per_s",
}


def _figures(one: Tried) -> dict[str, Measured]:
    return {
        "max_mib": one.size_mib,
        "max_loss": one.loss,
        "max_ms": one.wait,
        "min_throughput": one.throughput,
    }


def _value(one: Tried, limit: str) -> float | None:
    figure = _figures(one)[limit]
    if isinstance(figure, NotMeasured):
        return None
    end = figure.low if limit == "min_throughput" else figure.high
    return figure.value if end is None else end


def _tell(one: Tried) -> str:
    said = [
        f"{item.value:.4g} {item.unit}"
        for item in _figures(one).values()
        if isinstance(item, Evidence)
    ]
    return f"{one.point.name} ({', '.join(said)})"


def show_frontier(examined: Examined, tried: Sequence[Tried]) -> Examined:
    """Add every point that was tried, as figures and, where there are several, as pictures."""
    evidence = tuple(
        replace(item, name=f"frontier.{one.point.name}.{_FIGURES[limit]}")
        for one in tried
        for limit, item in _figures(one).items()
    )
    pictures = (
        _draw(
            tried, "frontier.size", "What each point keeps of accuracy, against its size", "max_mib"
        ),
        _draw(
            tried,
            "frontier.latency",
            "What each point keeps of accuracy, against its wait",
            "max_ms",
        ),
        _draw(
            tried,
            "frontier.speed",
            "What each point keeps of accuracy, against speed",
            "min_throughput",
        ),
    )
    drawn = tuple(one for one in pictures if one is not None)
    return replace(
        examined,
        evidence=(*examined.evidence, *evidence),
        pictures=(*examined.pictures, *drawn),
    )


def _draw(tried: Sequence[Tried], name: str, title: str, limit: str) -> Picture | None:
    rows = []
    for one in tried:
        loss, across = one.loss, _figures(one)[limit]
        if isinstance(loss, Evidence) and isinstance(across, Evidence):
            # Whole numbers, so that nobody takes less than 1 ms for a share.
            kept = 1 - float(loss.value) / 100
            rows.append((round(across.value * _SCALE[limit]), kept, one.point.name))
    if len(rows) < 2:  # noqa: PLR2004 - one dot is no picture
        return None
    rows.sort()
    unit = _AXES[limit]
    columns: dict[str, tuple[str | float | int, ...]] = {
        unit: tuple(row[0] for row in rows),
        _KEPT: tuple(row[1] for row in rows),
        "point": tuple(row[2] for row in rows),
    }
    return Picture(name, title, "dots", columns, unit, _KEPT)


_KEPT = "accuracy kept"
_AXES = {"max_mib": "KiB", "max_ms": "microseconds", "min_throughput": "texts per second"}
_SCALE = {"max_mib": 1024, "max_ms": 1000, "min_throughput": 1}
