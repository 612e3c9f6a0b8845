"""Labels needed when rows are chosen, against rows at random, on BANKING77 and CLINC150.

    python benchmarks/learn_next.py [--redo CELL ...] [--only PART ...]

A seed draws nine tenths of the training rows, at most 10,000, as the table; rounds of as many rows
as there are classes are labelled, from none, and after some rounds two learners are fitted and
judged on the test rows, which nothing is chosen on. Only classes with a label so far are known.

Ways: "random"; "margin" (Scheffer et al. 2001), the first round at random; "typiclust" (Hacohen et
al. 2022), k-means with as many clusters as there will be labels; "next", what `lissom next` does,
the rows that it draws for the examination included; "next-alone", the same without those.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from cells import ROOT, Bench
from learn_sets import SETS
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans

from lissom.data import Dataset, Filled, Roles
from lissom.learn import UNKNOWN, Known, Learning, Pool, find_nearest, form_opinion, learn_frozen
from lissom.learn.candidates import distil_guesses, spread_over
from lissom.learn.spread import join_neighbours
from lissom.nets import embed, export, find_base
from lissom.pipeline.ask import Ask
from lissom.pipeline.asking import pick_rows
from lissom.pipeline.declared import said_names
from lissom.pipeline.order import Order
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.table import set_table
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.learn.spread import Nearest
    from lissom.pipeline.table import Table

NAMES = ("banking77", "clinc150")
SEEDS = (0, 1, 2)
TARGET = 10
"""Labels per class, at random, whose accuracy is to be reached."""

ROUNDS = {"random": (1, 3, 5, 7, 10)}
CHOSEN_ROUNDS = (1, 3, 4, 5, 6, 7)
MOST_ROWS = 10_000
HOW = Learning()


@dataclass(frozen=True)
class Field:
    """One table with its hidden labels, and the rows it is judged on."""

    table: Table
    names: list[str]
    vectors: NDArray[np.float32]
    name_vectors: NDArray[np.float32]
    truth: NDArray[np.int64]
    test_vectors: NDArray[np.float32]
    test_truth: NDArray[np.int64]

    def known(self, rows: NDArray[np.int64], nearest: Nearest) -> tuple[Known, NDArray[np.int64]]:
        """Return what these labels tell, with classes that were seen alone, and those classes."""
        seen = np.unique(self.truth[rows])
        targets = np.full(len(self.truth), UNKNOWN)
        targets[rows] = np.searchsorted(seen, self.truth[rows])
        table = sparse.csr_matrix((len(targets), 0), dtype=np.float32)
        pool = Pool(self.vectors, table, targets, len(seen), self.name_vectors[seen])
        return Known(pool, nearest, HOW), seen


def read_vectors(name: str, part: str, texts: list[str]) -> NDArray[np.float32]:
    """Return the frozen encoder's vectors, kept under .bench."""
    path = ROOT / ".bench" / "learn_next" / f"{name}-{part}.npy"
    if path.exists():
        found: NDArray[np.float32] = np.load(path)
        if len(found) == len(texts):
            return found
    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)
    ids = tokens.encode(texts)
    found = embed(export(base, ids[:16]).graph, ids, threads=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, found)
    return found


def open_field(name: str, seed: int) -> Field:
    """Draw the table of a seed."""
    train, test = SETS[name]()
    names = sorted({label for _, label in train})
    at = {label: i for i, label in enumerate(names)}
    vectors = read_vectors(name, "train", [text for text, _ in train])
    rng = np.random.default_rng([seed, 9])
    kept = np.sort(rng.permutation(len(train))[: min(MOST_ROWS, round(0.9 * len(train)))])
    texts = [train[i][0] for i in kept]
    data = Dataset.from_frame(pl.DataFrame({"text": texts}), Roles("text"), name)
    return Field(
        set_table(Filled(data, frozenset(), frozenset(), ()), seed, Recipe()),
        names,
        vectors[kept],
        read_vectors(name, "names", said_names(tuple(names))),
        np.array([at[train[i][1]] for i in kept]),
        read_vectors(name, "test", [text for text, _ in test]),
        np.array([at[label] for _, label in test]),
    )


@dataclass(frozen=True)
class Round:
    """What a way of choosing may look at."""

    field: Field
    labelled: NDArray[np.int64]
    nearest: Nearest
    rng: np.random.Generator
    count: int

    @property
    def free(self) -> NDArray[np.int64]:
        """Return the rows without a label."""
        return np.setdiff1d(np.arange(len(self.field.truth)), self.labelled)


def pick_random(now: Round) -> NDArray[np.int64]:
    """Draw rows."""
    return now.rng.choice(now.free, now.count, replace=False)


def pick_margin(now: Round) -> NDArray[np.int64]:
    """Take the rows whose two likeliest classes are closest."""
    if not len(now.labelled):
        return pick_random(now)
    known, _ = now.field.known(now.labelled, now.nearest)
    doubt = form_opinion(known, None).doubt
    return now.free[np.argsort(-doubt[now.free], kind="stable")[: now.count]]


