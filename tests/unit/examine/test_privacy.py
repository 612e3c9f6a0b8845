"""A model that knows its training rows is found out; rows drawn otherwise are no fault of it."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest
from made import case_of, known, named

from lissom.evidence import NotMeasured
from lissom.evidence.privacy_names import DIFFER
from lissom.examine import Asker, Parent, Replies, Rows
from lissom.examine.membership import (
    LEAST_OTHERS,
    advantage,
    found_at,
    match_classes,
    score_answers,
    spread_out,
    tell_by_text,
)
from lissom.examine.privacy import NAMES, PARENT_NAMES, examine_privacy
from lissom.examine.ranks import auroc, auroc_bounds, matched_auroc
from lissom.examine.settings import QUICK
from lissom.examine.shortcuts import examine_shortcuts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lissom.evidence import Measured
    from lissom.examine import Found

LABELS = ("a", "b")
WORDS = tuple(f"{one}{two}" for one in ("lo", "mi", "ra", "tu", "ve") for two in "bdfgklmnprst")
NORMAL = NormalDist()
Draw = tuple[list[str], list[str]]


def draw(count: int, seed: int, *, a_share: float = 0.5, more: str = "") -> Draw:
    """Return texts of ten words and their labels, which the first word gives away."""
    rng = np.random.default_rng(seed)
    labels = ["a" if one < a_share else "b" for one in rng.random(count)]
    texts = [f"{label} {' '.join(rng.choice(WORDS, 10))} {more}".strip() for label in labels]
    return texts, labels


def chance(text: str) -> float:
    """Return a number from 0 to 1 that only looks like chance: the same for the same text."""
    return float(np.random.default_rng(list(text.encode())).random())


def answering(odds: Callable[[str], float]) -> Callable[[list[str]], Replies]:
    """Return a model that is right, with these log odds."""

    def answer(texts: list[str]) -> Replies:
        sure = 1 / (1 + np.exp(-np.array([odds(text) for text in texts])))
        is_a = np.array([text.startswith("a") for text in texts])
        table = np.column_stack([np.where(is_a, sure, 1 - sure), np.where(is_a, 1 - sure, sure)])
        return Replies(LABELS, table.reshape(-1, 2), "all")

    return answer


def look(
    odds: Callable[[str], float], train: Draw | None, rows: Draw, **more: object
) -> tuple[dict[str, Measured], Found]:
    given = None if train is None else Rows(*map(tuple, train), tuple(range(len(train[0]))))  # type: ignore[arg-type]  # two lists of text
    found = examine_privacy(case_of(answering(odds), *rows, train=given, **more))
    return named(found.evidence), found


def remembering(train: Draw, by: float) -> Callable[[str], float]:
    """Return the odds of a model that is surer of rows that it learned from."""
    learnt = set(train[0])
    return lambda text: 2 * chance(text) + by * (text in learnt)


def test_without_training_rows_it_says_what_to_give() -> None:
    figures, found = look(chance, None, draw(100, 0))
    assert set(figures) == {*NAMES, *PARENT_NAMES}
    for item in figures.values():
        assert isinstance(item, NotMeasured)
        assert "--train" in item.reason
    assert found.pictures == found.rows == ()


def test_a_model_that_remembers_is_found_out_and_one_that_does_not_is_not() -> None:
    train, rows = draw(250, 1), draw(420, 2)
    figures, found = look(remembering(train, 3.0), train, rows)
    assert known(figures, "privacy.membership_auroc").value == 1
    excess = known(figures, "privacy.membership_excess")
    assert excess.low is not None
    assert excess.low > 30
    assert known(figures, "privacy.membership_advantage").value > 90
    assert len(found.rows) == 10
    assert all(row.row is None and row.text in train[0] for row in found.rows)
    assert all("row " in row.note and "100%" in row.note for row in found.rows)

    figures, found = look(chance, train, rows)
    sound = known(figures, "privacy.membership_excess")
    assert sound.high is not None
    assert sound.high < 15
    assert found.rows == ()


def test_one_row_in_five_given_away_shows_at_few_false_alarms() -> None:
    train, rows = draw(300, 3), draw(900, 4)
    fifth = set(train[0][::5])
    figures, _ = look(lambda text: 2 * chance(text) + 9 * (text in fifth), train, rows)
    found = known(figures, "privacy.tpr_at_1pct_fpr")
    assert found.low is not None
    assert found.high is not None
    assert 0.15 < found.low < 0.2 < found.high < 0.26
    assert known(figures, "privacy.membership_auroc").value < 0.65


def test_a_claim_at_few_false_alarms_needs_rows_for_it() -> None:
    train = draw(150, 3)
    figures, _ = look(remembering(train, 3.0), train, draw(350, 4))
    item = figures["privacy.tpr_at_1pct_fpr"]
    assert isinstance(item, NotMeasured)
    assert str(LEAST_OTHERS) in item.reason
    assert 0.99**LEAST_OTHERS < 0.025 < 0.99 ** (LEAST_OTHERS - 1)


def test_copies_between_the_files_count_on_neither_side() -> None:
    rows = draw(200, 5)
    learnt = ([*rows[0][:190], *(f"{text} x" for text in rows[0][190:])], rows[1])
    figures, _ = look(remembering(learnt, 5.0), learnt, rows)
    item = figures["privacy.membership_auroc"]
    assert isinstance(item, NotMeasured)
    assert item.reason.startswith("0 training rows and 0 others")

    one = draw(1, 6)
    again = ([*one[0] * 300, *draw(30, 7)[0]], [*one[1] * 300, *draw(30, 7)[1]])
    figures, _ = look(chance, again, rows)
    method = known(figures, "privacy.membership_auroc").method
    (few,) = re.findall(r"(\d+) training rows", method)
    assert int(few) <= 31  # thirty that differ, and one of the three hundred


def test_another_mix_of_classes_is_not_taken_for_memory() -> None:
    train, rows = draw(400, 8, a_share=0.9), draw(400, 9, a_share=0.1)

    def easy(text: str) -> float:
        return 2 * chance(text) + 4 * text.startswith("a")

    odds = [np.array([easy(text) for text in texts]) for texts, _ in (rows, train)]
    assert auroc(*odds) > 0.85  # what it would come to without a match of classes
    figures, _ = look(easy, train, rows)
    told = known(figures, "privacy.membership_auroc")
    assert told.low is not None
    assert told.low < 0.5
    assert abs(told.value - 0.5) < 0.1


def test_what_is_easy_for_a_whole_class_is_taken_off_before_rows_are_held_together() -> None:
    train, rows = draw(250, 10), draw(250, 11)
    learnt = set(train[0])
    figures, _ = look(
        lambda text: 2 * chance(text) + 5 * text.startswith("a") + (text in learnt), train, rows
    )
    by_margin = known(figures, "privacy.membership_auroc").value
    assert by_margin > known(figures, "privacy.score.loss.auroc").value + 0.1


def test_files_that_differ_in_themselves_are_not_held_against_the_model() -> None:
    """It is surer of a word that only the training file holds, whatever it learned from."""
    train, rows = draw(400, 12, more="lately"), draw(800, 13)
    figures, _ = look(lambda text: 2 * chance(text) + 3 * ("lately" in text), train, rows)
    assert known(figures, "privacy.membership_auroc").value == 1
    text = known(figures, "privacy.text_auroc")
    assert text.low is not None
    assert text.low > DIFFER
    for name in ("privacy.membership_excess", "privacy.tpr_at_1pct_fpr"):
        item = figures[name]
        assert isinstance(item, NotMeasured)
        assert "the texts alone" in item.reason


def test_files_that_differ_a_little_leave_the_question_open() -> None:
    rng = np.random.default_rng(0)
    train, rows = draw(500, 14), draw(700, 15)
    for (texts, _), share in ((train, 0.7), (rows, 0.3)):
        texts[:] = [f"{one} lately" if rng.random() < share else one for one in texts]
    figures, _ = look(lambda text: 2 * chance(text) + 3 * ("lately" in text), train, rows)
    raw = known(figures, "privacy.membership_auroc")
    excess = known(figures, "privacy.membership_excess")
    assert raw.low is not None
    assert excess.low is not None
    assert raw.low > 0.63
    assert excess.low < 5
    assert excess.value < 5


def test_a_word_of_few_training_rows_is_not_taken_for_a_row_that_was_learned() -> None:
    """The two files hardly differ on average, and yet words alone name one training row in six."""
    rng = np.random.default_rng(1)
    (texts, labels), rows = draw(500, 26), draw(800, 27)
    texts = [f"{text} lately" if rng.random() < 0.17 else text for text in texts]
    odds = {True: 7.0, False: 0.0}
    figures, _ = look(lambda text: chance(text) + odds["lately" in text], (texts, labels), rows)
    assert known(figures, "privacy.text_auroc").value < 0.62
    item = figures["privacy.tpr_at_1pct_fpr"]
    assert isinstance(item, NotMeasured)
    assert "the texts alone tell" in item.reason


def test_a_bare_label_leaves_being_right_to_score() -> None:
    train, rows = draw(200, 16), draw(200, 17)
    learnt = set(train[0])

    def answer(texts: list[str]) -> list[str]:
        right = [text in learnt or chance(text) < 0.5 for text in texts]
        return [
            text[0] if is_right else "ab"[text[0] == "a"]
            for text, is_right in zip(texts, right, strict=True)
        ]

    given = Rows(*map(tuple, train), tuple(range(200)))  # type: ignore[arg-type]  # two lists of text
    figures = named(examine_privacy(case_of(answer, *rows, train=given)).evidence)
    told = known(figures, "privacy.membership_auroc")
    assert abs(told.value - 0.75) < 0.06
    assert known(figures, "privacy.score.sureness.auroc").value == 0.5


def test_it_asks_of_the_training_rows_what_the_shortcuts_asked_already() -> None:
    train, rows = draw(500, 18), draw(300, 19)
    given = Rows(*map(tuple, train), tuple(range(500)))  # type: ignore[arg-type]  # two lists of text
    case = case_of(answering(chance), *rows, train=given, effort=QUICK)
    before = case.asker.queries
    examine_privacy(case)
    assert case.asker.queries - before <= QUICK.changed_rows
    examine_shortcuts(case)
    before = case.asker.queries
    examine_privacy(case)
    assert case.asker.queries == before


def test_what_the_full_model_gives_away_stands_beside() -> None:
    train, rows = draw(200, 24), draw(500, 25)
    full = Parent(Asker(answering(chance), list(LABELS)), "full")
    figures, found = look(remembering(train, 3.0), train, rows, parent=full)
    assert known(figures, "privacy.membership_auroc").value == 1
    assert abs(known(figures, "privacy.parent.membership_auroc").value - 0.5) < 0.06
    assert known(figures, "privacy.parent.tpr_at_1pct_fpr").value < 0.05
    assert "the full model" in found.pictures[0].columns["by"]
    alone, _ = look(remembering(train, 3.0), train, rows)
    reason = alone["privacy.parent.membership_auroc"]
    assert isinstance(reason, NotMeasured)
    assert "--parent" in reason.reason
    effort = replace(QUICK, changed_rows=200)
    asked = full.asker.queries
    quick, _ = look(chance, train, rows, parent=full, effort=replace(effort, compared_rows=100))
    assert isinstance(quick["privacy.parent.membership_auroc"], NotMeasured)
    assert full.asker.queries == asked
    other = Parent(Asker(lambda texts: ["c"] * len(texts)), "other")
    strange, _ = look(chance, train, rows, parent=other)
    assert isinstance(strange["privacy.parent.tpr_at_1pct_fpr"], NotMeasured)


def test_the_same_seed_gives_the_same_figures() -> None:
    train, rows = draw(150, 20), draw(200, 21)
    assert look(chance, train, rows)[0] == look(chance, train, rows)[0]


def test_pictures_hold_what_their_titles_say() -> None:
    train, rows = draw(200, 22), draw(400, 23)
    _, found = look(remembering(train, 3.0), train, rows)
    curve, fifths = found.pictures
    assert {len(column) for column in curve.columns.values()} == {len(curve.columns["by"])}
    for name in set(curve.columns["by"]):
        line = [
            (float(x), float(y))
            for x, y, by in zip(
                *(curve.columns[key] for key in ("false alarms", "found", "by")), strict=True
            )
            if by == name
        ]
        assert line == sorted(line)
        assert line[-1] == (1.0, 1.0)
    first = curve.columns["found"][curve.columns["by"].index("its answers")]
    assert first == 1.0  # every training row before any other
    assert fifths.columns["training rows"] == (0.0, 0.0, 0.0, 0.0, 1.0)


def test_equal_answers_lie_evenly_in_the_fifths() -> None:
    assert spread_out(np.ones(10), np.ones(25), 5).tolist() == [2.0] * 5
    rng = np.random.default_rng(0)
    found = spread_out(rng.normal(size=4000), rng.normal(size=4000), 5)
    assert found.sum() == pytest.approx(4000)
    assert abs(found - 800).max() < 120


def test_scores_agree_with_their_formulas() -> None:
    table = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
    found = score_answers(Replies(("a", "b", "c"), table, "all"), np.array([0, 1]))
    assert found.loss == pytest.approx(np.log([0.7, 0.3]))
    assert found.entropy == pytest.approx(
        [
            0.3 * np.log(0.7) + 0.2 * np.log(0.8) + 0.1 * np.log(0.9),
            0.7 * np.log(0.3) + 0.1 * np.log(0.9) + 0.6 * np.log(0.4),
        ]
    )
    assert found.sureness.tolist() == [0.7, 0.6]
    assert found.label.tolist() == [1, 0]
    assert found.margin.tolist() == pytest.approx([0, 0])  # each is alone in its class
    certain = Replies(("a", "b"), np.array([[1.0, 0.0], [1.0, 0.0]]), "all")
    assert np.isfinite(score_answers(certain, np.array([0, 1])).margin).all()


def test_classes_are_as_frequent_on_both_sides_and_few_rows_are_lost() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.integers(0, 5, 100), rng.integers(0, 7, 340)
    one, two = match_classes(ours, theirs, rng)
    counts = [np.bincount(each, minlength=7) for each in (ours[one], theirs[two])]
    assert (counts[1] == 3 * counts[0]).all()
    assert len(one) > 60
    two, one = match_classes(theirs, ours, rng)
    assert (np.bincount(theirs[two], minlength=7) == 3 * np.bincount(ours[one], minlength=7)).all()


def held(found: Sequence[bool], least: float) -> bool:
    """Say whether so many hits could come of a true share of `least`: with 1 in 1,000 beyond."""
    n = len(found)
    reach = NORMAL.inv_cdf(0.999) * (least * (1 - least) / n) ** 0.5
    return float(np.mean(found)) >= least - reach


@pytest.mark.parametrize("apart", [0.0, 0.7, 2.5])
def test_intervals_hold_in_simulation(apart: float) -> None:
    """n = 150 members and 450 others, 200 repetitions, at least 93 % wanted of each."""
    rng = np.random.default_rng(int(10 * apart))
    area = NORMAL.cdf(apart / 2**0.5)
    beyond = 1 - NORMAL.cdf(NORMAL.inv_cdf(0.99) - apart)
    areas, matched, shares = [], [], []
    for _ in range(200):
        ours, theirs = rng.normal(apart, 1, 150), rng.normal(0, 1, 450)
        low, high = auroc_bounds(theirs, ours, level=0.95)
        areas.append(low <= area <= high)
        kinds = (np.arange(450) % 5, np.arange(150) % 5)
        shift = 3.0 * kinds[0], 3.0 * kinds[1]  # the kind itself must tell nothing
        _, low, high, size = matched_auroc(
            (theirs + shift[0], kinds[0]), (ours + shift[1], kinds[1])
        )
        assert 220 <= size <= 225
        matched.append(low <= area <= high)
        _, low, high = found_at(ours, theirs)
        shares.append(low <= beyond <= high)
    assert held(areas, 0.93)
    assert held(matched, 0.93)
    assert held(shares, 0.93)


def test_the_texts_alone_raise_few_false_alarms() -> None:
    """Two files drawn alike are told to differ in at most 5 % of 60 repetitions."""
    rng = np.random.default_rng(0)
    told = []
    for _ in range(60):
        texts = [" ".join(rng.choice(WORDS, 8)) for _ in range(300)]
        is_member = np.arange(300) < 100
        found = tell_by_text(texts, is_member, rng)
        told.append(auroc_bounds(found[~is_member], found[is_member])[0] > DIFFER)
    assert sum(told) <= 3


def test_one_word_that_tells_is_not_drowned_by_many_that_do_not() -> None:
    told = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        names = [" ".join(f"name{one}" for one in row) for row in rng.integers(0, 900, (600, 16))]
        is_member = np.arange(600) < 200
        is_said = rng.random(600) < np.where(is_member, 0.6, 0.3)
        texts = [
            f"{text} lately" if one else text for text, one in zip(names, is_said, strict=True)
        ]
        found = tell_by_text(texts, is_member, rng)
        told.append(auroc(found[~is_member], found[is_member]))
    assert float(np.mean(told)) > 0.62  # the word alone tells 65 %


def test_a_wrong_answer_is_the_worse_the_surer_it_is() -> None:
    """Where a model tells the probability of its answer only, the others share what is left."""
    table = np.array([[0.9, 0.0, 0.0], [0.6, 0.0, 0.0], [0.0, 0.8, 0.0]])
    found = score_answers(Replies(("a", "b", "c"), table, "best"), np.array([1, 1, 1]))
    assert found.loss == pytest.approx(np.log([0.05, 0.2, 0.8]))
    assert found.margin[0] < found.margin[1] < found.margin[2]


def test_no_advantage_is_found_where_there_is_none() -> None:
    """A threshold picked on the rows that it is counted on would find some 8 points here."""
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(200):
        ours, theirs = rng.normal(size=100), rng.normal(size=100)
        hits, alarms = advantage(ours, theirs, rng)
        gains.append((hits - alarms) / 100)
    assert abs(float(np.mean(gains))) < 0.02
