"""Several labels and their probabilities, as the commands take and print them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lissom.faces.as_json import of_prediction
from lissom.pipeline import Order, Prediction

if TYPE_CHECKING:
    from tests.unit.faces.conftest import FakePipeline, Run


def test_the_task_and_the_word_for_none_reach_the_pipeline(
    run: Run, pipeline: FakePipeline
) -> None:
    run("build", "tickets.csv", "--task", "labels", "--none", "nothing")
    (order,) = pipeline.asked
    assert isinstance(order, Order)
    assert (order.task, order.none) == ("labels", "nothing")


def test_without_them_nobody_has_said(run: Run, pipeline: FakePipeline) -> None:
    run("build", "tickets.csv")
    (order,) = pipeline.asked
    assert isinstance(order, Order)
    assert (order.task, order.none) == (None, None)


def test_probabilities_stand_at_the_end_of_a_line(run: Run) -> None:
    assert run("predict", "m", "--say", "hi").stdout == "HI\t0.7500\tfalse\n"
    result = run("predict", "m", "--say", "hi", "--probabilities")
    assert result.stdout == "HI\t0.7500\tfalse\tA=0.7500\tB=0.2500\n"


def test_probabilities_are_an_object_in_json(run: Run) -> None:
    result = run("predict", "m", "--json", "--probabilities", stdin=b"hi\n")
    assert json.loads(result.stdout)["probabilities"] == {"A": 0.75, "B": 0.25}


def test_probabilities_are_asked_for_in_a_file(run: Run, pipeline: FakePipeline) -> None:
    run("predict", "m", "new.csv", "--out", "o.csv", "--probabilities")
    (asked,) = pipeline.asked
    assert isinstance(asked, tuple)
    assert True in asked


def test_labels_are_a_list_in_json_and_none_is_an_empty_one() -> None:
    several = Prediction("a|b", 0.5, unsure=False, tier="encoder", labels=("a", "b"))
    none = Prediction("-", 0.5, unsure=True, tier="lexical", labels=())
    assert of_prediction(several)["labels"] == ["a", "b"]
    assert of_prediction(none)["labels"] == []
    plain = Prediction("a", 0.5, unsure=False, tier="encoder")
    assert of_prediction(plain) == {"label": "a", "probability": 0.5, "unsure": False}
