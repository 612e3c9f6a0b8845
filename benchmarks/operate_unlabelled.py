"""How often the model is right, said without a label: is there a number, and does it hold?

    python benchmarks/operate_unlabelled.py [--redo CELL ...] [--only CELL ...]

A stream of 4,000 rows is the reference; then 1,000 rows come from a stream that has changed, and
the monitors' estimate is made from them as a server makes it. The truth is the share of right
answers in the pool that the changed stream is drawn from. A cell is one kind of change to one data
set; how strong it is and which labels it concerns is drawn anew for each of its streams.

Where the meaning of labels has changed and the texts have not, nothing can be known without
labels; the same with 200 labels drawn by lot is recorded, too.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import Bench
from operate_streams import PLANS, Answered, Pools, open_pools

from lissom.evidence import Evidence
from lissom.operate.watching import monitors
from lissom.operate.watching.describing import Story, estimate
from lissom.operate.watching.mixture import estimate_mix
from lissom.operate.watching.rows import join

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

STREAMS = 40
LATEST = 1000
LABELS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A pool that has changed, and how.

    Args:
        pool: rows with their right labels.
        odds: (rows,) of being drawn.
        says: how strong the change is.
    """

    pool: Answered
    odds: NDArray[np.float64]
    says: str

    @property
    def accuracy(self) -> float:
        """Return how often the bundle is right on a stream from this pool."""
        return float(np.average(self.pool.is_right, weights=self.odds))


def unchanged(pools: Pools, _rng: np.random.Generator) -> Changed:
    """Nothing has changed."""
    plain = pools.parts["plain"]
    return Changed(plain, np.ones(len(plain.truth)), "")


def one_label(pools: Pools, rng: np.random.Generator) -> Changed:
    """One label has a fifth to three quarters of all texts."""
    plain = pools.parts["plain"]
    label = int(rng.integers(len(pools.labels)))
    share = float(rng.uniform(0.2, 0.75))
    is_it = plain.truth == label
    odds = np.where(is_it, share / is_it.sum(), (1 - share) / (~is_it).sum())
    return Changed(plain, odds, f"{pools.labels[label]} {share:.0%}")


def all_labels(pools: Pools, rng: np.random.Generator) -> Changed:
    """Every label has another share: some come often, most seldom."""
    plain = pools.parts["plain"]
    shares = rng.dirichlet(np.full(len(pools.labels), float(rng.uniform(0.3, 2))))
    counts = np.bincount(plain.truth, minlength=len(shares))
    return Changed(plain, (shares / counts)[plain.truth], f"largest {shares.max():.0%}")


def lengths(pools: Pools, rng: np.random.Generator) -> Changed:
    """Long texts come more often than they did, or short ones do."""
    plain = pools.parts["plain"]
    rank = plain.rows.tokens.argsort(kind="stable").argsort(kind="stable") / len(plain.truth)
    slope = float(rng.choice([-1, 1]) * rng.uniform(1, 4))
    return Changed(plain, np.exp(slope * rank), f"slope {slope:+.1f}")


def topics(pools: Pools, rng: np.random.Generator) -> Changed:
    """Texts near a text drawn by lot come more often than they did."""
    plain = pools.parts["plain"]
    near = plain.rows.sketches @ plain.rows.sketches[int(rng.integers(len(plain.truth)))]
    slope = float(rng.uniform(2, 6))
    return Changed(plain, np.exp(slope * near.astype(np.float64)), f"slope {slope:.1f}")


def hard(pools: Pools, rng: np.random.Generator) -> Changed:
    """Texts of which the bundle is unsure come more often than they did."""
    plain = pools.parts["plain"]
    slope = float(rng.uniform(1, 3))
    doubt = 1 - plain.rows.best.astype(np.float64)
    return Changed(plain, np.exp(slope * doubt), f"slope {slope:.1f}")


def typos(pools: Pools, rng: np.random.Generator) -> Changed:
    """A tenth to all of the texts are full of slips."""
    return _part_of(pools, "typos", float(rng.uniform(0.1, 1.0)))


def other(pools: Pools, rng: np.random.Generator) -> Changed:
    """A twentieth to half of the texts are none of the bundle's business."""
    return _part_of(pools, "other", float(rng.uniform(0.05, 0.5)))


