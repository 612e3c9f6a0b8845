"""What audit finds of what was planted, beside cleanlab, datasketch and semhash on the same rows.

    python benchmarks/audit.py [--only WORD ...] [--redo CELL ...]

Cells are measured once and kept in results/audit.json. cleanlab 2.9, datasketch 2.0 and semhash 0.5
take part where they are installed; nothing of lissom needs them. Everything about labels was chosen
on clinc150, HWU64, NoisyAG-News, clickbait and SST-2; a first version ranked slips
below cleanlab there and on BANKING77; its change was chosen on parts of clinc150.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import plant
import polars as pl
from cells import ROOT, SHARED, Bench
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from lissom.audit import audit, find_personal
from lissom.audit.mislabelled import suspect
from lissom.data import Dataset, Roles, Room, find_copies, normalise
from lissom.evidence import wilson
from lissom.nets import embed, export, find_base
from lissom.progress import Silent
from lissom.runtime import Tokens, count_cores

try:
    import cleanlab
    import datasketch
    import semhash
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
except ImportError:  # measured beside them only where they are
    cleanlab = datasketch = semhash = None

Cell = dict[str, Any]
KEPT = ROOT / ".bench"
LISSOM = [sys.executable, "-c", "from lissom.faces.cli import main; main()"]
SEED = 20261123
MILLION = 1_000_000
DRAWS = 20


def rows_of(name: str, part: str = "train") -> tuple[list[str], list[str]]:
    """Return texts and labels of a shared set."""
    table = pl.read_csv(SHARED / name / f"{part}.csv.gz", infer_schema_length=0)
    return table["text"].to_list(), table["label"].to_list()


def vectors_of(name: str, texts: list[str]) -> np.ndarray:
    """Return embeddings by lissom's default encoder, kept between runs."""
    path = KEPT / f"vectors-{name}.npy"
    if path.exists() and len(found := np.load(path)) == len(texts):
        return found
    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)
    graph = export(base, tokens.encode(texts[:16])).graph
    found = embed(graph, tokens.encode(texts), threads=count_cores())
    KEPT.mkdir(exist_ok=True)
    np.save(path, found)
    return found


def share(hits: int, n: int) -> Cell:
    """Return a share with its Wilson interval."""
    if not n:
        return {"hits": 0, "n": 0, "value": None, "low": None, "high": None}
    low, high = wilson(hits, n)
    return {"hits": hits, "n": n, "value": hits / n, "low": low, "high": high}


def load() -> list[float]:
    """Return how busy the machine is, since timings depend on it."""
    return [round(one, 1) for one in os.getloadavg()]


# --- labels ----------------------------------------------------------------------------------


def labels_cell(name: str, kind: str, rate: float, seed: int) -> Cell:
    """Measure the ranking and the flags on planted label noise, beside cleanlab's default."""
    texts, cells = rows_of(name)
    vectors = vectors_of(name, texts)
    labels = np.unique(cells, return_inverse=True)[1].astype(np.int64)
    rng = np.random.default_rng([SEED, seed])
    if kind == "uniform":
        noisy = plant.flip_uniform(labels, rate, rng)
    elif kind == "pair":
        noisy = plant.flip_to_nearest(labels, rate, rng, vectors)
    else:
        noisy = plant.flip_by_class(labels, rate, rng)
    bad = noisy != labels
    start = time.process_time()
    found = suspect(texts, noisy, vectors)
    cell = {
        "rows": len(labels),
        "wrong": int(bad.sum()),
        "ours": flags(bad, found.score, found.is_wrong) | {"cpu_s": time.process_time() - start},
        "words": {"average_precision": ranked(bad, suspect(texts, noisy, None).score)},
        "suggestion_right": share(
            int((found.better == labels)[bad & found.is_wrong].sum()),
            int((bad & found.is_wrong).sum()),
        ),
    }
    if cleanlab is not None:
        start = time.process_time()
        learner = LogisticRegression(max_iter=200)
        chances = cross_val_predict(learner, vectors, noisy, cv=5, method="predict_proba")
        quality = get_label_quality_scores(noisy, chances)
        issues = find_label_issues(noisy, chances)
        cell["cleanlab"] = flags(bad, -quality, issues) | {
            "cpu_s": time.process_time() - start,
            "version": cleanlab.__version__,
            "classifier": "logistic regression, C = 1, 5 folds, over the same vectors",
        }
    return cell


def ranked(bad: np.ndarray, score: np.ndarray) -> float:
    """Return the average precision of a ranking."""
    return float(average_precision_score(bad, score))


def flags(bad: np.ndarray, score: np.ndarray, named: np.ndarray) -> Cell:
    """Return what a ranking and its flags are worth."""
    return {
        "average_precision": ranked(bad, score),
        "precision": share(int((bad & named).sum()), int(named.sum())),
        "recall": share(int((bad & named).sum()), int(bad.sum())),
    }


