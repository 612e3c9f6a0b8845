"""A build whose labels cannot tell how good it is says so, and shows no figure about it."""

from __future__ import annotations

import numpy as np

from lissom.evidence import Evidence, NotMeasured, Verdict
from lissom.learn import UNKNOWN, Field
from lissom.pipeline.exam import Examined
from lissom.pipeline.starts import (
    Started,
    judged_targets,
    measure_start,
    say_start,
    tell_start,
    unmeasure,
    warn_start,
)

CLASSES = ("delivery", "praise", "refund")
REASON = "no row has a label"
ZERO = Field(("names",), REASON, REASON, (0, 1, 2))
OPEN = Field()


def started(field: Field, targets: list[int], held: list[int], whole: list[int]) -> Started:
    return Started(field, CLASSES, np.array(targets), np.array(held), np.array(whole), "inbox.csv")


def examined() -> Examined:
    def one(name: str) -> Evidence:
        return Evidence(name, 0.9, 0.8, 1.0, 10, "share", "m", "s")

    names = ("task.accuracy", "task.class.praise.recall", "cost.start_ms", "calibration.ece")
    return Examined(tuple(map(one, names)), (), ("It never says praise.",), ())


def test_every_figure_about_being_right_is_replaced_by_the_reason() -> None:
    found = unmeasure(examined(), "hidden")
    by_name = {item.name: item for item in found.evidence}
    assert by_name["task.accuracy"] == NotMeasured("task.accuracy", "hidden")
    assert by_name["calibration.ece"] == NotMeasured("calibration.ece", "hidden")
    assert isinstance(by_name["cost.start_ms"], Evidence)
    assert "task.class.praise.recall" not in by_name
    assert found.warnings == ()
    assert found.mistakes == ()


def test_a_zero_shot_start_is_said_plainly_and_counted_on_unlabelled_rows() -> None:
    start = started(ZERO, [UNKNOWN] * 4, [0, 0, 1, 1], [0, 0, 0, 1])
    found = tell_start(examined(), start, is_tested=False)
    figures = {item.name: item for item in found.evidence}
    assert isinstance(figures["task.accuracy"], NotMeasured)
    largest, unused, stable = (
        figures[f"start.{name}"] for name in ("largest_share", "unused_classes", "stability")
    )
    assert isinstance(largest, Evidence)
    assert largest.value == 0.75
    assert isinstance(unused, Evidence)
    assert unused.value == 1
    assert isinstance(stable, Evidence)
    assert stable.value == 0.75
    assert "zero-shot start from 3 class names" in found.warnings[0]
    assert "was not measured" in found.warnings[0]
    assert '"refund" has no row' in found.warnings[1]


def test_with_a_test_file_the_start_is_said_and_its_figures_stay() -> None:
    start = started(ZERO, [UNKNOWN] * 3, [0, 1, 2], [0, 1, 2])
    found = tell_start(examined(), start, is_tested=True)
    assert found.evidence[0] == examined().evidence[0]
    assert "measured on the test file only" in found.warnings[0]
    assert found.warnings[-1] == "It never says praise."


def test_a_class_with_a_name_only_is_named() -> None:
    field = Field(("propagation",), "why", "", (2,))
    warnings = warn_start(started(field, [0, 1, UNKNOWN], [0, 1, 2], [0, 1, 2]), is_tested=False)
    assert len(warnings) == 1
    assert warnings[0].startswith('"refund" has no labelled row')


def test_one_label_for_each_class_is_said_not_to_be_measured() -> None:
    field = Field(("propagation",), "why", "3 of 3 labels are the only one of their class")
    start = started(field, [0, 1, 2, UNKNOWN], [0, 1, 2, 0], [0, 1, 2, 0])
    (warning,) = warn_start(start, is_tested=False)
    assert "3 of 3 labels" in warning
    assert "second row of each class" in warning
    assert warn_start(start, is_tested=True) == ()
    assert measure_start(start) == ()


def test_an_ordinary_build_is_told_nothing_new() -> None:
    start = started(OPEN, [0, 1, 2, UNKNOWN], [0, 1, 2, 0], [0, 1, 2, 0])
    before = examined()
    found = tell_start(before, start, is_tested=False)
    assert found.evidence == before.evidence
    assert found.warnings == before.warnings


def test_the_headline_of_a_zero_shot_start_says_so() -> None:
    verdict = Verdict("not enough data", "Not enough data to tell.", ("a", "b", "c"), "Label.")
    said = say_start(verdict, ZERO, is_tested=False)
    assert "zero-shot" in said.headline
    assert said.reasons == verdict.reasons
    assert say_start(verdict, ZERO, is_tested=True) == verdict
    assert say_start(verdict, OPEN, is_tested=False) == verdict


def test_thresholds_are_chosen_on_labels_that_can_be_hidden() -> None:
    targets = np.array([0, 0, 1, 2, 2, UNKNOWN])
    groups = np.array([0, 1, 2, 3, 3, 4])
    assert judged_targets(OPEN, targets, groups).tolist() == [0, 0, *[UNKNOWN] * 4]
    assert (judged_targets(ZERO, targets, groups) == UNKNOWN).all()
    everything = judged_targets(OPEN, targets[:2], groups[:2])
    assert everything.tolist() == [0, 0]
