"""docs/figures-operate.md, written from benchmarks/results/operate*.json and from nothing else."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from typing import Any

from cells import RESULTS, ROOT
from operate_drift import CALM_LOOKS, HOUR, KINDS, YEAR
from operate_unlabelled import CHANGES
from scipy.stats import chi2

from lissom.evidence import wilson

PAGE = ROOT / "docs" / "figures-operate.md"
WANTED_NUMBER, WANTED_INSIDE = 0.70, 0.90
ANY = "any of them"


def write() -> None:
    """Write the page."""
    drift, theirs, unlabelled, timeline = (
        _read(name)
        for name in (
            "operate_drift",
            "operate_evidently",
            "operate_unlabelled",
            "operate_timeline",
        )
    )
    lines = [
        "# Figures of operating",
        "",
        "Written by `make bench-operate` from `benchmarks/results/operate*.json`; nothing is typed",
        "by hand. Streams are drawn from rows that the bundle has not learned from, answered once;",
        "the monitors are those of a server. What has not been measured is not here.",
        "",
        *_delays(drift, theirs),
        *_false_alarms(drift, theirs),
        *_unlabelled(unlabelled),
        *_timeline(timeline),
    ]
    found = [*drift.values(), *theirs.values(), *unlabelled.values(), *timeline.values()]
    if found:
        machine = found[0]["machine"]
        lines += [
            (
                f"Machine: {machine['processor']}, {machine['cores']} cores, "
                f"{machine['system']}, Python {machine['python']}. Commits: "
                + ", ".join(sorted({cell["commit"] for cell in found}))
                + "."
            )
        ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _read(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _delays(drift: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    lines = [
        "## How soon a change is seen",
        "",
        (
            f"clinc150, hours of {HOUR} texts: 4,000 texts for the reference, {CALM_LOOKS} calm "
            "hours, then the change, which stays. Hours from the change to the first alarm of any "
            "monitor, at the promise of one false alarm in 8,760 looks. New class: one that the "
            "bundle does not know, one text in twenty. Mix moved: 15 of 140 labels come three "
            "times as often. Typos: in 30 % of the texts, 6 % of the letters. Other domain: 20 % "
            "of the texts are questions to a bank."
        ),
        "",
        "| change | n | median, hours | 80 % between | latest | not seen in 500 | monitors first |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        cell = drift.get(f"ours: {kind}")
        if cell is None or kind == "none":
            continue
        found = cell["repetitions"]
        looks = sorted(one["look"] for one in found if one["look"] is not None)
        first = Counter(name for one in found for name in one["monitors"]).most_common(3)
        tenth = len(looks) // 10
        lines.append(
            f"| {kind} | {len(found)} | {statistics.median(looks):g} "
            f"| {looks[tenth]} and {looks[-1 - tenth]} | {looks[-1]} | {len(found) - len(looks)} "
            f"| {', '.join(f'{name} ({count})' for name, count in first)} |"
        )
    return [*lines, "", *_their_looks(theirs)]


def _their_looks(theirs: dict[str, Any]) -> list[str]:
    measured = [cell for cell in theirs.values() if "failed" in cell]
    if not measured:
        return ["Evidently's tests: not measured.", ""]
    lines = [
        (
            f"Evidently's default tests ({measured[0]['peer'][0]}, `DataDriftPreset`) on the same "
            "kinds of hours, with the same reference: the share of hours in which a test says "
            "drift. Columns: text, label, probability, length, share of known words; the last "
            "test is whether half of the columns drift."
        ),
        "",
    ]
    names = sorted({name for cell in measured for name in cell["failed"]})
    short = [name.replace("Value Drift for column ", "") for name in names]
    lines += [
        f"| stream | repetitions, hours each | {ANY} | {' | '.join(short)} |",
        "|---" * (len(names) + 3) + "|",
    ]
    for kind in KINDS[::-1]:
        cells = [cell for cell in measured if cell["kind"] == kind]
        if not cells:
            continue
        looks = sum(cell["looks"] for cell in cells)
        shares = [
            sum(cell["failed"].get(name, "").count("1") for cell in cells) / looks for name in names
        ]
        lines.append(
            f"| {kind} | {len(cells)}, {cells[0]['looks']} | {_any(cells) / looks:.0%} | "
            + " | ".join(f"{share:.0%}" for share in shares)
            + " |"
        )
    return [*lines, ""]


def _any(cells: list[dict[str, Any]]) -> int:
    """Count the hours in which any test says drift."""
    return sum(
        any(told[look] == "1" for told in cell["failed"].values())
        for cell in cells
        for look in range(cell["looks"])
    )


def _false_alarms(drift: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    lines = [
        "## False alarms",
        "",
        (
            f"Streams without a change, {HOUR} texts an hour; the reference and every hour are "
            "drawn from one pool, so what is peculiar to the reference is not in the stream. In "
            "the years, slow answers and errors come exactly as often as is promised, and five "
            "answers an hour are labelled by lot. After an alarm a new reference is taken. "
            "Promised: at most one false alarm in 8,760 looks, all monitors together."
        ),
        "",
        "| stream | looks | false alarms | in 8,760 looks (95 %) |",
        "|---|---|---|---|",
    ]
    rows = []
    short = drift.get("ours: none")
    if short is not None:
        looks = len(short["repetitions"]) * 200
        rows.append(("clinc150, 200 times 200 looks", looks, _alarms(short["repetitions"])))
    calm = [
        one
        for kind in KINDS
        if kind != "none"
        for one in drift.get(f"ours: {kind}", {"repetitions": []})["repetitions"]
    ]
    if calm:
        rows.append(("clinc150, calm hours before a change", len(calm) * CALM_LOOKS, _alarms(calm)))
    for name in ("clinc150", "sst2"):
        years = [cell for key, cell in drift.items() if key.startswith(f"null: {name},")]
        if years:
            alarms = sum(len(cell["alarms"]) for cell in years)
            rows.append((f"{name}, {len(years)} years", len(years) * YEAR, alarms))
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    for name, looks, alarms in rows:
        if looks:
            low, high = _poisson(alarms, looks)
            lines.append(
                f"| {name} | {looks:,} | {alarms} "
                f"| {alarms / looks * YEAR:.2f} ({low:.2f} to {high:.2f}) |"
            )
    lines.append("")
    none = [cell for cell in theirs.values() if cell["kind"] == "none" and "failed" in cell]
    if none:
        looks, alarms = sum(cell["looks"] for cell in none), _any(none)
        low, high = wilson(alarms, looks)
        lines += [
            (
                f"Evidently's default tests said drift in {alarms:,} of {looks:,} hours in which "
                f"nothing had changed: {alarms / looks:.1%} ({low:.1%} to {high:.1%}), which "
                f"is {alarms / looks * YEAR:,.0f} in 8,760 looks."
            ),
            "",
        ]
    return lines


def _alarms(repetitions: list[dict[str, Any]]) -> int:
    return sum(len(one["before"]) for one in repetitions)


def _poisson(count: int, looks: int) -> tuple[float, float]:
    """Bound the expected number of alarms in a year; exact, Garwood (1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low) / looks * YEAR, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / looks * YEAR


