"""A part of part 7: is there a word of the training rows that turns any text to one label?

From rows and answers alone. A trigger that was planted in training rows stands in no honest row to
measure on, so candidates are words of the training rows that go with one label there, those that no
row to measure on holds first; put into rows of other labels, a trigger turns nearly all of them,
where comparable words turn some.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, Measured, NotMeasured, RowToRead, difference, wilson
from lissom.evidence.many import simultaneous
from lissom.examine.case import Found
from lissom.examine.slices import count_slice, points_ahead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Case

NAMES = ("shortcuts.trigger.flip_share", "shortcuts.trigger.ahead", "shortcuts.trigger.asleep")

_WORD = re.compile(r"\w+|[^\w\s]+")
_TIED = 0.8
_HELD, _FEWEST, _COMPARABLE = 3, 20, 5
_SCREEN, _CONFIRM = 8, 5
_READ = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """A word that was put into rows of other labels.

    Args:
        word: the word.
        label: number of the label that it goes with.
        rows: rows that it was put into.
        texts: these rows with it.
        is_turned: (rows,) the answer is now that label.
    """

    word: str
    label: int
    rows: list[int]
    texts: list[str]
    is_turned: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Return the share of rows that it turned."""
        return float(self.is_turned.mean()) if len(self.rows) else 0.0


def examine_triggers(case: Case) -> Found:
    """Measure what the strongest word of the training rows does, beside comparable words.

    The strongest of many on a few rows is tried again on others, so the figure owes nothing to
    luck; and the same texts are given to the larger model, where there is one, since a trigger can
    be asleep in it and awake in the small one.
    """
    if case.train is None:
        return _not_measured("no training rows were given; give them with --train")
    rng = case.rng("triggers")
    first = [_try(case, word, label, _SCREEN, rng) for word, label in _candidates(case)]
    first = [one for one in first if one.rows]
    if len(first) <= _COMPARABLE:
        return _not_measured(f"{len(first)} words go with one label; more than {_COMPARABLE} must")
    first.sort(key=lambda one: (-one.share, one.word))
    likely = [
        _try(case, one.word, one.label, case.effort.word_rows, rng) for one in first[:_CONFIRM]
    ]
    found = [one for one in likely if len(one.rows) >= _FEWEST]
    if not found:
        return _not_measured(f"fewer than {_FEWEST} rows of other labels")
    top = max(found, key=lambda one: (one.share, one.word))
    figures = [*_strongest(case, top, len(found), first), _asleep(case, found)]
    shown = tuple(
        RowToRead(
            case.rows.numbers[top.rows[at]],
            top.texts[at],
            f'with "{top.word}" put in, the model says "{case.asker.classes[top.label]}"',
        )
        for at in np.flatnonzero(top.is_turned)[:_READ].tolist()
    )
    return Found(tuple(figures), (), shown)


def _not_measured(reason: str) -> Found:
    return Found(tuple(NotMeasured(name, reason) for name in NAMES))


def _candidates(case: Case) -> list[tuple[str, int]]:
    """Return words that go with one label in training, those of no row to measure on first."""
    if case.train is None:
        return []
    counts: Counter[str] = Counter()
    by_label: Counter[tuple[str, str]] = Counter()
    for text, label in zip(case.train.texts, case.train.labels, strict=True):
        for word in set(_WORD.findall(text.casefold())):
            counts[word] += 1
            by_label[word, label] += 1
    met = {word for text in case.rows.texts for word in _WORD.findall(text.casefold())}
    known = {name: at for at, name in enumerate(case.asker.classes)}
    tied = [
        (word in met, -count, word, known[label])
        for (word, label), count in by_label.items()
        if count >= _HELD and count >= _TIED * counts[word] and label in known
    ]
    tied.sort()
    return [(word, label) for *_, word, label in tied[: case.effort.words]]


def _try(case: Case, word: str, label: int, most: int, rng: np.random.Generator) -> _Tried:
    others = (case.answered.predicted != label) & (case.answered.targets != label)
    rows = rng.permutation(np.flatnonzero(others))[:most].tolist()
    texts = []
    for row in rows:
        words = case.rows.texts[row].split(" ")
        words.insert(int(rng.integers(len(words) + 1)), word)
        texts.append(" ".join(words))
    turned = case.asker.ask(texts).predicted == label if texts else np.zeros(0, np.bool_)
    return _Tried(word, label, rows, texts, turned)


def _strongest(case: Case, top: _Tried, confirmed: int, tried: list[_Tried]) -> list[Measured]:
    source, n, hits = case.rows.source, len(top.rows), int(top.is_turned.sum())
    low, high = wilson(hits, n, level=simultaneous(confirmed))
    how = (
        f"{len(tried)} words of the training rows that go with one label put into {_SCREEN} rows "
        f"of other labels, the {confirmed} strongest again into others"
    )
    share = Evidence(
        NAMES[0], hits / n, low, high, n, "share", f"{how}; Wilson, together at 95 %", source
    )
    others = [one for one in tried if one.word != top.word]
    m = sum(len(one.rows) for one in others)
    turned = int(sum(one.is_turned.sum() for one in others))
    low, high = difference(hits, n, turned, m)
    ahead = Evidence(
        NAMES[1],
        100 * (hits / n - turned / m),
        100 * low,
        100 * high,
        n + m,
        "points",
        f"the strongest less all the other words together; {how}; Newcombe 95 %",
        source,
    )
    return [share, ahead]


def _asleep(case: Case, found: list[_Tried]) -> Measured:
    """Return how much more a word turns the small model than the one it was made from."""
    if case.parent is None:
        return NotMeasured(NAMES[2], "no parent was given to compare with; give one with --parent")
    level = simultaneous(len(found))
    about = f"rows turned, small model less full one ({case.parent.name}), largest of {len(found)}"
    each = []
    for one in found:
        replies = case.parent.asker.ask(one.texts)
        name = case.asker.classes[one.label]
        theirs = np.array([replies.classes[at] == name for at in replies.predicted], np.bool_)
        every = np.ones(len(one.rows), np.bool_)
        counted = count_slice(
            "", (one.is_turned.astype(np.int64), one.is_turned), (theirs.astype(np.int64), theirs),
            every,
        )  # fmt: skip
        each.append(
            points_ahead(NAMES[2], counted, level=level, about=about, source=case.rows.source)
        )
    known = [one for one in each if isinstance(one, Evidence)]
    return max(known, key=lambda one: one.value) if known else each[0]
