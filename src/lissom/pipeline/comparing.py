"""`compare`: which of two targets is better, where, and whether the data can tell."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lissom.data import Given, read
from lissom.examine import Asker, compare_answers
from lissom.pipeline.examining import Scope, answer_rows, knows_rows, name_classes, read_rows
from lissom.pipeline.kept_answers import KeptAnswers
from lissom.pipeline.places import find_places
from lissom.pipeline.store import Store
from lissom.pipeline.targets import Target, open_target
from lissom.progress import Silent

if TYPE_CHECKING:
    from lissom.data import Source
    from lissom.evidence import Measured, Picture, RowToRead
    from lissom.examine import Answered, Better, Rows
    from lissom.pipeline.places import Places
    from lissom.progress import Progress


@dataclass(frozen=True, slots=True)
class Pairing:
    """One comparison, as asked for.

    Args:
        first: what is in use, or the one to beat; see `open_target`.
        second: what may take its place.
        data: labelled rows that neither learned from.
        given: columns that the user named.
        columns: columns to group by; () for those that look like groups.
        scope: seed, threads, trust.
    """

    first: Any
    second: Any
    data: Source
    given: Given = field(default_factory=Given)
    columns: tuple[str, ...] = ()
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to.

    Args:
        first: name of the first.
        second: name of the second.
        better: which is right more often for certain, if the data can tell.
        sentence: that, in words with its figures.
        where: slices in which one is better for certain: (slice, "first" or "second").
        evidence: the figures.
        pictures: tables worth drawing.
        rows: rows that they answer differently and one of them right; private.
    """

    first: str
    second: str
    better: Better
    sentence: str
    where: tuple[tuple[str, Better], ...]
    evidence: tuple[Measured, ...]
    pictures: tuple[Picture, ...]
    rows: tuple[RowToRead, ...]


def compare(
    pairing: Pairing, *, progress: Progress | None = None, places: Places | None = None
) -> Compared:
    """Compare two targets on the same labelled rows.

    Args:
        pairing: what is asked for.
        progress: hears how far it is.
        places: folders for kept answers; None for the user's own.

    Raises:
        TargetError: one of them does not answer, or not in a way that can be read.
        DataError: the rows cannot be used.
    """
    told, scope = progress or Silent(), pairing.scope
    told.stage("read", str(pairing.data))
    data = read(pairing.data, pairing.given, needs_label=True).dataset
    rows = read_rows(data)
    store = Store((places or find_places()).cache, fresh=scope.fresh)
    names, answers, known = [], [], ""
    for which, what in (("first", pairing.first), ("second", pairing.second)):
        told.stage("open", f"the {which} model")
        target = open_target(what, trust=scope.trust, threads=scope.threads)
        told.stage("answer", f"{len(rows)} rows by {target.name}")
        names.append(target.name)
        if knows_rows(target, data):
            known += f" But the {which} learned from these very rows, which flatters it."
        answers.append(_ask(target, rows, store, told))
    found = compare_answers(
        answers[0], answers[1], rows, pairing.columns, np.random.default_rng(scope.seed)
    )
    return Compared(
        names[0],
        names[1],
        found.better,
        found.sentence + known,
        found.where,
        found.evidence,
        found.pictures,
        found.rows,
    )


def _ask(target: Target, rows: Rows, store: Store, told: Progress) -> Answered:
    asker = Asker(target.answer, name_classes(target, rows), time.perf_counter, None, told.step)
    kept = KeptAnswers(store, target)
    kept.recall(asker)
    try:
        return answer_rows(asker, rows, f"{target.name} as it ships")
    finally:
        kept.keep(asker)
