"""What the monitors have to say, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from lissom.evidence import Evidence, NotMeasured

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["not enough data yet", "calm", "alarm"]
Harm = Literal["likely", "unlikely", "unknown", ""]

MEANINGS = {
    "inputs": "the texts are not what they were",
    "mix": "some labels come more often, others less, than they did",
    "confidence": "the model is surer, or less sure, than it was",
    "outside": "more texts are unlike any that the model met before",
    "slow": "answers take longer than was promised",
    "errors": "more requests get no answer than was promised",
    "accuracy": "labels say that the model is wrong more often than it was",
}
"""Monitor to what its alarm says."""


class MonitorStatus(msgspec.Struct, frozen=True):
    """One monitor.

    Args:
        name: a key of `MEANINGS`.
        state: an alarm stays until the change is accepted.
        closeness: how near the evidence is to the bar, 0 to 1; an alarm is 1.
        since_ms: when the alarm was raised, in milliseconds since 1970.
    """

    name: str
    state: State
    closeness: float = 0.0
    since_ms: int | None = None


class Share(msgspec.Struct, frozen=True):
    """How often a label comes.

    Args:
        label: its name.
        before: in the reference.
        now: in the latest texts, corrected for the model's mistakes.
        low: lower end of the 95 % interval of `now`.
        high: upper end.
        second: the same by another method; where the two differ much, believe neither.
    """

    label: str
    before: float
    now: float
    low: float
    high: float
    second: float


class VersionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one model.

    Args:
        model: its name.
        version: of the bundle.
        state: of the monitors together.
        says: one sentence.
        harm: does the change make answers worse? "" where nothing has changed.
        looked_ms: when it was looked at last, in milliseconds since 1970.
        looks: how often.
        answers: in the log.
        details: rows for the reference so far, at most `wanted`.
        wanted: rows that the reference needs.
        labels: true labels that were told.
        monitors: one each.
        mix: the labels whose share has changed most.
        figures: accuracy from labels, accuracy without labels, share of texts from outside; and
            the reasons for those that are not measured.
        not_measured: likewise.
    """

    model: str
    version: str
    state: State
    says: str
    harm: Harm
    looked_ms: int
    looks: int
    answers: int
    details: int
    wanted: int
    labels: int
    monitors: tuple[MonitorStatus, ...]
    mix: tuple[Share, ...] = ()
    figures: tuple[Evidence, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()


def add_figures(status: VersionStatus, more: Sequence[Evidence | NotMeasured]) -> VersionStatus:
    """Return a status with more figures, or the reasons why there are none."""
    figures = tuple(one for one in more if isinstance(one, Evidence))
    gaps = tuple(one for one in more if isinstance(one, NotMeasured))
    return msgspec.structs.replace(
        status,
        figures=(*status.figures, *figures),
        not_measured=(*status.not_measured, *gaps),
    )


def summarise(
    monitors: tuple[MonitorStatus, ...], harm: Harm, details: int, wanted: int
) -> tuple[State, str]:
    """Return the state of all monitors together, and one sentence.

    >>> summarise((), "", 10, 1500)
    ('not enough data yet', 'Not enough data yet: 10 of 1500 texts for the reference.')
    """
    alarms = [one.name for one in monitors if one.state == "alarm"]
    if alarms:
        what = "; ".join(MEANINGS[name] for name in alarms)
        so = {
            "likely": "It is likely that answers are worse for it.",
            "unlikely": "It is unlikely that answers are worse for it.",
            "unknown": "Whether answers are worse for it is not known; true labels would tell.",
            "": "",
        }[harm]
        return "alarm", f"Alarm: {what}. {so}".strip()
    if not monitors or any(one.state == "not enough data yet" for one in monitors[:1]):
        return (
            "not enough data yet",
            f"Not enough data yet: {details} of {wanted} texts for the reference.",
        )
    return "calm", "Nothing has changed as far as can be told."