def banking_by_command(rate: float) -> Cell:
    """Rank BANKING77 with planted noise by the command itself, as a user would."""
    texts, cells = rows_of("banking77")
    names, labels = np.unique(cells, return_inverse=True)
    noisy = plant.flip_uniform(labels.astype(np.int64), rate, np.random.default_rng([SEED, 9]))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "noisy.csv"
        pl.DataFrame({"text": texts, "label": names[noisy]}).write_csv(data)
        done = measure_command([*LISSOM, "audit", str(data), "--all", "--json"])
    found = json.loads(done.pop("stdout"))
    finding = next(one for one in found["findings"] if one["kind"] == "label.error")
    bad = (noisy != labels)[finding["rows"]]
    places = np.arange(len(bad), 0, -1)
    return {"average_precision": ranked(bad, places), "rows": len(bad), **done}


# --- copies ----------------------------------------------------------------------------------


def copies_cell(name: str) -> Cell:
    """Plant copies of 5 % of the rows in seven ways and count who finds them."""
    texts = list(dict.fromkeys(rows_of(name)[0]))
    rng = np.random.default_rng([SEED, 1])
    each = len(texts) // 20
    rows, planted = list(texts), {}
    for kind, change in plant.COPIES.items():
        sources = rng.choice(len(texts), each, replace=False)
        planted[kind] = (range(len(rows), len(rows) + each), sources)
        rows += [change(texts[at], rng) for at in sources]
    fair = set(range(len(texts), len(rows)))
    for _, sources in planted.values():
        fair |= set(sources.tolist())
    found = find_copies(rows).within
    named = {"lissom": set(found.left.tolist()) | set(found.right.tolist())}
    if datasketch is not None:
        named["datasketch 2.0, MinHash LSH 0.75, 128 hashes"] = by_datasketch(rows)
        named["semhash 0.5, threshold 0.9, lissom's encoder"] = by_semhash(rows, name)
    return {
        who: {
            "recall": {
                kind: share(len(hit & set(places)), each) for kind, (places, _) in planted.items()
            },
            "precision": share(len(hit & fair), len(hit)),
        }
        for who, hit in named.items()
    } | {"rows": len(rows), "each": each}


def grams(text: str) -> set[str]:
    """Return the 4-character pieces of a text in small letters."""
    low = text.lower()
    return {low[at : at + 4] for at in range(max(len(low) - 3, 1))}


def by_datasketch(rows: list[str]) -> set[int]:
    """Return the rows that datasketch pairs with another."""
    search = datasketch.MinHashLSH(threshold=0.75, num_perm=128)
    named: set[int] = set()
    for at, text in enumerate(rows):
        mark = datasketch.MinHash(num_perm=128)
        mark.update_batch([piece.encode() for piece in grams(text)])
        near = search.query(mark)
        named |= {at, *near} if near else set()
        search.insert(at, mark)
    return named


class Vectors:
    """semhash's view of an encoder: our vectors, looked up."""

    def __init__(self, rows: list[str], vectors: np.ndarray) -> None:
        """Remember the vector of each text."""
        self._known = dict(zip(rows, vectors, strict=True))

    def encode(self, texts: list[str], **_how: object) -> np.ndarray:
        """Return the vectors of some texts."""
        return np.stack([self._known[text] for text in texts])


def by_semhash(rows: list[str], name: str) -> set[int]:
    """Return the rows that semhash would drop, and those they repeat."""
    model = Vectors(rows, vectors_of(f"copies-{name}", rows))
    search = semhash.SemHash.from_records(records=rows, model=model)
    found = search.self_deduplicate(threshold=0.9)
    kept = set(found.selected)
    first: dict[str, int] = {}
    named = {at for at, text in enumerate(rows) if first.setdefault(text, at) != at}
    return named | {at for at, text in enumerate(rows) if text not in kept}


def leaks_cell() -> Cell:
    """Plant test rows of clinc150 in its training rows and count."""
    train, _ = rows_of("clinc150")
    known = {normalise(text) for text in train}
    test = [text for text in rows_of("clinc150", "test")[0] if normalise(text) not in known]
    rng = np.random.default_rng([SEED, 2])
    more, at, places = [], 0, {}
    order = rng.permutation(len(test))
    for kind, change in plant.COPIES.items():
        places[kind] = set(order[at : at + 100].tolist())
        more += [change(test[one], rng) for one in order[at : at + 100]]
        at += 100
    found = find_copies([*train, *more], test).across
    named = set(found.left.tolist())
    planted = set().union(*places.values())
    return {
        "recall": {kind: share(len(named & rows), len(rows)) for kind, rows in places.items()},
        "precision": share(len(named & planted), len(named)),
        "test_rows": len(test),
    }


