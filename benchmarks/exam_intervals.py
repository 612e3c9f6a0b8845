"""Do the examination's intervals hold: how often they contain the truth, where it is known.

    python benchmarks/exam_intervals.py [--redo CELL ...]

Shares are summed over every outcome, so their coverage is exact; the rest is simulated.
"""

from __future__ import annotations

import argparse
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import Bench
from scipy.stats import binom

from lissom.evidence import Evidence, wilson
from lissom.evidence.differences import difference, paired_difference
from lissom.examine import Answered, measure_calibration, measure_task
from lissom.examine.calibration import FEWEST
from lissom.examine.expected_error import BINS, expected_error
from lissom.examine.membership import LEAST_OTHERS, Scores, found_at, tell_by_text
from lissom.examine.privacy import Compared, measure_excess
from lissom.examine.promise import find_threshold
from lissom.examine.ranks import auroc_bounds, matched_auroc, passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Bound = tuple[float, float]

NS = (20, 30, 50, 100, 200, 500, 1000, 2000)
RATES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
TIMES = 2000
FEWER = 300
SLOW = 200
BIG = 400_000
VOCABULARY = np.array([f"word{number}" for number in range(200)])
_EDGE = 1e-12
"""Bounds that meet the truth but for the last digit contain it."""


def holds(bound: Bound, truth: float) -> bool:
    """Say whether an interval contains the truth."""
    return bound[0] - _EDGE <= truth <= bound[1] + _EDGE


def sum_up(found: Iterable[tuple[str, float]], times: int | None) -> dict[str, Any]:
    """Return the mean coverage over the settings of a cell, and the worst of them.

    Args:
        found: each setting in words, with the share of repetitions in which the interval held.
        times: repetitions of each; None where coverage is exact.
    """
    pairs = list(found)
    where, least = min(pairs, key=lambda pair: pair[1])
    shares = [share for _, share in pairs]
    return {
        "mean": float(np.mean(shares)),
        "least": least,
        "least_at": where,
        "most": max(shares),
        "settings": len(pairs),
        "repetitions": times,
    }


def cover_share(n: int) -> dict[str, Any]:
    """Sum the probability of every outcome whose interval holds the rate."""
    bounds = [wilson(hits, n) for hits in range(n + 1)]
    found = []
    for rate in RATES:
        kept = [holds(bound, rate) for bound in bounds]
        found.append((f"rate {rate}", float(binom.pmf(np.arange(n + 1), n, rate)[kept].sum())))
    return sum_up(found, None)


