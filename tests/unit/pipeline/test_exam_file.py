"""exam.toml: rules in words, tests of one's own, and one sentence for every mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lissom.errors import ExamFileError
from lissom.evidence import Evidence, NotMeasured, find_name
from lissom.pipeline.exam_calls import load_policy
from lissom.pipeline.exam_file import (
    DEFAULT_RULES,
    default_policy,
    read_policy,
    read_rule,
    rules_for,
)

WHOLE = b"""
rules = ["task.accuracy at least 0.8", "groups.<column>.gap at most 10 points"]
also = ["outside.auroc at least 0.9"]
precision = 0.97
least_rows = 50
columns = ["language"]
terms = [["north", "south"]]

[[tests]]
name = "a greeting changes nothing"
kind = "same"
prefix = "Hello. "

[[tests]]
name = "anger is a complaint"
kind = "rises"
suffix = " I am furious."
label = "complaint"
at_least = 0.9

[[tests]]
name = "plain cases"
kind = "is"
texts = ["I want my money back"]
label = "refund"
"""


def test_a_whole_file_is_read() -> None:
    policy = read_policy(WHOLE, "exam.toml")
    assert policy.is_own
    settings = policy.settings
    assert (settings.precision, settings.least_rows) == (0.97, 50)
    assert settings.columns == ("language",)
    assert settings.terms == (("north", "south"),)
    assert [test.kind for test in settings.tests] == ["same", "rises", "is"]
    figures = [rule.figure for rule in policy.rules]
    assert figures[:3] == ["task.accuracy", "groups.<column>.gap", "outside.auroc"]
    assert figures[3] == "robustness.test.a greeting changes nothing.passed_share"
    assert policy.rules[1].limit == 10
    assert policy.rules[0].gate == "task.accuracy at least 0.8"


def test_an_empty_file_keeps_the_default_rules_and_also_adds_to_them() -> None:
    assert len(read_policy(b"", "e").rules) == len(DEFAULT_RULES)
    more = read_policy(b'also = ["task.macro_f1 at least 0.5"]', "e").rules
    assert [rule.figure for rule in more][-1] == "task.macro_f1"
    assert len(more) == len(DEFAULT_RULES) + 1


@pytest.mark.parametrize("rule", [rule for rule, _ in DEFAULT_RULES])
def test_every_default_rule_speaks_of_a_figure_that_is_built(rule: str) -> None:
    found = read_rule(rule, "why")
    known = find_name(found.figure)
    assert known is not None
    assert known.is_built
    assert found.gate == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules = [", "Expected|Invalid|Unclosed|value"),
        ("rule = []", "unknown field"),
        ('rules = ["task.accuracy over 0.8"]', "not of the form"),
        ('rules = ["task.luck at least 0.8"]', "no figure"),
        ('rules = ["groups.<column>.gap at most 0.1"]', 'needs "points"'),
        ('rules = ["task.accuracy at least 80 points"]', 'has no "points"'),
        ('rules = ["task.accuracy at least much"]', "neither a number nor a figure"),
        ('rules = ["task.accuracy at least nan"]', "no number"),
        ("precision = 1.0", "precision is not between"),
        ("precision = nan", "precision is not between"),
        ("least_rows = 2", "least_rows"),
        ('terms = [["one"]]', "fewer than two words"),
        ('[[tests]]\nname = "a"\nkind = "rises"\nsuffix = "x"', "needs a label"),
        ('[[tests]]\nname = "a"\nkind = "same"', "needs texts, a prefix"),
        ('[[tests]]\nname = "a"\nkind = "is"\nlabel = "x"\nsuffix = "y"', "needs texts"),
        ('[[tests]]\nname = "a"\nkind = "odd"\nsuffix = "y"', "Invalid enum"),
        ('[[tests]]\nname = " "\nkind = "same"\nsuffix = "y"', "no name"),
        ('[[tests]]\nname = "a"\nkind = "same"\nsuffix = "y"\nat_least = 2', "at_least"),
        ('[[tests]]\nname = "a"\nkind = "same"\nsuffix = "y"\n' * 2, "two tests have one name"),
    ],
)
def test_a_mistake_is_named_with_its_file(text: str, why: str) -> None:
    with pytest.raises(ExamFileError, match=why) as caught:
        read_policy(text.encode(), "my-exam.toml")
    assert str(caught.value).startswith("my-exam.toml: ")
    assert caught.value.exit_code == 2


def test_bytes_that_are_no_text_are_a_mistake_too() -> None:
    with pytest.raises(ExamFileError):
        read_policy(b"\xff\xfe\x00", "exam.toml")


def test_the_most_special_rule_wins_and_a_later_one_over_an_earlier() -> None:
    policy = read_policy(
        b'rules = ["robustness.<change>.loss at most 20 points", '
        b'"robustness.typo.loss at most 5 points", "task.accuracy at least 0.5", '
        b'"task.accuracy at least 0.9"]',
        "e",
    )
    figures = [
        Evidence(name, 1.0, 0.0, 2.0, 10, "points", "", "")
        for name in ("robustness.typo.loss", "robustness.case.loss", "task.accuracy")
    ]
    found = {item.name: rule.limit for rule, item in rules_for(policy, figures)}
    assert found == {"robustness.typo.loss": 5, "robustness.case.loss": 20, "task.accuracy": 0.9}
    assert rules_for(policy, [NotMeasured("cost.start_ms", "")]) == []


def test_columns_on_the_command_line_win_over_those_in_the_file() -> None:
    assert load_policy(None, ("team",)).settings.columns == ("team",)
    assert load_policy(None).rules == default_policy().rules


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ExamFileError, match=r"absent\.toml: it cannot be read"):
        load_policy(Path("absent.toml"))
