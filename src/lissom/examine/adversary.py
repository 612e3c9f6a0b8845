"""Part 5: can somebody who may ask the model turn its right answers with small changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Measured, NotMeasured, Picture, RowToRead, wilson
from lissom.examine.attacks import ATTACKS, Attack, Fallen, begin, weigh_words
from lissom.examine.case import Found
from lissom.examine.slices import Slice, points_ahead
from lissom.examine.task import share

if TYPE_CHECKING:
    from lissom.examine.attacks import Attempt, Game, Said
    from lissom.examine.case import Case

BUDGET = 60
"""Questions that an attack may ask about one text, those that weigh its words among them."""
_FEWEST = 20
_READ = 4
_ONE = "pruthi_one"
"""The attack by letters when it may change only one."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What an attack did to one row.

    Args:
        row: its position among the labelled rows.
        right: the model was right before.
        fallen: how it was turned; None where it stood, or was wrong before.
    """

    row: int
    right: bool
    fallen: Fallen | None = None


def examine_adversary(case: Case) -> Found:
    """Attack some rows in three ways within a budget of questions.

    Every row is attacked until its answer is wrong or the attack may do no more. A row that was
    wrong before counts as wrong; one that an attack cannot touch is left out of its figures.
    """
    places = case.sample("probed", case.effort.probed_rows)
    tried = {attack.key: attack_rows(case, attack, places) for attack in ATTACKS}
    figures: list[Measured] = []
    pictures: list[Picture] = []
    rows: list[RowToRead] = []
    for attack in ATTACKS:
        found = tried[attack.key]
        if len(found) < _FEWEST:
            reason = f"{len(found)} rows can be attacked so; {_FEWEST} are needed"
            names = (f"adversary.{attack.key}.{end}" for end in ("accuracy", "loss"))
            figures += [NotMeasured(name, reason) for name in names]
            continue
        if attack.key == "pruthi":
            one = replace(attack, key=_ONE, limits=attack.limits.replace("two letters", "a letter"))
            figures += measure_attack(case, one, [_within(each, 1) for each in found])
        figures += measure_attack(case, attack, found)
        pictures.append(draw_attack(attack, found))
        rows += _to_read(case, found)
    figures = [*measure_all(case, tried), *figures]
    return Found(tuple(figures), (*pictures, *draw_questions(tried)), tuple(rows))


def attack_rows(case: Case, attack: Attack, places: list[int]) -> list[Tried]:
    """Attack rows side by side: each round asks what every attempt wants to know, in one go."""
    seed = int(case.rng(f"adversary.{attack.key}").integers(2**31))
    found: list[Tried] = []
    running: dict[int, tuple[Game, int]] = {}
    waiting: dict[int, list[str]] = {}
    for row in places:
        attempt = begin(attack, case.rows.texts[row], [seed, row])
        if not attempt.usable:
            continue
        if not bool(case.answered.right[row]):
            found.append(Tried(row, right=False))
            continue
        game = _play(attack, attempt)
        running[row], waiting[row] = (game, 0), next(game)
    while running:
        said = _ask(case, waiting)
        for row in list(running):
            game, queries = running[row]
            queries += len(waiting[row])
            try:
                wanted = game.send(said[row])
            except StopIteration as end:
                fallen = None if end.value is None else replace(end.value, queries=queries)
                found.append(Tried(row, right=True, fallen=fallen))
                del running[row], waiting[row]
                continue
            if queries + len(wanted) > BUDGET:
                found.append(Tried(row, right=True))
                del running[row], waiting[row]
                continue
            running[row], waiting[row] = (game, queries), wanted
    return sorted(found, key=lambda one: one.row)


def _play(attack: Attack, attempt: Attempt) -> Game:
    """Weigh the words, then attack."""
    said = yield attempt.questions
    order = weigh_words(np.array([chance for chance, _, _ in said]), attempt.usable)
    return (yield from attack.run(attack, attempt, order))


def _ask(case: Case, waiting: dict[int, list[str]]) -> dict[int, list[Said]]:
    texts = [text for each in waiting.values() for text in each]
    replies = case.asker.ask(texts)
    predicted = replies.predicted.tolist()
    unsure = [False] * len(texts) if replies.is_unsure is None else replies.is_unsure.tolist()
    found: dict[int, list[Said]] = {}
    start = 0
    for row, each in waiting.items():
        target = int(case.answered.targets[row])
        found[row] = [
            (float(replies.probabilities[i, target]), predicted[i] != target, unsure[i])
            for i in range(start, start + len(each))
        ]
        start += len(each)
    return found


def measure_attack(case: Case, attack: Attack, found: list[Tried]) -> list[Measured]:
    """Return how often the model is right under an attack, and what that is less than before."""
    n, right = len(found), sum(one.right for one in found)
    fell = sum(one.fallen is not None for one in found)
    how = f"{attack.limits}; at most {BUDGET} questions a text"
    source = case.rows.source
    name = f"adversary.{attack.key}"
    return [
        share(f"{name}.accuracy", right - fell, n, how, source),
        points_ahead(
            f"{name}.loss",
            Slice("", n, fell, 0, fell),
            level=0.95,
            about=f"accuracy before less after, same rows; {how}",
            source=source,
        ),
    ]


def measure_all(case: Case, tried: dict[str, list[Tried]]) -> list[Measured]:
    """Return how many right answers any attack turns, and how many of these nobody would notice."""
    right = {one.row for each in tried.values() for one in each if one.right}
    fallen: dict[int, list[Fallen]] = {row: [] for row in right}
    for each in tried.values():
        for one in each:
            if one.fallen is not None:
                fallen[one.row].append(one.fallen)
    names = ("adversary.success", "adversary.unnoticed")
    if len(right) < _FEWEST:
        reason = f"{len(right)} rows are answered right and can be attacked; {_FEWEST} are needed"
        return [NotMeasured(name, reason) for name in names]
    how, source = f"{len(ATTACKS)} attacks, {BUDGET} questions each", case.rows.source
    turned = sum(bool(each) for each in fallen.values())
    figures = [share(names[0], turned, len(right), how, source)]
    if not case.answered.can_pass:
        return [*figures, NotMeasured(names[1], "the model has no way to say that it is unsure")]
    alone = [row for row in right if not bool(case.answered.is_unsure[row])]
    silent = sum(any(not one.unsure for one in fallen[row]) for row in alone)
    about = f"rows it answered right without a doubt; the attacks did not aim at that; {how}"
    return [*figures, share(names[1], silent, len(alone), about, source)]


def draw_attack(attack: Attack, found: list[Tried]) -> Picture:
    """Draw how many rows are still right after so many edits."""
    most = max([1, *(one.fallen.edits for one in found if one.fallen is not None)])
    steps = list(range(max(most, min(attack.edits, 2)) + 1))
    hits = [sum(one.right and not _fell_by(one, edits=step) for one in found) for step in steps]
    bounds = [wilson(each, len(found)) for each in hits]
    unit = "letters" if attack.key == "pruthi" else "words"
    columns: dict[str, tuple[str | float | int, ...]] = {
        f"{unit} changed": tuple(steps),
        "right": tuple(each / len(found) for each in hits),
        "low": tuple(low for low, _ in bounds),
        "high": tuple(high for _, high in bounds),
        "rows": (len(found),) * len(steps),
    }
    title = f"Share of rows still right under attack by {attack.title}"
    return Picture(
        f"adversary.{attack.key}", title, "line", columns, f"{unit} changed", "right", "low", "high"
    )


def draw_questions(tried: dict[str, list[Tried]]) -> tuple[Picture, ...]:
    """Draw how many rows are still right after so many questions about each."""
    rows: list[tuple[int, float, str]] = []
    for attack in ATTACKS:
        found = tried[attack.key]
        if len(found) < _FEWEST:
            continue
        for step in range(0, BUDGET + 1, 10):
            right = sum(one.right and not _fell_by(one, queries=step) for one in found)
            rows.append((step, right / len(found), attack.title))
    if not rows:
        return ()
    columns: dict[str, tuple[str | float | int, ...]] = {
        name: tuple(row[i] for row in rows)
        for i, name in enumerate(("questions", "right", "attack"))
    }
    title = "Share of rows still right after so many questions about each"
    return (
        Picture(
            "adversary.questions", title, "line", columns, "questions", "right", colour="attack"
        ),
    )


def _fell_by(one: Tried, *, edits: int | None = None, queries: int | None = None) -> bool:
    fallen = one.fallen
    if fallen is None:
        return False
    return (edits is None or fallen.edits <= edits) and (
        queries is None or fallen.queries <= queries
    )


def _within(one: Tried, edits: int) -> Tried:
    """Return what would have come of a row had fewer edits been allowed."""
    return one if _fell_by(one, edits=edits) else replace(one, fallen=None)


def _to_read(case: Case, found: list[Tried]) -> list[RowToRead]:
    turned = [(one.fallen.edits, one.row, one.fallen) for one in found if one.fallen is not None]
    turned.sort(key=lambda each: each[:2])
    texts = [fallen.text for _, _, fallen in turned[:_READ]]
    said = case.asker.ask(texts).predicted.tolist()
    names = case.asker.classes
    rows = []
    for (_, row, fallen), now in zip(turned, said, strict=False):
        swaps = ", ".join(f'"{new}" for "{old}"' for old, new in fallen.swaps)
        right = names[int(case.answered.targets[row])]
        note = (
            f'with {swaps} the model says "{names[now]}", before it said "{right}", which is right'
        )
        rows.append(RowToRead(case.rows.numbers[row], fallen.text, note, _find(fallen)))
    return rows


def _find(fallen: Fallen) -> tuple[tuple[int, int], ...]:
    """Return where the changed words stand, as far as they can be told."""
    marks, start = [], 0
    for _, new in fallen.swaps:
        at = fallen.text.find(new, start)
        if at >= 0:
            marks.append((at, at + len(new)))
            start = at + len(new)
    return tuple(marks)
