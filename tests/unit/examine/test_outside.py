"""Near, far, shuffled and blank texts are told apart, each for itself."""

from __future__ import annotations

import numpy as np
import pytest
from made import case_of, known, named

from lissom.evidence import NotMeasured
from lissom.examine import Replies
from lissom.examine.outside import examine_outside, strangeness
from lissom.examine.strangers import BLANKS, make_far, make_shuffled

HOME = ("parcel", "courier", "refund", "money", "late", "broken")
TEXTS = [f"my {HOME[i % 6]} is {HOME[(i * 5 + 1) % 6]} number {i}" for i in range(120)]
LABELS = ["ship" if i % 2 else "pay" for i in range(120)]
NEAR = [f"what is the capital of country {i}" for i in range(40)]


def reader(texts: list[str]) -> Replies:
    """Know its own words, and doubt a text without one."""
    hits = np.array([sum(word in text for word in HOME) for text in texts], float)
    hits *= np.array(["my" in text.split()[:1] for text in texts])
    table = np.tile([0.9, 0.1], (len(texts), 1))
    return Replies(("pay", "ship"), table, "all", hits == 0, -hits)


def test_a_good_detector_tells_every_kind_apart_but_shuffled_words() -> None:
    found = examine_outside(case_of(reader, TEXTS, LABELS, outside=tuple(NEAR)))
    figures = named(found.evidence)
    assert known(figures, "outside.auroc").value == 1
    assert known(figures, "outside.fpr95").value == 0
    assert known(figures, "outside.passed_share").value == 0
    assert known(figures, "outside.far.auroc").value > 0.99
    assert known(figures, "outside.blank.passed_share").value == 0
    assert known(figures, "outside.blank.passed_share").low is None
    assert known(figures, "outside.auroc").n == 40
    assert "detector" in known(figures, "outside.auroc").method
    assert known(figures, "outside.probability_auroc").value == 0.5
    assert {row.note.split(":")[0] for row in found.rows} >= {"near (given)", "far (nonsense)"}
    (curve,) = found.pictures
    assert len({len(column) for column in curve.columns.values()}) == 1
    assert set(curve.columns["kind"]) == {"near (given)", "far (nonsense)", "shuffled words"}


def test_without_outside_texts_the_near_ones_are_not_measured() -> None:
    figures = named(examine_outside(case_of(reader, TEXTS, LABELS)).evidence)
    for name in ("outside.auroc", "outside.fpr95", "outside.passed_share"):
        assert isinstance(figures[name], NotMeasured)
    assert "--outside" in figures["outside.auroc"].reason  # type: ignore[union-attr]  # just looked
    assert known(figures, "outside.far.auroc").n > 100


def test_a_target_that_only_names_labels_cannot_tell_anything_apart() -> None:
    case = case_of(lambda texts: ["pay"] * len(texts), TEXTS, LABELS, outside=tuple(NEAR))
    found = examine_outside(case)
    assert all(isinstance(item, NotMeasured) for item in found.evidence)
    assert found.pictures == ()


def test_a_probability_stands_in_for_a_detector() -> None:
    def sure(texts: list[str]) -> list[tuple[str, float]]:
        return [("pay", 0.9 if text.startswith("my ") else 0.6) for text in texts]

    figures = named(examine_outside(case_of(sure, TEXTS, LABELS, outside=tuple(NEAR))).evidence)
    assert known(figures, "outside.auroc").value == 1
    assert "stated probability" in known(figures, "outside.auroc").method
    assert "outside.probability_auroc" not in figures
    assert strangeness(Replies(("a",), np.array([[0.25]]), "best")).tolist() == [0.75]


def test_few_rows_tell_nothing() -> None:
    figures = named(
        examine_outside(case_of(reader, TEXTS[:20], LABELS[:20], outside=tuple(NEAR))).evidence
    )
    assert isinstance(figures["outside.auroc"], NotMeasured)
    few = case_of(reader, TEXTS, LABELS, outside=tuple(NEAR[:3]))
    assert isinstance(named(examine_outside(few).evidence)["outside.auroc"], NotMeasured)


def test_nonsense_avoids_the_scripts_that_the_rows_use() -> None:
    rng = np.random.default_rng(0)
    made = make_far(["где моя посылка сегодня"], 300, rng)
    foreign = "".join(made[2::3])
    assert not any(0x430 <= ord(letter) <= 0x44F for letter in foreign)
    assert len(set(made)) > 290
    assert make_far(TEXTS, 30, np.random.default_rng(1)) == make_far(
        TEXTS, 30, np.random.default_rng(1)
    )


def test_shuffling_keeps_the_words_and_changes_their_order() -> None:
    made = make_shuffled(["a b c d e", "x y", "a a a a b"], 10, np.random.default_rng(0))
    assert len(made) == 1
    assert sorted(made[0].split()) == ["a", "b", "c", "d", "e"]
    assert made[0] != "a b c d e"


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_says_nothing(blank: str) -> None:
    assert not any(letter.isalnum() for letter in blank)
