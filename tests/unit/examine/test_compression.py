"""What shrinking cost is found where it was planted, and who paid for it."""

from __future__ import annotations

import numpy as np
import pytest
from made import case_of, known, named, say

from lissom.evidence import NotMeasured
from lissom.examine import Asker, Grouping, Parent, Rows, compare_answers, measure_compression
from lissom.examine.compression import examine_compression
from lissom.examine.settings import QUICK


def test_without_a_parent_nothing_is_compared() -> None:
    found = examine_compression(case_of(lambda texts: ["a"] * len(texts), ["x"] * 40, ["a"] * 40))
    assert found.evidence
    assert all(isinstance(item, NotMeasured) for item in found.evidence)
    assert "--parent" in found.evidence[0].reason  # type: ignore[union-attr]  # just looked


def test_an_equal_model_lost_nothing_and_says_what_it_could_have_seen() -> None:
    truth = [0, 1] * 100
    small = say(truth, truth, 2)
    found = measure_compression(small, np.array(truth), [], "full", 30)
    figures = named(found.evidence)
    assert known(figures, "compression.disagreement").value == 0
    assert known(figures, "compression.accuracy_loss").value == 0
    assert 0 < known(figures, "compression.detectable_loss").value < 5
    assert known(figures, "compression.slices_worse").value == 0
    assert known(figures, "compression.class.kind 0.disagreement").n == 100


def test_the_class_and_the_group_that_paid_are_named() -> None:
    truth = np.array([0, 1, 2] * 100)
    said = truth.copy()
    said[2::6] = 0  # half of class 2
    small = say(truth.tolist(), said.tolist(), 3)
    groups = Grouping("side", tuple("left" if i % 6 == 2 else "right" for i in range(300)))
    figures = named(measure_compression(small, truth, [groups], "full", 30).evidence)
    assert known(figures, "compression.accuracy_loss").value == pytest.approx(100 / 6)
    assert known(figures, "compression.class.kind 2.accuracy_loss").value == pytest.approx(50)
    worst = known(figures, "compression.worst_slice_loss")
    assert worst.value == 100  # the group "left" lost every row
    assert worst.low is not None
    assert worst.low > 70
    assert known(figures, "compression.slices_worse").value == 2
    assert known(figures, "compression.group.side.right.accuracy_loss").value == 0
    small_slice = "compression.class.kind 2.accuracy_loss"
    alone = known(named(measure_compression(small, truth, [], "full", 30).evidence), small_slice)
    together = known(figures, small_slice)
    assert together.low is not None
    assert alone.low is not None
    assert together.low < alone.low  # more slices looked at, more care


def test_a_gain_is_a_loss_below_nothing() -> None:
    truth = np.array([0, 1] * 100)
    parent = truth.copy()
    parent[:30] = 1 - parent[:30]
    figures = named(
        measure_compression(say(truth.tolist(), truth.tolist(), 2), parent, [], "f", 30).evidence
    )
    loss = known(figures, "compression.accuracy_loss")
    assert loss.value == pytest.approx(-15)
    assert loss.high is not None
    assert loss.high < 0


def test_the_part_asks_the_parent_and_shows_the_rows_that_were_lost() -> None:
    texts = [f"text {i}" for i in range(120)]
    labels = ["a" if i % 2 else "b" for i in range(120)]

    def parent(asked: list[str]) -> list[dict[str, float]]:
        return [
            {"a": 0.8, "b": 0.2} if int(t.split()[1]) % 2 else {"a": 0.2, "b": 0.8} for t in asked
        ]

    def small(asked: list[str]) -> list[dict[str, float]]:
        return [
            {"a": 0.6, "b": 0.4} if int(t.split()[1]) > 100 else one
            for t, one in zip(asked, parent(asked), strict=True)
        ]

    case = case_of(small, texts, labels, parent=Parent(Asker(parent), "the full one"))
    found = examine_compression(case)
    figures = named(found.evidence)
    assert known(figures, "compression.disagreement").value == pytest.approx(9 / 120)
    assert known(figures, "compression.probability_shift").value == pytest.approx(
        (10 * 0.2 + 9 * 0.4) / 120, abs=0.003
    )
    assert len(found.rows) == 9
    assert "the full model says" in found.rows[0].note


