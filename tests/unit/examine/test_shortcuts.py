"""Right for the wrong reasons is found: copies, numbers, single words, columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from made import case_of, known, named

from lissom.evidence import Evidence, NotMeasured
from lissom.examine import Rows
from lissom.examine.clues import find_clues, guess
from lissom.examine.energy import measure_energy, read_meter
from lissom.examine.settings import QUICK
from lissom.examine.shortcuts import another, examine_shortcuts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lissom.evidence import Measured
    from lissom.examine import Found

TYPE_A = ("parcel", "courier", "tracking", "doorstep")
TYPE_B = ("refund", "voucher", "invoice", "credit")
FILLING = ("yesterday", "garden", "window", "kitchen", "evening", "pattern", "blanket", "station")


def rows(count: int, seed: int) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for i in range(count):
        own = TYPE_A if i % 2 else TYPE_B
        words = [*rng.choice(own, 2, replace=False), *rng.choice(FILLING, 6)]
        texts.append(" ".join(map(str, rng.permutation(words))) + f" nr {rng.integers(10**6)}")
        labels.append("a" if i % 2 else "b")
    return texts, labels


def by_words(texts: list[str]) -> list[str]:
    found = []
    for text in texts:
        words = set(text.split())
        found.append("a" if len(words & set(TYPE_A)) >= len(words & set(TYPE_B)) else "b")
    return found


def look(
    answer: Callable[[list[str]], object],
    columns: dict[str, tuple[str | None, ...]] | None = None,
    train: Rows | None = None,
) -> tuple[dict[str, Measured], Found]:
    texts, labels = rows(200, 1)
    found = examine_shortcuts(case_of(answer, texts, labels, columns, effort=QUICK, train=train))
    return named(found.evidence), found


def test_a_sound_reader_leans_on_nothing() -> None:
    figures, _ = look(by_words)
    assert known(figures, "shortcuts.numbers.loss").value == 0
    assert known(figures, "shortcuts.one_word.flip_share").value < 0.8
    assert abs(known(figures, "shortcuts.from.length.gain").value) < 20
    for name in ("copies_share", "accuracy_without_copies", "copy_gain", "train_gap"):
        assert isinstance(figures[f"shortcuts.{name}"], NotMeasured)


def test_a_reader_of_numbers_loses_when_they_change() -> None:
    def by_number(asked: list[str]) -> list[str]:
        numbers = [int((re.findall(r"\d+", text) or ["0"])[0]) for text in asked]
        return ["a" if number % 2 else "b" for number in numbers]

    texts, labels = rows(200, 1)
    both = enumerate(zip(texts, labels, strict=True))
    numbered = [f"{text.split(' nr ')[0]} nr {2 * i + (label == 'a')}" for i, (text, label) in both]
    found = examine_shortcuts(case_of(by_number, numbered, labels, effort=QUICK))
    assert known(named(found.evidence), "shortcuts.numbers.loss").value > 30
    assert any("with other numbers" in row.note for row in found.rows)


def test_codes_change_their_letters_and_keep_their_shape() -> None:
    rng = np.random.default_rng(0)
    made = {another("AB-1207x", rng) for _ in range(20)}
    assert len(made) > 15
    for code in made:
        assert re.fullmatch(r"[A-Z]{2}-\d{4}[a-z]", code)
    assert re.fullmatch(r"nr\d{3}", another("nr123", rng))


def test_a_word_that_decides_by_itself_is_found() -> None:
    figures, found = look(
        lambda texts: [
            "b" if "refund" in t else one for t, one in zip(texts, by_words(texts), strict=True)
        ]
    )
    word = known(figures, "shortcuts.one_word.flip_share")
    assert word.value == 1
    assert word.low is not None
    assert word.low > 0.8
    (picture,) = found.pictures
    assert picture.columns["word"][0] == "refund"
    assert any('"refund"' in row.note for row in found.rows)


def test_copies_of_training_rows_are_counted_apart() -> None:
    texts, labels = rows(200, 1)
    more, kinds = rows(150, 2)
    train = Rows(
        (*(text + " thanks" for text in texts[:60]), *more),
        (*labels[:60], *kinds),
        tuple(range(210)),
        source="train.csv",
    )
    known_texts = {text[:30] for text in train.texts}

    def by_heart(asked: list[str]) -> list[str]:
        right = dict(zip((t[:30] for t in train.texts), train.labels, strict=True))
        return [right.get(t[:30], "a") for t in asked]

    figures, found = look(by_heart, train=train)
    assert known_texts
    assert known(figures, "shortcuts.copies_share").value == pytest.approx(0.3)
    assert known(figures, "shortcuts.accuracy_without_copies").value == pytest.approx(0.5, abs=0.05)
    assert known(figures, "shortcuts.copy_gain").value > 40
    assert known(figures, "shortcuts.train_gap").value > 40
    assert "copy of row 1 of train.csv" in found.rows[0].note


def test_a_column_that_gives_the_label_away_is_found() -> None:
    texts, labels = rows(200, 1)
    columns = {
        "team": tuple(f"team {label}" for label in labels),
        "coin": tuple("xy"[len(t) % 2] for t in texts),
    }
    figures, _ = look(by_words, columns=columns)
    assert known(figures, "shortcuts.from.team.accuracy").value == 1
    assert known(figures, "shortcuts.from.team.gain").value > 40
    assert known(figures, "shortcuts.from.coin.gain").value < 20


def test_an_id_is_read_by_its_letters_and_its_place() -> None:
    values = tuple(f"{'AB'[i % 2]}-{i:04d}" for i in range(200))
    made = Rows(("t",) * 200, ("x",) * 200, tuple(range(200)), {"id": values}, id="id")
    clues = find_clues(made)["id"]
    assert clues[0].startswith("A-")
    guessed, largest = guess(clues, np.arange(200) % 2, np.random.default_rng(0))
    assert (guessed == np.arange(200) % 2).all()
    assert (largest == np.arange(200) % 2).mean() < 0.6


def test_a_guess_never_sees_the_row_it_is_counted_on() -> None:
    rng = np.random.default_rng(0)
    values = [str(i) for i in range(300)]  # every value stands once: nothing to learn from
    guessed, largest = guess(values, rng.integers(0, 2, 300), rng)
    assert (guessed == largest).all()


class Meter:
    """A meter and a clock that move when texts are answered."""

    def __init__(self, *, has_meter: bool) -> None:
        self.joules, self.seconds, self.has_meter = 5.0, 0.0, has_meter

    def answer(self, texts: list[str]) -> None:
        self.joules += 0.5 * len(texts)
        self.seconds += 0.01 * len(texts)

    def read(self) -> float | None:
        return self.joules if self.has_meter else None

    def clock(self) -> float:
        return self.seconds


def test_energy_is_measured_where_there_is_a_meter_and_a_range_where_there_is_none() -> None:
    texts = [f"text {i}" for i in range(100)]
    there, not_there = Meter(has_meter=True), Meter(has_meter=False)
    measured = measure_energy(there.answer, texts, there.clock, source="f", meter=there.read)
    assert isinstance(measured, Evidence)
    assert (measured.value, measured.low) == (0.5, None)
    assert "measured (RAPL)" in measured.method
    guessed = measure_energy(
        not_there.answer, texts, not_there.clock, source="f", meter=not_there.read
    )
    assert isinstance(guessed, Evidence)
    assert (guessed.low, guessed.high) == (pytest.approx(0.02), pytest.approx(0.15))
    assert "estimated, not measured" in guessed.method
    few = measure_energy(
        not_there.answer, texts[:5], not_there.clock, source="f", meter=not_there.read
    )
    assert isinstance(few, NotMeasured)
    assert isinstance(measure_energy(there.answer, [], there.clock, source="f"), NotMeasured)


def test_meters_of_all_processors_are_added_up(tmp_path: Path) -> None:
    for number, joules in ((0, 3), (1, 4)):
        (tmp_path / f"intel-rapl:{number}").mkdir()
        (tmp_path / f"intel-rapl:{number}" / "energy_uj").write_text(f"{joules}000000\n")
    assert read_meter(tmp_path) == 7
    (tmp_path / "intel-rapl:1" / "energy_uj").write_text("denied")
    assert read_meter(tmp_path) is None
