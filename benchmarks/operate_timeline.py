"""What watching says of two dated streams, and what their labels say later.

    python benchmarks/operate_timeline.py [--redo CELL ...]

A bundle is built from the oldest rows of a stream; the others are answered in their order, written
into a log under their dates, and looked at once a week as a server does it. No label is told. When
an alarm is raised it is accepted, as a person does who finds that this is how things are now. For
each look the estimate without labels is kept beside the share of right answers in the same rows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import SHARED, Bench
from operate_streams import build

from lissom.bundle import open_bundle
from lissom.evidence import Evidence
from lissom.operate.serving import open_version
from lissom.operate.watching import Entry, Keeping, Log, Promise, Watcher, accept
from lissom.operate.watching.watcher import LATEST
from lissom.pipeline.watching import facts_of

if TYPE_CHECKING:
    from lissom.operate.serving import Version
    from lissom.operate.watching import VersionStatus

OLDEST = {"advisories": 1500, "kev": 400}
FILES = {"advisories": "advisories_stream/stream.csv.gz", "kev": "kev_stream/stream.csv.gz"}
WEEK = timedelta(days=7)


def measure(name: str) -> dict[str, Any]:
    """Return every look at a stream."""
    with gzip.open(SHARED / FILES[name], "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
    oldest = OLDEST[name]
    bundle = build(name, [(row["text"], row["label"]) for row in rows[:oldest]])
    version = open_version(open_bundle(bundle, trust=None), bundle, name)
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder), Keeping(days=20_000))
        number = log.add_version(name, version.version, version.labels, facts_of(version))
        looks = list(_go(log, number, version, rows[oldest:]))
        log.close()
    return {
        "set": name,
        "built_from": oldest,
        "until": rows[oldest - 1]["date"],
        "rows": len(rows) - oldest,
        "measured_at_build": facts_of(version).accuracy,
        "looks": looks,
    }


def _go(log: Log, number: int, version: Version, rows: list[dict[str, str]]) -> Any:  # noqa: ANN401 - an iterator of JSON
    watcher = Watcher(log, Promise(), np.random.default_rng(0))
    right: list[bool] = []
    labels: list[str] = []
    done, end = 0, _day(rows[0]["date"]) + WEEK
    while done < len(rows):
        fresh = [row for row in rows[done:] if _day(row["date"]) < end]
        if fresh:
            entries = _entries(version, number, fresh, done)
            log.write(entries, [True] * len(entries))
            right += [one.label == row["label"] for one, row in zip(entries, fresh, strict=True)]
            labels += [row["label"] for row in fresh]
            done += len(fresh)
            looked = watcher.look(number, int(end.timestamp() * 1000))
            told = _tell(looked.status, right[-LATEST:], labels[-LATEST:])
            yield {"date": f"{end:%Y-%m-%d}", "rows": done, "raised": list(looked.raised), **told}
            if looked.raised:
                accept(log, version.name, None)
        end += WEEK


def _tell(status: VersionStatus, right: list[bool], labels: list[str]) -> dict[str, Any]:
    figures = {one.name: one for one in (*status.figures, *status.not_measured)}
    guess = figures.get("watch.accuracy_guess")
    mix = {one.label: [one.now, one.low, one.high, one.before] for one in status.mix}
    return {
        "state": status.state,
        "harm": status.harm,
        "right": sum(right) / len(right),
        "n": len(right),
        "guess": [guess.value, guess.low, guess.high] if isinstance(guess, Evidence) else None,
        "why_not": None if guess is None or isinstance(guess, Evidence) else guess.reason,
        "mix": mix,
        "shares": {one: labels.count(one) / len(labels) for one in sorted(set(labels))},
    }


def _entries(version: Version, number: int, rows: list[dict[str, str]], first: int) -> list[Entry]:
    texts = [row["text"] for row in rows]
    glance, answers = version.model.glance(texts), version.model.answer(texts)
    return [
        Entry(
            number=first + at + 1,
            at_ms=int(_day(row["date"]).timestamp() * 1000),
            version=number,
            text=row["text"],
            subject="",
            ids=glance.ids[at],
            known=float(glance.known[at]),
            label=version.labels[int(answers.probabilities[at].argmax())],
            chance=float(answers.probabilities[at].max()),
            chances=answers.probabilities[at],
            is_unsure=bool(answers.is_unsure[at]),
            is_lexical=bool(answers.is_lexical[at]),
            ms=1.0,
        )
        for at, row in enumerate(rows)
    ]


def _day(date: str) -> datetime:
    return datetime.fromisoformat(date[:10]).replace(tzinfo=UTC)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    bench = Bench("operate_timeline", tuple(parser.parse_args().redo))
    for name in FILES:
        bench.cell(name, partial(measure, name))


if __name__ == "__main__":
    main()
