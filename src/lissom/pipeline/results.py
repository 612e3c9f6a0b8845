"""What the calls on a finished bundle give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lissom.evidence import Measured


@dataclass(frozen=True, slots=True)
class Predicted:
    """A finished file of answers."""

    rows: int
    unsure: int
    blank: int
    out: Path | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer.

    Args:
        label: the answer.
        probability: that it is right, 0 to 1, calibrated.
        unsure: a person should look.
        tier: "lexical" or "encoder", whichever answered.
        labels: where a text has any number of labels, those in `label`, in alphabetical order;
            None where it has one class.
        probabilities: of every class or label by name, where they were asked for.
    """

    label: str
    probability: float
    unsure: bool
    tier: str
    labels: tuple[str, ...] | None = None
    probabilities: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bundle says of itself."""

    name: str
    facts: dict[str, str]
    evidence: tuple[Measured, ...]
    is_signed: bool
    signer: str
    is_trusted: bool
