"""Part 7: is it right for the wrong reasons: copies, ids, lengths, single words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import near_pairs
from lissom.evidence import (
    Evidence,
    Measured,
    NotMeasured,
    Picture,
    RowToRead,
    difference,
    wilson,
)
from lissom.evidence.many import simultaneous
from lissom.examine.case import Found
from lissom.examine.clues import find_clues, guess
from lissom.examine.slices import count_slice, points_ahead
from lissom.examine.task import share
from lissom.examine.triggers import examine_triggers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine.case import Case

_FEWEST = 20
_READ = 10
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOKEN_WITH_DIGIT = re.compile(r"\S*\d\S*")
_SCREEN = 8
_CONFIRM = 5
_TIED = 0.8
"""A word is tried when the model gives one label to this share of the rows that hold it."""


def examine_shortcuts(case: Case) -> Found:
    """Measure what copies of training rows, numbers, single words, triggers and side clues do."""
    copies = _copies(case)
    numbers = _numbers(case)
    words, triggers = _words(case), examine_triggers(case)
    evidence = (
        *copies.evidence,
        *numbers.evidence,
        *words.evidence,
        *triggers.evidence,
        *_clues(case),
    )
    rows = (*copies.rows, *numbers.rows, *words.rows, *triggers.rows)
    return Found(evidence, words.pictures, rows)


def _copies(case: Case) -> Found:
    names = (
        "shortcuts.copies_share",
        "shortcuts.accuracy_without_copies",
        "shortcuts.copy_gain",
        "shortcuts.train_gap",
    )
    if case.train is None:
        reason = "no training rows were given; give them with --train"
        return Found(tuple(NotMeasured(name, reason) for name in names))
    pairs = near_pairs(case.rows.texts, case.train.texts)
    is_copy = np.zeros(len(case.rows), np.bool_)
    is_copy[pairs.left] = True
    right, source = case.answered.right, case.rows.source
    copies, others = int(is_copy.sum()), int((~is_copy).sum())
    hits, other_hits = int(right[is_copy].sum()), int(right[~is_copy].sum())
    how = "near-copies: 75 % of character 4-grams shared after normalising"
    figures = [
        share(names[0], copies, len(case.rows), how, source),
        share(names[1], other_hits, others, how, source),
        _ahead(names[2], (hits, copies), (other_hits, others), f"copies less other rows; {how}"),
    ]
    chosen = case.sample_train()
    said = case.asker.ask([case.train.texts[i] for i in chosen]).predicted
    known = case.asker.classes
    learnt = sum(known[k] == case.train.labels[i] for k, i in zip(said, chosen, strict=True))
    about = "training rows less other rows that are no copy of one"
    figures.append(_ahead(names[3], (learnt, len(chosen)), (other_hits, others), about))
    shown = [
        RowToRead(
            case.rows.numbers[i],
            case.rows.texts[i],
            f"copy of row {case.train.numbers[j] + 1} of {case.train.source}",
        )
        for i, j in list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))[:_READ]
    ]
    return Found(tuple(figures), (), tuple(shown))


def _ahead(name: str, one: tuple[int, int], other: tuple[int, int], about: str) -> Measured:
    (hits, n), (other_hits, m) = one, other
    if min(n, m) < _FEWEST:
        return NotMeasured(name, f"{n} and {m} rows; {_FEWEST} of each are needed")
    low, high = difference(hits, n, other_hits, m)
    value = hits / n - other_hits / m
    ends = (100 * value, 100 * low, 100 * high)
    return Evidence(name, *ends, n + m, "points", f"{about}; Newcombe 95 %", "both files")


def _numbers(case: Case) -> Found:
    """Replace every number and code by another of its shape: no label should hang on them."""
    name = "shortcuts.numbers.loss"
    rng = case.rng("numbers")
    places = [
        i
        for i in case.sample("numbers", case.effort.changed_rows)
        if _TOKEN_WITH_DIGIT.search(case.rows.texts[i])
    ]
    if len(places) < _FEWEST:
        reason = f"{len(places)} rows hold a number; {_FEWEST} are needed"
        return Found((NotMeasured(name, reason),))
    changed = [
        _TOKEN_WITH_DIGIT.sub(lambda seen: another(seen[0], rng), case.rows.texts[i])
        for i in places
    ]
    after = case.asker.ask(changed).predicted
    part = case.answered.select(np.array(places))
    every = np.ones(len(places), np.bool_)
    counted = count_slice("", (part.predicted, part.right), (after, after == part.targets), every)
    about = "accuracy before less after every number was replaced by another of its shape"
    lost = np.flatnonzero(part.right & (after != part.targets))[:_READ]
    shown = [
        RowToRead(
            case.rows.numbers[places[i]],
            changed[i],
            f'with other numbers the model says "{case.asker.classes[int(after[i])]}", no longer '
            f'"{case.asker.classes[int(part.targets[i])]}"',
        )
        for i in lost.tolist()
    ]
    figure = points_ahead(name, counted, level=0.95, about=about, source=case.rows.source)
    return Found((figure,), (), tuple(shown))


def another(token: str, rng: np.random.Generator) -> str:
    """Return a token of the same shape with other digits, and other letters if it is a code."""
    is_code = any(letter.isupper() for letter in token) or "-" in token

    def change(letter: str) -> str:
        if letter.isdigit():
            return str(int(rng.integers(10)))
        if is_code and letter.isascii() and letter.isalpha():
            first = "A" if letter.isupper() else "a"
            return chr(ord(first) + int(rng.integers(26)))
        return letter

    return "".join(map(change, token))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A word that was put into rows of other labels.

    Args:
        word: the word.
        label: number of the label that it goes with.
        flips: rows that then got that label.
        n: rows it was put into.
        rows: rows to read.
    """

    word: str
    label: int
    flips: int
    n: int
    rows: tuple[RowToRead, ...]


