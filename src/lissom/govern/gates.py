"""What has to hold before a model is called good to use."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from lissom.errors import GateRangeError

Holds = Literal["above", "at least", "at most"]


@dataclass(frozen=True, slots=True)
class Gates:
    """What the user demands; None demands nothing beyond the house's own policy.

    Args:
        min_accuracy: `task.accuracy` is at least this, 0 to 1.
        min_macro_f1: `task.macro_f1` is at least this, 0 to 1.
        max_ece: `calibration.ece` is at most this, 0 to 1.
        max_disagreement: `compression.disagreement` is at most this, 0 to 1.

    Raises:
        GateRangeError: a gate outside 0 to 1.

    >>> Gates(min_accuracy=0.8).min_accuracy
    0.8
    """

    min_accuracy: float | None = None
    min_macro_f1: float | None = None
    max_ece: float | None = None
    max_disagreement: float | None = None

    def __post_init__(self) -> None:
        """Refuse what can never hold, or always does because somebody wrote 85 for 85 %."""
        for gate in fields(self):
            value = getattr(self, gate.name)
            if value is not None and not 0 <= value <= 1:
                raise GateRangeError(gate.name, value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy.

    Args:
        figure: name of the evidence that is judged.
        holds: "above" and "at least" ask its lower bound, "at most" its upper bound.
        limit: a number, or the name of another figure.
        why: the reason for the limit.
        gate: the user's gate that it came from, or "" for the house's own.
        instead: where `limit` is a figure, what one could do in place of the model.
    """

    figure: str
    holds: Holds
    limit: float | str
    why: str
    gate: str = ""
    instead: str = "always guessing the largest class"


HOUSE_POLICY: tuple[Rule, ...] = (
    Rule(
        "task.accuracy",
        "above",
        "task.majority_share",
        "A model that is no better than always guessing the largest class knows nothing.",
    ),
    Rule(
        "calibration.ece",
        "at most",
        0.15,
        'Further off than this, a stated probability or an "unsure" helps nobody decide.',
    ),
    Rule(
        "compression.disagreement",
        "at most",
        0.10,
        "When one answer in ten differs, the small model is another model than the one examined.",
    ),
)
LABEL_POLICY: tuple[Rule, ...] = (
    Rule(
        "task.micro_f1",
        "above",
        "task.constant_f1",
        "A model that is no better than giving every row the same labels knows nothing.",
        instead="giving every row the same labels",
    ),
    Rule(
        "task.micro_precision",
        "at least",
        0.50,
        "Where more of the labels that it gives are wrong than right, each has to be checked.",
    ),
    HOUSE_POLICY[1],
    Rule(
        "compression.agreement_f1",
        "at least",
        0.90,
        "When one label in ten differs, the small model is another model than the one examined.",
    ),
)
"""What holds in place of `HOUSE_POLICY` where a row has any number of labels."""

# A class of which none of this many rows was found is lost: with 0 of 10 found, the 95 % interval
# of its recall ends at 28 %. With fewer rows nobody can tell.
ROWS_TO_CALL_A_CLASS_LOST = 10


def policy(gates: Gates, *, has_sets: bool = False) -> tuple[Rule, ...]:
    """Return the rules that hold for these gates, the user's own first.

    Args:
        gates: what the user demands.
        has_sets: a row has any number of labels; an answer is then right when all of them are.

    A user's limit for a figure replaces the house's limit for it; the majority rule stays.

    >>> [rule.limit for rule in policy(Gates(min_accuracy=0.8, max_ece=0.05))]
    [0.8, 0.05, 'task.majority_share', 0.1]
    """
    asked: tuple[tuple[str, str, Holds], ...] = (
        ("min_accuracy", "task.subset_accuracy" if has_sets else "task.accuracy", "at least"),
        ("min_macro_f1", "task.macro_f1", "at least"),
        ("max_ece", "calibration.ece", "at most"),
        ("max_disagreement", "compression.disagreement", "at most"),
    )
    own = tuple(
        Rule(figure, holds, getattr(gates, gate), "You asked for it.", gate)
        for gate, figure, holds in asked
        if getattr(gates, gate) is not None
    )
    replaced = {(rule.figure, rule.holds) for rule in own}
    own_house = LABEL_POLICY if has_sets else HOUSE_POLICY
    house = tuple(rule for rule in own_house if (rule.figure, rule.holds) not in replaced)
    return own + house
