"""How soon a planted change is seen, and how often one is seen where there is none.

    python benchmarks/operate_drift.py [--redo CELL ...] [--only CELL ...]

A stream of clinc150 answers comes in hours of 100 texts: 4,000 for the reference, a calm day, then
a change that stays. 200 repetitions of each change, the monitors as a server has them. Evidently's
default tests (`DataDriftPreset`) look at the same kind of hours, with the same reference, 20
repetitions; it lives in an environment of its own.

False alarms are counted on streams without a change: the reference and every hour are drawn from
one pool, so that what is peculiar to the reference is not in the stream. Slow answers and errors
come exactly as often as was promised, and five answers an hour are labelled by lot.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import Bench
from operate_streams import FOLDER, Answered, Pools, mix, open_pools

from lissom.operate.watching import Promise, monitors
from lissom.operate.watching.odds import stake, start_meter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

HOUR = 100
CALM_LOOKS = 24
MOST_LOOKS = 500
REPETITIONS = 200
YEAR = 8760
NULL_LOOKS = 200
THEIR_REPETITIONS, THEIR_LOOKS = 20, 20
EVIDENTLY = ("evidently==0.7.23", "pandas<3")
"""It says that it takes any newer pandas, and does not start with the third."""
PEER = Path(__file__).resolve().parent / "operate_evidently.py"
LABELS_AN_HOUR = 5
ANSWERS_AN_HOUR = 2_000
METERS = 3
NULL_YEARS = {"sst2": 10, "clinc150": 5}
"""Years of hours without a change, by the set they are drawn from."""


def hour_of(kind: str, pools: Pools, rng: np.random.Generator) -> Callable[[], Answered]:
    """Return what draws an hour of a changed stream.

    Args:
        kind: of the change.
        pools: to draw from.
        rng: chooses which class is new or comes more often, and draws.
    """
    plain = pools.parts["plain"]
    if kind == "none":
        return lambda: plain.draw(HOUR, rng)
    if kind == "new class, 5 %":
        return _new_class(pools, rng)
    if kind == "mix moved":
        # Fifteen of the classes come three times as often as they did, the others less.
        often = rng.choice(len(pools.labels), 15, replace=False)
        odds = np.where(np.isin(plain.truth, often), 3.0, 1.0)
        return lambda: plain.draw(HOUR, rng, odds)
    share = 0.3 if kind.startswith("typos") else 0.2
    part = pools.parts["typos" if kind.startswith("typos") else "other"]
    return lambda: _blend(plain, part, share, rng)


def _new_class(pools: Pools, rng: np.random.Generator) -> Callable[[], Answered]:
    """One class that the bundle does not know; its texts stand together in the part."""
    new, plain = pools.parts["new"], pools.parts["plain"]
    kinds = pools.kinds["new"]
    odds = (kinds == rng.choice(np.unique(kinds))).astype(np.float64)
    rows = Answered(new.rows.take(odds > 0), new.truth[odds > 0])
    return lambda: _blend(plain, rows, 0.05, rng)


def _blend(plain: Answered, part: Answered, share: float, rng: np.random.Generator) -> Answered:
    # Each text has its chance; a fixed number an hour would be a stream too regular to be true.
    count = int(rng.binomial(HOUR, share))
    return mix([(plain, HOUR - count), (part, count)], rng)


KINDS = ("new class, 5 %", "mix moved", "typos, 30 % of texts", "other domain, 20 %", "none")


def measure_delays(kind: str) -> dict[str, Any]:
    """Return when the monitors saw a change, over all repetitions."""
    pools = open_pools("clinc150")
    bar = monitors.bar_for(Promise().looks, METERS)
    found = []
    for number in range(REPETITIONS):
        rng = np.random.default_rng([number, KINDS.index(kind)])
        hour = hour_of(kind, pools, rng)
        found.append(_one_delay(pools, hour, bar, rng, is_null=kind == "none"))
        if number % 20 == 0:
            print(f"  {number}: {found[-1]}", file=sys.stderr, flush=True)
    return {"kind": kind, "repetitions": found, "hour": HOUR, "calm_looks": CALM_LOOKS}


def _one_delay(
    pools: Pools,
    hour: Callable[[], Answered],
    bar: float,
    rng: np.random.Generator,
    *,
    is_null: bool,
) -> dict[str, Any]:
    """Return the look of the first alarm after the change, and alarms before it."""
    plain = pools.parts["plain"]
    watched = monitors.begin(plain.draw(monitors.REFERENCE_ROWS, rng).rows, rng)
    before: list[str] = []
    for _ in range(CALM_LOOKS):
        watched, seen = monitors.look(watched, plain.draw(HOUR, rng).rows, bar, rng)
        before += seen.raised
    looks = NULL_LOOKS - CALM_LOOKS if is_null else MOST_LOOKS
    for look in range(1, looks + 1):
        watched, seen = monitors.look(watched, hour().rows, bar, rng)
        if is_null:
            before += seen.raised
        elif seen.raised:
            return {"look": look, "monitors": list(seen.raised), "before": before}
    return {"look": None, "monitors": [], "before": before}


def measure_null(name: str, year: int) -> dict[str, Any]:
    """Return the alarms of a year of hours in which nothing changes.

    After an alarm a new reference is taken, as when a person accepts what is normal now.
    """
    pools = open_pools(name)
    promise, plain = Promise(), pools.parts["plain"]
    bar = monitors.bar_for(promise.looks, METERS)
    rng = np.random.default_rng([year, len(name)])
    accuracy = pools.facts.accuracy or 0.5
    wrong = 1 - accuracy + promise.tolerance
    watched = monitors.begin(plain.draw(monitors.REFERENCE_ROWS, rng).rows, rng)
    meters = {name: start_meter() for name in ("slow", "errors", "accuracy")}
    alarms: list[tuple[int, str]] = []
    for look in range(YEAR):
        rows = plain.draw(HOUR, rng)
        watched, seen = monitors.look(watched, rows.rows, bar, rng)
        labelled = (~rows.is_right[:LABELS_AN_HOUR]).astype(float).tolist()
        rates = {
            "slow": ([_rate(promise.slow_share, rng)], promise.slow_share),
            "errors": ([_rate(promise.error_share, rng)], promise.error_share),
            "accuracy": (labelled, wrong),
        }
        meters = {name: stake(meters[name], *rates[name]) for name in meters}
        over = [name for name, meter in meters.items() if meter.log_sum >= bar]
        meters |= {name: start_meter() for name in over}
        alarms += [(look, name) for name in (*seen.raised, *over)]
        if seen.raised:
            watched = monitors.begin(plain.draw(monitors.REFERENCE_ROWS, rng).rows, rng)
    return {
        "set": name,
        "looks": YEAR,
        "alarms": alarms,
        "hour": HOUR,
        "wrong_in_pool": float(1 - plain.is_right.mean()),
        "wrong_promised": wrong,
    }


def _rate(share: float, rng: np.random.Generator) -> float:
    return float(rng.binomial(ANSWERS_AN_HOUR, share)) / ANSWERS_AN_HOUR


def measure_evidently(kind: str, number: int) -> dict[str, Any]:
    """Return what Evidently's default tests say of each hour, in an environment of its own."""
    python = environment("evidently", EVIDENTLY)
    if python is None:
        return {"kind": kind, "not_measured": f"{EVIDENTLY[0]} could not be installed"}
    pools = open_pools("clinc150")
    rng = np.random.default_rng([number, KINDS.index(kind)])
    hour = hour_of(kind, pools, rng)
    reference = _frame(pools, pools.parts["plain"].draw(monitors.REFERENCE_ROWS, rng))
    looks = NULL_LOOKS if kind == "none" else THEIR_LOOKS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hours.json"
        hours = [_frame(pools, hour()) for _ in range(looks)]
        path.write_text(json.dumps({"reference": reference, "hours": hours}), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - a file of ours
            [str(python), str(PEER), str(path)], stdout=subprocess.PIPE, text=True, check=True
        )
    failed: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    tests = sorted({name for hour in failed for name in hour})
    return {
        "kind": kind,
        "failed": {
            name: "".join("1" if name in hour else "0" for hour in failed) for name in tests
        },
        "looks": looks,
        "hour": HOUR,
        "peer": list(EVIDENTLY),
    }