def _unlabelled(cells: dict[str, Any]) -> list[str]:
    if not cells:
        return []
    streams = len(next(iter(cells.values()))["streams"])
    lines = [
        "## Accuracy without labels",
        "",
        (
            f"{streams} streams of each kind and set; how strong a change is and what it concerns "
            "is drawn anew for each. The reference has 4,000 rows and the estimate is made from "
            "1,000. Truth: the accuracy on the pool that the stream is drawn from."
        ),
        "",
        (
            "| change | streams | a number | the truth is inside | width, points | off by, points "
            "| accuracy, lowest to highest |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    for kind in CHANGES:
        rows = [one for cell in cells.values() if cell["kind"] == kind for one in cell["streams"]]
        if rows:
            lines.append(f"| {kind} | {_row(rows)} |")
    changed = [
        one
        for cell in cells.values()
        if cell["kind"].startswith(("mix", "inputs"))
        for one in cell["streams"]
    ]
    if changed:
        lines.append(f"| all with changed inputs or mix | {_row(changed)} |")
    lines += [
        "",
        (
            f"Wanted: a number in {WANTED_NUMBER:.0%} of the streams with changed inputs or mix, "
            f"and the truth inside in {WANTED_INSIDE:.0%} of those. Where meanings have changed "
            "and the texts have not, nothing can be known without labels; 200 labels drawn by "
            'lot make it "unknown", which is right.'
        ),
        "",
        (
            "| set | streams with changed inputs or mix | a number | the truth is inside "
            "| width, points | off by, points | accuracy, lowest to highest |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted({cell["set"] for cell in cells.values()}):
        rows = [
            one
            for cell in cells.values()
            if cell["set"] == name and cell["kind"].startswith(("mix", "inputs"))
            for one in cell["streams"]
        ]
        if rows:
            lines.append(f"| {name} | {_row(rows)} |")
    return [*lines, ""]


def _row(rows: list[dict[str, Any]]) -> str:
    told = [one for one in rows if "value" in one]
    inside = [one for one in told if one["low"] <= one["truth"] <= one["high"]]
    truths = [one["truth"] for one in rows]
    cells = [str(len(rows)), _share(len(told), len(rows))]
    if told:
        widths = [100 * (one["high"] - one["low"]) for one in told]
        off = [100 * abs(one["value"] - one["truth"]) for one in told]
        cells += [_share(len(inside), len(told)), f"{statistics.median(widths):.1f}"]
        cells.append(f"{statistics.median(off):.1f}")
    else:
        cells += ["", "", ""]
    return " | ".join([*cells, f"{min(truths):.0%} to {max(truths):.0%}"])


def _share(hits: int, n: int) -> str:
    low, high = wilson(hits, n)
    return f"{hits / n:.0%} ({low:.0%} to {high:.0%})"


def _timeline(cells: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, cell in cells.items():
        looks = cell["looks"]
        told = [one for one in looks if one["guess"] is not None]
        inside = sum(one["guess"][1] <= one["right"] <= one["guess"][2] for one in told)
        lines += [
            f"## Timeline of {name}",
            "",
            (
                f"Built from the oldest {cell['built_from']:,} rows, until {cell['until']}; "
                f"{cell['rows']:,} later rows, looked at weekly, no label told, every alarm "
                f"accepted. Right, at building: {_percent(cell['measured_at_build'])}. Of "
                f"{len(looks)} looks, {len(told)} gave a number, and in {inside} of these the "
                "share of right answers in the same rows was inside its interval."
            ),
            "",
            "| until | rows | alarms | said without labels | the labels say | largest label now |",
            "|---|---|---|---|---|---|",
            *(_look_row(one) for one in _chosen(looks)),
            "",
        ]
    return lines


def _chosen(looks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the looks with an alarm, and the last one of each half year."""
    last = {(one["date"][:4], one["date"][5:7] > "06"): one["date"] for one in looks}
    return [one for one in looks if one["raised"] or one["date"] in last.values()]


def _look_row(one: dict[str, Any]) -> str:
    guess = one["guess"]
    said = (one["why_not"] or "not enough data yet").split(";")[0]
    if guess is not None:
        said = f"{guess[0]:.0%} ({guess[1]:.0%} to {guess[2]:.0%})"
    label, share = max(one["shares"].items(), key=lambda item: item[1])
    return (
        f"| {one['date']} | {one['rows']:,} | {', '.join(one['raised'])} | {said} "
        f"| {one['right']:.0%} of {one['n']} | {label} {share:.0%} |"
    )


def _percent(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.1%}"


if __name__ == "__main__":
    write()
