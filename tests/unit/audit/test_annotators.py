"""People who label otherwise than the rest are named, and nobody else is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lissom.audit import audit_annotators, judged
from lissom.audit.annotators import dealt_by_lot, find_annotators
from lissom.audit.consensus import Labelled, _votes, tell
from lissom.audit.strata import keep_true, tails, usual
from lissom.data import Dataset, Roles
from lissom.progress import Silent

CLASSES, EACH, PEOPLE = 4, 90, 6
RIGHT = np.repeat(np.arange(CLASSES), EACH)


def vectors(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(CLASSES, 16)) * 1.1
    found = middles[RIGHT] + rng.normal(size=(len(RIGHT), 16))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def look(labels: np.ndarray, people: np.ndarray, seed: int = 0) -> tuple[list, str]:
    frame = pl.DataFrame(
        {
            "text": [f"text number {chr(97 + i % 26)}{i}" for i in range(len(labels))],
            "label": [f"c{one}" for one in labels],
            "who": [f"p{one}" for one in people],
        }
    )
    data = Dataset.from_frame(frame, Roles("text", "label", annotator="who"), "made")
    return find_annotators(data, judged(data), vectors(seed))


def by_lot(seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, 1]).integers(0, PEOPLE, len(RIGHT))


def test_whoever_is_careless_is_named_with_the_rows_that_were_changed() -> None:
    people, labels = by_lot(), RIGHT.copy()
    mine = np.flatnonzero(people == 2)[::3]
    labels[mine] = (labels[mine] + 1 + np.arange(len(mine)) % 3) % CLASSES
    found, why = look(labels, people)
    (one,) = [seen for seen in found if seen.kind == "annotator.disagrees"]
    assert set(people[one.at]) == {2}
    assert np.isin(one.at, mine).mean() > 0.8
    assert (one.suggestions == np.array([f"c{RIGHT[at]}" for at in one.at])).mean() > 0.8
    assert (one.severity, why) == ("high", "")
    assert one.mark("some text") == "p2: some text"


def test_whoever_gives_one_class_the_name_of_another_has_another_mix() -> None:
    people, labels = by_lot(), RIGHT.copy()
    labels[(people == 3) & (RIGHT == 1)] = 2
    found, _ = look(labels, people)
    (one,) = [seen for seen in found if seen.kind == "annotator.mix"]
    assert set(people[one.at]) == {3}
    assert (RIGHT[one.at] == 1).all()
    assert '"c1" 0 times' in one.title
    assert "p3" not in one.title + one.advice


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_named_where_everybody_slips_alike(seed: int) -> None:
    rng = np.random.default_rng([seed, 2])
    labels = RIGHT.copy()
    wrong = rng.choice(len(labels), len(labels) // 10, replace=False)
    labels[wrong] = (labels[wrong] + 1) % CLASSES
    assert look(labels, by_lot(seed), seed) == ([], "")


def test_nobody_is_named_for_the_class_that_they_were_given() -> None:
    people = np.arange(len(RIGHT)) * PEOPLE // len(RIGHT)
    found, why = look(RIGHT, people)
    assert found == []
    assert why == "6 of 6 annotators were given other rows than the rest"


def test_what_two_others_say_of_the_very_text_is_believed() -> None:
    given = Labelled(
        ["Same text", "same text!", "same  text", "another", "another"],
        np.array([1, 1, 0, 0, 1]),
        np.array([0, 1, 2, 0, 1]),
        None,
    )
    assert _votes(given) == {2: 1}
    assert tell(given)[2].argmax() == 1


def test_one_persons_repeated_label_is_one_vote() -> None:
    given = Labelled(["a text"] * 4, np.array([1, 1, 1, 0]), np.array([0, 0, 0, 1]), None)
    assert 3 not in _votes(given)


def test_who_was_given_what_is_told_without_their_answers() -> None:
    chances = np.eye(CLASSES)[RIGHT] * 0.9 + 0.025
    stretches = np.arange(len(RIGHT)) * PEOPLE // len(RIGHT)
    for people, expected in ((stretches, False), (by_lot(), True)):
        given = Labelled([""] * len(RIGHT), RIGHT, people, None)
        assert (dealt_by_lot(given, chances) == expected).all()


def test_without_a_column_or_somebody_to_compare_with_nothing_is_looked_for() -> None:
    frame = pl.DataFrame({"text": ["a b", "c d"], "label": ["x", "y"], "who": ["p", "p"]})
    alone = Dataset.from_frame(frame, Roles("text", "label", annotator="who"), "made")
    found = audit_annotators(alone, None, progress=Silent())
    assert found.findings == ()
    assert list(found.not_looked) == ["annotator.mix"]
    nobody = Dataset.from_frame(frame, Roles("text", "label"), "made")
    assert audit_annotators(nobody, None, progress=Silent()).not_looked == {}


def test_rows_that_do_not_say_who_are_left_out() -> None:
    frame = pl.DataFrame({"text": ["a"] * 3, "label": ["x", "y", "x"], "who": ["p", None, " "]})
    data = Dataset.from_frame(frame, Roles("text", "label", annotator="who"), "made")
    assert find_annotators(data, judged(data), None)[1].startswith("fewer than two people")


def test_chances_over_layers_are_those_of_every_way_to_deal_out_the_rows() -> None:
    rng = np.random.default_rng(0)
    marked = [np.array([1, 1, 0, 0, 0, 0]), np.array([1, 0, 0])]
    own = [3, 1]
    drawn = [
        sum(int(rng.permutation(m)[:n].sum()) for m, n in zip(marked, own, strict=True))
        for _ in range(20_000)
    ]
    layers = (np.array(own), np.array([6, 3]), np.array([2, 1]))
    for hits in range(4):
        few, many = tails(hits, *layers)
        assert few == pytest.approx(np.mean(np.array(drawn) <= hits), abs=0.012)
        assert many == pytest.approx(np.mean(np.array(drawn) >= hits), abs=0.012)
    assert usual(*layers) == pytest.approx(4 / 3)
    assert np.mean(drawn) == pytest.approx(4 / 3, abs=0.02)


def test_a_layer_that_is_all_theirs_says_nothing() -> None:
    few, many = tails(4, np.array([9]), np.array([9]), np.array([4]))
    assert (round(few, 9), round(many, 9)) == (1.0, 1.0)


def test_of_many_chances_few_are_believed() -> None:
    rng = np.random.default_rng(1)
    assert sum(keep_true(list(rng.random(500)), 0.01).sum() for _ in range(20)) == 0
    assert keep_true([1e-9, *[0.5] * 200], 0.01).tolist() == [True] + [False] * 200
    assert keep_true([], 0.01).tolist() == []
