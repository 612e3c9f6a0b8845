"""People whose labels are not like those that others give like rows.

Every row is told by the others: by the majority where three or more people labelled the same
text, else by regression fitted without the row. How often somebody is against what the rest say is
held against how often the others are, for rows that are as hard: told as the same class, and about
as surely. Somebody who was given hard rows, or the rows of one class, is not blamed for it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import hypergeom

from lissom.audit.consensus import Labelled, tell
from lissom.audit.seen import Seen, plain
from lissom.audit.strata import keep_true, tails, usual
from lissom.data import normalise_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lissom.audit.views import Scores
    from lissom.data import Dataset

FEWEST_ROWS = 10
"""Labels of one person below which nothing is said of them; they still count among the rest."""

FALSE_SHARE = 0.01
"""Of the people named, how many may be named falsely, on average."""

_FEWEST_MORE = 5
"""Labels beyond what is usual, below which it is not worth a finding."""

_LEAST_SHARE = 0.03
_RATIO = 1.5
_CLEARLY = 5.0
"""How many times as likely another class must be, before somebody is against what the rest say."""

_LAYER_ROWS, _MOST_PARTS = 50, 10
"""Rows of one layer, about; a class has two layers at the least and ten at the most."""

_LOT_CHANCE = 0.001
_SHARE_UNLIKE, _RATIO_UNLIKE = 0.1, 2.0
"""Asked of people who were given other rows than the rest, before they are named."""

_GIVEN_CHANCE = 0.05
"""Below this chance somebody was given more, or fewer, rows of a class than by lot."""
_HIGH_SHARE = 0.2
_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Odd:
    """One person who labels otherwise than the rest.

    Args:
        person: their number.
        rows: labels of theirs that were looked at.
        found: how many of these are so, or for a class, how often they gave it.
        usual: how many would be, were they like the rest.
        at: which labels to read first, as many as there are beyond the usual.
        scores: for each, how likely another class is, by the rest.
        classes: class numbers with found and usual, for a mix that is off.
    """

    person: int
    rows: int
    found: int
    usual: float
    at: NDArray[np.int64]
    scores: NDArray[np.float64]
    classes: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """Rows that are alike, counted.

    Args:
        of_row: (labels,) layer of each.
        rows: (layers,) how many.
        own: (people, layers) how many of each person's.
    """

    of_row: NDArray[np.int64]
    rows: NDArray[np.int64]
    own: NDArray[np.int64]

    def count(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return (layers,) how many of the rows are marked."""
        return np.bincount(self.of_row[marked], minlength=len(self.rows))


