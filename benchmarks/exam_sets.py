"""The examination of what ships, on public data sets: outside texts, groups, and its own time.

    python benchmarks/exam_sets.py [--cell NAME ...] [--redo CELL ...]

Built and examined by our own command line. With --cell only those are measured; `clinc150:all`
and the cells of sst2, whose models learn from all labels, take the longest.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from cells import ROOT, SHARED, Bench
from learn_sets import SETS, draw
from main_job import read_rows, run
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lissom import examine_model
from lissom.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KEEP = ROOT / ".bench" / "exam"
DRAWS = (0, 1, 2)
PER_CLASS = 10
TIMED_ROWS = 3000
FEW = "-few"
PER_GROUP = 200
CLINC = SHARED / "clinc150"
SST2_VALID = SHARED / "sst2" / "valid.csv.gz"
TRUTH = {"toxic": "hate", "nontoxic": "noHate"}


def write(path: Path, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Path:
    """Write a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


def build(name: str, data: Path, seed: int) -> Path:
    """Build a bundle unless it is there."""
    bundle = KEEP / name
    if not (bundle / "manifest.json").exists():
        with tempfile.TemporaryDirectory() as home:
            run(Path(home), "build", str(data), "--out", str(bundle), "--seed", str(seed))
    return bundle


def examine(bundle: Path, data: Path, *words: str) -> dict[str, Any]:
    """Examine from a cold cache; return the story with its seconds, of the wall and of the CPU."""
    with tempfile.TemporaryDirectory() as folder:
        home, page = Path(folder) / "home", str(Path(folder) / "page.html")
        run(home, "keys", "trust", str(bundle / "signer.pem"))
        text, seconds, peak = run(
            home,
            *("examine", str(bundle), str(data), "--out", page, "--json", *words),
        )
    story: dict[str, Any] = json.loads(text)
    return {**story, "wall_s": seconds, "peak_mib": peak}


def figures_of(story: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the figures by name."""
    return {item["name"]: item for item in story["evidence"]}


def outside_files() -> tuple[Path, Path]:
    """Write the test rows and the texts from outside."""
    test = [(text, label) for text, label in SETS["clinc150"]()[1]]
    outside = [(row["text"],) for row in read_rows(CLINC / "oos_test.csv.gz")]
    return (
        write(KEEP / "clinc150-test.csv", ("text", "label"), test),
        write(KEEP / "clinc150-outside.csv", ("text",), outside),
    )


def clinc_bundle(number: int | None) -> Path:
    """Build from ten labels for each class, the rest unlabelled; or from all labels."""
    if number is None:
        rows = list(zip(*draw_all(), strict=True))
    else:
        drawn = draw("clinc150", number, PER_CLASS)
        rows = list(zip(drawn.texts, drawn.labels, strict=True))
    name = "clinc150-all" if number is None else f"clinc150-{number}"
    data = write(KEEP / f"{name}.csv", ("text", "label"), rows)
    return build(name, data, number or 0)


def draw_all() -> tuple[list[str], list[str]]:
    """Return every training row of CLINC150 with its label."""
    train = SETS["clinc150"]()[0]
    return [text for text, _ in train], [label for _, label in train]


def measure_outside(number: int | None) -> dict[str, Any]:
    """Measure how the shipped artefact tells CLINC150's out-of-scope queries from its own."""
    bundle = clinc_bundle(number)
    test, outside = outside_files()
    story = examine(bundle, test, "--outside", str(outside), "--only", "task", "--only", "outside")
    found = figures_of(story)
    kept = ("task.accuracy", "task.macro_f1")
    return {
        "figures": {
            name: item
            for name, item in found.items()
            if name in kept or name.startswith("outside.")
        }
    }


def learned_from(name: str) -> tuple[Path, Path]:
    """Build from all labels of a set; return the bundle and the rows that it learned from.

    Of sst2 a few training rows are kept out, so that there are as many test rows as are timed.
    "sst2-few" keeps ten labels for each class: there the small tier answers a third of the rows
    alone, and the encoder, which is what costs time, reads the rest.
    """
    rows = SETS[name.removesuffix(FEW)]()[0]
    if name.startswith("sst2"):
        rows = rows[sst2_kept_out() :]
    if name.endswith(FEW):
        labels = np.array([label for _, label in rows])
        rng = np.random.default_rng(0)
        kept = {
            int(row)
            for label in sorted(set(labels.tolist()))
            for row in rng.choice(np.flatnonzero(labels == label), PER_CLASS, replace=False)
        }
        rows = [(text, label if i in kept else "") for i, (text, label) in enumerate(rows)]
    data = write(KEEP / f"{name}.csv", ("text", "label"), rows)
    return build(name, data, 0), data


def sst2_kept_out() -> int:
    """Return how many training rows make the official test and validation rows up to 3,000."""
    return TIMED_ROWS - len(SETS["sst2"]()[1]) - len(read_rows(SST2_VALID))


def test_rows(name: str) -> Path:
    """Write the rows that a set's bundle did not learn from."""
    train, rows = SETS[name.removesuffix(FEW)]()
    if name.startswith("sst2"):
        more = [(row["text"], row["label"]) for row in read_rows(SST2_VALID)]
        rows = [*train[: sst2_kept_out()], *more, *rows]
    return write(KEEP / f"{name}-test.csv", ("text", "label"), rows)


def measure_groups() -> dict[str, Any]:
    """Learn hate_forum, and look whom the result serves worse among 50 identity terms."""
    bundle, _ = learned_from("hate_forum")
    templates = read_rows(SHARED / "identity_templates" / "test.csv.gz")
    groups = np.array([row["group"] for row in templates])
    rng = np.random.default_rng(0)
    chosen: list[int] = []
    for group in sorted(set(groups.tolist()) - {""}):
        rows = np.flatnonzero(groups == group)
        chosen += rng.choice(rows, min(PER_GROUP, len(rows)), replace=False).tolist()
    rows_ = [templates[i] for i in sorted(chosen)]
    data = write(
        KEEP / "identity.csv",
        ("text", "label", "group"),
        [(row["text"], TRUTH[row["label"]], row["group"]) for row in rows_],
    )
    story = examine(bundle, data, "--groups", "group", "--only", "task", "--only", "groups")
    found = figures_of(story)
    part = next(part for part in story["parts"] if part["part"] == "groups")
    return {
        "rows": len(rows_),
        "groups": len(set(groups.tolist()) - {""}),
        "outcome": part["outcome"],
        "sentence": part["sentence"],
        "figures": {
            name: item
            for name, item in found.items()
            if name == "task.accuracy" or name.startswith("groups.")
        },
    }


def measure_privacy(name: str) -> dict[str, Any]:
    """Ask whether what ships tells the rows that it learned from from others."""
    if name.startswith("clinc150"):
        number, kind = (0, "0") if name.endswith(FEW) else (None, "all")
        bundle, train = clinc_bundle(number), KEEP / f"clinc150-{kind}.csv"
        test = outside_files()[0]
    else:
        (bundle, train), test = learned_from(name), test_rows(name)
    story = examine(bundle, test, "--train", str(train), "--only", "privacy")
    (part,) = story["parts"]
    return {"sentence": part["sentence"], "outcome": part["outcome"], "figures": figures_of(story)}


def measure_privacy_control() -> dict[str, Any]:
    """Let a model learn half of hate_forum by heart; ask about that half, and about the other.

    Both halves were drawn alike, so the second says what is told where there is nothing to tell.
    """
    rows = SETS["hate_forum"]()[0]
    is_learned = np.random.default_rng(0).permutation(len(rows)) % 2 == 0
    halves = [
        [row for row, is_first in zip(rows, is_learned, strict=True) if is_first == half]
        for half in (True, False)
    ]
    found: dict[str, Any] = {}
    for strength in (0.3, 1000.0):
        model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=strength, max_iter=2000))
        model.fit(*zip(*halves[0], strict=True))
        for told, half in zip(("learned", "never seen"), halves, strict=True):
            train = pl.DataFrame(half, schema=["text", "label"], orient="row")
            test = pl.DataFrame(SETS["hate_forum"]()[1], schema=["text", "label"], orient="row")
            exam = examine_model(model, test, train=train, only=["privacy"])
            found[f"C = {strength:g}, {told}"] = {
                "outcome": exam.outcome,
                "figures": {
                    item.name: {"value": item.value, "low": item.low, "high": item.high}
                    | {"unit": item.unit}
                    for item in exam.evidence
                    if isinstance(item, Evidence)
                },
            }
    return {"of": found}


