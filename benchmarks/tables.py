"""docs/figures.md, written from benchmarks/results/*.json and from nothing else."""

from __future__ import annotations

import json
import statistics
from typing import Any

from cells import RESULTS, ROOT

PAGE = ROOT / "docs" / "figures.md"
BARS = {
    "accuracy": 0.875,
    "build_s": 120.0,
    "build_peak_mib": 3072.0,
    "accuracy_loss_points": 0.5,
    "batch_ratio": 15.0,
    "start_s": 0.3,
}
"""What the project set out to reach, so that a figure which falls short is seen to."""


def write() -> None:
    """Write the page."""
    cells = json.loads((RESULTS / "main_job.json").read_text(encoding="utf-8"))
    draws = [cells[name] for name in sorted(cells) if name.startswith("draw-")]
    any_cell = draws[0]
    machine = any_cell["machine"]
    lines = [
        "# Figures",
        "",
        "Written by `make bench` from `benchmarks/results/main_job.json`; nothing here is typed by",
        "hand. Timings come from one machine and travel as ratios only.",
        "",
        (
            f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['int8']}, "
            f"{machine['system']}, Python {machine['python']}."
        ),
        "",
        "## BANKING77, 10 labels per class, the other training rows unlabelled",
        "",
        (
            "| draw | test accuracy | loss against the uncompressed model, points (95 % interval) "
            "| lexical tier answers | build, s | peak, MiB | size, MiB | same answers twice |"
        ),
        "|---|---|---|---|---|---|---|---|",
        *(_draw_row(cell) for cell in draws),
        "",
        *_against_bars(draws, cells),
        "",
        *_speed(cells.get("speed")),
        "",
        "## What must always hold",
        "",
        *_rest(cells),
        "",
        "Commits: " + ", ".join(sorted({cell["commit"] for cell in cells.values()})) + ".",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _draw_row(cell: dict[str, Any]) -> str:
    loss = cell["accuracy_loss_points"]
    return (
        f"| {cell['seed']} | {cell['accuracy']:.2%} (n = {cell['n_test']:,}) "
        f"| {loss['value']:+.2f} ({loss['low']:+.2f} to {loss['high']:+.2f}) "
        f"| {cell['coverage_lexical']['value']:.1%} | {cell['build_s']:.0f} "
        f"| {cell['build_peak_mib']:,.0f} | {cell['size_mib']:.1f} "
        f"| {'yes' if cell['same_predictions_twice'] else 'NO'}"
        f"{', built afresh' if cell['second_build_was_fresh'] else ', reusing fits'} |"
    )


def _against_bars(draws: list[dict[str, Any]], cells: dict[str, Any]) -> list[str]:
    accuracy = statistics.mean(cell["accuracy"] for cell in draws)
    loss = statistics.mean(cell["accuracy_loss_points"]["value"] for cell in draws)
    slowest = max(cell["build_s"] for cell in draws)
    peak = max(cell["build_peak_mib"] for cell in draws)
    rows = [
        ("mean test accuracy", f"{accuracy:.2%}", "at least 87.5 %", accuracy >= BARS["accuracy"]),
        (
            "mean loss against the uncompressed model",
            f"{loss:+.2f} points",
            "at most 0.5",
            loss <= BARS["accuracy_loss_points"],
        ),
        (
            "slowest build from a cold cache",
            f"{slowest:.0f} s",
            "under 120 s",
            slowest < BARS["build_s"],
        ),
        (
            "peak memory of a build",
            f"{peak:,.0f} MiB",
            "under 3,072 MiB",
            peak < BARS["build_peak_mib"],
        ),
    ]
    if "speed" in cells:
        ratio = cells["speed"]["batch_ratio_median"]
        rows.append(
            (
                "throughput against sentence-transformers",
                f"{ratio:.1f} times",
                "at least 15 times",
                ratio >= BARS["batch_ratio"],
            )
        )
    table = ["| figure | measured | wanted | reached |", "|---|---|---|---|"]
    return table + [f"| {a} | {b} | {c} | {'yes' if ok else 'NO'} |" for a, b, c, ok in rows]


def _speed(cell: dict[str, Any] | None) -> list[str]:
    if cell is None:
        return ["Speed was not measured."]
    head = [
        "## Speed beside its peer",
        "",
        f"Peer: {cell['peer']}. {cell['texts']:,} distinct texts that neither has seen,",
        "no cache of answers, both in turn in one process.",
        "",
        "| round | peer, texts/s | ours, texts/s | batch ratio | one at a time, ratio |",
        "|---|---|---|---|---|",
    ]
    rows = [
        f"| {i} | {row['peer_texts_per_s']:,.0f} | {row['ours_texts_per_s']:,.0f} "
        f"| {row['batch_ratio']:.1f} | {row['single_ratio']:.1f} |"
        for i, row in enumerate(cell["rounds"], 1)
    ]
    median = (
        f"| median | | | **{cell['batch_ratio_median']:.1f}** "
        f"| **{cell['single_ratio_median']:.1f}** |"
    )
    return [*head, *rows, median]


def _rest(cells: dict[str, Any]) -> list[str]:
    told: list[str] = []
    if "start" in cells:
        start = cells["start"]
        told.append(
            f"- `import lissom` takes {start['import_lissom_s']:.2f} s and `lissom --help` "
            f"{start['help_s']:.2f} s as whole processes (a bare Python takes "
            f"{start['bare_python_s']:.2f} s; wanted: under 0.3 s); torch is "
            f"{'LOADED' if start['loads_torch'] else 'not loaded'}."
        )
    if "tamper" in cells:
        tamper = cells["tamper"]
        told.append(
            f"- {tamper['found_with_exit_code_5']} of {tamper['changed_bytes']} changed bytes, in "
            "every file of a bundle, were found by `lissom verify`."
        )
    if "installed" in cells:
        size = cells["installed"]
        largest = ", ".join(f"{name} {mib:.0f}" for name, mib in size["largest_mib"].items())
        told.append(
            f"- Installed without extras: {size['installed_mib']:.0f} MiB ({largest}), of which "
            f"lissom itself {size['lissom_mib']:.1f}; no torch."
        )
    return told or ["Not measured."]
