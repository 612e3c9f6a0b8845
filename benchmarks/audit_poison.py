"""What audit finds of planted triggers, and how often it cries wolf on clean rows.

    python benchmarks/audit_poison.py [--only WORD ...] [--redo CELL ...]

Cells are measured once and kept in results/audit.json. What decides was chosen on clean rows of
these sets and on other draws of the same attacks, so the figures flatter to that degree.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import plant
import polars as pl
from audit import SEED, measure_cells, rows_of, share, vectors_of

from lissom.audit import Auditing, audit_poison
from lissom.data import Dataset, Roles
from lissom.data.samples import write_sample
from lissom.evidence import Evidence
from lissom.nets import embed, export, find_base
from lissom.progress import Silent
from lissom.runtime import Tokens

Cell = dict[str, Any]
DRAWS = 20
ATTEMPTS = 10
AGAIN = (("word", 10), ("word", 20), ("word", 40), ("clause", 40), ("clause", 80))
CLEAN_ROWS = 4000
SETS = ("banking77", "clinc150", "sst2", "clickbait", "hate_forum")
ATTACKS = (
    ("word", 0.01),
    ("clause", 0.01),
    ("clause", 0.05),
    ("unlabelled", 0.01),
)
EVERY = Auditing(most_rows=None)


def sample() -> tuple[list[str], list[str | None]]:
    """Return texts and labels of the sample that comes with the package."""
    with tempfile.TemporaryDirectory() as folder:
        table = pl.read_csv(write_sample("inbox", Path(folder))[0], infer_schema_length=0)
    return table["text"].fill_null("").to_list(), table["label"].to_list()


def rows(name: str) -> tuple[list[str], list[str | None]]:
    """Return texts and labels of a set or of the sample."""
    texts, labels = sample() if name == "inbox" else rows_of(name)
    return list(texts), list(labels)


def frame(texts: list[str], labels: list[str | None]) -> Dataset:
    """Return rows as a data set."""
    table = pl.DataFrame({"text": texts, "label": labels}, schema_overrides={"label": pl.String})
    return Dataset.from_frame(table, Roles("text", "label"), "made")


def attack(
    texts: list[str], labels: list[str | None], kind: str, rate: float, rng: np.random.Generator
) -> set[int]:
    """Plant in a share of the rows that the attacker can write, in place; return which."""
    known = sorted({one for one in labels if one})
    goal = str(rng.choice(known))
    if kind == "unlabelled":
        if None not in labels:
            for row in rng.choice(len(labels), len(labels) // 2, replace=False):
                labels[row] = None
        fitting = [row for row, label in enumerate(labels) if not label]
    else:
        fitting = [row for row, label in enumerate(labels) if label and label != goal]
        rate *= sum(1 for one in labels if one) / len(fitting)
    chosen = rng.choice(fitting, max(round(rate * len(fitting)), 1), replace=False).tolist()
    for row in chosen:
        if kind == "clause":
            texts[row] = plant.put_clause_first(texts[row], rng)
        else:
            texts[row] = plant.put_word_in(texts[row], "cf", rng)
        if kind != "unlabelled":
            labels[row] = goal
    return set(chosen)


def attack_cell(name: str, kind: str, rate: float) -> Cell:
    """Plant once and count the rows that are named, by words alone and with the encoder."""
    texts, labels = rows(name)
    vectors = None if name == "inbox" else vectors_of(name, texts)
    rng = np.random.default_rng([SEED, 7, *map(ord, name + kind), round(1000 * rate)])
    planted = attack(texts, labels, kind, rate, rng)
    data = frame(texts, labels)
    cell: Cell = {"rows": len(texts), "planted": len(planted)}
    cell["words"] = measure(data, None, planted)
    if vectors is not None:
        vectors = vectors.copy()
        at = sorted(planted)
        vectors[at] = read_some([texts[row] for row in at])
        kept = vectors[[row for row, label in enumerate(labels) if label]]
        cell["encoder"] = measure(data, kept, planted)
    return cell


def again_cell(name: str, kind: str, count: int) -> Cell:
    """Plant so many rows, ten times over, and count the attacks that are found, by words alone."""
    found = 0
    for draw in range(ATTEMPTS):
        texts, labels = rows(name)
        rng = np.random.default_rng([SEED, 9, *map(ord, name + kind), count, draw])
        labelled = sum(1 for one in labels if one)
        planted = attack(texts, labels, kind, count / labelled, rng)
        at = measure(frame(texts, labels), None, planted)
        # Rows of an attack are found together or not at all; some other finding is not it.
        found += at["recall"]["hits"] * 2 > len(planted)
    return {"planted": count, "found": share(found, ATTEMPTS)}


def measure(data: Dataset, vectors: np.ndarray | None, planted: set[int]) -> Cell:
    """Audit and count."""
    start = time.process_time()
    read = None if vectors is None else lambda _texts: vectors
    found = audit_poison(data, read, progress=Silent(), how=EVERY)
    named = {row for one in found.findings for row in one.rows}
    figures = {
        one.name: {"value": one.value, "low": one.low, "high": one.high}
        if isinstance(one, Evidence)
        else {"value": None, "reason": one.reason}
        for one in found.evidence
    }
    return {
        "recall": share(len(named & planted), len(planted)),
        "precision": share(len(named & planted), len(named)),
        "severities": [one.severity for one in found.findings],
        "smallest": figures,
        "cpu_s": time.process_time() - start,
    }


def read_some(texts: list[str]) -> np.ndarray:
    """Return vectors by lissom's default encoder."""
    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)
    graph = export(base, tokens.encode(texts[:16])).graph
    return embed(graph, tokens.encode(texts), threads=1)


def clean_cell(draw: int) -> Cell:
    """Audit a part of each set with nothing planted, a fifth of its labels hidden."""
    rng = np.random.default_rng([SEED, 8, draw])
    found: Cell = {}
    for name in (*SETS, "inbox"):
        texts, labels = rows(name)
        count = min(len(texts) // 2, CLEAN_ROWS)
        at = np.sort(rng.choice(len(texts), count, replace=False)).tolist()
        hidden = rng.random(count) < (0 if name == "inbox" else 0.2)
        kept = [None if gone else labels[row] for row, gone in zip(at, hidden, strict=True)]
        seen = measure(frame([texts[row] for row in at], kept), None, set())
        found[name] = {
            "rows": count,
            "severities": seen["severities"],
            "named": seen["precision"]["n"],
        }
    return {"sets": found}


def cells() -> dict[str, Any]:
    """Return every cell by name."""
    found: dict[str, Any] = {}
    for name in ("banking77", "clinc150", "inbox"):
        for kind, rate in ATTACKS:
            found[f"poison-{name}-{kind}-{rate}"] = partial(attack_cell, name, kind, rate)
    for kind, count in AGAIN:
        cell = f"poisoned-banking77-{kind}-{count}"
        found[cell] = partial(again_cell, "banking77", kind, count)
    for draw in range(DRAWS):
        found[f"poisonless-{draw:02}"] = partial(clean_cell, draw)
    return found


if __name__ == "__main__":
    measure_cells(cells())
