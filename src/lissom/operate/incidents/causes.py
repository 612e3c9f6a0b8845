"""What probably lies behind an alarm, how grave it is, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

    from lissom.operate.watching.status import Harm

Cause = Literal[
    "out of scope", "class mix", "input drift", "confidence", "accuracy", "errors", "latency"
]
Severity = Literal["low", "medium", "high"]
Suggested = Literal["go back", "label these rows", "ignore and say why", "look at the machine"]

CAUSE_OF: dict[str, Cause] = {
    "outside": "out of scope",
    "mix": "class mix",
    "inputs": "input drift",
    "confidence": "confidence",
    "accuracy": "accuracy",
    "errors": "errors",
    "slow": "latency",
}
"""Monitor to the cause that it speaks of when nothing else explains its alarm."""

BRINGS_ALONG: dict[Cause, frozenset[str]] = {
    "out of scope": frozenset({"outside", "mix", "inputs", "confidence"}),
    "class mix": frozenset({"mix", "inputs", "confidence"}),
    "input drift": frozenset({"inputs", "confidence"}),
    "confidence": frozenset({"confidence"}),
    "accuracy": frozenset({"accuracy"}),
    "errors": frozenset({"errors"}),
    "latency": frozenset({"slow"}),
}
"""Cause to the monitors that it sets off. Strange texts change everything that is seen of texts;
other labels come with other texts; other texts with other doubts; never the other way about. Being
wrong, failing and being slow always stand for themselves: whoever is called for one of these must
not find it under another heading."""

MEANS: dict[Cause, str] = {
    "out of scope": "more texts than before are unlike any that the model met",
    "class mix": "some labels come more often, others less, than they did",
    "input drift": "the texts are written or put together otherwise than they were",
    "confidence": "the model is surer, or less sure, than it was; the texts look as they did",
    "accuracy": "true labels say that the model is wrong more often than it was",
    "errors": "more requests get no answer than was promised",
    "latency": "answers take longer than was promised",
}

ORDER: tuple[Severity, ...] = ("low", "medium", "high")


def find_cause(monitors: Collection[str]) -> Cause:
    """Return the cause that explains most of some alarms.

    Args:
        monitors: whose alarms they are, at least one; keys of `CAUSE_OF`.

    >>> find_cause({"confidence", "inputs"}), find_cause({"mix", "outside"})
    ('input drift', 'out of scope')
    """
    named = [cause for monitor, cause in CAUSE_OF.items() if monitor in monitors]
    return max(named, key=lambda cause: len(BRINGS_ALONG[cause] & set(monitors)))


def explains(cause: Cause, other: Cause) -> bool:
    """Say whether a cause sets off the very monitor by which another is known.

    >>> explains("class mix", "confidence"), explains("confidence", "class mix")
    (True, False)
    """
    return any(CAUSE_OF[monitor] == other for monitor in BRINGS_ALONG[cause])


def weigh(cause: Cause, harm: Harm) -> Severity:
    """Say how grave an incident is.

    Args:
        cause: what probably lies behind it.
        harm: whether answers are worse for it, as the monitors found.

    >>> weigh("errors", "unknown"), weigh("class mix", "unlikely"), weigh("input drift", "likely")
    ('high', 'low', 'high')
    """
    if cause in {"errors", "accuracy"} or (harm == "likely" and cause != "latency"):
        return "high"
    return "low" if harm == "unlikely" and cause != "latency" else "medium"


def suggest(cause: Cause, harm: Harm, *, can_go_back: bool) -> Suggested:
    """Say what to do.

    What came with the texts comes to every version, so going back is for what a version does
    wrong: failing, being slow, being wrong.

    >>> suggest("errors", "", can_go_back=True), suggest("out of scope", "likely", can_go_back=True)
    ('go back', 'label these rows')
    """
    if cause in {"errors", "latency", "accuracy"}:
        if can_go_back:
            return "go back"
        return "label these rows" if cause == "accuracy" else "look at the machine"
    return "ignore and say why" if harm == "unlikely" else "label these rows"
