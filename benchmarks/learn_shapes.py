"""Rows of odd shapes: names alone, one label per class, another mix, long texts, languages.

    python benchmarks/learn_shapes.py [--redo CELL ...] [--only CELL ...]

What ships is built by our own command line and judged on the test rows; nothing is chosen on them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import ROOT, SHARED, Bench
from learn_sets import SETS, draw
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LISSOM = [sys.executable, "-c", "from lissom.faces.cli import main; main()"]
HOME = ROOT / ".bench" / "learn_shapes"
ENGLISH = ("banking77", "clinc150", "sst2", "clickbait", "hate_forum", "papers", "advisories")
FIGURES = (
    *("task.accuracy", "task.macro_f1", "calibration.ece", "compression.accuracy_loss"),
    *("start.stability", "start.unused_classes", "size.bundle_mib"),
)


def write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    """Write a CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def build(rows: Path, test: Path, *words: str) -> dict[str, Any]:
    """Build by our own command line, measured on the test rows, and return what it says."""
    with tempfile.TemporaryDirectory() as folder:
        start, used = time.perf_counter(), os.times().children_user
        done = subprocess.run(  # noqa: S603 - our own command line
            [
                *(*LISSOM, "build", str(rows), "--test", str(test), "--json", *words),
                *("--out", str(Path(folder) / "model")),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LISSOM_HOME": str(HOME)},
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr[-2000:])
        story = json.loads(done.stdout)
        return {
            "figures": {
                item["name"]: item for item in story["evidence"] if item["name"] in FIGURES
            },
            "warnings": story["warnings"],
            "outcome": story["outcome"],
            "wall_s": time.perf_counter() - start,
            "cpu_s": os.times().children_user - used,
        }


def measure_names(name: str) -> dict[str, Any]:
    """Start from the names of the classes alone, as the data set spells them."""
    train, test = SETS[name]()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        rows = write_rows(at / "rows.csv", ["text"], [[text] for text, _ in train])
        listed = at / "classes.txt"
        listed.write_text("\n".join(sorted({label for _, label in train})), encoding="utf-8")
        judged = write_rows(at / "test.csv", ["text", "label"], test)
        return build(rows, judged, "--classes", str(listed))


def measure_one_label(name: str, number: int) -> dict[str, Any]:
    """Label one row of each class."""
    rows = draw(name, number, per_class=1)
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        pairs = list(zip(rows.texts, rows.labels, strict=True))
        path = write_rows(at / "rows.csv", ["text", "label"], pairs)
        judged = write_rows(at / "test.csv", ["text", "label"], rows.test)
        return build(path, judged, "--seed", str(number))


def draw_tail(
    truth: np.ndarray[Any, Any], ratio: float, most: int, rng: np.random.Generator
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Draw 8 rows of each class, and others of which the largest class has `ratio` times the least.

    Returns:
        Positions of the labelled rows, and of the others.
    """
    classes = int(truth.max()) + 1
    labelled = np.concatenate(
        [rng.choice(np.flatnonzero(truth == i), 8, replace=False) for i in range(classes)]
    )
    shares = ratio ** (-np.arange(classes) / (classes - 1))
    wanted = rng.permutation(shares / shares.sum()) * most
    others = np.setdiff1d(np.arange(len(truth)), labelled)
    parts = [
        rng.permutation(others[truth[others] == i])[: max(1, round(wanted[i]))]
        for i in range(classes)
    ]
    return labelled, np.concatenate(parts)


def read_with_base(*groups: Sequence[str]) -> list[Any]:
    """Return the embeddings of each group of texts."""
    from lissom.nets import embed, export, find_base  # noqa: PLC0415 - for the cells that need it
    from lissom.runtime import Tokens  # noqa: PLC0415 - likewise

    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)
    graph = export(base, tokens.encode(["a text"])).graph
    return [embed(graph, tokens.encode(list(texts)), threads=1) for texts in groups]


def cross_fit(vectors: Any, targets: Any, classes: int, folds: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
    """Return propagation's held-out scores of all rows, and its head from all of them."""
    from lissom.learn.candidates import LEARNERS  # noqa: PLC0415 - for the cell that needs it
    from lissom.learn.pool import Learning, Pool  # noqa: PLC0415 - likewise

    def fit(inside: Any) -> Any:  # noqa: ANN401 - likewise
        nothing = sparse.csr_matrix((len(inside), 1), dtype=np.float32)
        pool = Pool(vectors[inside], nothing, targets[inside], classes)
        return LEARNERS["propagation"](pool, Learning()).head

    held = np.zeros((len(targets), classes), np.float32)
    for fold in np.unique(folds):
        held[folds == fold] = fit(np.flatnonzero(folds != fold)).score(vectors[folds == fold])
    return held, fit(np.arange(len(targets)))


def measure_mix(name: str, number: int, ratio: float, most: int = 3000) -> dict[str, Any]:
    """Draw labels evenly and the other rows from a tail, and correct to it or not.

    The test rows are weighted to the tail, too.
    """
    from lissom.learn import UNKNOWN, estimate_mix, fit_temperature  # noqa: PLC0415 - cell's own
    from lissom.runtime import softmax  # noqa: PLC0415 - likewise

    train, test = SETS[name]()
    rng = np.random.default_rng([number, 5])
    names = sorted({label for _, label in train})
    truth, answers = (np.array([names.index(label) for _, label in rows]) for rows in (train, test))
    labelled, stream = draw_tail(truth, ratio, most, rng)
    rows = np.concatenate([labelled, stream])
    vectors, judged = read_with_base([train[i][0] for i in rows], [text for text, _ in test])
    targets = np.where(np.arange(len(rows)) < len(labelled), truth[rows], UNKNOWN)
    held, head = cross_fit(vectors, targets, len(names), rng.permutation(len(rows)) % 3)
    known = targets != UNKNOWN
    temperature = np.float32(fit_temperature(held[known], targets[known]))
    chances = softmax(held / temperature)
    mix = estimate_mix(chances[known], targets[known], chances[~known])
    assert mix is not None  # noqa: S101 - every class has labels
    scores = head.score(judged) / temperature
    drawn = np.bincount(truth[stream], minlength=len(names)) / len(stream)
    weights = (drawn / np.maximum(np.bincount(answers, minlength=len(names)), 1))[answers]

    def judge(shift: Any) -> dict[str, float]:  # noqa: ANN401 - an array or 0
        right = (scores + shift).argmax(axis=1) == answers
        return {
            "in_the_streams_mix": float((right * weights).sum() / weights.sum()),
            "in_the_test_files_mix": float(right.mean()),
        }

    return {
        "labels": len(labelled),
        "unlabelled": len(stream),
        "true_distance": float(np.abs(drawn - 1 / len(names)).sum() / 2),
        "estimated_distance": mix.distance,
        "chance": mix.chance,
        "is_corrected": mix.is_corrected,
        "n_test": len(test),
        "plain": judge(0.0),
        "shipped": judge(mix.shift),
    }


def measure_long(most: int = 1200) -> dict[str, Any]:
    """Papers by venue, all labelled: read in one piece, or in up to four."""
    from lissom.learn.linear import fit_head  # noqa: PLC0415 - cell's own
    from lissom.nets import embed, export, find_base  # noqa: PLC0415 - likewise
    from lissom.runtime import Tokens  # noqa: PLC0415 - likewise

    train, test = SETS["papers"]()
    rng = np.random.default_rng(0)
    base = find_base()
    long = Tokens(base.tokenizer, base.max_tokens, 4)

    def choose(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
        shuffled = [rows[i] for i in rng.permutation(len(rows))[: 20 * most]]
        return [row for row in shuffled if len(long.encode([row[0]])[0]) > base.max_tokens][:most]

    train, test = choose(train), choose(test)
    names = sorted({label for _, label in train})
    at = {label: i for i, label in enumerate(names)}
    targets = np.array([at[label] for _, label in train])
    found: dict[str, Any] = {"n_train": len(train), "n_test": len(test), "classes": len(names)}
    graph = export(base, [long.windows.cut(long.encode([train[0][0]])[0])[0]]).graph
    answers: dict[int, Any] = {}
    for windows in (1, 4):
        tokens = Tokens(base.tokenizer, base.max_tokens, windows)
        start = time.process_time()
        vectors = [
            embed(
                graph, tokens.encode([text for text, _ in rows]), threads=1, windows=tokens.windows
            )
            for rows in (train, test)
        ]
        head = fit_head(
            vectors[0], targets, np.ones(len(train), np.float32), classes=len(names), strength=10.0
        )
        said = head.score(vectors[1]).argmax(axis=1)
        answers[windows] = np.array([names[i] for i in said]) == [label for _, label in test]
        found[f"accuracy_{windows}_windows"] = float(answers[windows].mean())
        found[f"read_cpu_s_{windows}_windows"] = time.process_time() - start
    gap = answers[4].astype(float) - answers[1]
    draws = [float(gap[rng.integers(0, len(gap), len(gap))].mean()) for _ in range(2000)]
    found["gain_points"] = 100 * float(gap.mean())
    found["gain_points_low_high"] = [100 * float(np.quantile(draws, q)) for q in (0.025, 0.975)]
    return found


def measure_languages() -> dict[str, Any]:
    """Share of rows of sets in English, and of the sample inbox, taken for another language."""
    from lissom.audit import hear  # noqa: PLC0415 - cell's own
    from lissom.data import read  # noqa: PLC0415 - likewise
    from lissom.data.samples import write_sample  # noqa: PLC0415 - likewise
    from lissom.nets import find_base  # noqa: PLC0415 - likewise
    from lissom.runtime import Tokens  # noqa: PLC0415 - likewise

    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens, 64)

    def say(texts: list[str]) -> dict[str, Any]:
        spoken = hear(texts, tokens, vocabulary=int(base.config["vocab_size"]))
        return {
            "rows": len(texts),
            "judged": int(spoken.is_judged.sum()),
            "foreign": int(spoken.is_foreign.sum()),
            "is_warned_about": spoken.is_worth_saying,
        }

    found: dict[str, Any] = {}
    for name in ENGLISH:
        rows, _ = SETS[name]()
        found[name] = say([text for text, _ in rows[:: max(1, len(rows) // 3000)]])
    with tempfile.TemporaryDirectory() as folder:
        write_sample("inbox", Path(folder))
        frame = read(Path(folder) / "inbox.csv").dataset.frame
    texts, truth = frame["text"].to_list(), np.array(frame["language"].to_list())
    spoken = hear(texts, tokens, vocabulary=int(base.config["vocab_size"]))
    found["inbox"] = say(texts)
    for language in ("en", "de", "es"):
        found["inbox"][language] = {
            "rows": int((truth == language).sum()),
            "foreign": int(spoken.is_foreign[truth == language].sum()),
        }
    return found


CELLS: dict[str, Callable[[], dict[str, Any]]] = {
    "languages": measure_languages,
    "names:banking77": lambda: measure_names("banking77"),
    "names:clinc150": lambda: measure_names("clinc150"),
    **{
        f"one-label:banking77:{number}": lambda number=number: measure_one_label(
            "banking77", number
        )
        for number in range(3)
    },
    "mix:banking77:0": lambda: measure_mix("banking77", 0, 50.0),
    "mix:clinc150:0": lambda: measure_mix("clinc150", 0, 50.0),
    "long:papers": measure_long,
}


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=list(CELLS), help="cells to measure")
    chosen = parser.parse_args()
    if not SHARED.exists():
        message = f"no data sets at {SHARED}"
        raise SystemExit(message)
    bench = Bench("learn_shapes", tuple(chosen.redo))
    for name in chosen.only:
        bench.cell(name, CELLS[name])


if __name__ == "__main__":
    main()
