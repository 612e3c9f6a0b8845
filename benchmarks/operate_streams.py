"""Streams of answers for the benches of watching: answered once, drawn as often as wanted.

A set is split into rows that a bundle is built from, and a pool that the bundle has not seen. The
pool, the pool with slips of the finger, texts of classes that the bundle does not know, and texts
of another set are answered once by the bundle; what came back is kept beside it, in a folder
outside the source tree. A stream is drawn from these, with replacement.
"""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cells import SHARED
from main_job import run

from lissom.bundle import open_bundle
from lissom.operate.serving import open_version
from lissom.operate.watching.rows import Rows, join
from lissom.operate.watching.sketch import sketch
from lissom.pipeline.watching import facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.operate.serving import Version
    from lissom.operate.watching import Facts

FOLDER = Path(
    os.environ.get("LISSOM_BENCH_FOLDER", str(Path(tempfile.gettempdir()) / "lissom-bench-operate"))
)
"""Where bundles, their answers and the peers' environments are kept between runs."""

CLASSES_UNKNOWN = 10
"""Classes of clinc150, one of each domain, that its bundle is never shown."""

_AT_ONCE = 500
_SLIPS = 0.06
"""Share of the letters that are mistyped: about three in a text of fifty."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a set is made into a bundle and a pool.

    Args:
        files: of the set.
        per_class: rows of each class to build from; the rest is the pool.
        other: files of the set that texts of another kind are taken from.
    """

    files: tuple[str, ...]
    per_class: int
    other: tuple[str, ...]