def _layer(given: Labelled, chances: Scores) -> _Layers:
    """Put rows told as one class together, the surer ones and the less sure apart."""
    told = chances.argmax(axis=1)
    order = np.lexsort((chances.max(axis=1), told))
    sizes = np.bincount(told)
    place = np.empty(len(told), np.int64)
    place[order] = np.arange(len(told)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    parts = np.clip(sizes // _LAYER_ROWS, 2, _MOST_PARTS)
    part = place * parts[told] // sizes[told]
    of_row = np.unique(told * _MOST_PARTS + part, return_inverse=True)[1].astype(np.int64)
    layers, people = int(of_row.max()) + 1, int(given.people.max()) + 1
    own = np.bincount(given.people * layers + of_row, minlength=people * layers)
    return _Layers(of_row, np.bincount(of_row), own.reshape(people, layers))


def dealt_by_lot(given: Labelled, chances: Scores) -> NDArray[np.bool_]:
    """Say of each person whether their rows might have been drawn by lot, by what rows look like.

    Nothing of what they answered goes into this. Of somebody who was given other rows than the
    rest, what is usual for such rows is known less well.

    Args:
        given: labels, by whom.
        chances: what `tell` says of them.
    """
    classes, people = chances.shape[1], int(given.people.max()) + 1
    told = chances.argmax(axis=1)
    has = np.bincount(given.people * classes + told, minlength=people * classes)
    has = has.reshape(people, classes)
    drawn = hypergeom(len(told), has.sum(axis=0)[None, :], has.sum(axis=1)[:, None])
    least = np.minimum(drawn.cdf(has), drawn.sf(has - 1)).min(axis=1)
    found: NDArray[np.bool_] = least * 2 * classes >= _LOT_CHANCE
    return found


def find_disagreeing(given: Labelled, chances: Scores) -> list[Odd]:
    """Find people who are against what the rest say far more often than others for such rows.

    Args:
        given: labels, by whom.
        chances: what `tell` says of them.

    Source: the test is Birch's (1964) exact one, over layers; see `tails`.
    """
    layers = _layer(given, chances)
    own_chance = chances[np.arange(len(chances)), given.targets]
    differs = own_chance * _CLEARLY <= chances.max(axis=1)
    marked = layers.count(differs)
    is_by_lot = dealt_by_lot(given, chances)
    ps, odd = [], []
    for person in _tested(given):
        mine = given.people == person
        hits, own = int((differs & mine).sum()), layers.own[person]
        expected = usual(own, layers.rows, marked)
        least, ratio = (_LEAST_SHARE, 1.0) if is_by_lot[person] else (_SHARE_UNLIKE, _RATIO_UNLIKE)
        is_far = hits - expected >= max(_FEWEST_MORE, least * own.sum())
        is_far = is_far and hits >= ratio * expected
        ps.append(tails(hits, own, layers.rows, marked)[1] if is_far else 1.0)
        at = np.flatnonzero(differs & mine)
        scores = 1 - chances[at, given.targets[at]]
        first = np.argsort(-scores, kind="stable")[: max(round(hits - expected), 0)]
        odd.append(Odd(person, int(mine.sum()), hits, expected, at[first], scores[first]))
    kept = keep_true(ps, FALSE_SHARE)
    return [one for one, is_kept in zip(odd, kept, strict=True) if is_kept]


def find_mixes(given: Labelled, chances: Scores) -> list[Odd]:
    """Find people who give some class far more or less often than others give it to like rows.

    Args:
        given: labels, by whom.
        chances: what `tell` says of them.
    """
    layers = _layer(given, chances)
    told = chances.argmax(axis=1)
    tests: list[tuple[int, int, int, float]] = []
    ps: list[float] = []
    is_by_lot = dealt_by_lot(given, chances)
    tested = [person for person in _tested(given) if is_by_lot[person]]
    for one in range(chances.shape[1]):
        has = given.targets == one
        marked = layers.count(has)
        given_by = np.bincount(given.people[has], minlength=len(layers.own))
        for person in tested:
            hits, own = int(given_by[person]), layers.own[person]
            expected = usual(own, layers.rows, marked)
            few, many = 1.0, 1.0
            if abs(hits - expected) >= _FEWEST_MORE and not (
                expected / _RATIO < hits < expected * _RATIO
            ):
                few, many = tails(hits, own, layers.rows, marked)
                few, many = _unless_given(few, many, told == one, given.people == person)
            tests.append((person, one, hits, expected))
            ps.append(min(1.0, 2 * min(few, many)))
    kept = keep_true(ps, FALSE_SHARE)
    by_person: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for (person, one, hits, expected), is_kept in zip(tests, kept, strict=True):
        if is_kept:
            by_person[person].append((one, hits, expected))
    return [_off(given, chances, told, who, mix) for who, mix in sorted(by_person.items())]


def _unless_given(
    few: float, many: float, is_told: NDArray[np.bool_], mine: NDArray[np.bool_]
) -> tuple[float, float]:
    """Excuse who was given more (or fewer) rows that look like the class to begin with.

    Who has all the rows of a class gives its name to rows that others would not, and is right: the
    rows that look alike are not alike then.
    """
    totals = (np.array([int(mine.sum())]), np.array([len(mine)]), np.array([int(is_told.sum())]))
    fewer, more = tails(int((is_told & mine).sum()), *totals)
    return (1.0 if fewer < _GIVEN_CHANCE else few), (1.0 if more < _GIVEN_CHANCE else many)


def _off(
    given: Labelled,
    chances: Scores,
    told: NDArray[np.int64],
    person: int,
    mix: list[tuple[int, int, float]],
) -> Odd:
    """Name the rows that make a mix: given a class too often, or not given one that is left out."""
    mine = given.people == person
    chosen: dict[int, float] = {}
    for one, hits, expected in mix:
        has, is_told = given.targets == one, told == one
        at = np.flatnonzero(mine & (has & ~is_told if hits > expected else is_told & ~has))
        scores = 1 - chances[at, given.targets[at]]
        first = np.argsort(-scores, kind="stable")[: round(abs(hits - expected))]
        chosen |= dict(zip(at[first].tolist(), scores[first].tolist(), strict=True))
    at = np.array(sorted(chosen), np.int64)
    scores = np.array([chosen[one] for one in at.tolist()])
    furthest = sorted(mix, key=lambda one: -abs(one[1] - one[2]))
    _, hits, expected = furthest[0]
    return Odd(person, int(mine.sum()), hits, expected, at, scores, tuple(furthest[:_NAMED]))


def _tested(given: Labelled) -> list[int]:
    counts = np.bincount(given.people)
    return np.flatnonzero(counts >= FEWEST_ROWS).tolist()


def find_annotators(
    data: Dataset, at: NDArray[np.int64], vectors: NDArray[np.float32] | None
) -> tuple[list[Seen], str]:
    """See people whose labels are not like those of the rest.

    Args:
        data: all rows, with a column that says who labelled.
        at: positions of the rows that have a label and a text.
        vectors: (those rows, dimensions) embeddings of length 1; None to go by words alone.

    Returns:
        What was seen, and why somebody's mix of classes was not looked at, "" for everybody.
    """
    at, vectors, who = _with_annotator(data, at, vectors)
    cells = data.frame[data.roles.label or data.roles.text].gather(at).to_numpy()
    names, targets = np.unique(cells, return_inverse=True)
    people, numbers = np.unique(who, return_inverse=True)
    if len(names) < 2 or len(people) < 2:  # noqa: PLR2004 - nobody, or nothing, to compare with
        return [], "fewer than two people, or two classes, to compare"
    texts = data.texts_at(at.tolist())
    first = _once(texts, targets, numbers)
    given = Labelled(
        [texts[one] for one in first],
        targets[first].astype(np.int64),
        numbers[first].astype(np.int64),
        None if vectors is None else vectors[first],
    )
    chances = tell(given)
    better = names[_second(chances, given.targets)].astype(np.str_)
    seen = [
        _see(odd, at[first[odd.at]], better[odd.at], str(people[odd.person]))
        for odd in find_disagreeing(given, chances)
    ]
    seen += [
        _see_mix(odd, at[first[odd.at]], better[odd.at], (str(people[odd.person]), names))
        for odd in find_mixes(given, chances)
    ]
    tested = _tested(given)
    unlike = int((~dealt_by_lot(given, chances)[tested]).sum())
    why = f"{unlike:,} of {len(tested):,} annotators were given other rows than the rest"
    return seen, why if unlike else ""


def _see(odd: Odd, at: NDArray[np.int64], better: NDArray[np.str_], who: str) -> Seen:
    more = (odd.found - odd.usual) / odd.rows
    return Seen(
        "annotator.disagrees",
        "high" if more >= _HIGH_SHARE else "medium",
        f"One annotator is against what the rest say in {odd.found:,} of {odd.rows:,} rows, "
        f"where {odd.usual:.0f} are usual for such rows: {{count}} of theirs to read first.",
        at,
        odd.scores,
        "Read them with whoever labelled them; the column says who. If the labels are wrong, "
        "have that person's rows labelled again.",
        better,
        mark=_by(who),
    )


def _see_mix(
    odd: Odd, at: NDArray[np.int64], better: NDArray[np.str_], names: tuple[str, NDArray[np.str_]]
) -> Seen:
    who, classes = names
    told = "; ".join(
        f'"{plain(str(classes[one]))}" {found:,} times where {expected:.0f} are usual'
        for one, found, expected in odd.classes
    )
    return Seen(
        "annotator.mix",
        "medium",
        "One annotator gives like rows other labels than the rest: "
        f"{told}; {{count}} of theirs to read first.",
        at,
        odd.scores,
        "Ask how that person tells these classes apart, and write the rule down for everybody. "
        "Who is right, the rows cannot say.",
        better,
        mark=_by(who),
    )


def _with_annotator(
    data: Dataset, at: NDArray[np.int64], vectors: NDArray[np.float32] | None
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None, NDArray[np.str_]]:
    """Leave out rows that do not say who labelled them."""
    column = data.frame[data.roles.annotator or data.roles.text].gather(at).fill_null("")
    who = column.str.strip_chars().to_numpy().astype(np.str_)
    said = who != ""
    return at[said], None if vectors is None else vectors[said], who[said]


def _once(
    texts: Sequence[str], targets: NDArray[np.int64], people: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the first of each text, label and person: who repeats a label gave it once."""
    known: dict[tuple[bytes, int, int], int] = {}
    for at, key in enumerate(
        zip(normalise_all(texts), targets.tolist(), people.tolist(), strict=True)
    ):
        known.setdefault(key, at)
    return np.array(list(known.values()), np.int64)


def _second(chances: Scores, targets: NDArray[np.int64]) -> NDArray[np.int64]:
    others = chances.copy()
    others[np.arange(len(targets)), targets] = -1
    found: NDArray[np.int64] = others.argmax(axis=1)
    return found


def _by(person: str) -> Callable[[str], str]:
    # In the rows to read only, which never travel: the finding itself holds no name.
    return lambda text: f"{person[:60]}: {text}"
