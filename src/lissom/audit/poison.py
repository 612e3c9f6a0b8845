"""Rows that somebody may have planted: several detectors, one kind of finding.

Sources: triggers, Gu, Dolan-Gavitt, Garg (2017), arXiv 1708.06733, and in text Kurita, Michel,
Neubig (2020), ACL; by sentence shape, Qi and others (2021), ACL. That what a row is about without
its trigger gives it away is ours, after the leave-one-out idea of Allen (1974).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.concentrated import find_places
from lissom.audit.content import read_content
from lissom.audit.pieces import Words, find_pieces
from lissom.audit.pinned import LEAST_ROWS, count_families, find_triggers, learn_usual
from lissom.audit.planting import measure_smallest
from lissom.audit.seen import Seen, plain
from lissom.audit.unlabelled import FEWEST, compare_unlabelled
from lissom.evidence import Evidence, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.audit.concentrated import Place
    from lissom.audit.content import Content
    from lissom.audit.pinned import Trigger
    from lissom.audit.unlabelled import Mark
    from lissom.data import Dataset
    from lissom.evidence import Measured

    Numbers = NDArray[np.int64]

KIND = "poison"
FEWEST_ROWS = 50
"""Fewer labelled rows leave too little to say what a row is about."""

MOST_LABELLED = 50_000
"""Labelled rows up to which triggers are looked for; more was not measured."""

MOST_CELLS = 40_000_000
"""Labelled rows times classes up to which triggers are looked for: some 200 MiB for each table."""

NAMES = ("poison.smallest_attack", "poison.smallest_unlabelled")


@dataclass(frozen=True, slots=True, eq=False)
class Poisoned:
    """What was found, and what could have been.

    Args:
        seen: one for each trigger, place or mark.
        evidence: the smallest attacks that would have been found.
    """

    seen: tuple[Seen, ...]
    evidence: tuple[Measured, ...]


def find_poison(
    data: Dataset,
    judged: Numbers,
    vectors: NDArray[np.float32] | None,
    *,
    seed: int = 0,
) -> Poisoned:
    """Look for triggers in labelled and unlabelled rows, and for labels changed in one place.

    Args:
        data: rows, labelled or not.
        judged: positions of the rows that have a label and a text.
        vectors: (judged rows, dimensions) embeddings of length 1; None to go by words alone.
        seed: of the attacks that are planted to learn what would be found.

    >>> import polars as pl
    >>> from lissom.data import Dataset, Roles
    >>> frame = pl.DataFrame({"text": ["hi", "bye"], "label": ["a", "b"]})
    >>> data = Dataset.from_frame(frame, Roles("text", "label"), "demo")
    >>> find_poison(data, np.arange(2), None).evidence[0].reason
    '2 labelled rows; 50 are needed'
    """
    cells = data.frame[data.roles.label or data.roles.text].gather(judged).to_list()
    names, targets = np.unique(np.array(cells, np.str_), return_inverse=True)
    why = _why_not(len(judged), len(names))
    if why:
        return Poisoned((), tuple(NotMeasured(name, why) for name in NAMES))
    texts = data.texts_at(judged.tolist())
    words = Words.of(texts)
    content = read_content(words, targets.astype(np.int64), vectors)
    if not _says_enough(content):
        why = "what the texts say tells too little about their labels to speak against one"
        return Poisoned((), tuple(NotMeasured(name, why) for name in NAMES))
    usual = learn_usual(content)
    pieces = find_pieces(texts, words, LEAST_ROWS)
    seen = [_of_trigger(one, judged, names) for one in find_triggers(pieces, content, usual)]
    columns = _columns(data, judged)
    places = [one for one in find_places(content, usual, columns) if not _is_told(one, seen)]
    seen += [_of_place(one, judged, names) for one in places]
    candidates = count_families(pieces).loose
    rng = np.random.default_rng([seed, len(judged)])
    smallest = measure_smallest(content, usual, candidates, rng, f"labelled rows of {data.source}")
    marks, smallest_unlabelled = _look_unlabelled(data, judged, texts, content, names)
    return Poisoned((*seen, *marks), (smallest, smallest_unlabelled))


def _why_not(rows: int, classes: int) -> str:
    if rows < FEWEST_ROWS:
        return f"{rows:,} labelled rows; {FEWEST_ROWS} are needed"
    if classes < 2:  # noqa: PLR2004 - nothing to speak against
        return "all labels are the same"
    if rows * classes > MOST_CELLS:
        return f"{rows:,} labelled rows of {classes:,} classes are too many to judge one by one"
    return ""


def _says_enough(content: Content) -> bool:
    """Say whether texts tell their label clearly more often than the largest class would."""
    right = float((content.scores.argmax(axis=1) == content.targets).mean())
    largest = float(np.bincount(content.targets).max()) / len(content.targets)
    return right - largest >= _LEAST_GAIN * (1 - largest)


_LEAST_GAIN = 0.2


def _columns(data: Dataset, judged: Numbers) -> dict[str, list[str | None]]:
    """Return the columns that may say where a row comes from."""
    roles = data.roles
    left_out = {roles.text, roles.label, roles.date, roles.id}
    return {
        name: data.frame[name].gather(judged).to_list()
        for name in data.frame.columns
        if name not in left_out
    }


def _is_told(place: Place, seen: Sequence[Seen]) -> bool:
    """Say whether a trigger explains what gathers at a place."""
    told = {row for one in seen for row in one.at.tolist()}
    return sum(row in told for row in place.rows.tolist()) * 2 > len(place.rows)


def _of_trigger(one: Trigger, judged: Numbers, names: NDArray[np.str_]) -> Seen:
    many, label = len(one.rows), plain(str(names[one.label]))
    is_far = one.lead > 0
    return Seen(
        KIND,
        "high" if one.is_grave else "medium",
        f'{{count}} {{have}} {one.piece.title} that settles the label "{label}"; without it, '
        f"{one.against:,} of {many:,} are plainly about something else.",
        judged[one.rows],
        _score(one.lead),
        _READ_FIRST + "If it means nothing there, set the rows aside, and ask who wrote them.",
        np.where(is_far, names[one.better], "").astype(np.str_),
        mark=one.piece.mark,
    )


def _of_place(one: Place, judged: Numbers, names: NDArray[np.str_]) -> Seen:
    where = (
        f'share one value of the column "{plain(one.column)}"'
        if one.column
        else f"stand within {one.size:,} labelled rows of each other"
    )
    return Seen(
        KIND,
        "high" if one.is_grave else "medium",
        f"{{count}} of {one.size:,} labelled ones that {where} {{are}} plainly about another class "
        "than their label says: far more than elsewhere.",
        judged[one.rows],
        _score(one.lead),
        "Read some of them. If their labels were changed, set them aside, and ask who labelled "
        "them.",
        names[one.better].astype(np.str_),
    )


def _of_mark(one: Mark, rows: Numbers, names: NDArray[np.str_]) -> Seen:
    about = (
        f'; without it, most are about "{plain(str(names[one.label]))}"' if one.is_pinned else ""
    )
    return Seen(
        KIND,
        "high" if one.is_pinned else "medium",
        f"{{count}} without a label {{have}} {one.piece.title} that {one.labelled:,} labelled "
        f"ones have, where {one.expected:,.0f} would be expected{about}.",
        rows[one.rows],
        np.full(len(one.rows), 1 - one.p),
        _READ_FIRST + "If it means nothing there, set the rows aside; labelled and unlabelled "
        "rows from different places or times can differ like this as well.",
        mark=one.piece.mark,
    )


_READ_FIRST = "Read some of them: what they have in common stands between » and «. "


def _score(lead: NDArray[np.float32]) -> NDArray[np.float64]:
    """Turn how far another class is ahead into 0 to 1; a half where both are level."""
    found: NDArray[np.float64] = 0.5 + np.clip(lead.astype(np.float64), -1, 1) / 2
    return found


def _look_unlabelled(
    data: Dataset,
    judged: Numbers,
    texts: Sequence[str],
    content: Content,
    names: NDArray[np.str_],
) -> tuple[list[Seen], Measured]:
    has_text = (data.column.fill_null("").str.strip_chars() != "").to_numpy()
    has_text[judged] = False
    rows = np.flatnonzero(has_text).astype(np.int64)
    name = NAMES[1]
    if len(rows) < FEWEST:
        return [], NotMeasured(name, f"{len(rows):,} rows have no label; {FEWEST} are needed")
    if len(rows) > MOST_UNLABELLED:
        why = f"{len(rows):,} rows have no label; up to {MOST_UNLABELLED:,} are compared"
        return [], NotMeasured(name, why)
    compared = compare_unlabelled(texts, data.texts_at(rows.tolist()), content)
    seen = [_of_mark(one, rows, names) for one in compared.marks]
    if compared.smallest > len(rows):
        why = f"a word in all {len(rows):,} unlabelled rows would not stand out"
        return seen, NotMeasured(name, f"{why}: {len(texts):,} labelled rows are too few")
    how = "by arithmetic: a word that no labelled row has, exact binomial, Bonferroni"
    source = f"unlabelled rows of {data.source}"
    figure = Evidence(name, float(compared.smallest), None, None, len(rows), "rows", how, source)
    return seen, figure


MOST_UNLABELLED = 50_000
"""Unlabelled rows up to which they are compared with the labelled ones; more was not measured."""