def test_a_quick_look_asks_the_parent_about_fewer_rows_and_says_how_many() -> None:
    labels = ["ab"[i % 2] for i in range(900)]
    texts = [f"{label} {i}" for i, label in enumerate(labels)]
    sides: dict[str, tuple[str | None, ...]] = {"side": tuple("lr"[i % 3 == 0] for i in range(900))}
    parent = Asker(lambda asked: [text[0] for text in asked], ["a", "b"])
    case = case_of(
        lambda asked: ["b" if int(text[2:]) % 3 == 0 else text[0] for text in asked],
        texts,
        labels,
        sides,
        parent=Parent(parent, "full"),
        effort=QUICK,
    )
    found = examine_compression(case)
    figures = named(found.evidence)
    assert parent.queries == QUICK.compared_rows == 600
    assert known(figures, "compression.disagreement").n == 600
    # Rows, answers and columns stay side by side: only one side lost anything.
    assert known(figures, "compression.group.side.l.accuracy_loss").value == 0
    assert known(figures, "compression.group.side.r.accuracy_loss").value > 35
    assert all(row.row is not None and texts[row.row] == row.text for row in found.rows)


def rows_of(labels: list[str], columns: dict[str, tuple[str | None, ...]] | None = None) -> Rows:
    texts = tuple(f"row {i}" for i in range(len(labels)))
    return Rows(texts, tuple(labels), tuple(range(len(labels))), columns or {}, source="f.csv")


def compare(truth: list[int], first: list[int], second: list[int], **more: object) -> object:
    labels = [f"kind {t}" for t in truth]
    classes = max(truth) + 1
    return compare_answers(
        say(truth, first, classes),
        say(truth, second, classes),
        rows_of(labels, **more),  # type: ignore[arg-type]  # columns only
        (),
        np.random.default_rng(0),
    )


def test_two_equal_models_cannot_be_told_apart_and_the_answer_says_so() -> None:
    truth = [0, 1] * 60
    wrong = [1 - t if i // 2 % 10 == 0 else t for i, t in enumerate(truth)]
    other = [1 - t if i // 2 % 10 == 5 else t for i, t in enumerate(truth)]
    found = compare(truth, wrong, other)
    assert found.better == "the data cannot tell"
    assert "cannot tell" in found.sentence
    figures = named(found.evidence)
    assert known(figures, "compare.p_value").value == 1
    assert known(figures, "compare.detectable_difference").value > 5
    assert found.where == ()
    assert len(found.rows) == 24


def test_a_better_model_is_named_with_its_slices() -> None:
    truth = [0, 1, 2] * 100
    first = [0 if t == 2 else t for t in truth]
    found = compare(truth, first, truth)
    assert found.better == "second"
    figures = named(found.evidence)
    ahead = known(figures, "compare.accuracy_difference")
    assert ahead.value == pytest.approx(100 / 3)
    assert known(figures, "compare.first.accuracy").value == pytest.approx(2 / 3)
    assert ("class.kind 2", "second") in found.where
    assert not any("kind 0" in name or "kind 1" in name for name, _ in found.where)
    assert known(figures, "compare.macro_f1_difference").value > 30
    assert compare(truth, truth, first).better == "first"


def test_equal_models_are_called_different_in_at_most_one_run_of_twenty() -> None:
    rng = np.random.default_rng(3)
    calls = 0
    for _ in range(40):
        truth = rng.integers(0, 2, 150)
        one, other = (np.where(rng.random(150) < 0.85, truth, 1 - truth) for _ in range(2))
        calls += (
            compare(truth.tolist(), one.tolist(), other.tolist()).better != "the data cannot tell"
        )
    assert calls <= 5


def test_false_discoveries_among_slices_are_held() -> None:
    rng = np.random.default_rng(4)
    wrong = 0
    for _ in range(15):
        truth = rng.integers(0, 20, 800)
        one, other = (np.where(rng.random(800) < 0.8, truth, (truth + 1) % 20) for _ in range(2))
        wrong += bool(compare(truth.tolist(), one.tolist(), other.tolist()).where)
    assert wrong <= 3