def pick_typical(now: Round) -> NDArray[np.int64]:
    """Take the most typical row of each of the largest clusters without a label."""
    vectors, taken = now.field.vectors, set(now.labelled.tolist())
    count = len(now.labelled) + now.count
    seed = int(now.rng.integers(1 << 30))
    clusters = MiniBatchKMeans(count, random_state=seed, n_init=1, max_iter=20).fit_predict(vectors)
    distance = np.sqrt(np.maximum(2 - 2 * now.nearest.closeness[:, :20], 0)).mean(axis=1)
    size, held = np.bincount(clusters, minlength=count), np.zeros(count, np.int64)
    np.add.at(held, clusters[now.labelled], 1)
    chosen: list[int] = []
    while len(chosen) < now.count:
        for cluster in np.lexsort((-size, held)):
            rows = [row for row in np.flatnonzero(clusters == cluster) if row not in taken]
            if rows:
                best = int(rows[int(np.argmin(distance[rows]))])
                chosen.append(best)
                taken.add(best)
                held[cluster] += 1
            if len(chosen) == now.count:
                break
    return np.array(chosen)


def pick_next(now: Round, examine_share: float = 0.2) -> NDArray[np.int64]:
    """Take what `lissom next` takes."""
    known, seen = now.field.known(now.labelled, now.nearest)
    table = replace(
        now.field.table,
        targets=known.pool.targets,
        classes=tuple(now.field.names[i] for i in seen),
        is_open=known.pool.targets == UNKNOWN,
    )
    ask = Ask(Order(""), now.count, examine_share=examine_share)
    picked = pick_rows(table, known, form_opinion(known, None), ask)
    return np.concatenate([picked.taught, picked.examined])


WAYS: dict[str, Callable[[Round], NDArray[np.int64]]] = {
    "random": pick_random,
    "next": pick_next,
    "margin": pick_margin,
    "typiclust": pick_typical,
    "next-alone": lambda now: pick_next(now, 0.0),
}


def judge(
    field: Field, known: Known, seen: NDArray[np.int64], graphs: list[sparse.csr_matrix]
) -> dict[str, float]:
    """Return test accuracy of the frozen head and of propagation, by lissom's own learners."""
    pool = known.pool
    heads = {"frozen": learn_frozen(pool, HOW).head}
    shares = spread_over(pool, pool.frozen, HOW, graphs)
    heads["propagation"] = distil_guesses(pool, pool.frozen, shares, HOW)
    found = {}
    for name, head in heads.items():
        if head is not None:
            answers = seen[head.score(field.test_vectors).argmax(axis=1)]
            found[name] = float((answers == field.test_truth).mean())
    return found


def measure(name: str, way: str, seed: int) -> dict[str, Any]:
    """Label round by round and judge."""
    field = open_field(name, seed)
    nearest = find_nearest(field.vectors, 30)
    graphs = [join_neighbours(nearest, k) for k in HOW.neighbours]
    rng, classes = np.random.default_rng([seed, 7]), len(field.names)
    labelled, points = np.zeros(0, np.int64), []
    asked = ROUNDS.get(way, CHOSEN_ROUNDS)
    spent = 0.0
    for number in range(1, asked[-1] + 1):
        start = time.process_time()
        new = WAYS[way](Round(field, labelled, nearest, rng, classes))
        spent += time.process_time() - start
        labelled = np.concatenate([labelled, new])
        if number in asked:
            known, seen = field.known(labelled, nearest)
            point = {"labels": len(labelled), "classes_seen": len(seen)}
            points.append({**point, **judge(field, known, seen, graphs)})
            print(f"{name}/{way}/{seed}", points[-1], file=sys.stderr, flush=True)
    return {
        "seed": seed,
        "rows": len(field.truth),
        "n_test": len(field.test_truth),
        "points": points,
        "choosing_cpu_s": round(spent, 2),
    }


def needed(points: list[dict[str, float]], learner: str, target: float) -> float | None:
    """Return the labels at which a curve first reaches a target, linear in between; None: never."""
    before = {"labels": 0.0, learner: 0.0}
    for point in points:
        if point[learner] >= target:
            part = (target - before[learner]) / (point[learner] - before[learner])
            return before["labels"] + part * (point["labels"] - before["labels"])
        before = point
    return None


def sum_up(cells: dict[str, Any]) -> dict[str, Any]:
    """Return labels needed by each way, as a share of those that random rows took."""
    found: dict[str, Any] = {}
    for name in NAMES:
        for learner in ("frozen", "propagation"):
            for way in WAYS:
                shares = []
                for seed in SEEDS:
                    ours, random = (cells.get(f"{name}/{w}/{seed}") for w in (way, "random"))
                    if ours is None or random is None or way == "random":
                        continue
                    last = random["points"][-1]
                    labels = needed(ours["points"], learner, last[learner])
                    shares.append(None if labels is None else round(labels / last["labels"], 3))
                if shares:
                    found[f"{name}/{learner}/{way}"] = shares
    return found


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="cells whose name has one of these")
    chosen = parser.parse_args()
    bench = Bench("learn_next", tuple(chosen.redo))
    for way in WAYS:  # the two that the bar is about come first
        for seed in SEEDS:
            for name in NAMES:
                cell = f"{name}/{way}/{seed}"
                if not chosen.only or any(part in cell for part in chosen.only):
                    bench.cell(cell, lambda n=name, w=way, s=seed: measure(n, w, s))
    for key, shares in sum_up(bench.cells).items():
        print(key, shares)


if __name__ == "__main__":
    main()
