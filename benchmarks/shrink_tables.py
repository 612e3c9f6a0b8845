"""docs/figures-shrink.md, written from benchmarks/results/shrink.json and from nothing else."""

from __future__ import annotations

import json
import math
import statistics
from typing import Any

from cells import RESULTS, ROOT

from lissom.evidence import paired_difference

PAGE = ROOT / "docs" / "figures-shrink.md"
PEER = "sentence-transformers float32"
USUAL, SMALL = "lissom, usual", "lissom, max-mib 9"
WANTED = {"batch": 30.0, "single": 20.0, "least": 8.0}
"""Times sentence-transformers: mean over sets in batches and one at a time, the least of any."""


def write() -> None:
    """Write the page."""
    path = RESULTS / "shrink.json"
    cells = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lines = [
        "# Figures of shrinking",
        "",
        "Written by `make bench-shrink` from `benchmarks/results/shrink.json`; nothing is typed by",
        "hand. Every way answers the same distinct test texts, unseen and with no answers kept, in",
        "turn in one process; speeds are medians of rounds and travel as ratios to",
        "sentence-transformers in float32. Peers have the same encoder and the same labelled rows,",
        "with scikit-learn's logistic regression on top; ours learns from unlabelled rows, too.",
        "OpenVINO, model2vec and fastText were not measured.",
        "",
    ]
    for name in sorted(cells):
        lines += _cell(name, cells[name])
    lines += _sum(cells)
    if cells:
        machine = next(iter(cells.values()))["machine"]
        commits = ", ".join(sorted({cell["commit"] for cell in cells.values()}))
        lines += [
            (
                f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['int8']}, "
                f"{machine['system']}, Python {machine['python']}; shared with other work while "
                "this was measured."
            ),
            "",
            f"Commits: {commits}.",
        ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _cell(name: str, cell: dict[str, Any]) -> list[str]:
    data, labels = name.split(":")
    what = "all labels" if labels == "all" else f"{labels} labels per class"
    lines = [
        f"## {data}, {what}",
        "",
        (
            f"{cell['rows']:,} rows, {cell['labelled']:,} of them labelled; n = {cell['n_test']:,} "
            f"test rows; {cell['timed']:,} texts timed in {cell['rounds']} rounds. Built in "
            + " and ".join(f"{seconds:.0f} s ({kind})" for kind, seconds in cell["build_s"].items())
            + "."
        ),
        "",
        (
            "| way | accuracy | ours less it, points (95 %, paired) | MiB | in batches, 2 threads "
            "| 1 thread | one at a time, 2 threads | 1 thread |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    for way in cell["hits"]:
        hits = cell["hits"][way]
        lines.append(
            f"| {way} | {100 * hits.count('1') / len(hits):.1f}% | {_against(cell, way)} "
            f"| {cell['size_mib'][way]:.1f} | {_ratio(cell, way, '2', 'texts_per_s'):.1f} "
            f"| {_ratio(cell, way, '1', 'texts_per_s'):.1f} "
            f"| {_ratio(cell, way, '2', 'single_ms'):.1f} "
            f"| {_ratio(cell, way, '1', 'single_ms'):.1f} |"
        )
    said = [
        f"{kind}: seen {100 * one['value']:.1f} %, certified at most {100 * one['high']:.1f} % "
        f"(n = {one['n']})"
        for kind, one in cell["disagreement"].items()
        if one is not None and "value" in one
    ]
    if cell.get("not_met"):
        lines += ["", f"No bundle keeps to the budget: {', '.join(cell['not_met'])}."]
    if said:
        lines += ["", "Differs from its own full model: " + "; ".join(said) + "."]
    return [*lines, ""]


def _against(cell: dict[str, Any], way: str) -> str:
    ours, theirs = cell["hits"][USUAL], cell["hits"][way]
    if way == USUAL:
        return ""
    won = sum(a == "1" and b == "0" for a, b in zip(ours, theirs, strict=True))
    lost = sum(a == "0" and b == "1" for a, b in zip(ours, theirs, strict=True))
    low, high = paired_difference(won, lost, len(ours))
    value = (won - lost) / len(ours)
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def _median(cell: dict[str, Any], way: str, threads: str, what: str) -> float:
    return statistics.median(cell["speed"][threads][way][what])


def _ratio(cell: dict[str, Any], way: str, threads: str, what: str) -> float:
    ours, theirs = (_median(cell, one, threads, what) for one in (way, PEER))
    return ours / theirs if what == "texts_per_s" else theirs / ours


def _sum(cells: dict[str, Any]) -> list[str]:
    if not cells:
        return ["Nothing has been measured.", ""]
    lines = [
        "## Over the sets measured",
        "",
        f"Times {PEER}, on two threads, geometric means; {len(cells)} of 8 cells measured.",
        "",
        "| bundle | in batches, mean (wanted) | one at a time (wanted) | least (wanted) |",
        "|---|---|---|---|",
    ]
    for way in (USUAL, SMALL):
        made = [cell for cell in cells.values() if way in cell["hits"]]
        if not made:
            continue
        batch = [_ratio(cell, way, "2", "texts_per_s") for cell in made]
        single = [_ratio(cell, way, "2", "single_ms") for cell in made]
        lines.append(
            f"| {way}, {len(made)} sets | {_mean(batch):.1f} ({WANTED['batch']:.0f}) "
            f"| {_mean(single):.1f} ({WANTED['single']:.0f}) "
            f"| {min(*batch, *single):.1f} ({WANTED['least']:.0f}) |"
        )
    return [*lines, ""]


def _mean(ratios: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, ratios)))


if __name__ == "__main__":
    write()
