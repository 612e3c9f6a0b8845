"""What a part came to, in words."""

from __future__ import annotations

from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.govern.exam_words import say_part


def share(name: str, value: float, low: float, high: float) -> Evidence:
    return Evidence(f"privacy.{name}", value, low, high, 400, "share", "made up", "made up")


TOLD = share("membership_auroc", 0.62, 0.58, 0.66)
EXCESS = Evidence("privacy.membership_excess", 11.0, 4.0, 16.0, 400, "points", "made up", "made up")


def say(*figures: Measured) -> str:
    return say_part("privacy", figures).replace("\N{NO-BREAK SPACE}", " ")


def test_privacy_is_told_in_pairs() -> None:
    said = say(TOLD, EXCESS, share("text_auroc", 0.52, 0.47, 0.57))
    assert "62.0 % (58.0 to 66.0 %) of pairs; guessing tells 50 %." in said
    assert "differ" not in said


def test_files_that_differ_are_named_before_what_goes_beyond_them() -> None:
    said = say(TOLD, EXCESS, share("text_auroc", 0.8, 0.74, 0.86))
    assert "the texts alone tell in 80.0 % (74.0 to 86.0 %)" in said
    assert "so the two files differ in themselves; beyond that it gives away 11" in said


def test_rows_named_are_told_and_a_missing_file_is_asked_for() -> None:
    said = say(TOLD, share("tpr_at_1pct_fpr", 0.07, 0.05, 0.1))
    assert said.endswith(
        "with 1 % false alarms 7.0 % (5.0 to 10.0 %) of the training rows are named."
    )
    missing = NotMeasured("privacy.membership_auroc", "give them with --train")
    assert say(missing) == "Not looked at: give them with --train."