def measure_time(name: str, *words: str) -> dict[str, Any]:
    """Time the examination of a bundle on 3,000 rows, its training rows and 1,000 outside texts."""
    _, outside = outside_files()
    if name == "clinc150":
        bundle, train = clinc_bundle(0), KEEP / "clinc150-0.csv"
        drawn = draw("clinc150", 0, PER_CLASS).test[:TIMED_ROWS]
        data = write(KEEP / "clinc150-timed.csv", ("text", "label"), drawn)
    else:
        (bundle, train), data = learned_from(name), test_rows(name)
    before = os.times()
    story = examine(bundle, data, "--outside", str(outside), "--train", str(train), *words)
    after = os.times()
    return {
        "rows": TIMED_ROWS,
        "wall_s": story["wall_s"],
        "cpu_s": after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
        "peak_mib": story["peak_mib"],
        "task_n": figures_of(story)["task.accuracy"]["n"],
        "parts_s": {part["part"]: part["seconds"] for part in story["parts"]},
        "load_of_machine": os.getloadavg()[1],
    }


def plan() -> dict[str, Callable[[], dict[str, Any]]]:
    """Return every cell with what measures it."""
    cells: dict[str, Callable[[], dict[str, Any]]] = {
        f"clinc150:{number}": lambda number=number: measure_outside(number) for number in DRAWS
    }
    for name in ("clinc150", "sst2", "sst2-few"):
        cells[f"time:{name}:quick"] = lambda name=name: measure_time(name, "--quick")
        cells[f"time:{name}:default"] = lambda name=name: measure_time(name)
    cells["identity"] = measure_groups
    for name in ("hate_forum", "sst2", "clinc150-few"):
        cells[f"privacy:{name}"] = lambda name=name: measure_privacy(name)
    cells["privacy:control"] = measure_privacy_control
    cells["clinc150:all"] = lambda: measure_outside(None)
    cells["privacy:clinc150"] = lambda: measure_privacy("clinc150")
    return cells


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cell", nargs="*", default=[], help="only these")
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    chosen = parser.parse_args()
    bench = Bench("exam_sets", tuple(chosen.redo))
    for name, measure in plan().items():
        if not chosen.cell or name in chosen.cell:
            started = time.perf_counter()
            bench.cell(name, measure)
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
