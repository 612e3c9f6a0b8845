"""Verdict, card and report where a row has any number of labels."""

from __future__ import annotations

from dataclasses import replace

import pytest
import stories

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.govern import Gates, decide, write_card, write_private, write_report
from lissom.govern.judge_labels import has_sets, judge_labels


def share(name: str, value: float, low: float, high: float, n: int = 400) -> Evidence:
    return Evidence(name, value, low, high, n, "share", "planted", "rows")


def figures(**changed: Measured) -> list[Measured]:
    found: dict[str, Measured] = {
        "task.subset_accuracy": share("task.subset_accuracy", 0.6, 0.55, 0.65),
        "task.micro_f1": share("task.micro_f1", 0.8, 0.77, 0.83),
        "task.micro_precision": share("task.micro_precision", 0.78, 0.74, 0.82),
        "task.micro_recall": share("task.micro_recall", 0.82, 0.78, 0.86),
        "task.macro_f1": share("task.macro_f1", 0.7, 0.66, 0.74),
        "task.constant_f1": Evidence(
            "task.constant_f1", 0.4, None, None, 400, "share", "counted", "rows"
        ),
        "calibration.ece": share("calibration.ece", 0.04, 0.02, 0.07),
        "compression.agreement_f1": share("compression.agreement_f1", 0.98, 0.97, 0.99),
        "task.class.late.recall": share("task.class.late.recall", 0.8, 0.7, 0.9, 60),
        "task.class.rude.recall": share("task.class.rude.recall", 0.5, 0.3, 0.7, 20),
    }
    found.update({name.replace("__", "."): item for name, item in changed.items()})
    return list(found.values())


def test_a_sound_model_passes_and_says_what_it_finds() -> None:
    verdict = decide(figures(), (), (), Gates(), 2)
    assert verdict.outcome == "pass"
    assert "78.0" in verdict.headline
    assert "82.0" in verdict.headline
    assert "giving every row the same labels gives 40" in verdict.reasons[0]
    assert len(verdict.reasons) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"task__micro_f1": share("task.micro_f1", 0.35, 0.3, 0.39)}, "no better than giving"),
        (
            {"task__micro_precision": share("task.micro_precision", 0.4, 0.35, 0.45)},
            "right when given is below 50",
        ),
        ({"calibration__ece": share("calibration.ece", 0.3, 0.2, 0.4)}, "calibration error"),
        (
            {"compression__agreement_f1": share("compression.agreement_f1", 0.7, 0.6, 0.8)},
            "agreement on labels is below 90",
        ),
    ],
)
def test_each_rule_can_fail_it(changed: dict[str, Measured], said: str) -> None:
    verdict = decide(figures(**changed), (), (), Gates(), 2)
    assert verdict.outcome == "fail"
    assert said in verdict.headline


def test_a_rule_whose_interval_holds_its_limit_is_open() -> None:
    thin = share("task.micro_f1", 0.45, 0.38, 0.52)
    assert decide(figures(task__micro_f1=thin), (), (), Gates(), 2).outcome == "not enough data"
    absent = NotMeasured("task.micro_f1", "9 labelled rows; 10 are needed")
    verdict = decide(figures(task__micro_f1=absent), (), (), Gates(), 2)
    assert verdict.outcome == "not enough data"
    assert "9 labelled rows" in " ".join(verdict.reasons)


def test_the_gate_of_accuracy_asks_for_whole_sets() -> None:
    low = decide(figures(), (), (), Gates(min_accuracy=0.5), 2)
    high = decide(figures(), (), (), Gates(min_accuracy=0.7), 2)
    assert (low.failed_gates, high.failed_gates) == ((), ("min_accuracy",))
    assert decide(figures(), (), (), Gates(min_macro_f1=0.9), 2).failed_gates == ("min_macro_f1",)


def lost(of: int, all_labels: int) -> list[Measured]:
    return [
        share(f"task.class.l{i}.recall", 0.0 if i < of else 0.6, 0, 1, 30)
        for i in range(all_labels)
    ]


def test_one_lost_label_of_many_is_no_failure_and_several_are() -> None:
    assert judge_labels(lost(1, 12), 12).state == "holds"
    assert "11 are found" in judge_labels(lost(1, 12), 12).reason
    assert judge_labels(lost(2, 12), 12).state == "broken"
    assert "2 of 12 labels are" in judge_labels(lost(2, 12), 12).short
    assert judge_labels(lost(1, 2), 2).state == "broken"


def test_labels_with_few_rows_are_not_judged() -> None:
    thin = [share("task.class.a.recall", 0.0, 0, 1, 9), share("task.class.b.recall", 1, 0, 1, 9)]
    assert judge_labels(thin, 2).state == "open"
    found = judge_labels([*thin, *lost(0, 3)], 5)
    assert found.state == "holds"
    assert "2 labels more have too few rows" in found.reason


def test_rows_with_one_class_are_judged_as_before() -> None:
    assert not has_sets(stories.shop().evidence)
    assert has_sets(stories.labels().evidence)


def test_the_report_shows_what_belongs_to_labels() -> None:
    page = write_report(stories.labels(), private=False)
    for words in (
        "Micro F1",
        "Label by label",
        "What it misses, and gives instead",
        "Same labels for all",
        "Micro F1 of each way of learning",
        "Expected too often by",
        "When it gives a label 80",
    ):
        assert words in page, words
    for words in ("Class by class", "What it mixes up", "Accuracy of each way"):
        assert words not in page, words


def test_the_private_report_shows_both_sets() -> None:
    page = write_private(stories.labels())
    assert "cancel_order | change_address" in page
    assert "none of the labels" in page


def test_the_report_of_five_hundred_labels_stays_readable() -> None:
    names = tuple(f"topic {i}" for i in range(500))
    page = write_report(stories.labels(names, rows=210), private=False)
    assert "the weakest 15 of" in page
    assert len(page.encode()) < 2_000_000


def test_hostile_names_do_no_harm() -> None:
    page = write_report(stories.labels(stories.HOSTILE[:6]), private=False)
    assert "<script>alert" not in page


def test_the_card_has_a_row_for_each_label_with_its_f1() -> None:
    card = write_card(stories.labels())
    assert "## Label by label" in card
    assert "| Label | Finds | 95 % interval | Right when said | 95 % interval | F1 |" in card
    lines = [line for line in card.splitlines() if line.startswith("| refund |")]
    assert len(lines) == 1
    assert lines[0].count("|") == 8
    assert '"type": "accuracy"' in card
    assert "task.class" not in card


def test_the_card_of_one_class_has_no_f1_column() -> None:
    card = write_card(stories.shop())
    assert "## Class by class" in card
    assert "| F1 |" not in card


def test_a_story_without_labels_measured_is_written_all_the_same() -> None:
    story = replace(stories.labels(), evidence=(NotMeasured("task.micro_f1", "9 rows"),))
    assert "not measured" in write_report(story, private=False)
    assert "Not measured." in write_card(story)
