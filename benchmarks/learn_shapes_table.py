"""The part of docs/figures-learn.md about odd shapes, from benchmarks/results/learn_shapes.json."""

from __future__ import annotations

import statistics
from typing import Any

_WANTED_ONE = 0.67


def lines(cells: dict[str, Any]) -> list[str]:
    """Return the lines of the section."""
    found = ["## Odd shapes", ""]
    if not cells:
        return [*found, "Not measured."]
    parts = (*_built(cells), *_mixes(cells), *_long(cells), *_languages(cells))
    return [*found, *parts]


def _built(cells: dict[str, Any]) -> list[str]:
    table = [
        "What ships, built by our own command line, on the official test rows.",
        "",
        "| rows | draws | accuracy (95 %) | macro-F1 | calibration error | CPU s | wanted |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in ("banking77", "clinc150"):
        cell = cells.get(f"names:{name}")
        if cell:
            table.append(f"| {name}, names of the classes only | 1 | {_figures([cell])} | stated |")
    draws = [cells[key] for key in sorted(cells) if key.startswith("one-label:")]
    if draws:
        told = f"at least {_WANTED_ONE:.0%}"
        table.append(
            f"| banking77, one label per class | {len(draws)} | {_figures(draws)} | {told} |"
        )
    return [*table, ""]


def _figures(draws: list[dict[str, Any]]) -> str:
    def mean(name: str) -> float:
        return statistics.mean(one["figures"][name]["value"] for one in draws)

    accuracy = draws[0]["figures"]["task.accuracy"]
    if len(draws) == 1:
        bounds = f"({accuracy['low']:.1%} to {accuracy['high']:.1%}), n = {accuracy['n']:,}"
    else:
        each = ", ".join(f"{one['figures']['task.accuracy']['value']:.1%}" for one in draws)
        bounds = f"({each}), n = {accuracy['n']:,} each"
    spent = statistics.mean(one["cpu_s"] for one in draws)
    return (
        f"{mean('task.accuracy'):.1%} {bounds} | {mean('task.macro_f1'):.3f} | "
        f"{mean('calibration.ece'):.3f} | {spent:.0f}"
    )


def _mixes(cells: dict[str, Any]) -> list[str]:
    found = {key: cell for key, cell in sorted(cells.items()) if key.startswith("mix:")}
    if not found:
        return []
    table = [
        "Eight labels of each class, and 3,000 other rows of which the commonest class has 50",
        "times the rarest; answers of propagation to the test rows, weighted to that mix, and as",
        "they are. Accuracies are plain and as corrected.",
        "",
        "| set | distance, true and estimated | corrected | stream's mix | test file's mix |",
        "|---|---|---|---|---|",
    ]
    for key, cell in found.items():
        plain, shipped = cell["plain"], cell["shipped"]
        table.append(
            f"| {key.split(':')[1]} "
            f"| {cell['true_distance']:.2f}, {cell['estimated_distance']:.2f} "
            f"| {'yes' if cell['is_corrected'] else 'no'} "
            f"| {plain['in_the_streams_mix']:.1%}, {shipped['in_the_streams_mix']:.1%} "
            f"| {plain['in_the_test_files_mix']:.1%}, {shipped['in_the_test_files_mix']:.1%} |"
        )
    return [*table, ""]


def _long(cells: dict[str, Any]) -> list[str]:
    cell = cells.get("long:papers")
    if not cell:
        return []
    low, high = cell["gain_points_low_high"]
    told = (
        f"Papers by venue, {cell['n_train']:,} and {cell['n_test']:,} that are longer than the "
        f"encoder reads at once: {cell['accuracy_1_windows']:.1%} from the beginning alone, "
        f"{cell['accuracy_4_windows']:.1%} from up to four pieces "
        f"({cell['gain_points']:+.1f} points, {low:+.1f} to {high:+.1f}, paired)."
    )
    return [told, ""]


def _languages(cells: dict[str, Any]) -> list[str]:
    cell = cells.get("languages")
    if not cell:
        return []
    inbox = cell["inbox"]
    english = {name: told for name, told in cell.items() if name != "inbox" and "judged" in told}
    judged = sum(told["judged"] for told in english.values())
    wrong = sum(told["foreign"] for told in english.values())
    alarms = sum(told["is_warned_about"] for told in english.values())
    shares = "; ".join(
        f"{language} {inbox[language]['foreign']} of {inbox[language]['rows']}"
        for language in ("de", "es", "en")
    )
    told = (
        f"Rows taken for another language: {wrong} of {judged:,} in {len(english)} English sets, "
        f"with {alarms} warnings; in the sample inbox, {shares}, with a warning. The thresholds "
        "were chosen on the inbox and with these sets in view, so this is no fresh test."
    )
    return [told]