def cover_difference(n: int) -> dict[str, Any]:
    """Simulate two samples of their own, of equal size and of a third."""
    rng = np.random.default_rng([n, 1])
    bound = cache(difference)
    found = []
    for other_n in sorted({n, max(NS[0], n // 3)}):
        for rate in RATES:
            for other in (one for one in RATES if one >= rate):
                hits = rng.binomial(n, rate, TIMES).tolist()
                others = rng.binomial(other_n, other, TIMES).tolist()
                held = [
                    holds(bound(a, n, b, other_n), rate - other)
                    for a, b in zip(hits, others, strict=True)
                ]
                found.append((f"rates {rate} and {other}, {other_n} rows", float(np.mean(held))))
    return sum_up(found, TIMES)


def cover_paired(n: int) -> dict[str, Any]:
    """Simulate two models on the same rows, which differ on few rows or many."""
    rng = np.random.default_rng([n, 2])
    bound = cache(paired_difference)
    found = []
    for rate, gap, more in (
        (rate, gap, more)
        for rate in (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
        for gap in (0.0, 0.02, 0.05, 0.1)
        for more in (0.01, 0.05, 0.15)
    ):
        first, second = gap + more / 2, more / 2
        if first > rate or second > 1 - rate + _EDGE:
            continue  # no two models can differ so and be right so often
        both = [rate - first, first, second, max(0.0, 1 - rate - second)]
        counts = rng.multinomial(n, np.array(both) / sum(both), TIMES).tolist()
        held = [holds(bound(one, other, n), gap) for _, one, other, _ in counts]
        found.append((f"rate {rate}, gap {gap}, differing {gap + more:.2f}", float(np.mean(held))))
    return sum_up(found, TIMES)


STATED: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "middling": lambda rng, n: 0.5 + 0.5 * rng.beta(3, 1.5, n),
    "sure": lambda rng, n: 1 - 0.4 * rng.beta(0.6, 4, n),
    "wide": lambda rng, n: rng.uniform(0.2, 1, n),
}
TOP = 0.85
TRUE: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "calibrated": lambda said: said,
    "5 points too sure": lambda said: np.clip(said - 0.05, 0, 1),
    "15 points too sure": lambda said: np.clip(said - 0.15, 0, 1),
    "surer the surer": lambda said: said**1.6,
    "now above, now below": lambda said: np.clip(said + 0.08 * np.sin(12 * said), 0, 1),
    "too sure at the top": lambda said: np.where(said > TOP, said - 0.1, said),
}


def _true_error(stated: str, true: str) -> float:
    said = np.sort(STATED[stated](np.random.default_rng(0), BIG))
    parts = np.array_split(said, BINS)
    return float(sum(abs((TRUE[true](part) - part).mean()) * len(part) for part in parts) / BIG)


def cover_error(n: int) -> dict[str, Any]:
    """Simulate the calibration error; below its fewest rows it must say that it is not measured."""
    rng = np.random.default_rng([n, 3])
    if n < FEWEST:
        said = np.column_stack([np.full(n, 0.9), np.full(n, 0.1)])
        nobody = np.zeros(n, np.bool_)
        answered = Answered(np.zeros(n, np.int64), said, nobody, ("a", "b"), "made", "made")
        item = measure_calibration(answered)[0]
        return {"measured": isinstance(item, Evidence)}
    found, plain = [], []
    for stated, draw in STATED.items():
        for name, true in TRUE.items():
            truth = _true_error(stated, name)
            held = 0
            for _ in range(FEWER):
                sureness = draw(rng, n)
                seen = expected_error(sureness, rng.random(n) < true(sureness))
                held += holds((seen.low, seen.high), truth)
                plain.append((seen.value - truth, seen.plain - truth, seen.high - seen.low))
            found.append((f"{stated}, {name}", held / FEWER))
    bias, plain_bias, width = np.mean(plain, axis=0).tolist()
    more = {"measured": True, "bias": bias, "plain_bias": plain_bias, "width": width}
    return {**sum_up(found, FEWER), **more}


def cover_outside(n: int) -> dict[str, Any]:
    """Simulate AUROC and the share that passes at 95 % kept, n outside texts against 3 n rows."""
    rng = np.random.default_rng([n, 4])
    normal = NormalDist()
    areas, shares = [], []
    for apart in (0.5, 1.5, 3.0):
        for spread in (1.0, 2.0):
            area = normal.cdf(apart / (1 + spread**2) ** 0.5)
            through = normal.cdf((normal.inv_cdf(0.95) - apart) / spread)
            held = np.zeros(2)
            for _ in range(FEWER):
                ours, theirs = rng.normal(size=3 * n), rng.normal(apart, spread, n)
                held += (
                    holds(auroc_bounds(ours, theirs), area),
                    holds(passed(ours, theirs)[1:], through),
                )
            where = f"{apart} apart, spread {spread}"
            areas.append((where, float(held[0] / FEWER)))
            shares.append((where, float(held[1] / FEWER)))
    return {"auroc": sum_up(areas, FEWER), "fpr95": sum_up(shares, FEWER)}


def cover_privacy(n: int) -> dict[str, Any]:
    """Simulate n training rows against 3 n others, whose texts are alike, by what is remembered.

    The excess is asked of the whole part, texts and all; its interval holds two ways to see it, so
    it is wider than it need be where the files do not differ.
    """
    rng = np.random.default_rng([n, 7])
    normal = NormalDist()
    names = ("matched", "tpr", "excess") if 3 * n >= LEAST_OTHERS else ("matched", "excess")
    found: dict[str, list[tuple[str, float]]] = {name: [] for name in names}
    for apart in (0.0, 0.5, 1.5, 3.0):
        area = normal.cdf(apart / 2**0.5)
        beyond = 1 - normal.cdf(normal.inv_cdf(0.99) - apart)
        held = dict.fromkeys(names, 0)
        for _ in range(SLOW):
            ours, theirs = rng.normal(apart, 1, n), rng.normal(0, 1, 3 * n)
            at = [rng.integers(0, 5, len(each)) for each in (theirs, ours)]
            low, high = matched_auroc((theirs + at[0], at[0]), (ours + at[1], at[1]))[1:3]
            held["matched"] += holds((low, high), area)
            if "tpr" in held:
                held["tpr"] += holds(found_at(ours, theirs)[1:], beyond)
            scores = np.concatenate([ours, theirs])
            texts = [" ".join(rng.choice(VOCABULARY, 8)) for _ in scores]
            by_text = tell_by_text(texts, np.arange(len(texts)) < n, rng)
            made = Compared(
                np.arange(n), np.arange(3 * n), tuple(texts), (), Scores(*[scores] * 5), by_text
            )
            item = measure_excess(made, "made")
            if not isinstance(item, Evidence) or item.low is None or item.high is None:
                message = f"the excess was not measured on {n} rows"
                raise TypeError(message)
            held["excess"] += holds((item.low, item.high), 100 * (area - 0.5))
        for name in names:
            found[name].append((f"{apart} apart", held[name] / SLOW))
    return {name: sum_up(pairs, SLOW) for name, pairs in found.items()}


def cover_means(n: int) -> dict[str, Any]:
    """Simulate balanced accuracy and macro-F1, the mistakes spread evenly over the classes."""
    rng = np.random.default_rng([n, 5])
    found: dict[str, list[tuple[str, float]]] = {"balanced_accuracy": [], "macro_f1": []}
    for classes in (2, 5):
        for rate in (0.6, 0.9):
            held = dict.fromkeys(found, 0)
            for _ in range(SLOW):
                targets = rng.integers(0, classes, n)
                wrong = (targets + rng.integers(1, classes, n)) % classes
                said = np.eye(classes)[np.where(rng.random(n) < rate, targets, wrong)]
                names = tuple(map(str, range(classes)))
                nobody = np.zeros(n, np.bool_)
                answered = Answered(targets, said, nobody, names, "made", "made", "label")
                figures = {item.name: item for item in measure_task(answered, rng)}
                for name in found:
                    item = figures[f"task.{name}"]
                    if not isinstance(item, Evidence) or item.low is None or item.high is None:
                        message = f"{name} was not measured on {n} rows"
                        raise TypeError(message)
                    # Rows are spread evenly, so both figures tend to the rate itself.
                    held[name] += holds((item.low, item.high), rate)
            for name, pairs in found.items():
                pairs.append((f"{classes} classes, rate {rate}", held[name] / SLOW))
    return {name: sum_up(pairs, SLOW) for name, pairs in found.items()}


SHAPES = {"sure": (2.0, 0.7), "very sure": (5.0, 1.0), "unsure": (1.0, 1.0)}


def break_promise(n: int, precision: float) -> dict[str, Any]:
    """Count how often a promised precision is not kept, and what keeping it costs.

    The answers are calibrated, so what a threshold truly keeps is known. What is given away is the
    precision beyond the promise, and the share of rows that the best threshold would have answered
    and this one did not.
    """
    rng = np.random.default_rng([n, int(100 * precision), 6])
    worst, found = ("", -1.0), []
    for name, (first, second) in SHAPES.items():
        every = np.sort(0.5 + 0.5 * rng.beta(first, second, BIG))[::-1]
        kept = np.cumsum(every) / np.arange(1, BIG + 1)
        best = float((kept >= precision).mean())
        made = broken = 0
        given = []
        for _ in range(FEWER):
            sureness = 0.5 + 0.5 * rng.beta(first, second, n)
            threshold = find_threshold(sureness, rng.random(n) < sureness, precision=precision)
            if threshold is None:
                continue
            made += 1
            place = max(int(np.searchsorted(-every, -threshold.least, side="right")), 1)
            true = float(kept[place - 1])
            broken += true < precision
            given.append((100 * (true - precision), 100 * (best - place / BIG)))
        share = broken / FEWER
        worst = max(worst, (name, share), key=lambda pair: pair[1])
        points, rows = np.mean(given, axis=0).tolist() if given else (None, None)
        found.append(
            {
                "shape": name,
                "made": made,
                "broken": broken,
                "extra_precision_points": points,
                "answered_less_points": rows,
                "best_answered_share": best,
            }
        )
    return {"repetitions": FEWER, "most_broken": worst[1], "most_broken_at": worst[0], "of": found}


def plan() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Yield every cell with what measures it, the cheap ones first."""
    kinds: tuple[tuple[str, Callable[[int], dict[str, Any]], tuple[int, ...]], ...] = (
        ("share", cover_share, NS),
        ("difference", cover_difference, NS),
        ("paired", cover_paired, NS),
        ("ece", cover_error, NS),
        ("outside", cover_outside, (20, 50, 200, 500)),
    )
    for kind, measure, sizes in kinds:
        for n in sizes:
            yield f"{kind}:{n}", lambda measure=measure, n=n: measure(n)
    for n in (100, 300, 1000, 2000):
        for precision in (0.9, 0.95):
            yield f"promise:{n}:{precision}", lambda n=n, p=precision: break_promise(n, p)
    for n in (30, 150, 500):
        yield f"privacy:{n}", lambda n=n: cover_privacy(n)
    for n in (50, 200, 1000):
        yield f"means:{n}", lambda n=n: cover_means(n)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    bench = Bench("exam_intervals", tuple(parser.parse_args().redo))
    for name, measure in plan():
        bench.cell(name, measure)


if __name__ == "__main__":
    main()
