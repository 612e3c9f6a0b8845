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
    drift, theirs, unlabelled, timeline, serving, overload, soak = (
        _read(name)
        for name in (
            "operate_drift",
            "operate_evidently",
            "operate_unlabelled",
            "operate_timeline",
            "operate_serving",
            "operate_overload",
            "soak",
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
        *_serving(serving),
        *_overload(overload),
        *_soak(soak),
    ]
    files = (drift, theirs, unlabelled, timeline, serving, overload, soak)
    found = [cell for file in files for cell in file.values()]
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


def _serving(cells: dict[str, Any]) -> list[str]:
    if not cells:
        return []
    one = next(iter(cells.values()))
    lines = [
        "## Serving beside other servers",
        "",
        (
            f"The same ONNX graph and tokenizer, {one['texts']:,} distinct texts of clinc150, "
            f"asked by wrk one text a request, in short rounds of {one['round_s']} s, server after "
            "server; medians of rounds, and the range of the rates. Peers answer with their own "
            "batching where they have one, of up to 16 texts, and ONNX Runtime as it comes. The "
            "machine was shared with other work, which had lower priority. The null runs answer "
            "without reading: FastAPI with a constant, lissom with its word tier."
        ),
        "",
        "Peers: " + "; ".join(sorted({v for v in one["peers"].values() if "==" in v})) + ".",
        "",
    ]
    for name in sorted(cells, key=lambda name: cells[name]["clients"]):
        lines += _clients(cells[name])
    return lines


def _clients(cell: dict[str, Any]) -> list[str]:
    rounds = cell["rounds"]
    peers = [name for name in rounds if not name.startswith(("lissom", "null"))]
    rate = {name: _median(found, "per_s") for name, found in rounds.items()}
    best = max((rate[name] for name in peers), default=0.0)
    lines = [
        f"### {cell['clients']} client{'s' if cell['clients'] > 1 else ''}",
        "",
        (
            "| server | answers a second | times the best peer | p50, ms | p99, ms | refused "
            "| broken |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in rounds.items():
        rates = [one["per_s"] for one in found]
        times = f"{rate[name] / best:.2f}" if best and not name.startswith("null") else ""
        lines.append(
            f"| {name} | {rate[name]:,.0f} ({min(rates):,.0f} to {max(rates):,.0f}) | {times} "
            f"| {_median(found, 'p50_ms'):.1f} | {_median(found, 'p99_ms'):.1f} "
            f"| {sum(one['refused'] for one in found):.0f} "
            f"| {sum(one['broken'] for one in found):.0f} |"
        )
    for name, why in cell["not_measured"].items():
        lines.append(f"| {name} | not measured: {why.splitlines()[0]} | | | | | |")
    wanted = "2.5" if cell["clients"] == 1 else "5"
    encoder = "" if cell["clients"] == 1 else "1.3 times the best peer with the encoder alone and "
    return [*lines, "", f"Wanted: {encoder}{wanted} times with the cascade.", ""]


def _overload(cells: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for cell in cells.values():
        unloaded, accepted = cell["unloaded"], cell["accepted"]
        bound = 2 * unloaded["p99_ms"] + 1000 * cell["queue_bound_s"]
        clean = cell["refusals_with_retry_after"]
        statuses = ", ".join(f"{status}: {n:,}" for status, n in sorted(cell["statuses"].items()))
        recovered = cell["recovered_s"]
        within = f"{recovered:.1f} s" if recovered is not None else "not within 10 s"
        p99 = f"{accepted['p99_ms']:.0f} ms" if "p99_ms" in accepted else "not measured"
        lines += [
            f"## {cell['offered_per_s'] / cell['capacity_per_s']:.1f} times capacity",
            "",
            (
                f"Every text read by the encoder; capacity {cell['capacity_per_s']:,.0f} a second, "
                f"offered {cell['offered_per_s']:,.0f} a second for {cell['seconds']} s. What "
                "another client met that asked 20 times a second; its p99 may be twice the "
                f"unloaded {unloaded['p99_ms']:.0f} ms and the bound of the queue:"
            ),
            "",
            "| what | measured | wanted |",
            "|---|---|---|",
            f"| answers by status | {statuses} | 200 and 429 alone |",
            f"| refusals with Retry-After and a sentence | {clean:,} | all of them |",
            f"| p99 of accepted, n = {accepted['n']:,} | {p99} | at most {bound:.0f} ms |",
            f"| memory before, during (MiB) | {', '.join(map(str, cell['memory_mib']))} | flat |",
            f"| usual again | {within} | within 5 s |",
            "",
        ]
    return lines


def _soak(cells: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, cell in cells.items():
        alarms = [one["state"] for one in cell.get("status_after_drift", [])]
        lines += [
            f"## Soak, {name}",
            "",
            (
                f"{cell['clients']} clients at {cell['load']:.0%} of {cell['capacity_per_s']:,.0f} "
                "answers a second, each answer in the log before it is sent; a canary, a rollback, "
                "a drift and a kill inside."
            ),
            "",
            (
                "Capacity is that of the first texts. The texts of the drift nearly all go to the "
                "encoder, so from there on the same load is above capacity and a queue of questions"
                " that are due grows: p99 counts from when each was due. The monitors need 4,000 "
                "answers with details for a reference, of which 2,000 an hour are kept, so half an "
                "hour is too short to see the drift."
            ),
            "",
            "| what | measured |",
            "|---|---|",
            f"| answers | {cell['acknowledged']:,} |",
            f"| other than the bundle says of the text alone | {cell['wrong_answers']} |",
            f"| sent, and not in the log | {cell['lost_from_log']} |",
            f"| log whole after the kill | {'yes' if cell['log_is_whole'] else 'no'} |",
            f"| p50, p99 | {cell['p50_ms']} ms, {cell['p99_ms']} ms |",
            f"| memory on the way, MiB | {', '.join(map(str, cell['memory_mib']))} |",
            f"| only the former version answers after a rollback | {cell['rolled_back_in_s']} s |",
            f"| ready again after the kill | {cell['ready_after_kill_s']} s |",
            f"| states after the drift | {', '.join(alarms) or 'none'} |",
            f"| statuses | {', '.join(f'{k}: {n:,}' for k, n in cell['statuses'].items())} |",
            f"| record | {', '.join(cell['record'])} |",
            "",
        ]
    return lines


def _median(rounds: list[dict[str, float]], what: str) -> float:
    return statistics.median(one[what] for one in rounds)


def _percent(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.1%}"


if __name__ == "__main__":
    write()
