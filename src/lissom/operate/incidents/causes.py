"""What probably lies behind an alarm, how grave it is, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

    from lissom.operate.watching.status import Harm, VersionStatus

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
"""Monitor to the cause that it speaks of, those that explain others first: strange texts change
everything that is seen of texts; other labels come with other texts; other texts with other
doubts."""

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"outside", "mix", "inputs", "confidence"}),
    frozenset({"accuracy"}),
    frozenset({"errors"}),
    frozenset({"slow"}),
)
"""Monitors that one change sets off together. Being wrong, failing and being slow stand for
themselves: whoever is called for one of these must not find it under another heading."""

_USUAL_SHARE = 0.01
"""Of the reference, so many texts are stranger than 99 in 100 of it."""
_LENIENT = 2.0
"""Some strange texts do not look it."""

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


def find_cause(monitors: Collection[str], status: VersionStatus) -> Cause:
    """Return what probably lies behind some alarms: the widest cause that the figures bear out.

    A monitor says that something moved, and nearly every change moves several. What was measured
    then tells them apart: no more strange texts than ever means that the texts are not out of
    scope, and shares of labels as they were mean that their mix has not moved. Where the figures
    speak against all of them, the widest one stands.

    Args:
        monitors: whose alarms they are, at least one; keys of `CAUSE_OF`, of one family.
        status: the figures of now.
    """
    named = [cause for monitor, cause in CAUSE_OF.items() if monitor in monitors]
    return next((cause for cause in named if not _is_refuted(cause, status)), named[0])


def family_of(monitor: str) -> frozenset[str]:
    """Return the monitors that are set off together with one.

    >>> sorted(family_of("accuracy"))
    ['accuracy']
    """
    return next(family for family in FAMILIES if monitor in family)


def _is_refuted(cause: Cause, status: VersionStatus) -> bool:
    """Say whether a figure with its interval speaks against a cause; not measured never does."""
    moved = _moved(status)
    if cause == "class mix":
        return moved == 0
    if cause != "out of scope":
        return False
    strange = next((one for one in status.figures if one.name == "watch.outside"), None)
    if strange is None or strange.low is None or strange.high is None:
        return False
    # Texts that came anew move the labels by their own share at most. Where the labels moved
    # further than twice the strange ones could, the strange ones are not what moved them.
    could = _LENIENT * (strange.high - _USUAL_SHARE)
    return strange.low <= _USUAL_SHARE or (moved is not None and moved > could)


def _moved(status: VersionStatus) -> float | None:
    """Return the share of texts that changed label, as far as it is certain; None: not measured."""
    if not status.mix:
        return None
    sure = [share for share in status.mix if not share.low <= share.before <= share.high]
    return sum(abs(share.now - share.before) for share in sure) / 2


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
