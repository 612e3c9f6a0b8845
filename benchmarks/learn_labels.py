"""Learning where a row has any number of labels, beside logistic regression label by label.

    python benchmarks/learn_labels.py [--redo CELL ...] [--only SET:LABELS:DRAW ...]

Two sets: titles of films with their genres (20 labels, one of them 50 times as frequent as another,
which titles hardly tell), and customers' requests with one to three of BANKING77's intents each,
joined here from its rows (77 labels). A third of the rows is the test; of the others all are
labelled, or so few that each label has 10 rows, the rarest drawn first. Nothing is chosen on the
test rows. Figures are of the uncompressed model, read and answered as it would be in a build.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import RESULTS, ROOT, SHARED, Bench
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from lissom.data import label_folds
from lissom.learn import UNKNOWN
from lissom.nets import embed, export, find_base
from lissom.pipeline.encoding import said_names
from lissom.pipeline.label_stages import LabelLesson, learn_labels
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.rows import Rows
from lissom.pipeline.store import Store
from lissom.progress import Silent
from lissom.runtime import Tokens, count_cores
from lissom.tasks import Labels, TextLabels

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAGE = ROOT / "docs" / "figures-labels.md"
DRAWS = {"10": 3, "all": 1}
"""How many rows each label has at least -> draws."""

WAYS = {
    "encoder, at one half": ("encoder", None, False),
    "encoder, balanced": ("encoder", "balanced", False),
    "encoder, tuned thresholds": ("encoder", None, True),
    "tf-idf, at one half": ("tf-idf", None, False),
    "tf-idf, balanced": ("tf-idf", "balanced", False),
    "tf-idf, tuned thresholds": ("tf-idf", None, True),
}
"""scikit-learn's logistic regression (C = 10, or 1 balanced) for each label, on what, how
weighted, and whether its threshold has the best F1 on five held-out folds of the labelled rows."""

_TITLES = {"films": "titles of films, genres", "requests": "joined requests, intents"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Split:
    """One set, cut.

    Args:
        texts: all texts.
        names: the labels.
        wanted: (texts, labels) 0 or 1.
        labelled: positions that a learner may see the labels of.
        train: positions that it may see the texts of.
        test: the other third.
    """

    texts: list[str]
    names: tuple[str, ...]
    wanted: NDArray[np.float32]
    labelled: NDArray[np.int64]
    train: NDArray[np.int64]
    test: NDArray[np.int64]


def _read(name: str) -> list[dict[str, str]]:
    with gzip.open(SHARED / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_set(name: str) -> tuple[list[str], list[str]]:
    """Return texts and label cells."""
    if name == "films":
        rows = _read("movielens_small/items.csv.gz")
        return [row["title"] for row in rows], [
            row["genres"].replace("(no genres listed)", "-") for row in rows
        ]
    rows = _read("banking77/train.csv.gz") + _read("banking77/test.csv.gz")
    rng = np.random.default_rng(77)
    order = list(rng.permutation(len(rows))[:9000])
    texts, cells = [], []
    while len(order) > 3:  # noqa: PLR2004 - the most that one text joins
        joined = [rows[order.pop()] for _ in range(rng.choice([1, 2, 3], p=[0.4, 0.45, 0.15]))]
        texts.append(" ".join(row["text"] for row in joined))
        cells.append("|".join(row["label"] for row in joined))
    return texts, cells


def cut(name: str, each: str, draw: int) -> Split:
    """Cut a set into rows to learn from and rows to judge by."""
    texts, cells = read_set(name)
    task = TextLabels()
    output = task.read_output(cells)
    assert isinstance(output, Labels)  # noqa: S101 - the task's own output
    wanted = task.encode(cells, output)
    order = np.random.default_rng(0).permutation(len(texts))
    test, train = np.split(order, [len(texts) // 3])
    labelled = train
    if each != "all":
        labelled = _draw(wanted, np.random.default_rng(draw).permutation(train), int(each))
    return Split(texts, output.names, wanted, np.sort(labelled), np.sort(train), np.sort(test))


def _draw(wanted: NDArray[np.float32], order: NDArray[np.int64], each: int) -> NDArray[np.int64]:
    """Draw rows until every label has enough, the rarest label first."""
    taken: list[int] = []
    has = np.zeros(wanted.shape[1])
    for label in np.argsort(wanted[order].sum(axis=0), kind="stable"):
        for row in order:
            if has[label] >= each:
                break
            if wanted[row, label] and row not in taken:
                taken.append(int(row))
                has += wanted[row]
    return np.array(taken, np.int64)


def read_vectors(texts: list[str]) -> tuple[list[list[int]], NDArray[np.float32]]:
    """Return token ids and embeddings; kept between runs."""
    base = find_base()
    tokens = Tokens(base.tokenizer, base.max_tokens)
    graph = export(base, tokens.encode(texts[:2])).graph
    store = Store(ROOT / ".bench" / "labels")

    def make(some: list[str], _tell: object) -> NDArray[np.float32]:
        return embed(graph, tokens.encode(some), threads=count_cores())

    vectors = store.vectors(base.fingerprint, texts, make, lambda _done, _total: None)
    return tokens.encode(texts), vectors


def learn_ours(split: Split, draw: int) -> tuple[NDArray[np.bool_], dict[str, Any]]:
    """Return the labels that we give the test rows, and what was decided on the way."""
    ids, vectors = read_vectors(split.texts)
    said = said_names(split.names)
    names = read_vectors(said)[1] if said else None
    sets, number = np.unique(split.wanted, axis=0, return_inverse=True)
    targets = np.full(len(ids), UNKNOWN)
    targets[split.labelled] = number.ravel()[split.labelled]

    def material(rows: NDArray[np.int64]) -> Material:
        chosen = [ids[i] for i in rows]
        groups = np.arange(len(rows))
        return Material(chosen, vectors[rows], targets[rows], groups, len(split.names), names)

    inside = material(split.train)
    count = len(split.train)
    none = None if split.wanted[split.labelled].any(axis=1).all() else "-"
    output = Labels(split.names, none)
    rows = Rows(
        texts=[split.texts[i] for i in split.train],
        targets=inside.targets,
        groups=inside.groups,
        lines=np.arange(count),
        is_kept_apart=np.zeros(count, np.bool_),
        classes=split.names,
        notes=(),
        output=output,
        sets=sets,
        kind=TextLabels.kind,
    )
    lesson = LabelLesson(inside, rows, output, Recipe(), draw, "bench")
    store = Store(ROOT / ".bench" / "fits", fresh=True)
    start = time.process_time()
    learned = learn_labels(lesson, 128, store, Silent())
    seconds = time.process_time() - start
    told = {"learn_cpu_s": seconds, "words": learned.weighed.share, "why": learned.weighed.why}
    return learned.parent(material(split.test)), told


def learn_theirs(
    split: Split, what: str, weight: str | None, *, is_tuned: bool
) -> tuple[NDArray[np.bool_], dict[str, Any]]:
    """Return the labels that scikit-learn gives the test rows."""
    labelled, test = split.labelled, split.test
    if what == "encoder":
        _, vectors = read_vectors(split.texts)
        known, asked = vectors[labelled], vectors[test]
    else:
        reader = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        known = reader.fit_transform([split.texts[i] for i in labelled])
        asked = reader.transform([split.texts[i] for i in test])
    wanted = split.wanted[labelled]
    start = time.process_time()
    folds = label_folds(wanted, np.arange(len(labelled)), 5, 0)
    given = np.zeros((len(test), wanted.shape[1]), np.bool_)
    for label in range(wanted.shape[1]):
        truth = wanted[:, label]
        limit = 0.5
        if is_tuned:
            held = np.zeros(len(truth))
            for fold in range(int(folds.max()) + 1):
                inside = folds != fold
                held[~inside] = _chances(known[inside], truth[inside], known[~inside], weight)
            limit = _best_limit(held, truth)
        given[:, label] = _chances(known, truth, asked, weight) >= limit
    return given, {"learn_cpu_s": time.process_time() - start}


def _chances(known: Any, truth: Any, asked: Any, weight: str | None) -> Any:  # noqa: ANN401 - dense or sparse
    if len(set(truth.tolist())) == 1:
        return np.full(asked.shape[0], truth[0])
    fit = LogisticRegression(C=1 if weight else 10, max_iter=300, class_weight=weight)
    return fit.fit(known, truth).predict_proba(asked)[:, 1]


def _best_limit(chances: NDArray[np.float64], truth: NDArray[np.float32]) -> float:
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(chances[order[int(f1.argmax())]])


def judge(split: Split, given: NDArray[np.bool_], told: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one way on the test rows."""
    truth = split.wanted[split.test] > 0
    hits, counts = (truth & given).sum(axis=1), given.sum(axis=1)
    return {
        **told,
        "labels": len(split.names),
        "labelled_rows": len(split.labelled),
        "train_rows": len(split.train),
        "n_test": len(truth),
        "micro_f1": f1_score(truth, given, average="micro", zero_division=0),
        "macro_f1": f1_score(truth, given, average="macro", zero_division=0),
        "samples_f1": f1_score(truth, given, average="samples", zero_division=1),
        "all_right": float((truth == given).all(axis=1).mean()),
        # One digit for each test row: enough to compare two ways row by row.
        "hits": "".join(_DIGITS[i] for i in hits),
        "given": "".join(_DIGITS[min(i, 35)] for i in counts),
        "wanted": "".join(_DIGITS[i] for i in truth.sum(axis=1)),
    }


