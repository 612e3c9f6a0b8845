"""Learning from a few labels, on the sets of `learn_sets`; its rival is in `learn_setfit`.

    python benchmarks/learn.py [--redo CELL ...] [--only SET:DRAW:ROW ...]

Two rows for each draw: "default", and "longer" with the time of `--time 10m`. Seconds are those of
reading, racing and fitting, as CPU seconds of the whole process and as wall time, each draw from a
cold cache in a process of its own. The candidates are judged on the test rows too, to tell what the
race cost against the best of them in hindsight; nothing is chosen by that.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import Bench
from learn_sets import PER_CLASS, SETS, count_draws, draw
from sklearn.metrics import accuracy_score, f1_score

if TYPE_CHECKING:
    from learn_sets import Draw

ROWS = {"default": None, "longer": 600.0}
EXTRA_LABELS = {"banking77": (1, 5, 10), "clinc150": (5, 10)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read_by_a_build(
    texts: list[str], labels: list[str], number: int, seconds: float | None
) -> tuple[list[str], list[str]]:
    """Return texts and labels that a build would read in that time: of long texts fewer."""
    from lissom.learn import Learning, Shaping, for_time, how_many  # noqa: PLC0415 - as below

    free = [i for i, label in enumerate(labels) if not label]
    drawn = np.random.default_rng([number, 1]).permutation(free).tolist()
    most = how_many([texts[i] for i in drawn], Learning().max_pool, for_time(Shaping(), seconds))
    kept = sorted([i for i, label in enumerate(labels) if label] + drawn[:most])
    return [texts[i] for i in kept], [labels[i] for i in kept]


def measure_here(rows: Draw, number: int, seconds: float | None) -> dict[str, Any]:
    """Learn one draw in this process and judge it on the test rows."""
    from lissom.learn import UNKNOWN, Choice  # noqa: PLC0415 - loaded in the process that measures
    from lissom.nets import embed, export, find_base  # noqa: PLC0415 - likewise
    from lissom.pipeline.crossfit import Fitting  # noqa: PLC0415 - likewise
    from lissom.pipeline.declared import said_names  # noqa: PLC0415 - likewise
    from lissom.pipeline.learning import Lesson, learn, schedule_for  # noqa: PLC0415 - likewise
    from lissom.pipeline.material import Material  # noqa: PLC0415 - likewise
    from lissom.pipeline.recipe import Recipe  # noqa: PLC0415 - likewise
    from lissom.pipeline.store import Store  # noqa: PLC0415 - likewise
    from lissom.progress import Silent  # noqa: PLC0415 - likewise
    from lissom.runtime import Tokens, count_cores  # noqa: PLC0415 - likewise

    classes = sorted({label for label in rows.labels if label})
    at = {label: i for i, label in enumerate(classes)}
    threads = count_cores()
    wall, cpu = time.perf_counter(), _cpu()
    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)

    def material(texts: list[str], targets: np.ndarray[Any, Any]) -> Material:
        ids = tokens.encode(texts)
        names = tokens.encode(said_names(tuple(classes)))
        graph = export(base, ids[:2]).graph
        return Material(
            ids,
            embed(graph, ids, threads=threads),
            targets,
            np.arange(len(ids)),
            len(classes),
            embed(graph, names, threads=threads) if names else None,
            names or None,
        )

    texts, said = read_by_a_build(rows.texts, rows.labels, number, seconds)
    targets = np.array([at[label] if label else UNKNOWN for label in said])
    lesson = Lesson(
        material(texts, targets),
        np.zeros(len(targets), np.bool_),
        base,
        Recipe(),
        number,
        "bench",
        seconds,
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        schedule = schedule_for(lesson)
        learned = learn(lesson, schedule, store, threads, Silent())
        wall, cpu = time.perf_counter() - wall, _cpu() - cpu
        truth = [label for _, label in rows.test]
        test = material([text for text, _ in rows.test], np.full(len(truth), UNKNOWN))
        answers = [classes[i] for i in learned.trained.parent(learned.see(test))]
        final = Fitting(
            learned.material,
            Recipe(),
            store,
            "bench",
            learned.tuner,
            is_seen=learned.tuned is not None,
        )
        everything = np.arange(len(targets))
        judged = {}
        for candidate in schedule.candidates:
            trained = final.both(Choice(candidate, "", {candidate: 1.0}), everything)
            seen = test
            if trained.is_tuned:
                seen = learned.tuner.see(learned.tuner.tune(lesson.material), test)
            judged[candidate] = [classes[i] for i in trained.parent(seen)]
    return {
        "labels": int((targets != UNKNOWN).sum()),
        "rows": len(targets),
        "n_test": len(truth),
        "accuracy": accuracy_score(truth, answers),
        "macro_f1": f1_score(truth, answers, average="macro"),
        "hits": "".join("1" if a == b else "0" for a, b in zip(truth, answers, strict=True)),
        "answers": [at.get(answer, -1) for answer in answers],
        "learn_wall_s": wall,
        "learn_cpu_s": cpu,
        "chosen": learned.choice.name,
        "weights": dict(learned.choice.weights),
        "why": learned.choice.why,
        "steps": schedule.steps,
        "folds": learned.folds,
        "reckoned_s": schedule.seconds,
        "candidates": {
            candidate: {
                "accuracy": accuracy_score(truth, given),
                "macro_f1": f1_score(truth, given, average="macro"),
            }
            for candidate, given in judged.items()
        },
    }


def measure(name: str, number: int, row: str, per_class: int) -> dict[str, Any]:
    """Measure one cell in a process of its own."""
    done = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, __file__, "--cell", name, str(number), row, str(per_class)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def all_cells() -> list[str]:
    """Return the names of the cells, one draw of every set before the next."""
    found = [
        (number, f"{name}:{number}:{row}:{PER_CLASS}")
        for name in SETS
        for number in range(count_draws(len({label for _, label in SETS[name]()[1]})))
        for row in ROWS
    ]
    found += [
        (number, f"{name}:{number}:{row}:{per_class}")
        for name, counts in EXTRA_LABELS.items()
        for per_class in counts
        for number in range(3)
        for row in ROWS
    ]
    return [cell for _, cell in sorted(found, key=lambda pair: pair[0])]


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="SET:DRAW:ROW:LABELS")
    parser.add_argument("--cell", nargs=4, help="measure here and print; for our own use")
    chosen = parser.parse_args()
    if chosen.cell:
        name, number, row, per_class = chosen.cell
        rows = draw(name, int(number), int(per_class))
        print(json.dumps(measure_here(rows, int(number), ROWS[row])))
        return
    bench = Bench("learn", tuple(chosen.redo))
    for cell in chosen.only or all_cells():
        name, number, row, per_class = cell.split(":")
        bench.cell(
            cell,
            lambda name=name, number=number, row=row, per_class=per_class: measure(
                name, int(number), row, int(per_class)
            ),
        )


if __name__ == "__main__":
    main()
