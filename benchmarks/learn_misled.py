"""Unlabelled rows that mislead: what using them costs against not using them.

    python benchmarks/learn_misled.py [--redo CELL ...]

Three sets of our own making: rows of another domain, rows that lack half of the classes, and rows
whose clusters cut across the classes. Each is learned with the unlabelled rows and without them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from typing import Any

import numpy as np
from cells import Bench
from learn import measure_here
from learn_sets import SETS, Draw, draw

DRAWS = (0, 1, 2)
_ASKS = re.compile(r"^(what|how|when|where|why|who|which|is|are|can|do|does|did)\b", re.IGNORECASE)


def _foreign(number: int) -> Draw:
    """BANKING77's labels with CLINC150's rows as the unlabelled ones."""
    own = draw("banking77", number)
    kept = [i for i, label in enumerate(own.labels) if label]
    others = [text for text, _ in SETS["clinc150"]()[0]][:10_000]
    return Draw(
        [own.texts[i] for i in kept] + others,
        [own.labels[i] for i in kept] + [""] * len(others),
        own.test,
    )


def _absent(number: int) -> Draw:
    """CLINC150 with unlabelled rows of the first half of the classes only."""
    own = draw("clinc150", number)
    truth = dict(SETS["clinc150"]()[0])
    classes = sorted({label for label in own.labels if label})
    first = set(classes[: len(classes) // 2])
    kept = [
        i
        for i, (text, label) in enumerate(zip(own.texts, own.labels, strict=True))
        if label or truth[text] in first
    ]
    return Draw([own.texts[i] for i in kept], [own.labels[i] for i in kept], own.test)


def _across(number: int) -> Draw:
    """CLINC150's texts, asked whether they begin as a question: no topic says so."""

    def kind(text: str) -> str:
        return "asks" if _ASKS.match(text) else "tells"

    texts = [text for text, _ in SETS["clinc150"]()[0]]
    rng = np.random.default_rng([number, 8])
    chosen = rng.permutation(len(texts))[:5000]
    labels = [""] * len(chosen)
    for wanted in ("asks", "tells"):
        rows = [i for i, row in enumerate(chosen.tolist()) if kind(texts[row]) == wanted]
        for i in rows[:8]:
            labels[i] = wanted
    test = [(text, kind(text)) for text, _ in SETS["clinc150"]()[1][:3000]]
    return Draw([texts[i] for i in chosen], labels, test)


MISLED = {"foreign": _foreign, "absent": _absent, "across": _across}


def measure_both(name: str, number: int) -> dict[str, Any]:
    """Learn with the unlabelled rows and without them, in this process."""
    rows = MISLED[name](number)
    kept = [i for i, label in enumerate(rows.labels) if label]
    bare = Draw([rows.texts[i] for i in kept], [rows.labels[i] for i in kept], rows.test)
    with_them, without = (measure_here(each, number, None) for each in (rows, bare))
    return {
        "n_test": with_them["n_test"],
        "with": {key: with_them[key] for key in ("accuracy", "macro_f1", "chosen", "weights")},
        "without": {key: without[key] for key in ("accuracy", "macro_f1", "chosen", "weights")},
        "loss_points": 100 * (without["accuracy"] - with_them["accuracy"]),
    }


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--cell", nargs=2, help="measure here and print; for our own use")
    chosen = parser.parse_args()
    if chosen.cell:
        print(json.dumps(measure_both(chosen.cell[0], int(chosen.cell[1]))))
        return
    bench = Bench("learn_misled", tuple(chosen.redo))

    def measure(name: str, number: int) -> dict[str, Any]:
        done = subprocess.run(  # noqa: S603 - this very file
            [sys.executable, __file__, "--cell", name, str(number)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    for number in DRAWS:
        for name in MISLED:
            bench.cell(f"{name}:{number}", lambda name=name, number=number: measure(name, number))


if __name__ == "__main__":
    main()