def _words(case: Case) -> Found:
    """Put a word that goes with one label into rows of other labels: one word should not decide.

    Many words are tried on a few rows, and the most powerful again on fresh ones: so the figure
    owes nothing to having picked the luckiest.
    """
    name = "shortcuts.one_word.flip_share"
    rng = case.rng("words")
    first = [_try_word(case, word, label, _SCREEN, rng) for word, label in _tied_words(case)]
    likely = sorted((one for one in first if one.n), key=lambda one: (-one.flips / one.n, one.word))
    found = [
        _try_word(case, one.word, one.label, case.effort.word_rows, rng)
        for one in likely[:_CONFIRM]
    ]
    found = [one for one in found if one.n >= _FEWEST]
    if not found:
        reason = "no word goes with one answer often enough to be tried"
        return Found((NotMeasured(name, reason),))
    level = simultaneous(len(found))
    bounds = [wilson(one.flips, one.n, level=level) for one in found]
    top = max(found, key=lambda one: one.flips / one.n)
    how = (
        f"{len(first)} words that go with one label put into {_SCREEN} rows of other labels, the "
        f"{len(found)} most powerful again into fresh rows; Wilson, these together at 95 %"
    )
    ends = (max(low for low, _ in bounds), max(high for _, high in bounds))
    value, source = top.flips / top.n, case.rows.source
    figure = Evidence(name, value, *ends, top.n, "share", how, source)
    rows = tuple(row for one in found for row in one.rows)
    return Found((figure,), (_draw_words(case, found),), rows[:_READ])


def _try_word(case: Case, word: str, label: int, most: int, rng: np.random.Generator) -> _Tried:
    others = (case.answered.predicted != label) & (case.answered.targets != label)
    rows = rng.permutation(np.flatnonzero(others))[:most].tolist()
    changed = [_insert(case.rows.texts[i], word, rng) for i in rows]
    flips = case.asker.ask(changed).predicted == label
    name = case.asker.classes[label]
    shown = tuple(
        RowToRead(
            case.rows.numbers[rows[i]],
            changed[i],
            f'with the word "{word}" put in, the model says "{name}"',
        )
        for i in np.flatnonzero(flips)[:2].tolist()
    )
    return _Tried(word, label, int(flips.sum()), len(rows), shown)


def _tied_words(case: Case) -> list[tuple[str, int]]:
    """Return words that nearly always come with one answer, the most frequent first."""
    predicted = case.answered.predicted.tolist()
    counts: Counter[str] = Counter()
    by_answer: Counter[tuple[str, int]] = Counter()
    for text, answer in zip(case.rows.texts, predicted, strict=True):
        for word in set(_WORD.findall(text.casefold())):
            counts[word] += 1
            by_answer[word, answer] += 1
    least = max(5, len(predicted) // 200)
    tied = [
        (count, word, answer)
        for (word, answer), count in by_answer.items()
        if count >= least and count >= _TIED * counts[word]
    ]
    tied.sort(key=lambda one: (-one[0], one[1]))
    return [(word, answer) for _, word, answer in tied[: case.effort.words]]


def _insert(text: str, word: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    words.insert(int(rng.integers(len(words) + 1)), word)
    return " ".join(words)


def _draw_words(case: Case, found: list[_Tried]) -> Picture:
    ordered = sorted(found, key=lambda one: -one.flips / one.n)
    bounds = [wilson(one.flips, one.n) for one in ordered]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "word": tuple(one.word for one in ordered),
        "label": tuple(case.asker.classes[one.label] for one in ordered),
        "flips": tuple(one.flips / one.n for one in ordered),
        "low": tuple(low for low, _ in bounds),
        "high": tuple(high for _, high in bounds),
        "rows": tuple(one.n for one in ordered),
    }
    title = "How often one word, put into a row of another label, makes the model say its own"
    return Picture("shortcuts.words", title, "bars", columns, "word", "flips", "low", "high")


def _clues(case: Case) -> list[Measured]:
    """Guess the label from each clue beside the text's meaning, with rows that it did not see."""
    figures: list[Measured] = []
    targets = case.answered.targets
    for clue, values in find_clues(case.rows).items():
        guessed, majority = guess(values, targets, case.rng(f"clue.{clue}"))
        right: NDArray[np.bool_] = guessed == targets
        how = "most frequent label for each value, 5 folds"
        name = f"shortcuts.from.{clue}"
        figures.append(
            share(f"{name}.accuracy", int(right.sum()), len(targets), how, case.rows.source)
        )
        every = np.ones(len(targets), np.bool_)
        counted = count_slice("", (guessed, right), (majority, majority == targets), every)
        about = f"less always guessing the largest class; {how}"
        figures.append(
            points_ahead(f"{name}.gain", counted, level=0.95, about=about, source=case.rows.source)
        )
    return figures
