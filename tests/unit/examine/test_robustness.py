"""A change touches what it says, keeps the rest, and its cost is found where it was planted."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from made import case_of, known, named

from lissom.data import normalise
from lissom.evidence import NotMeasured
from lissom.examine.changes import CHANGES, change_all, find_change
from lissom.examine.robustness import STRENGTHS, examine_robustness
from lissom.examine.settings import QUICK, Effort, Settings, TextTest
from lissom.examine.text_tests import apply, examine_tests

TEXT = "I am sure the café door is BROKEN, and it does not open: help me find order 1105 quickly!"
TEXTS = [f"I do not have order {i}, it is big and Élan was late" for i in range(60)]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.key)
def test_every_change_changes_a_text_and_the_same_way_twice(change: object) -> None:
    made = next(one for one in CHANGES if one is change)
    for strength in STRENGTHS:
        once, again = (change_all(made, [TEXT], strength, rng(3)) for _ in range(2))
        assert once == again
        assert once != [TEXT]
        assert once[0].strip()
    assert made.title
    assert find_change(made.key) is made


@pytest.mark.parametrize("text", ["", " ", "a", "?", "\u0301", "12", "\ud83d\ude00", "no"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.key)
def test_no_change_stumbles_over_a_text_with_nothing_in_it(change: object, text: str) -> None:
    made = next(one for one in CHANGES if one is change)
    assert isinstance(made.make(text, 0.5, rng()), str)


@pytest.mark.parametrize(
    "key",
    ["case", "capitals", "small_letters", "spaces", "invisible", "direction", "no_punctuation"],
)
def test_what_people_do_not_notice_is_the_same_text_after_normalising(key: str) -> None:
    change = find_change(key)
    assert change is not None
    assert normalise(change.make(TEXT, 0.3, rng(1))) == normalise(TEXT)


def test_accents_are_taken_away_and_put_on() -> None:
    plain = find_change("no_accents")
    assert plain is not None
    assert plain.make("Élan café", 0.1, rng()) == "Elan cafe"
    marked = find_change("accents")
    assert marked is not None
    turned = marked.make("banana", 1.0, rng())
    assert turned != "banana"
    assert plain.make(turned, 0.1, rng()) == "banana"


def test_stronger_typing_errors_touch_more_words() -> None:
    change = find_change("typo")
    assert change is not None
    words = TEXT.split(" ")

    def touched(strength: float) -> float:
        found = [change.make(TEXT, strength, rng(i)).split(" ") for i in range(20)]
        return float(
            np.mean([sum(a != b for a, b in zip(words, one, strict=True)) for one in found])
        )

    assert touched(0.05) == pytest.approx(1, abs=0.2)
    assert touched(0.1) < touched(0.35) < touched(0.5)


def test_contractions_go_both_ways_and_whole_words_only() -> None:
    change = find_change("contraction")
    assert change is not None
    assert change.make("it is here", 0.1, rng()) == "it's here"
    assert change.make("don't go", 0.1, rng()) == "do not go"
    assert change.make("bit issue", 0.1, rng()) == "bit issue"
    synonym = find_change("synonym")
    assert synonym is not None
    assert synonym.make("a big bigger one", 1.0, rng()) == "a large bigger one"


def test_a_planted_weakness_is_found_and_nothing_else() -> None:
    def shy_of_capitals(texts: list[str]) -> list[str]:
        return ["b" if text.isupper() else "a" for text in texts]

    labels = ["a"] * 59 + ["b"]
    found = examine_robustness(case_of(shy_of_capitals, TEXTS, labels, effort=QUICK))
    figures = named(found.evidence)
    assert known(figures, "robustness.capitals.loss").value > 90
    assert known(figures, "robustness.capitals.accuracy").value < 0.1
    for key in ("typo", "spaces", "lookalike", "aside", "scan"):
        assert known(figures, f"robustness.{key}.loss").value == 0
    assert all("capitals" in row.note for row in found.rows)
    (bars,) = found.pictures
    assert bars.columns["change"][0] == "everything in capitals"


def test_rows_that_a_change_leaves_alone_do_not_count() -> None:
    plain = [f"hello there friend {i}" for i in range(60)]
    case = case_of(lambda texts: ["a"] * len(texts), plain, ["a"] * 59 + ["b"], effort=QUICK)
    figures = named(examine_robustness(case).evidence)
    assert isinstance(figures["robustness.no_accents.loss"], NotMeasured)
    assert "0 rows can be changed" in figures["robustness.no_accents.loss"].reason  # type: ignore[union-attr]  # just looked
    assert isinstance(figures["robustness.small_letters.accuracy"], NotMeasured)
    assert known(figures, "robustness.typo.accuracy").n == 60


def test_the_curve_falls_for_a_model_that_counts_letters() -> None:
    def exact(texts: list[str]) -> list[str]:
        return ["a" if "late" in text else "b" for text in texts]

    effort = Effort(changed_rows=60, curve_rows=60)
    found = examine_robustness(case_of(exact, TEXTS, ["a"] * 59 + ["b"], effort=effort))
    curve = next(one for one in found.pictures if one.name == "robustness.curve")
    assert len(set(curve.columns["change"])) == 4
    lines: dict[object, list[float]] = {}
    for kind, share in zip(curve.columns["change"], curve.columns["right"], strict=True):
        lines.setdefault(kind, []).append(float(share))
    assert min(line[-1] for line in lines.values()) < 0.7
    assert all(line[0] == pytest.approx(59 / 60) for line in lines.values())


def answer(texts: list[str]) -> list[dict[str, float]]:
    """Take "angry" for a complaint, and every exclamation mark a little."""
    sure = [0.9 if "angry" in text else min(0.2 + 0.1 * text.count("!"), 0.45) for text in texts]
    return [{"complaint": one, "other": 1 - one} for one in sure]


@pytest.mark.parametrize(
    ("test", "share"),
    [
        (TextTest("greeting", "same", prefix="Hello. "), 1.0),
        (TextTest("angry", "same", suffix=" I am angry"), 0.0),
        (TextTest("shout", "rises", suffix="!", label="complaint"), 1.0),
        (TextTest("shout down", "falls", suffix="!", label="complaint"), 0.0),
        (TextTest("must", "is", texts=("so angry", "quite calm"), label="complaint"), 0.5),
        (TextTest("word", "same", replace=(("late", "early"),)), 1.0),
    ],
)
def test_a_users_own_test_counts_the_texts_that_behave(test: TextTest, share: float) -> None:
    case = case_of(answer, TEXTS, ["other"] * 59 + ["complaint"], settings=Settings(tests=(test,)))
    found = examine_tests(case)
    figure = known(named(found.evidence), f"robustness.test.{test.name}.passed_share")
    assert figure.value == share
    assert bool(found.rows) == (share < 1)


def test_a_test_that_applies_to_nothing_or_asks_for_an_unknown_label_says_so() -> None:
    tests = (
        TextTest("none", "same", replace=(("unicorn", "horse"),)),
        TextTest("who", "rises", suffix="!", label="nobody"),
    )
    case = case_of(answer, TEXTS, ["other"] * 59 + ["complaint"], settings=Settings(tests=tests))
    reasons = [
        item.reason for item in examine_tests(case).evidence if isinstance(item, NotMeasured)
    ]
    assert reasons == [
        "the change applies to none of the texts",
        'the model never answers "nobody"',
    ]


def test_a_probability_that_is_not_told_cannot_rise() -> None:
    case = case_of(
        lambda texts: ["other"] * len(texts),
        TEXTS,
        ["other"] * 59 + ["complaint"],
        settings=Settings(tests=(TextTest("up", "rises", suffix="!", label="other"),)),
    )
    assert isinstance(examine_tests(case).evidence[0], NotMeasured)


def test_what_a_user_wrote_is_taken_letter_by_letter() -> None:
    test = TextTest("x", "same", replace=(("a.c", r"\1\n"),))
    assert apply(test, "abc a.c") == r"abc \1\n"


def test_typing_errors_are_still_letters() -> None:
    change = find_change("typo")
    assert change is not None
    made = "".join(change_all(change, [TEXT] * 50, 0.5, rng()))
    assert {unicodedata.category(letter)[0] for letter in made} <= {"L", "Z", "P", "N"}
