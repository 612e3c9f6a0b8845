"""The decision: pass, fail, or not enough data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, Verdict
from lissom.govern.figures import count, say_number
from lissom.govern.gates import policy
from lissom.govern.judge import Judged, judge, judge_classes
from lissom.govern.judge_labels import has_sets, judge_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Finding, Measured, Outcome
    from lissom.govern.gates import Gates

REASONS = 3
# Rows that are in the test file and among those learned from make every score too good.
_LEAK = "leak"
_ORDER = {"broken": 0, "open": 1, "holds": 2}


def decide(
    evidence: Sequence[Measured],
    findings: Sequence[Finding],
    warnings: Sequence[str],
    gates: Gates,
    classes: int,
) -> Verdict:
    """Return the verdict with exactly three reasons and the next step.

    Fail when any rule is broken for certain (the whole interval is on the wrong side); not enough
    data when an interval holds its limit, a figure is missing, or rows leaked; else pass.

    Args:
        evidence: every figure that was measured, or why it was not.
        findings: what the audit saw; a high one whose kind starts with "leak" leaves it open.
        warnings: said loudly elsewhere; a pass points at them.
        gates: what the user demands.
        classes: different labels that the model can give.

    >>> from lissom.govern.gates import Gates
    >>> decide((), (), (), Gates(), 2).outcome
    'not enough data'
    """
    sets = has_sets(evidence)
    rules = [judge(rule, evidence) for rule in policy(gates, has_sets=sets)]
    found = judge_labels(evidence, classes) if sets else judge_classes(evidence, classes)
    # The classes come second: first how often it is right, then whether that is one class only.
    judged = [rules[0], found, *rules[1:], *_leaks(findings)]
    judged.sort(key=lambda item: _ORDER[item.state])
    outcome = _outcome(judged)
    return Verdict(
        outcome,
        _headline(outcome, judged, evidence, warnings),
        tuple(item.reason for item in judged[:REASONS]),
        _next_step(outcome, judged, findings),
        tuple(item.gate for item in judged if item.gate and item.state == "broken"),
    )


def _leaks(findings: Sequence[Finding]) -> list[Judged]:
    return [
        Judged(
            "open",
            "rows that it learned from are among those it was tested on",
            f"{finding.title.rstrip('.')} ({count(finding.count, 'row')}), so the scores may be "
            "too good.",
            "Take the rows listed in report-private.html out of one of the two files",
        )
        for finding in findings
        if finding.severity == "high" and finding.kind.split(".")[0] == _LEAK
    ]


def _outcome(judged: Sequence[Judged]) -> Outcome:
    states = {item.state for item in judged}
    if "broken" in states:
        return "fail"
    return "not enough data" if "open" in states else "pass"


def _headline(
    outcome: Outcome,
    judged: Sequence[Judged],
    evidence: Sequence[Measured],
    warnings: Sequence[str],
) -> str:
    first = judged[0].short
    if outcome == "fail":
        return f"Not good enough yet: {first}."
    if outcome == "not enough data":
        return f"Not enough data to tell: {first}."
    some = "the warning" if len(warnings) == 1 else f"the {len(warnings)} warnings"
    also = f"; read {some} first" if warnings else ""
    if has_sets(evidence):
        given, there = _say("task.micro_precision", evidence), _say("task.micro_recall", evidence)
        return (
            f"Good to use: {given} of the labels that it gives are right, and it finds {there} of "
            f"those there are, on rows that it had not seen{also}."
        )
    shown = _say("task.accuracy", evidence)
    return f"Good to use: it is right on {shown} of rows that it had not seen{also}."


def _say(name: str, evidence: Sequence[Measured]) -> str:
    item = next((item for item in evidence if item.name == name), None)
    return say_number(item.value, item.unit) if isinstance(item, Evidence) else ""


def _next_step(outcome: Outcome, judged: Sequence[Judged], findings: Sequence[Finding]) -> str:
    again = "lissom build DATA"
    if outcome != "pass":
        remedy = next((item.remedy for item in judged if item.remedy), "Label more rows")
        return f"{remedy}, then run: {again}"
    high = [finding for finding in findings if finding.severity == "high"]
    if high:
        return f"{high[0].advice.rstrip('.')}, then run: {again}"
    return "Try it on rows of your own: lissom predict BUNDLE DATA --out answers.csv"