def measure(name: str, each: str, draw: int, way: str) -> dict[str, Any]:
    """Measure one cell."""
    split = cut(name, each, draw)
    if way == "lissom":
        given, told = learn_ours(split, draw)
    else:
        what, weight, is_tuned = WAYS[way]
        given, told = learn_theirs(split, what, weight, is_tuned=is_tuned)
    return judge(split, given, told)


def write(cells: dict[str, Any]) -> None:
    """Write the page of figures."""
    lines = [
        "# Figures of many labels",
        "",
        "Written by `benchmarks/learn_labels.py` from `benchmarks/results/learn_labels.json`;",
        "nothing is typed by hand. Test rows are a third of each set, and nothing was chosen on",
        "them. The other ways are scikit-learn's logistic regression, one for each label. Seconds",
        "are CPU seconds of learning, vectors not counted, on a shared machine. The lead is ours",
        "in micro-F1, in points, paired over test rows (bootstrap 95 %, 1,000 draws; draws of",
        "labels averaged).",
    ]
    for name, title in _TITLES.items():
        for each, draws in DRAWS.items():
            lines += ["", *_table(cells, name, title, each, draws)]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table(cells: dict[str, Any], name: str, title: str, each: str, draws: int) -> list[str]:
    found = {
        way: [cells[key] for i in range(draws) if (key := f"{name}:{each}:{i}:{way}") in cells]
        for way in ("lissom", *WAYS)
    }
    ours = found["lissom"]
    amount = "all rows labelled" if each == "all" else f"at least {each} rows for each label"
    if not ours:
        return [f"## {title[0].upper()}{title[1:]}: {amount}", "", "not measured"]
    labelled = np.mean([cell["labelled_rows"] for cell in ours])
    size = (
        f"{ours[0]['labels']} labels, {labelled:,.0f} labelled rows of {ours[0]['train_rows']:,}, "
        f"{ours[0]['n_test']:,} test rows, {len(ours)} of {draws} draws."
    )
    heads = ("way", "micro-F1", "macro-F1", "F1 of a row", "all labels right", "lead", "CPU s")
    lines = [
        f"## {title[0].upper()}{title[1:]}: {amount}",
        "",
        size,
        "",
        f"| {' | '.join(heads)} |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for way, its in found.items():
        if len(its) < len(ours):
            lines.append(f"| {way} | not measured | | | | | |")
            continue
        parts = [
            f"{100 * np.mean([cell[key] for cell in its]):.1f}"
            for key in ("micro_f1", "macro_f1", "samples_f1", "all_right")
        ]
        lead = "" if way == "lissom" else _lead(ours, its)
        seconds = np.mean([cell["learn_cpu_s"] for cell in its])
        lines.append(f"| {way} | {' | '.join(parts)} | {lead} | {seconds:.0f} |")
    return lines


def _lead(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    rng = np.random.default_rng(0)
    n = ours[0]["n_test"]

    def digits(cell: dict[str, Any], key: str) -> NDArray[np.float64]:
        return np.array([_DIGITS.index(sign) for sign in cell[key]], np.float64)

    sides = [
        [(digits(cell, "hits"), digits(cell, "given") + digits(cell, "wanted")) for cell in side]
        for side in (ours, theirs)
    ]

    def gap(rows: NDArray[np.int64]) -> float:
        means = [
            np.mean([2 * hits[rows].sum() / both[rows].sum() for hits, both in side])
            for side in sides
        ]
        return 100 * float(means[0] - means[1])

    drawn = [gap(rng.integers(0, n, n)) for _ in range(1000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{gap(np.arange(n)):+.1f} ({low:+.1f} to {high:+.1f})"


def main() -> None:
    """Measure what is missing, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[])
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    bench = Bench("learn_labels", tuple(asked.redo))
    for name in _TITLES:
        for each, draws in DRAWS.items():
            for draw in range(draws):
                part = f"{name}:{each}:{draw}"
                if asked.only and part not in asked.only:
                    continue
                for way in ("lissom", *WAYS):
                    bench.cell(f"{part}:{way}", lambda a=(name, each, draw, way): measure(*a))
                write(bench.cells)
    write(bench.cells)


if __name__ == "__main__":
    RESULTS.mkdir(exist_ok=True)
    main()
