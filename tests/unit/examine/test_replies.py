"""Answers are read in every form that a callable may give them, and refused in every other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from lissom.errors import WrongAnswersError
from lissom.examine import Asker, Replies, TimeUpError, read_replies


@dataclass
class Said:
    label: str
    probability: float = 0.75
    unsure: bool = False


def test_labels_alone_carry_no_probability() -> None:
    found = read_replies(["b", 7, "b"], 3)
    assert found.classes == ("7", "b")
    assert found.says == "label"
    assert found.predicted.tolist() == [1, 0, 1]
    assert found.is_unsure is None


def test_known_classes_keep_their_order_and_new_ones_follow() -> None:
    assert read_replies(["x", "a"], 2, ["z", "a"]).classes == ("z", "a", "x")


def test_pairs_and_objects_carry_the_probability_of_the_answer() -> None:
    pairs = read_replies([("a", 0.5), ("b", 0.9)], 2)
    assert (pairs.says, pairs.sureness.tolist()) == ("best", [0.5, 0.9])
    objects = read_replies([Said("a"), Said("b", 0.6, unsure=True)], 2)
    assert objects.is_unsure is not None
    assert objects.is_unsure.tolist() == [False, True]
    assert objects.sureness.tolist() == [0.75, 0.6]


def test_maps_and_arrays_carry_all_probabilities() -> None:
    maps = read_replies([{"a": 0.2, "b": 0.8}, {"b": 0.1, "a": 0.9}], 2)
    assert maps.probabilities.tolist() == [[0.2, 0.8], [0.9, 0.1]]
    table = read_replies(np.array([[0.2, 0.8]]), 1, ["b", "a"])
    assert (table.says, table.classes) == ("all", ("b", "a"))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "NoneType"),
        ("ab", "returned str"),
        (["a"], "1 answers to 2 texts"),
        (np.array([[0.5, 0.5], [0.5, 0.5]]), "2 columns"),
        ([{"a": 0.7, "b": 0.7}, {"a": 1.0}], "sum to 1.4"),
        ([{"a": 1.2, "b": -0.2}, {"a": 1.0}], "outside 0 to 1"),
        ([{"a": float("nan")}, {"a": 1.0}], "outside 0 to 1"),
        ([{"a": "much"}, {"a": 1.0}], "str as a probability"),
        ([{"a": 1.0}, "b"], "several forms"),
        ([("a", 0.0), ("b", 0.5)], "probability of 0"),
        ([Said("a"), "b"], "several forms"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_in_one_sentence(raw: object, why: str) -> None:
    with pytest.raises(WrongAnswersError, match=why):
        read_replies(raw, 2)


def test_a_text_is_asked_once_whatever_the_order() -> None:
    seen: list[str] = []

    def answer(texts: list[str]) -> list[str]:
        seen.extend(texts)
        return [text[:1] for text in texts]

    asker = Asker(answer)
    first = asker.ask(["b1", "a1", "b1"])
    second = asker.ask(["a1", "c1"])
    assert seen == ["b1", "a1", "c1"]
    assert asker.queries == 3
    assert first.classes == ("a", "b")
    assert [second.classes[i] for i in second.predicted] == ["a", "c"]
    assert asker.ask([]).is_unsure is None


def test_answers_that_were_kept_are_not_asked_for_again() -> None:
    first = Asker(lambda texts: [(text, 0.5) for text in texts])
    first.ask(["x", "y"])
    marks, replies = first.everything()

    def refuse(_: list[str]) -> object:
        raise AssertionError

    second = Asker(refuse)
    second.remember(marks, replies)
    found = second.ask(["y", "x"])
    assert [found.classes[i] for i in found.predicted] == ["y", "x"]
    assert found.says == "best"
    assert second.queries == 0


def test_asking_ends_when_the_time_is_up_and_keeps_what_was_answered() -> None:
    now = [0.0]

    def answer(texts: list[str]) -> list[str]:
        now[0] += 1.0
        return ["a"] * len(texts)

    asker = Asker(answer, clock=lambda: now[0], until=2.0)
    with pytest.raises(TimeUpError):
        asker.ask([f"text {i}" for i in range(1000)])
    assert asker.known == 256
    assert len(asker.ask(["text 3"])) == 1


def test_a_texts_own_doubt_and_strangeness_come_through() -> None:
    table = np.array([[1.0, 0.0], [0.4, 0.6]])
    replies = Replies(("a", "b"), table, "all", np.array([False, True]), np.array([0.1, 0.9]))
    found = Asker(lambda _: replies).ask(["one", "two"])
    assert found.is_unsure is not None
    assert found.strangeness is not None
    assert found.is_unsure.tolist() == [False, True]
    assert found.strangeness.tolist() == [0.1, 0.9]