PLANS = {
    "clinc150": Plan(
        ("clinc150/train", "clinc150/valid", "clinc150/test"), 40, ("banking77/train",)
    ),
    "banking77": Plan(("banking77/train", "banking77/test"), 40, ("clinc150/test",)),
    "clickbait": Plan(("clickbait/train", "clickbait/test"), 1000, ("sst2/test",)),
    "sst2": Plan(("sst2/train", "sst2/valid", "sst2/test"), 1000, ("clickbait/test",)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Texts with what the bundle says of them.

    Args:
        rows: as the monitors see them.
        truth: (rows,) place of the right label among the bundle's; -1 for one it does not know.
    """

    rows: Rows
    truth: NDArray[np.int64]

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Say which answers are right."""
        found: NDArray[np.bool_] = self.rows.chances.argmax(axis=1) == self.truth
        return found

    def draw(
        self, count: int, rng: np.random.Generator, odds: NDArray[np.float64] | None = None
    ) -> Answered:
        """Return rows drawn with replacement; those with higher odds more often."""
        at = rng.choice(len(self.truth), count, p=None if odds is None else odds / odds.sum())
        return Answered(self.rows.take(at), self.truth[at])


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """What streams of one set are drawn from.

    Args:
        name: of the set.
        labels: the bundle's.
        facts: what was measured of the bundle when it was built.
        parts: "plain", "typos", "other" and, for clinc150, "new" to their rows.
        texts: of all parts; a row's number is its text's place.
        kinds: what each row of a part is called in the data set.
    """

    name: str
    labels: tuple[str, ...]
    facts: Facts
    parts: dict[str, Answered]
    texts: list[str]
    kinds: dict[str, NDArray[np.str_]]


def mix(parts: Sequence[tuple[Answered, int]], rng: np.random.Generator) -> Answered:
    """Return rows drawn from several parts, so many of each, in any order."""
    drawn = [part.draw(count, rng) for part, count in parts if count]
    order = rng.permutation(sum(len(one.truth) for one in drawn))
    return Answered(
        join([one.rows for one in drawn]).take(order),
        np.concatenate([one.truth for one in drawn])[order],
    )


def read_rows(names: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of some files of the shared data, each text once."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        with gzip.open(SHARED / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(" ".join(row["text"].lower().split()), row)
    return list(found.values())


def open_pools(name: str) -> Pools:
    """Return what streams of a set are drawn from; builds and answers where that is missing."""
    known, pool, strange = _split(name)
    bundle = build(name, known)
    version = open_version(open_bundle(bundle, trust=None), bundle, name)
    slips = np.random.default_rng([6, len(pool)])
    asked = {
        "plain": pool,
        "typos": [(misspell(text, slips), label) for text, label in pool],
        "other": [(row["text"], "") for row in read_rows(PLANS[name].other)][:5000],
    }
    if strange:
        asked["new"] = strange
    parts: dict[str, Answered] = {}
    texts: list[str] = []
    for part, pairs in asked.items():
        found = answer_all(version, pairs, f"{name}-{part}")
        numbers = found.rows.numbers + len(texts)
        parts[part] = replace(found, rows=replace(found.rows, numbers=numbers))
        texts += [text for text, _ in pairs]
    kinds = {part: np.array([label for _, label in pairs]) for part, pairs in asked.items()}
    return Pools(name, version.labels, facts_of(version), parts, texts, kinds)


def _split(name: str) -> tuple[Pairs, Pairs, Pairs]:
    """Return rows to build from, the pool, and rows of classes that the bundle does not know."""
    plan, rng = PLANS[name], np.random.default_rng(7)
    rows = read_rows(plan.files)
    unknown: set[str] = set()
    if name == "clinc150":
        of_domain = {row["label"]: row["domain"] for row in rows}
        for domain in sorted(set(of_domain.values())):
            labels = sorted(label for label, one in of_domain.items() if one == domain)
            unknown.add(str(rng.choice(labels)))
    order = rng.permutation(len(rows)).tolist()
    seen: dict[str, int] = {}
    known, pool, strange = Pairs(), Pairs(), Pairs()
    for at in order:
        pair = (rows[at]["text"], rows[at]["label"])
        seen[pair[1]] = seen.get(pair[1], 0) + 1
        if pair[1] in unknown:
            strange.append(pair)
        elif seen[pair[1]] <= plan.per_class:
            known.append(pair)
        else:
            pool.append(pair)
    return known, pool, strange


def build(name: str, rows: Pairs) -> Path:
    """Build a bundle from rows, once."""
    out = FOLDER / f"{name}-bundle"
    if not (out / "manifest.json").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        data = FOLDER / f"{name}.csv"
        with data.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            writer.writerows(rows)
        run(FOLDER / "home", "build", str(data), "--out", str(out), "--seed", "0")
    return out


def answer_all(version: Version, pairs: Pairs, name: str) -> Answered:
    """Return what a bundle says of texts; read from the folder where it was asked before."""
    path = FOLDER / f"{name}-{version.version}-{len(pairs)}.npz"
    if not path.exists():
        _answer(version, pairs, path)
    with np.load(path) as kept:
        rows = Rows(
            np.arange(len(pairs), dtype=np.int64),
            kept["sketches"],
            kept["chances"],
            kept["tokens"],
            kept["known"],
        )
        return Answered(rows, kept["truth"])


def _answer(version: Version, pairs: Pairs, path: Path) -> None:
    places = {label: at for at, label in enumerate(version.labels)}
    texts = [text for text, _ in pairs]
    chances, tokens, known, sketches = [], [], [], []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        glance = version.model.glance(some)
        chances.append(version.model.answer(some).probabilities)
        tokens += [len(ids) for ids in glance.ids]
        known.append(glance.known)
        sketches.append(sketch(glance.ids))
    np.savez(
        path,
        sketches=np.concatenate(sketches),
        chances=np.concatenate(chances),
        tokens=np.array(tokens, np.int64),
        known=np.concatenate(known),
        truth=np.array([places.get(label, -1) for _, label in pairs], np.int64),
    )


def misspell(text: str, rng: np.random.Generator) -> str:
    """Mistype some of the letters: two change places, one is left out, or one is another."""
    found, at = [], 0
    while at < len(text):
        letter = text[at]
        if letter.isalpha() and rng.random() < _SLIPS:
            kind = int(rng.integers(3))
            if kind == 0 and at + 1 < len(text):
                found += [text[at + 1], letter]
                at += 1
            elif kind == 1:
                found.append(chr(ord("a") + int(rng.integers(26))))
        else:
            found.append(letter)
        at += 1
    return "".join(found)
