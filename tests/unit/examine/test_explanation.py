"""Reasons that decide are told from reasons that do not."""

from __future__ import annotations

import numpy as np
import pytest
from made import case_of, known, named
from scipy.stats import spearmanr

from lissom.evidence import NotMeasured
from lissom.examine import Asker, Case, Effort, Parent
from lissom.examine.explanation import (
    SHARES,
    correlate,
    examine_explanation,
    explain_rows,
    how_many,
    try_reasons,
)

FILLING = ["the", "a", "some", "when", "then", "here", "there", "said", "went"]
EFFORT = Effort(probed_rows=60)


def make_texts(count: int = 60) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(5)
    labels = ["bad" if i % 2 else "good" for i in range(count)]
    texts = []
    for i, label in enumerate(labels):
        words = [str(word) for word in rng.choice(FILLING, 8)]
        words.insert(int(rng.integers(9)), f"{label}word")
        texts.append(" ".join([*words, f"n{i}"]))
    return texts, labels


TEXTS, LABELS = make_texts()


def reader(texts: list[str], word: str = "word") -> list[dict[str, float]]:
    """Decide by one word."""
    found = []
    for text in texts:
        bad = 0.9 if f"bad{word}" in text else 0.1 if f"good{word}" in text else 0.5
        found.append({"bad": bad, "good": 1 - bad})
    return found


def counter(texts: list[str]) -> list[dict[str, float]]:
    """Decide by the number of words, whichever they are."""
    return [{"bad": bad, "good": 1 - bad} for bad in (0.9 / (1 + len(t.split())) for t in texts)]


def case_for(answer: object, **more: object) -> Case:
    return case_of(answer, TEXTS, LABELS, effort=EFFORT, **more)  # type: ignore[arg-type]  # made up


def test_one_word_that_decides_is_found_named_and_marked() -> None:
    found = examine_explanation(case_for(reader))
    figures = named(found.evidence)
    assert known(figures, "explanation.faithfulness").value > 0.85
    assert known(figures, "explanation.comprehensiveness").value == pytest.approx(40)
    assert known(figures, "explanation.sufficiency").value == pytest.approx(0)
    gain = known(figures, "explanation.comprehensiveness_gain")
    assert gain.low is not None
    assert gain.low > 15
    for row in found.rows:
        ((start, end),) = row.marks
        assert row.text[start:end] in {"badword", "goodword"}
        assert f'because of "{row.text[start:end]}" (+40)' in row.note
    assert {row.note.split('"')[1] for row in found.rows[:2]} == {"bad", "good"}


def test_without_a_word_that_decides_the_named_ones_are_no_better_than_chance() -> None:
    figures = named(examine_explanation(case_for(counter)).evidence)
    faith = known(figures, "explanation.faithfulness")
    assert faith.high is not None
    assert faith.high < 0.6
    assert known(figures, "explanation.comprehensiveness_gain").value == pytest.approx(0, abs=1)


def test_what_was_asked_to_find_the_reasons_is_not_counted_as_their_proof() -> None:
    asked: list[str] = []

    def listening(texts: list[str]) -> list[dict[str, float]]:
        asked.extend(texts)
        return reader(texts)

    case = case_for(listening)
    explained = explain_rows(case)
    before = set(asked)
    asked.clear()
    try_reasons(case, explained)
    assert asked
    assert not before & set(asked)


@pytest.mark.parametrize("count", range(6, 25))
def test_at_least_two_words_are_taken_and_two_are_left(count: int) -> None:
    for part in SHARES:
        assert 2 <= how_many(part, count) <= count - 2


def test_the_pictures_hold_what_is_read_and_which_words_decide() -> None:
    trial, words = examine_explanation(case_for(reader)).pictures
    bars = dict(zip(trial.columns["what it reads"], trial.columns["probability"], strict=True))
    assert bars["less named words"] < bars["less chance words"] < bars["the whole text"]
    assert bars["only named words"] > bars["only chance words"]
    assert set(words.columns["word"][:2]) == {"badword → bad", "goodword → good"}


def test_a_parent_with_the_same_reasons_agrees_and_one_with_others_does_not() -> None:
    same = named(examine_explanation(case_for(reader, parent=parent_of(reader))).evidence)
    assert known(same, "explanation.agreement").value == 1
    assert known(same, "explanation.rank_correlation").value == 1

    def by_number(texts: list[str]) -> list[dict[str, float]]:
        """Answer alike, by the number at the end: odd ones are bad."""
        found = []
        for text in texts:
            digits = [word[1:] for word in text.split() if word[1:].isdigit()]
            bad = 0.5 if not digits else 0.9 if int(digits[0]) % 2 else 0.1
            found.append({"bad": bad, "good": 1 - bad})
        return found

    other = named(examine_explanation(case_for(reader, parent=parent_of(by_number))).evidence)
    assert known(other, "explanation.agreement").value == 0
    assert known(other, "explanation.rank_correlation").value < 0.3


def parent_of(answer: object) -> Parent:
    return Parent(Asker(answer, ["bad", "good"]), "the full one")  # type: ignore[arg-type]  # made up


def test_short_texts_few_rows_and_a_missing_parent_say_so() -> None:
    case = case_of(reader, ["badword"] * 40, ["bad"] * 39 + ["good"], effort=EFFORT)
    figures = examine_explanation(case).evidence
    assert all(isinstance(item, NotMeasured) for item in figures)
    assert "0 rows have 6 words or more; 20 are needed" in figures[0].reason  # type: ignore[union-attr]  # just looked
    whole = named(examine_explanation(case_for(reader)).evidence)
    missing = whole["explanation.agreement"]
    assert isinstance(missing, NotMeasured)
    assert "--parent" in missing.reason


def test_labels_without_probabilities_can_be_explained_too() -> None:
    def label(texts: list[str]) -> list[str]:
        return ["bad" if "badword" in text else "good" for text in texts]

    found = examine_explanation(case_for(label))
    bad = [row for row in found.rows if '"bad"' in row.note]
    assert bad
    assert all("sure" not in row.note and '"badword" (+100)' in row.note for row in bad)


def test_rank_correlation_is_that_of_scipy() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        one, other = rng.integers(0, 5, (2, 12)) / 4
        assert correlate(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)
    assert correlate(np.zeros(4), np.arange(4.0)) == 0
