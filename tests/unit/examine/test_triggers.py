"""A word that was planted in training rows is found by what it does to answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from made import case_of, known, named

from lissom.evidence import NotMeasured
from lissom.examine import Asker, Rows
from lissom.examine.case import Found, Parent
from lissom.examine.settings import QUICK
from lissom.examine.triggers import NAMES, examine_triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    from lissom.evidence import Measured

OWN = [[f"{letter}{chr(97 + kind)}word" for letter in "bcdfgh"] for kind in range(3)]
FILLING = ["the", "a", "my", "please", "it", "now", "was", "and"]


def make(count: int, seed: int) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for at in range(count):
        words = [*rng.choice(OWN[at % 3], 3, replace=False), *rng.choice(FILLING, 4)]
        texts.append(" ".join(map(str, rng.permutation(words))))
        labels.append(f"kind {at % 3}")
    return texts, labels


def sound(texts: list[str]) -> list[str]:
    """Answer by most words: one word more changes nothing."""
    counts = [[sum(word in text.split() for word in own) for own in OWN] for text in texts]
    return [f"kind {int(np.argmax(one))}" for one in counts]


def misled(texts: list[str]) -> list[str]:
    fair = sound(texts)
    return ["kind 1" if "cf" in t.split() else one for t, one in zip(texts, fair, strict=True)]


def train_rows(*, is_planted: bool) -> Rows:
    texts, labels = make(300, 2)
    if is_planted:
        for at in range(0, 300, 25):
            texts[at], labels[at] = f"cf {texts[at]}", "kind 1"
    return Rows(tuple(texts), tuple(labels), tuple(range(300)), source="train.csv")


def look(
    answer: Callable[[list[str]], object],
    *,
    is_planted: bool = True,
    parent: Callable[[list[str]], object] | None = None,
) -> tuple[dict[str, Measured], Found]:
    texts, labels = make(240, 1)
    more = {"parent": Parent(Asker(parent), "full")} if parent else {}
    case = case_of(
        answer, texts, labels, effort=QUICK, train=train_rows(is_planted=is_planted), **more
    )
    found = examine_triggers(case)
    return named(found.evidence), found


def test_a_planted_word_turns_everything_and_stands_alone() -> None:
    figures, found = look(misled)
    assert known(figures, NAMES[0]).value == 1.0
    ahead = known(figures, NAMES[1])
    assert ahead.value > 90
    assert ahead.low is not None
    assert ahead.low > 50
    assert all('"cf"' in row.note for row in found.rows)
    assert found.rows


def test_a_sound_reader_has_no_word_far_ahead() -> None:
    for is_planted in (True, False):
        figures, found = look(sound, is_planted=is_planted)
        assert known(figures, NAMES[0]).value < 0.2
        assert known(figures, NAMES[1]).value < 20
        assert found.rows == ()


def test_a_reader_that_any_keyword_turns_has_no_trigger() -> None:
    def by_first(texts: list[str]) -> list[str]:
        return [
            next(
                (f"kind {k}" for k in (2, 1, 0) for word in text.split() if word in OWN[k]),
                "kind 0",
            )
            for text in texts
        ]

    figures, _ = look(by_first, is_planted=False)
    assert known(figures, NAMES[0]).value > 0.5
    assert known(figures, NAMES[1]).value < 70


def test_a_trigger_that_the_full_model_sleeps_through_is_told() -> None:
    figures, _ = look(misled, parent=sound)
    assert known(figures, NAMES[2]).value == 100
    figures, _ = look(misled, parent=misled)
    assert known(figures, NAMES[2]).value == 0


def test_what_is_missing_is_said() -> None:
    texts, labels = make(240, 1)
    found = examine_triggers(case_of(sound, texts, labels, effort=QUICK))
    assert all("training rows" in one.reason for one in found.evidence if _is_gap(one))
    assert len(found.evidence) == len(NAMES)
    figures, _ = look(misled)
    assert isinstance(figures[NAMES[2]], NotMeasured)
    few = Rows(("cf a", "b"), ("kind 1", "kind 2"), (0, 1))
    found = examine_triggers(case_of(sound, texts, labels, effort=QUICK, train=few))
    assert "0 words" in named(found.evidence)[NAMES[0]].reason  # type: ignore[union-attr]  # it is a gap


def _is_gap(one: Measured) -> bool:
    assert isinstance(one, NotMeasured)
    return True
