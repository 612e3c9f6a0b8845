"""What an answer costs in time, measured through whatever will answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.evidence.intervals import median_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FEWEST = 20
_ROUNDS = 5


def measure_speed(
    answer: Callable[[Sequence[str]], object],
    texts: Sequence[str],
    clock: Callable[[], float],
    *,
    source: str,
    prefix: str = "cost",
) -> tuple[Measured, ...]:
    """Measure latency of single texts and throughput of many.

    Args:
        answer: anything that answers a list of texts.
        texts: distinct, and not seen in training; repeats would flatter a cache.
        clock: seconds, monotonic.
        source: what these texts are.
        prefix: "cost", or "cost.encoder" for a part.

    Returns:
        p50 and p95 latency in ms with order-statistic intervals, and throughput in texts per second
        as the median of five rounds with their minimum and maximum.
    """
    names = ("latency_p50_ms", "latency_p95_ms", "throughput_texts_per_s")
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < _FEWEST:
        reason = f"{len(distinct)} distinct unseen texts; {_FEWEST} are needed"
        return tuple(NotMeasured(f"{prefix}.{name}", reason) for name in names)
    answer(distinct[:_FEWEST])
    waits: list[float] = []
    for text in distinct[:300]:
        start = clock()
        answer([text])
        waits.append((clock() - start) * 1000)
    waits_ms = np.sort(np.array(waits))
    figures: list[Measured] = []
    for name, percent in (("latency_p50_ms", 0.5), ("latency_p95_ms", 0.95)):
        low, high = median_bounds(waits_ms, percent)
        figures.append(
            Evidence(
                f"{prefix}.{name}",
                float(np.quantile(waits_ms, percent)),
                low,
                high,
                len(waits_ms),
                "ms",
                "one text at a time; order-statistic interval, about 95 %",
                source,
            )
        )
    speeds: list[float] = []
    for _ in range(_ROUNDS):
        start = clock()
        answer(distinct)
        speeds.append(len(distinct) / (clock() - start))
    figures.append(
        Evidence(
            f"{prefix}.throughput_texts_per_s",
            float(np.median(speeds)),
            min(speeds),
            max(speeds),
            _ROUNDS,
            "texts/s",
            f"median of {_ROUNDS} rounds over {len(distinct)} texts; lowest and highest round",
            source,
        )
    )
    return tuple(figures)
