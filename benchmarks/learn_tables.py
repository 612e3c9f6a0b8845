"""docs/figures-learn.md, written from benchmarks/results/learn*.json and from nothing else."""

from __future__ import annotations

import json
import statistics
from typing import Any

import learn_shapes_table
import numpy as np
from cells import RESULTS, ROOT
from learn_sets import PER_CLASS, SETS, count_draws

PAGE = ROOT / "docs" / "figures-learn.md"
_DRAWS = 2000


def _read(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write() -> None:
    """Write the page."""
    ours, theirs = _read("learn"), _read("learn_setfit")
    lines = [
        "# Figures of learning",
        "",
        "Written by `make bench-learn` from `benchmarks/results/learn*.json`; nothing is typed by",
        "hand. Accuracies are of the uncompressed model, on test rows that nothing was chosen on.",
        f"{PER_CLASS} labels per class, at most 10,000 further rows without labels. SetFit 1.2 has",
        "the same encoder, rows and draws, its defaults with 20 iterations. Seconds are CPU",
        "seconds, because the machine was shared. Draws that one side has not run do not count.",
        "",
        *_beside(ours, theirs),
        "",
        *_singly(ours),
        "",
        *_wanted(ours),
        "",
        *_misled(_read("learn_misled")),
        "",
        *_next(_read("learn_next")),
        "",
        *learn_shapes_table.lines(_read("learn_shapes")),
    ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _pairs(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> list[tuple[Any, Any]]:
    found = []
    for number in range(10):
        own, other = (
            ours.get(f"{name}:{number}:default:{PER_CLASS}"),
            theirs.get(f"{name}:{number}"),
        )
        if own and other:
            found.append((own, other))
    return found


def _interval(pairs: list[tuple[Any, Any]]) -> tuple[float, float]:
    """Paired bootstrap over test rows, each row's difference averaged over the draws."""
    rows = np.mean(
        [
            np.array([int(a) - int(b) for a, b in zip(own["hits"], other["hits"], strict=True)])
            for own, other in pairs
        ],
        axis=0,
    )
    rng = np.random.default_rng(0)
    means = [rows[rng.integers(0, len(rows), len(rows))].mean() for _ in range(_DRAWS)]
    low, high = np.quantile(means, [0.025, 0.975])
    return 100 * float(low), 100 * float(high)


def _beside(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    lines = [
        "## Beside SetFit",
        "",
        (
            "| set | draws run by both | lissom | SetFit "
            "| difference, points (95 %, paired over test rows) "
            "| macro-F1, lissom and SetFit | CPU s, lissom and SetFit |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    gaps, gaps_f1, own_s, other_s = [], [], 0.0, 0.0
    for name in SETS:
        pairs = _pairs(ours, theirs, name)
        wanted = count_draws(len({label for _, label in SETS[name]()[1]}))
        if not pairs:
            lines.append(f"| {name} | 0 of {wanted} | not measured | | | | |")
            continue
        own, other = (statistics.mean(pair[i]["accuracy"] for pair in pairs) for i in (0, 1))
        own_f1, other_f1 = (statistics.mean(pair[i]["macro_f1"] for pair in pairs) for i in (0, 1))
        own_cpu, other_cpu = (
            statistics.mean(pair[i]["learn_cpu_s"] for pair in pairs) for i in (0, 1)
        )
        low, high = _interval(pairs)
        gaps.append(100 * (own - other))
        gaps_f1.append(100 * (own_f1 - other_f1))
        own_s, other_s = own_s + own_cpu, other_s + other_cpu
        gap = (
            f"{100 * (own - other):+.1f} ({low:+.1f} to {high:+.1f}), n = {pairs[0][0]['n_test']:,}"
        )
        lines.append(
            f"| {name} | {len(pairs)} of {wanted} | {own:.1%} | {other:.1%} | {gap} "
            f"| {own_f1:.3f}, {other_f1:.3f} | {own_cpu:.0f}, {other_cpu:.0f} |"
        )
    if gaps:
        lines += [
            "",
            (
                f"Over the {len(gaps)} sets measured: {statistics.mean(gaps):+.1f} points of "
                f"accuracy and {statistics.mean(gaps_f1):+.1f} of macro-F1 on average (wanted: at "
                f"least +4); CPU time summed over them {own_s / other_s:.2f} times SetFit's "
                "(wanted: at most 0.2)."
            ),
        ]
    return lines


def _singly(ours: dict[str, Any]) -> list[str]:
    cells = {key: cell for key, cell in ours.items() if key.endswith(f":{PER_CLASS}")}
    if not cells:
        return ["The candidates were not measured."]
    lines = [
        "## The race, beside each of its candidates",
        "",
        "What every candidate alone would have got on the test rows, and what the race shipped.",
        "",
        "| set, draw, time | shipped | its parts | best single candidate | regret, points |",
        "|---|---|---|---|---|",
    ]
    regrets: dict[str, list[float]] = {}
    for key in sorted(cells):
        cell = cells[key]
        name, number, row, _ = key.split(":")
        best = max(cell["candidates"], key=lambda one: cell["candidates"][one]["accuracy"])
        most = cell["candidates"][best]["accuracy"]
        regret = 100 * (most - cell["accuracy"])
        regrets.setdefault(row, []).append(regret)
        parts = ", ".join(f"{share:.0%} {one}" for one, share in cell["weights"].items())
        lines.append(
            f"| {name}, {number}, {row} | {cell['accuracy']:.1%} | {parts} | {best} {most:.1%} "
            f"| {regret:+.1f} |"
        )
    told = "; ".join(
        f"{row}: {statistics.mean(found):+.2f} points over {len(found)} draws"
        for row, found in sorted(regrets.items())
    )
    return [*lines, "", f"Mean regret (wanted: at most 2): {told}."]


_WANTED = {
    "banking77": {1: 0.67, 5: 0.84, 10: 0.885},
    "clinc150": {5: 0.92, 10: 0.94},
}


def _wanted(ours: dict[str, Any]) -> list[str]:
    lines = [
        "## Labels per class",
        "",
        "| set | labels per class | time | draws | accuracy, mean | wanted | reached |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, counts in _WANTED.items():
        for per_class, least in counts.items():
            for row in ("default", "longer"):
                keys = [f"{name}:{number}:{row}:{per_class}" for number in range(3)]
                found = [ours[key]["accuracy"] for key in keys if key in ours]
                if not found:
                    lines.append(
                        f"| {name} | {per_class} | {row} | 0 | not measured | {least:.1%} | |"
                    )
                    continue
                mean = statistics.mean(found)
                lines.append(
                    f"| {name} | {per_class} | {row} | {len(found)} | {mean:.1%} | {least:.1%} "
                    f"| {'yes' if mean >= least else 'NO'} |"
                )
    return lines


def _misled(cells: dict[str, Any]) -> list[str]:
    lines = [
        "## Unlabelled rows that mislead",
        "",
        "foreign: rows of another domain; absent: rows that lack half of the classes; across:",
        "clusters that cut across the classes.",
        "",
    ]
    if not cells:
        return [*lines, "Not measured."]
    lines += [
        "| set, draw | with the unlabelled rows | without them | loss, points | wanted |",
        "|---|---|---|---|---|",
    ]
    for key in sorted(cells):
        cell = cells[key]
        lines.append(
            f"| {key.replace(':', ', ')} | {cell['with']['accuracy']:.1%} "
            f"| {cell['without']['accuracy']:.1%} | {cell['loss_points']:+.1f} | at most 1 |"
        )
    return lines


def _next(cells: dict[str, Any]) -> list[str]:
    """Tell how many chosen labels do what ten random ones per class do."""
    lines = [
        "## What to label next",
        "",
        "Labels until test accuracy is that of the most random rows; `propagation` learns. Counted",
        "at the sizes that were measured, so a little too many.",
        "",
        "| set, seed | way of choosing | labels needed | of random rows | accuracy then | wanted |",
        "|---|---|---|---|---|---|",
    ]
    for key in sorted(cells):
        name, way, seed = key.split("/")
        random = cells.get(f"{name}/random/{seed}")
        if way == "random" or random is None:
            continue
        most = random["points"][-1]
        enough = [
            point for point in cells[key]["points"] if point["propagation"] >= most["propagation"]
        ]
        told = "not reached | | |"
        if enough:
            first = enough[0]
            share = first["labels"] / most["labels"]
            told = f"{first['labels']} | {share:.0%} of {most['labels']} | "
            told += f"{first['propagation']:.1%}, random {most['propagation']:.1%} |"
        lines.append(f"| {name}, {seed} | {way} | {told} at most 70% |")
    return lines if len(cells) else [*lines[:2], "Not measured."]


if __name__ == "__main__":
    write()
