"""docs/figures-examine.md, written from benchmarks/results/exam_*.json and from nothing else."""

from __future__ import annotations

import json
from typing import Any

from cells import RESULTS, ROOT

PAGE = ROOT / "docs" / "figures-examine.md"
MEAN_LEAST, MEAN_MOST, CELL_LEAST = 0.93, 0.98, 0.9
BROKEN_MOST = 0.05
FULL_S, QUICK_S = 300, 30
OUTSIDE = {"ten": (0.955, 0.24), "all": (0.97, 0.15)}
_NAMES = {
    "share": "a share (Wilson)",
    "difference": "difference of two samples (Newcombe)",
    "paired": "difference on the same rows (Tango)",
    "ece": "calibration error",
    "outside:auroc": "AUROC, n texts against 3 n rows",
    "outside:fpr95": "share that passes at 95 % kept, likewise",
    "privacy:matched": "AUROC among rows that look alike, n training rows, 3 n others",
    "privacy:tpr": "training rows named at 1 % false alarms, n of 3 n others",
    "privacy:excess": "told beyond the texts, n training rows, 3 n others",
    "means:balanced_accuracy": "balanced accuracy",
    "means:macro_f1": "macro-F1",
}


def _read(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write() -> None:
    """Write the page."""
    intervals, zoo, sets = (_read(f"exam_{name}") for name in ("intervals", "zoo", "sets"))
    lines = [
        "# Figures of the examination",
        "",
        "Written by `make bench-examine` from `benchmarks/results/exam_*.json`; nothing is typed",
        "by hand.",
        "",
        *_coverage(intervals),
        *_promises(intervals),
        *_faults(zoo),
        *_outside(sets),
        *_groups(sets),
        *_privacy(sets),
        *_time(sets),
    ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _yes(is_reached: object) -> str:
    return "yes" if is_reached else "no"


def _coverage(cells: dict[str, Any]) -> list[str]:
    found: list[tuple[str, int, dict[str, Any]]] = []
    for key, cell in cells.items():
        kind, n = key.split(":")[:2]
        if kind in {"outside", "means", "privacy"}:
            names = [name for name in cell if isinstance(cell[name], dict) and "mean" in cell[name]]
            found += [(f"{kind}:{name}", int(n), cell[name]) for name in names]
        elif kind != "promise":
            found.append((kind, int(n), cell))
    order = list(_NAMES)
    found.sort(key=lambda one: (order.index(one[0]), one[1]))
    lines = [
        "## Do 95 % intervals hold",
        "",
        "How often an interval contains the truth, in simulation (shares: exactly, over every",
        f"outcome). Wanted: {MEAN_LEAST:.0%} to {MEAN_MOST:.0%} on average over the settings of a",
        f"line, and no setting under {CELL_LEAST:.0%}.",
        "",
        "| figure | n | mean | worst setting | settings | repetitions of each | reached |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, n, cell in found:
        if "mean" not in cell:
            told = "measured all the same" if cell["measured"] else "says that it is not measured"
            reached = _yes(not cell["measured"])
            lines.append(f"| {_NAMES[name]} | {n:,} | {told} | | | | {reached} |")
            continue
        good = MEAN_LEAST <= cell["mean"] <= MEAN_MOST and cell["least"] >= CELL_LEAST
        why = _yes(good)
        if cell["mean"] > MEAN_MOST and cell["least"] >= CELL_LEAST:
            why = "no: wider than it need be"
        lines.append(
            f"| {_NAMES[name]} | {n:,} | {cell['mean']:.1%} | {cell['least']:.1%} "
            f"({cell['least_at']}) | {cell['settings']} | "
            f"{cell['repetitions'] or 'exact'} | {why} |"
        )
    return [*lines, ""] if found else [*lines[:2], "Not measured.", ""]


def _promises(cells: dict[str, Any]) -> list[str]:
    rows = {key: cell for key, cell in cells.items() if key.startswith("promise:")}
    lines = ["## Is a promised precision kept", ""]
    if not rows:
        return [*lines, "Not measured.", ""]
    lines += [
        "Calibrated answers of three shapes, a threshold from n rows, and what it truly keeps.",
        f"Wanted: broken in at most {BROKEN_MOST:.0%} of repetitions. Given away: precision beyond",
        "the promise, and the rows answered less than the best threshold would have answered.",
        "",
        "| promise | n | answers are | made | broken | beyond, points | less, points | reached |",
        "|---|---|---|---|---|---|---|---|",
    ]
    order = sorted(rows, key=lambda key: (key.split(":")[2], int(key.split(":")[1])))
    for key in order:
        _, n, precision = key.split(":")
        times = rows[key]["repetitions"]
        for one in rows[key]["of"]:
            beyond, less = one["extra_precision_points"], one["answered_less_points"]
            given = "| |" if beyond is None else f"{beyond:.1f} | {less:.0f} |"
            broken = one["broken"] / times
            lines.append(
                f"| {float(precision):.0%} | {int(n):,} | {one['shape']} | "
                f"{one['made']} of {times} | {broken:.1%} | {given} {_yes(broken <= BROKEN_MOST)} |"
            )
    return [*lines, ""]


def _faults(cells: dict[str, Any]) -> list[str]:
    faults = {key[6:]: cell for key, cell in cells.items() if key.startswith("fault:")}
    sound = [cell for key, cell in cells.items() if key.startswith("sound:")]
    lines = ["## Planted faults", ""]
    if not faults:
        return [*lines, "Not measured.", ""]
    caught = sum(cell["caught"] for cell in faults.values())
    quiet = sum(not cell["failed"] for cell in sound)
    lines += [
        f"Models with one known fault each, 400 rows, `--quick`: {caught} of {len(faults)} are",
        f"caught by the part that should. A sound model raised no alarm in {quiet} of {len(sound)}",
        "runs on rows drawn anew.",
        "",
        "| fault | should fail | caught | others that fail, too |",
        "|---|---|---|---|",
    ]
    for name, cell in faults.items():
        others = ", ".join(key for key in cell["failed"] if key != cell["part"])
        lines.append(f"| {name} | {cell['part']} | {_yes(cell['caught'])} | {others} |")
    return [*lines, ""]


def _told(item: dict[str, Any]) -> str:
    return f"{item['value']:.3f} ({item['low']:.3f} to {item['high']:.3f}), n = {item['n']:,}"


def _outside(cells: dict[str, Any]) -> list[str]:
    rows = {key[9:]: cell for key, cell in cells.items() if key.startswith("clinc150:")}
    lines = ["## Texts from outside, CLINC150", ""]
    if not rows:
        return [*lines, "Not measured.", ""]
    lines += [
        "What ships, on the official test rows and out-of-scope queries, on which nothing was",
        "chosen. FPR95: share of outside texts that pass when 95 % of the rows are kept.",
        "",
        "| labels | draw | accuracy | AUROC | FPR95 | by probability alone | wanted | reached |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key, cell in rows.items():
        figures = cell["figures"]
        area, passes = figures["outside.auroc"], figures["outside.fpr95"]
        alone = figures.get("outside.probability_auroc")
        least, most = OUTSIDE["all" if key == "all" else "ten"]
        labels, number = ("all", "") if key == "all" else ("10", key)
        good = area["value"] >= least and passes["value"] <= most
        lines.append(
            f"| {labels} | {number} | {figures['task.accuracy']['value']:.1%} | {_told(area)} | "
            f"{_told(passes)} | {_told(alone) if alone else ''} | "
            f"at least {least}, at most {most} | {_yes(good)} |"
        )
    if "all" not in rows:
        lines.append(f"| all | | not measured | | | | at least {OUTSIDE['all'][0]} | |")
    return [*lines, ""]


def _groups(cells: dict[str, Any]) -> list[str]:
    lines = ["## Groups: identity terms, learned from hate_forum", ""]
    cell = cells.get("identity")
    if not cell:
        return [*lines, "Not measured.", ""]
    figures = cell["figures"]
    gap, different = figures["groups.group.gap"], figures.get("groups.different")
    lines += [
        f"{cell['rows']:,} sentences, {cell['groups']} terms. The gap between the best and the",
        f"worst served is {gap['value']:.1f} points ({gap['low']:.1f} to {gap['high']:.1f};",
        f"{gap['method']}).",
    ]
    if different:
        lines.append(f"Groups that differ from the others for certain: {different['value']:.0f}")
        lines.append(f"({different['method']}).")
    lines += [
        "",
        f"> {cell['sentence']}",
        "",
        "Each term against the sentences of all others, in points of accuracy; the intervals hold",
        "for all terms together.",
        "",
        "| term | accuracy | difference | rows | interval without 0 |",
        "|---|---|---|---|---|",
    ]
    found = [
        (name.removeprefix("groups.group.").removesuffix(".difference"), item)
        for name, item in figures.items()
        if name.startswith("groups.group.") and name.endswith(".difference")
    ]
    for term, item in sorted(found, key=lambda pair: pair[1]["value"]):
        accuracy = figures[f"groups.group.{term}.accuracy"]
        is_certain = not item["low"] <= 0 <= item["high"]
        lines.append(
            f"| {term} | {accuracy['value']:.1%} | {item['value']:.1f} ({item['low']:.1f} to "
            f"{item['high']:.1f}) | {accuracy['n']:,} | {_yes(is_certain)} |"
        )
    return [*lines, ""]


_LABELS = {
    "hate_forum": "hate_forum, all labels",
    "sst2": "sst2, all labels",
    "clinc150": "CLINC150, all labels",
    "clinc150-few": "CLINC150, 10 labels each",
}


def _privacy(cells: dict[str, Any]) -> list[str]:
    rows = {key[8:]: cell for key, cell in cells.items() if key.startswith("privacy:")}
    lines = ["## Privacy: are training rows told from others", ""]
    if not rows:
        return [*lines, "Not measured.", ""]
    lines += [
        "What ships; its labelled training rows against its test rows, in the same classes, no",
        "copies. Named: found where 1 % of other rows are taken for one.",
        "By label: by being right, where no probability is told. By full: by the full model.",
        "Guessing gives 50 %, 50 %, 0 points, 50 %, 1 % and 1 %.",
        "",
        "| set | told | by text | beyond, points | by label | named at 1 % | by full | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    control = rows.pop("control", {"of": {}})["of"]
    named = {_LABELS[key]: cell for key, cell in rows.items()}
    named |= {f"hate_forum, TF-IDF and logistic, {key}": cell for key, cell in control.items()}
    for key, cell in named.items():
        told = [
            _told_share(cell["figures"].get(f"privacy.{name}"))
            for name in (
                "membership_auroc",
                "text_auroc",
                "membership_excess",
                "score.label.auroc",
                "tpr_at_1pct_fpr",
                "parent.tpr_at_1pct_fpr",
            )
        ]
        lines.append(f"| {key} | {' | '.join(told)} | {cell['outcome']} |")
    return [*lines, ""]


def _told_share(item: dict[str, Any] | None) -> str:
    if item is None:
        return "not measured"
    if item["unit"] == "points":
        return f"{item['value']:.1f} ({item['low']:.1f} to {item['high']:.1f})"
    return f"{item['value']:.1%} ({item['low']:.1%} to {item['high']:.1%})"


_BUNDLES = {
    "clinc150": "CLINC150, 150 classes, 10 labels each",
    "sst2": "sst2, 2 classes, all labels",
    "sst2-few": "sst2, 2 classes, 10 labels each",
}


def _time(cells: dict[str, Any]) -> list[str]:
    rows = {key[5:]: cell for key, cell in cells.items() if key.startswith("time:")}
    lines = ["## How long it takes", ""]
    if not rows:
        return [*lines, "Not measured.", ""]
    lines += [
        "A bundle on 3,000 rows, with its training rows and 1,000 outside texts, all eleven parts,",
        "from a cold cache. The machine had other work, so its load stands beside the seconds.",
        "Where labels are few the encoder, which is what costs time, reads most texts.",
        "",
        "| bundle | asked | rows | wall, s | CPU, s | MiB | load | dearest | wanted | reached |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for key, cell in rows.items():
        name, kind = key.split(":")
        most = QUICK_S if kind == "quick" else FULL_S
        parts = sorted(cell["parts_s"].items(), key=lambda pair: -pair[1])[:3]
        dearest = ", ".join(f"{part} {seconds:.0f}" for part, seconds in parts)
        lines.append(
            f"| {_BUNDLES[name]} | {kind} | {cell['task_n']:,} | {cell['wall_s']:.0f} | "
            f"{cell['cpu_s']:.0f} | {cell['peak_mib']:,.0f} | {cell['load_of_machine']:.1f} | "
            f"{dearest} | under {most} s | {_yes(cell['wall_s'] < most)} |"
        )
    return [*lines, ""]


if __name__ == "__main__":
    write()