def new_class(pools: Pools, rng: np.random.Generator) -> Changed:
    """A twentieth to a third of the texts are of a class that the bundle does not know."""
    kinds = pools.kinds["new"]
    picked = kinds == rng.choice(np.unique(kinds))
    new = pools.parts["new"]
    rows = Answered(new.rows.take(picked), new.truth[picked])
    return _blend(pools.parts["plain"], rows, float(rng.uniform(0.05, 0.33)))


def concept(pools: Pools, rng: np.random.Generator) -> Changed:
    """A tenth to a half of the texts have another right label than they had; texts as before."""
    plain, labels = pools.parts["plain"], len(pools.labels)
    share = float(rng.uniform(0.1, 0.5))
    moved = rng.random(len(plain.truth)) < share
    truth = np.where(
        moved, (plain.truth + rng.integers(1, labels, len(moved))) % labels, plain.truth
    )
    return Changed(replace(plain, truth=truth), np.ones(len(truth)), f"{share:.0%}")


def _part_of(pools: Pools, name: str, share: float) -> Changed:
    return _blend(pools.parts["plain"], pools.parts[name], share)


def _blend(plain: Answered, part: Answered, share: float) -> Changed:
    pool = Answered(join([plain.rows, part.rows]), np.concatenate([plain.truth, part.truth]))
    odds = np.concatenate(
        [
            np.full(len(plain.truth), (1 - share) / len(plain.truth)),
            np.full(len(part.truth), share / len(part.truth)),
        ]
    )
    return Changed(pool, odds, f"{share:.0%}")


CHANGES: dict[str, Callable[[Pools, np.random.Generator], Changed]] = {
    "nothing": unchanged,
    "mix: one label": one_label,
    "mix: all labels": all_labels,
    "inputs: lengths": lengths,
    "inputs: topics": topics,
    "inputs: hard texts": hard,
    "inputs: typos": typos,
    "inputs: other domain": other,
    "inputs: new class": new_class,
    "concept": concept,
    "concept, with labels": concept,
}


def measure(name: str, kind: str) -> dict[str, Any]:
    """Return what is said of streams with one kind of change."""
    pools = open_pools(name)
    streams = []
    for number in range(STREAMS):
        rng = np.random.default_rng([number, list(CHANGES).index(kind), len(name)])
        changed = CHANGES[kind](pools, rng)
        streams.append(_one(pools, changed, LABELS if kind.endswith("labels") else 0, rng))
    return {"set": name, "kind": kind, "streams": streams, "latest": LATEST}


def _one(pools: Pools, changed: Changed, labels: int, rng: np.random.Generator) -> dict[str, Any]:
    plain = pools.parts["plain"]
    reference = plain.draw(monitors.REFERENCE_ROWS, rng).rows
    watched = monitors.begin(reference, rng)
    drawn = changed.pool.draw(LATEST, rng, changed.odds)
    told = changed.pool.draw(labels, rng, changed.odds)
    story = Story(
        reference, reference, drawn.rows, told.rows.best.astype(np.float64), told.is_right, rng
    )
    mix = estimate_mix(reference.chances, drawn.rows.chances, rng)
    figures = {item.name: item for item in estimate(watched, story, mix, pools.facts)}
    guess = figures["watch.accuracy_guess"]
    said = (
        {"value": guess.value, "low": guess.low, "high": guess.high}
        if isinstance(guess, Evidence)
        else {"unknown": guess.reason}
    )
    return {
        **said,
        "change": changed.says,
        "truth": changed.accuracy,
        "in_rows": float(drawn.is_right.mean()),
        "before": float(plain.is_right.mean()),
    }


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="how cells' names begin")
    chosen = parser.parse_args()
    bench = Bench("operate_unlabelled", tuple(chosen.redo))
    for name in PLANS:
        for kind in CHANGES:
            if kind == "inputs: new class" and name != "clinc150":
                continue
            cell = f"{name}: {kind}"
            if not chosen.only or cell.startswith(tuple(chosen.only)):
                bench.cell(cell, partial(measure, name, kind))


if __name__ == "__main__":
    main()
