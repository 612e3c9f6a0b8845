"""What audit finds of people who label otherwise than the rest, and whom it names for nothing.

    python benchmarks/audit_annotators.py [--only WORD ...] [--redo CELL ...]

Cells are measured once and kept in results/audit.json. Ten people are made up and given the rows
of a set, by lot or in stretches of the file, which is in the order of the classes: the hardest
case for whoever must tell a person from a class. One of them is then made careless, muddled or
lazy. The sets' own wrong labels stay as they are.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import plant
import polars as pl
from audit import SEED, measure_cells, rows_of, share, vectors_of

from lissom.audit import judged
from lissom.audit.annotators import find_annotators
from lissom.data import Dataset, Roles

Cell = dict[str, Any]
DRAWS = 20
ROWS = 3000
PEOPLE = 10
SETS = ("banking77", "clinc150", "sst2")
WAYS = ("by lot", "in stretches")


def draw_rows(name: str, rng: np.random.Generator) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return texts, class numbers and vectors of some rows, in the order of their classes."""
    texts, cells = rows_of(name)
    vectors = vectors_of(name, texts)
    labels = np.unique(cells, return_inverse=True)[1].astype(np.int64)
    rows = np.sort(rng.choice(len(texts), ROWS, replace=False))
    rows = rows[np.argsort(labels[rows], kind="stable")]
    return [texts[at] for at in rows], labels[rows], vectors[rows]


def look(
    texts: list[str], labels: np.ndarray, people: np.ndarray, vectors: np.ndarray | None
) -> list[tuple[str, str, set[int], set[int]]]:
    """Return kind, severity, people and rows of each finding."""
    table = pl.DataFrame(
        {
            "text": texts,
            "label": [f"c{one}" for one in labels],
            "annotator": [f"p{one}" for one in people],
        }
    )
    data = Dataset.from_frame(table, Roles("text", "label", annotator="annotator"), "made")
    found, _ = find_annotators(data, judged(data), vectors)
    return [
        (one.kind, one.severity, set(people[one.at].tolist()), set(one.at.tolist()))
        for one in found
    ]


def faulty(fault: str, share_of: float, seed: int, name: str, way: str) -> Cell:
    """Make one of ten people label badly, and see who is named, by words and by the encoder."""
    rng = np.random.default_rng([SEED, 20, seed, *map(ord, name + fault + way)])
    texts, labels, vectors = draw_rows(name, rng)
    people = plant.give_out(len(texts), PEOPLE, rng, in_stretches=way == "in stretches")
    person = int(rng.integers(PEOPLE))
    noisy = plant.mislabel_as(fault, labels, people == person, share_of, rng, vectors)
    bad = set(np.flatnonzero(noisy != labels).tolist())
    kind = "annotator.disagrees" if fault == "careless" else "annotator.mix"
    cell: Cell = {"rows": int((people == person).sum()), "changed": len(bad)}
    for view, seen in (("words", None), ("encoder", vectors)):
        found = look(texts, noisy, people, seen)
        named = set().union(*(rows for _, _, _, rows in found)) if found else set()
        cell[view] = {
            "is_found": any(person in who for _, _, who, _ in found),
            "is_found_as": any(person in who and one == kind for one, _, who, _ in found),
            "others_named": len(set().union(*(who for _, _, who, _ in found)) - {person}),
            "by_kind": {
                one: share(len(bad & rows_of_kind(found, one)), len(rows_of_kind(found, one)))
                for one in ("annotator.disagrees", "annotator.mix")
            },
            "precision": share(len(bad & named), len(named)),
        }
    return cell


def rows_of_kind(found: list[tuple[str, str, set[int], set[int]]], kind: str) -> set[int]:
    """Return the rows that findings of a kind name."""
    return set().union(*(rows for one, _, _, rows in found if one == kind))


def clean(draw: int) -> Cell:
    """Give the rows to ten people of whom nobody is worse than the set itself."""
    cell: Cell = {}
    for name in SETS:
        for way in WAYS:
            rng = np.random.default_rng([SEED, 21, draw, *map(ord, name + way)])
            texts, labels, vectors = draw_rows(name, rng)
            people = plant.give_out(len(texts), PEOPLE, rng, in_stretches=way == "in stretches")
            for view, seen in (("words", None), ("encoder", vectors)):
                found = look(texts, labels, people, seen)
                cell[f"{name}, {way}, {view}"] = {
                    kind: {
                        "people": sum(len(who) for one, _, who, _ in found if one == kind),
                        "high": sum(s == "high" for one, s, _, _ in found if one == kind),
                        "rows": len(rows_of_kind(found, kind)),
                    }
                    for kind in ("annotator.disagrees", "annotator.mix")
                }
    return {"sets": cell, "people": PEOPLE}


FAULTS = (("careless", 0.1), ("careless", 0.2), ("muddled", 0.5), ("lazy", 0.15))


def cells() -> dict[str, Any]:
    """Return every cell by name."""
    found: dict[str, Any] = {}
    for draw in range(DRAWS):
        found[f"annotatorless-{draw:02}"] = partial(clean, draw)
    for name in SETS:
        for fault, share_of in FAULTS:
            for way in WAYS:
                for seed in range(3):
                    key = f"annotator-{name}-{fault}-{share_of}-{way.split()[-1]}-{seed}"
                    found[key] = partial(faulty, fault, share_of, seed, name, way)
    return found


if __name__ == "__main__":
    measure_cells(cells())