# --- speed -----------------------------------------------------------------------------------


def write_million(path: Path, rows: int, *, is_personal: bool) -> None:
    """Write rows of 15 made-up words; one in ten with an address or a number, where asked for."""
    rng = np.random.default_rng([SEED, 3])
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(rng.choice(letters, rng.integers(3, 10))) for _ in range(20_000)])
    chance = 1 / np.arange(1, len(words) + 1) ** 0.9
    table = rng.choice(words, (rows, 15), p=chance / chance.sum())
    texts = [" ".join(row) for row in table]
    if is_personal:
        planted = [
            text for country in plant.PERSONAL for _, text in plant.plant_personal(country, 60, rng)
        ]
        harmless = plant.make_harmless(60, rng)
        for at in range(0, rows, 10):
            pool = planted if at % 20 else harmless
            texts[at] = f"{texts[at][:60]} {pool[at // 10 % len(pool)]}"
    else:
        for at in range(rows // 100):
            texts[rows - 1 - at] = plant.COPIES["a slip"](texts[at], rng)
            texts[rows - 1 - rows // 100 - at] = texts[rows // 100 + at].upper()
    pl.DataFrame({"text": texts}).write_csv(path)


def measure_command(command: list[str]) -> Cell:
    """Run a command; return what it printed, wall and processor seconds, and peak memory."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "stdout": done.stdout,
        "wall_s": round(time.perf_counter() - start, 1),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        # Of all children so far, so it is right for the largest and too much for others.
        "peak_mib_at_most": round(after.ru_maxrss / 1024),
        "load_average": load(),
    }


def speed_copies() -> Cell:
    """Audit a million rows of 15 words with 10,000 test rows, by the command."""
    with tempfile.TemporaryDirectory() as folder:
        data, test = Path(folder) / "rows.csv", Path(folder) / "test.csv"
        write_million(data, MILLION, is_personal=False)
        pl.read_csv(data, n_rows=10_000).write_csv(test)
        done = measure_command([*LISSOM, "audit", str(data), "--test", str(test), "--json"])
    found = {one["kind"]: one for one in json.loads(done.pop("stdout"))["findings"]}
    near = set(found["duplicate.near"]["rows"])
    exact = set(found["duplicate.exact"]["rows"])
    part = MILLION // 100
    slips = set(range(MILLION - part, MILLION))
    return done | {
        "rows": MILLION,
        "recall_near": share(len(near & slips), part),
        "recall_exact": share(len(exact & set(range(MILLION - 2 * part, MILLION - part))), part),
        "precision_near": share(len(near & (slips | set(range(part)))), len(near)),
        "leaks_found": share(found["leak.test"]["count"], 10_000),
    }


def speed_beside_datasketch(rows: int = 20_000) -> Cell:
    """Time both on the same rows, one core each, in processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_million(path, rows, is_personal=False)
        texts = pl.read_csv(path)["text"].to_list()
    start = time.process_time()
    found = find_copies(texts, room=Room(threads=1)).within
    ours = time.process_time() - start
    start = time.process_time()
    theirs_found = by_datasketch(texts)
    theirs = time.process_time() - start
    part = rows // 100
    slips = set(range(rows - part, rows))
    mine = set(found.left.tolist()) | set(found.right.tolist())
    return {
        "rows": rows,
        "ours_cpu_s": ours,
        "datasketch_cpu_s": theirs,
        "ratio": theirs / ours,
        "ours_recall_near": share(len(mine & slips), part),
        "datasketch_recall_near": share(len(theirs_found & slips), part),
        "datasketch_version": datasketch.__version__,
        "load_average": load(),
    }


def speed_personal() -> Cell:
    """Look for personal data in a million rows, one in ten with a number, by the command."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "rows.csv"
        write_million(data, MILLION, is_personal=True)
        done = measure_command([*LISSOM, "audit", str(data), "--json"])
    found = json.loads(done.pop("stdout"))["findings"]
    rows = {row for one in found if one["kind"].startswith("personal_data") for row in one["rows"]}
    planted = set(range(10, MILLION, 20))
    return done | {
        "rows": MILLION,
        "recall": share(len(rows & planted), len(planted)),
        "precision": share(len(rows & planted), len(rows)),
    }


# --- personal data ---------------------------------------------------------------------------


def personal_cell(country: str) -> Cell:
    """Count what is found of 100 planted pieces of each kind, in a country's own forms."""
    rng = np.random.default_rng([SEED, 4, *map(ord, country)])
    hits: dict[str, int] = {}
    total: dict[str, int] = {}
    named = right = 0
    for kind, text in plant.plant_personal(country, 100, rng):
        kinds = [one.kind for one in find_personal(text)]
        total[kind] = total.get(kind, 0) + 1
        hits[kind] = hits.get(kind, 0) + (kind in kinds)
        named += len(kinds)
        right += kinds.count(kind)
    return {
        "recall": {kind: share(hits[kind], n) for kind, n in total.items()},
        "precision": share(right, named),
    }


def harmless_cell() -> Cell:
    """Count rows that name nobody and are named all the same: made ones, and real ones."""
    made = plant.make_harmless(100, np.random.default_rng([SEED, 5]))
    cell = {"made, with numbers": share(sum(bool(find_personal(one)) for one in made), len(made))}
    for name in ("banking77", "clinc150", "clickbait", "sst2"):
        texts = rows_of(name)[0]
        cell[name] = share(sum(bool(find_personal(one)) for one in texts), len(texts))
    return cell


# --- a clean control -------------------------------------------------------------------------


def clean_cell(draw: int) -> Cell:
    """Audit 500 training and 150 test rows of ten classes of clinc150 with nothing planted.

    Copies and conflicts that the set has by itself are real, so a row whose text stands there more
    than once is left out before the draw.
    """
    rng = np.random.default_rng([SEED, 6, draw])
    texts, labels = map(np.array, rows_of("clinc150"))
    vectors = vectors_of("clinc150", texts.tolist())
    tested, test_labels = map(np.array, rows_of("clinc150", "test"))
    keys = [normalise(text) for text in [*texts, *tested]]
    counts = {key: keys.count(key) for key in {k for k in keys if keys.count(k) > 1}}
    single = np.array([key not in counts for key in keys])
    classes = rng.choice(np.unique(labels), 10, replace=False)
    rows = np.flatnonzero(np.isin(labels, classes) & single[: len(texts)])
    rows = np.sort(rng.choice(rows, 500, replace=False))
    test_rows = np.flatnonzero(np.isin(test_labels, classes) & single[len(texts) :])[:150]
    train = frame_of(texts[rows].tolist(), labels[rows].tolist())
    test = frame_of(tested[test_rows].tolist(), test_labels[test_rows].tolist())
    found = audit(train, test, progress=Silent()).findings
    numbers = np.unique(labels[rows], return_inverse=True)[1].astype(np.int64)
    doubtful = int(suspect(texts[rows].tolist(), numbers, vectors[rows]).is_wrong.sum())
    return {
        "high": [one.kind for one in found if one.severity == "high"]
        + (["label.error"] if doubtful >= 0.1 * len(rows) else []),
        "rows_named": {one.kind: one.count for one in found} | {"label.error": doubtful},
        "rows": len(rows) + len(test_rows),
    }


def frame_of(texts: list[str], labels: list[str]) -> Dataset:
    """Return rows as a data set."""
    table = pl.DataFrame({"text": texts, "label": labels})
    return Dataset.from_frame(table, Roles("text", "label"), "made")


NOISE = [
    (kind, rate)
    for kind, rates in (
        ("uniform", (0.05, 0.2, 0.4)),
        ("pair", (0.05, 0.2)),
        ("class", (0.05, 0.2)),
    )
    for rate in rates
]


def cells() -> dict[str, Any]:
    """Return every cell by name."""
    found: dict[str, Any] = {}
    for draw in range(DRAWS):
        found[f"clean-{draw:02}"] = lambda draw=draw: clean_cell(draw)
    for country in plant.PERSONAL:
        found[f"personal-{country}"] = lambda country=country: personal_cell(country)
    found["personal-harmless"] = harmless_cell
    for name in ("clinc150", "banking77"):
        found[f"copies-{name}"] = lambda name=name: copies_cell(name)
        for kind, rate in NOISE:
            found[f"labels-{name}-{kind}-{rate}"] = lambda name=name, kind=kind, rate=rate: (
                labels_cell(name, kind, rate, 0)
            )
    found["copies-leaks"] = leaks_cell
    found["labels-banking77-command"] = lambda: banking_by_command(0.2)
    found["speed-copies"] = speed_copies
    found["speed-personal"] = speed_personal
    if datasketch is not None:
        found["speed-beside-datasketch"] = speed_beside_datasketch
    return found


def measure_cells(cells: dict[str, Any]) -> None:
    """Measure the cells that are missing and asked for on the command line."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--only", nargs="*", default=[""], help="cells whose name holds a word")
    asked.add_argument("--redo", nargs="*", default=[], help="cells to measure again")
    given = asked.parse_args()
    bench = Bench("audit", tuple(given.redo))
    for name, make in cells.items():
        if any(re.search(word, name) for word in given.only):
            bench.cell(name, make)


if __name__ == "__main__":
    measure_cells(cells())
