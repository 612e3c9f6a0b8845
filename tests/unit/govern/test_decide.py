from __future__ import annotations

from dataclasses import replace

import pytest
import stories

from lissom.errors import UsageError
from lissom.evidence import Evidence, Finding, Measured, NotMeasured
from lissom.govern import Gates, decide
from lissom.govern.gates import policy
from lissom.govern.judge import judge


def figures(accuracy: float = 0.9, n: int = 400, **changed: Measured) -> list[Measured]:
    """Return figures that pass every rule of the house, save for what is changed."""
    sound = {
        "task.accuracy": stories.share("task.accuracy", accuracy * n, n),
        "task.majority_share": Evidence(
            "task.majority_share", 0.4, None, None, n, "share", "count", "rows"
        ),
        "calibration.ece": Evidence(
            "calibration.ece", 0.03, 0.02, 0.05, n, "share", "bootstrap", "rows"
        ),
        "compression.disagreement": stories.share("compression.disagreement", 0.02 * n, n),
        "a": stories.share("task.class.a.recall", 0.9 * n / 2, n // 2),
        "b": stories.share("task.class.b.recall", 0.8 * n / 2, n // 2),
    }
    sound.update({name.replace("__", "."): item for name, item in changed.items()})
    return list(sound.values())


def test_a_sound_model_passes_with_three_reasons_that_hold_figures() -> None:
    verdict = decide(figures(), (), (), Gates(), 2)
    assert verdict.outcome == "pass"
    assert len(verdict.reasons) == 3
    assert all(any(sign.isdigit() for sign in reason) for reason in verdict.reasons)
    assert "lissom predict" in verdict.next_step


def test_a_model_that_says_one_class_at_95_percent_imbalance_does_not_pass() -> None:
    majority = Evidence("task.majority_share", 0.95, None, None, 400, "share", "count", "rows")
    evidence = figures(
        0.95,
        task__majority_share=majority,
        a=stories.share("task.class.a.recall", 380, 380),
        b=stories.share("task.class.b.recall", 0, 20),
    )
    verdict = decide(evidence, (), (), Gates(), 2)
    assert verdict.outcome == "fail"
    assert "one class" in verdict.headline


def test_a_class_of_twenty_rows_none_of_which_is_found_fails_and_is_named() -> None:
    lost = stories.share("task.class.c.recall", 0, 20)
    verdict = decide(figures(c=lost), (), (), Gates(), 3)
    assert verdict.outcome == "fail"
    assert '"c"' in verdict.reasons[0]


def test_a_class_of_four_rows_none_of_which_is_found_is_not_enough_data() -> None:
    thin = stories.share("task.class.c.recall", 0, 4)
    verdict = decide(figures(c=thin), (), (), Gates(), 3)
    assert verdict.outcome == "not enough data"
    assert verdict.next_step.startswith("Label at least 10 rows")


def test_accuracy_whose_interval_holds_the_largest_class_says_how_many_labels_settle_it() -> None:
    majority = Evidence("task.majority_share", 0.8, None, None, 50, "share", "count", "rows")
    verdict = decide(figures(0.86, 50, task__majority_share=majority), (), (), Gates(), 2)
    assert verdict.outcome == "not enough data"
    # Wilson leaves out 80 % at 86 % from 171 rows on: z^2 .8 .2 / .06^2 = 170.7; 50 are there.
    assert "about 121 rows more" in verdict.next_step
    assert "121 labels more" in verdict.reasons[0]


def test_a_calibration_error_that_is_surely_too_high_fails() -> None:
    ece = Evidence("calibration.ece", 0.3, 0.2, 0.35, 400, "share", "bootstrap", "rows")
    assert decide(figures(calibration__ece=ece), (), (), Gates(), 2).outcome == "fail"


def test_a_small_model_that_surely_answers_differently_fails() -> None:
    other = stories.share("compression.disagreement", 80, 400)
    evidence = figures(compression__disagreement=other)
    assert decide(evidence, (), (), Gates(), 2).outcome == "fail"


@pytest.mark.parametrize(
    ("gate", "outcome", "failed"),
    [(0.85, "pass", ()), (0.91, "not enough data", ()), (0.99, "fail", ("min_accuracy",))],
)
def test_only_a_gate_that_is_surely_missed_is_listed(
    gate: float, outcome: str, failed: tuple[str, ...]
) -> None:
    verdict = decide(figures(), (), (), Gates(min_accuracy=gate), 2)
    assert (verdict.outcome, verdict.failed_gates) == (outcome, failed)


def test_a_laxer_gate_of_the_users_replaces_the_limit_of_the_house() -> None:
    ece = Evidence("calibration.ece", 0.3, 0.2, 0.35, 400, "share", "bootstrap", "rows")
    verdict = decide(figures(calibration__ece=ece), (), (), Gates(max_ece=0.4), 2)
    assert verdict.outcome == "pass"


@pytest.mark.parametrize(
    "name", ["task.accuracy", "calibration.ece", "compression.disagreement", "task.majority_share"]
)
def test_a_figure_that_was_not_measured_never_passes(name: str) -> None:
    absent = NotMeasured(name, "too few rows")
    verdict = decide(figures(**{name.replace(".", "__"): absent}), (), (), Gates(), 2)
    assert verdict.outcome == "not enough data"
    assert "too few rows" in verdict.reasons[0]


def test_rows_leaked_into_the_test_file_leave_it_open_until_they_are_taken_out() -> None:
    leak = Finding("leak.exact", "high", "Test rows are in the training rows.", (1,), (1,), 9, "x")
    assert decide(figures(), [leak], (), Gates(), 2).outcome == "not enough data"
    minor = replace(leak, severity="low")
    assert decide(figures(), [minor], (), Gates(), 2).outcome == "pass"


def test_a_pass_points_at_its_warnings() -> None:
    verdict = decide(figures(), (), ("a", "b"), Gates(), 2)
    assert verdict.outcome == "pass"
    assert "read the 2 warnings first" in verdict.headline


def test_a_gate_in_per_cent_is_refused_with_the_share_that_was_meant() -> None:
    with pytest.raises(UsageError, match=r"min_accuracy = 85 .* Did you mean 0.85"):
        Gates(min_accuracy=85)


def test_repeats_stand_in_for_the_certificate_in_the_house_rule_but_not_in_a_gate() -> None:
    """Where every row has a label, none is left to certify with."""
    absent = NotMeasured("compression.disagreement", "0 texts were kept apart")
    good, bad = (stories.share("compression.disagreement_repeats", hits, 400) for hits in (4, 120))
    house = next(r for r in policy(Gates()) if r.figure == absent.name)
    gate = next(r for r in policy(Gates(max_disagreement=0.1)) if r.figure == absent.name)
    assert judge(house, [absent, good]).state == "holds"
    assert judge(house, [absent, bad]).state == "broken"
    assert judge(house, [absent]).state == "open"
    assert judge(gate, [absent, good]).state == "open"