def _frame(pools: Pools, rows: Answered) -> dict[str, list[Any]]:
    chances = rows.rows.chances
    return {
        "text": [pools.texts[at] for at in rows.rows.numbers.tolist()],
        "label": [pools.labels[at] for at in chances.argmax(axis=1).tolist()],
        "probability": _short(chances.max(axis=1)),
        "length": rows.rows.tokens.tolist(),
        "known": _short(rows.rows.known),
    }


def _short(values: NDArray[np.float32]) -> list[float]:
    return [round(float(one), 5) for one in values]


def environment(name: str, wanted: tuple[str, ...]) -> Path | None:
    """Return the interpreter of an environment with packages in it; None where pip cannot.

    Args:
        name: of its folder.
        wanted: what is installed, as pip takes it.
    """
    folder = FOLDER / "environments" / name
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == "\n".join(wanted):
        return python
    made = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "venv", str(folder)], check=False
    )
    done = (
        made.returncode
        or subprocess.run(  # noqa: S603 - likewise
            [str(python), "-m", "pip", "install", "-qq", *wanted], check=False
        ).returncode
    )
    if done:
        return None
    stamp.write_text("\n".join(wanted), encoding="utf-8")
    return python


def cells() -> dict[str, dict[str, Callable[[], dict[str, Any]]]]:
    """Return file to cells by name, in the order in which they are measured."""
    ours: dict[str, Callable[[], dict[str, Any]]] = {}
    ours |= {f"ours: {kind}": partial(measure_delays, kind) for kind in KINDS}
    for name, years in NULL_YEARS.items():
        ours |= {
            f"null: {name}, year {at}": partial(measure_null, name, at)
            for at in range(1, years + 1)
        }
    theirs = {
        f"{kind}, {at}": partial(measure_evidently, kind, at)
        for kind in KINDS[::-1]
        for at in range(THEIR_REPETITIONS)
    }
    return {"operate_drift": ours, "operate_evidently": theirs}


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="cells, or how their names begin")
    parser.add_argument("--file", choices=list(cells()), help="one file of results alone")
    chosen = parser.parse_args()
    for file, known in cells().items():
        if chosen.file not in {None, file}:
            continue
        bench = Bench(file, tuple(chosen.redo))
        for name, measure in known.items():
            if not chosen.only or name.startswith(tuple(chosen.only)):
                bench.cell(name, measure)


if __name__ == "__main__":
    main()
