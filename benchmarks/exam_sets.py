"""The examination of what ships, on public data sets: outside texts, groups, and its own time.

    python benchmarks/exam_sets.py [--cell NAME ...] [--redo CELL ...]

Built and examined by our own command line. With --cell only those are measured; `clinc150:all`
takes the longest, some ten minutes.
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
from cells import ROOT, SHARED, Bench
from learn_sets import SETS, draw
from main_job import read_rows, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KEEP = ROOT / ".bench" / "exam"
DRAWS = (0, 1, 2)
PER_CLASS = 10
TIMED_ROWS = 3000
PER_GROUP = 200
CLINC = SHARED / "clinc150"
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


def measure_groups() -> dict[str, Any]:
    """Learn hate_forum, and look whom the result serves worse among 50 identity terms."""
    forum = SHARED / "hate_forum" / "train.csv.gz"
    train = [(row["text"], row["label"]) for row in read_rows(forum)]
    bundle = build("hate_forum", write(KEEP / "hate_forum.csv", ("text", "label"), train), 0)
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


def measure_time(*words: str) -> dict[str, Any]:
    """Time the examination of a bundle on 3,000 rows and 1,000 texts from outside."""
    bundle = clinc_bundle(0)
    _, outside = outside_files()
    drawn = draw("clinc150", 0, PER_CLASS).test[:TIMED_ROWS]
    data = write(KEEP / "clinc150-timed.csv", ("text", "label"), drawn)
    before = os.times()
    story = examine(bundle, data, "--outside", str(outside), *words)
    after = os.times()
    return {
        "rows": len(drawn),
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
    cells["time:quick"] = lambda: measure_time("--quick")
    cells["time:default"] = measure_time
    cells["identity"] = measure_groups
    cells["clinc150:all"] = lambda: measure_outside(None)
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
