"""What an answer costs in time, measured through whatever will answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.evidence.intervals import median_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_FEWEST = 20
_ROUNDS = 5
_LEAST = (_FEWEST, _FEWEST, 2000)
"""Single queries under which a percentile is not told: 20 of 2,000 lie beyond the 99th."""


@dataclass(frozen=True, slots=True)
class Spend:
    """How many texts a measurement of speed may ask.

    Args:
        single: texts asked one at a time, at most.
        batch: texts asked together, at most; a round repeats them.
    """

    single: int = 300
    batch: int = 100_000


def measure_speed(
    answer: Callable[[list[str]], object],
    texts: Sequence[str],
    clock: Callable[[], float],
    *,
    source: str,
    prefix: str = "cost",
    spend: Spend = Spend(),
) -> tuple[Measured, ...]:
    """Measure latency of single texts and throughput of many.

    Args:
        answer: anything that answers a list of texts.
        texts: distinct, and not seen in training; repeats would flatter a cache.
        clock: seconds, monotonic.
        source: what these texts are.
        prefix: "cost", or "cost.encoder" for a part.
        spend: how many texts are asked.

    Returns:
        p50, p95 and, from 2,000 single queries on, p99 latency in ms with order-statistic
        intervals, and throughput in texts per second as the median of five rounds with their
        minimum and maximum.
    """
    names = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "throughput_texts_per_s")
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < _FEWEST:
        reason = f"{len(distinct)} distinct unseen texts; {_FEWEST} are needed"
        return tuple(NotMeasured(f"{prefix}.{name}", reason) for name in names)
    answer(distinct[:_FEWEST])
    waits: list[float] = []
    for text in distinct[: spend.single]:
        start = clock()
        answer([text])
        waits.append((clock() - start) * 1000)
    waits_ms = np.sort(np.array(waits))
    figures: list[Measured] = [
        _percentile(f"{prefix}.{name}", waits_ms, percent, least, source)
        for name, percent, least in zip(names, (0.5, 0.95, 0.99), _LEAST, strict=False)
    ]
    many = distinct[: spend.batch]
    speeds: list[float] = []
    for _ in range(_ROUNDS):
        start = clock()
        answer(many)
        speeds.append(len(many) / (clock() - start))
    figures.append(
        Evidence(
            f"{prefix}.throughput_texts_per_s",
            float(np.median(speeds)),
            min(speeds),
            max(speeds),
            _ROUNDS,
            "texts/s",
            f"median of {_ROUNDS} rounds over {len(many)} texts; lowest and highest round",
            source,
        )
    )
    return tuple(figures)


def _percentile(
    name: str, waits_ms: NDArray[np.float64], percent: float, least: int, source: str
) -> Measured:
    n = len(waits_ms)
    if n < least:
        return NotMeasured(name, f"{n} single queries; {least:,} are needed")
    low, high = median_bounds(waits_ms, percent)
    how = "one text at a time; order-statistic interval, about 95 %"
    return Evidence(name, float(np.quantile(waits_ms, percent)), low, high, n, "ms", how, source)
