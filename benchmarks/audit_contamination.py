"""What audit finds of a benchmark's rows among others, and what it names where there are none.

    python benchmarks/audit_contamination.py [--only WORD ...] [--redo CELL ...]

Cells are measured once and kept in results/audit.json. Runs, share and bits were chosen on other
draws of the same sets, so the figures flatter to that degree.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
import plant
import polars as pl
from audit import SEED, load, measure_cells, rows_of, share

from lissom.audit.contamination import look_for
from lissom.audit.fingerprints import take_fingerprint, write_fingerprint
from lissom.data import Dataset, Roles, normalise
from lissom.progress import Silent

Cell = dict[str, Any]
EACH = 300
PAIRS = (
    ("banking77", "clinc150"),
    ("clinc150", "banking77"),
    ("clickbait", "clinc150"),
    ("clickbait", "sst2"),
    ("sst2", "banking77"),
    ("hate_forum", "sst2"),
)


def frame(texts: list[str]) -> Dataset:
    """Return texts as rows."""
    return Dataset.from_frame(pl.DataFrame({"text": texts}), Roles("text"), "made")


def _inside(text: str, _rng: np.random.Generator) -> str:
    return f"As somebody said: {text} That is what I have read, in about these words."


WAYS = {**plant.COPIES, "inside another text": _inside}


def planted(name: str, benchmark: str) -> Cell:
    """Put copies of a benchmark's test rows among rows of another set, and count."""
    rng = np.random.default_rng([SEED, 30, *map(ord, name + benchmark)])
    host, public = rows_of(name)[0], rows_of(benchmark, "test")[0]
    taken = take_fingerprint(public, benchmark)
    able = [text for text in public if len(normalise(text).split()) >= 4]  # noqa: PLR2004 - as documented
    clean = look_for(frame(host), taken, Silent())
    cell: Cell = {
        "clean": share(int((clean.share > 0).sum()), len(host)),
        "clean_whole": int(clean.is_same.sum()),
        "benchmark": taken.name,
        "benchmark_rows": len(public),
        "bytes": len(write_fingerprint(taken)),
    }
    rows, places, sources = list(host), {}, list(host)
    for way, change in WAYS.items():
        places[way] = range(len(rows), len(rows) + EACH)
        chosen = [able[at] for at in rng.choice(len(able), EACH, replace=False)]
        rows += [change(text, rng) for text in chosen]
        sources += chosen
    found = look_for(frame(rows), taken, Silent()).share > 0
    is_long = [len(normalise(text).split()) >= 8 for text in sources]  # noqa: PLR2004 - as documented
    cell["recall"] = {way: share(int(found[list(at)].sum()), EACH) for way, at in places.items()}
    cell["recall_long"] = {
        way: share(int(found[long].sum()), len(long))
        for way, at in places.items()
        if (long := [one for one in at if is_long[one]])
    }
    cell["precision"] = share(int(found[len(host) :].sum()), int(found.sum()))
    return cell


def speed() -> Cell:
    """Look for 100,000 texts among a million rows of 15 words, on one core."""
    rng = np.random.default_rng([SEED, 31])
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(rng.choice(letters, rng.integers(3, 10))) for _ in range(20_000)])
    chance = 1 / np.arange(1, len(words) + 1) ** 0.9
    table = rng.choice(words, (1_100_000, 15), p=chance / chance.sum())
    texts = [" ".join(row) for row in table]
    taken = take_fingerprint(texts[1_000_000:], "public")
    data = frame(texts[:990_000] + [text + " more" for text in texts[1_000_000:1_010_000]])
    start = time.process_time()
    found = look_for(data, taken, Silent()).share > 0
    return {
        "rows": len(data),
        "benchmark_rows": len(taken.texts),
        "cpu_s": time.process_time() - start,
        "recall": share(int(found[990_000:].sum()), 10_000),
        "named_otherwise": int(found[:990_000].sum()),
        "load_average": load(),
    }


def cells() -> dict[str, Any]:
    """Return every cell by name."""
    found: dict[str, Any] = {
        f"contamination-{one}-{two}": partial(planted, one, two) for one, two in PAIRS
    }
    found["contamination-speed"] = speed
    return found


if __name__ == "__main__":
    measure_cells(cells())
