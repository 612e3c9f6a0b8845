"""An answer on its way into the log, and how long it stays there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One answer on its way into the log.

    Args:
        number: under which it stands; no two are alike, and they grow.
        at_ms: when, in milliseconds since 1970.
        version: number of the version that answered, from `add_version`.
        text: is hashed, sketched and forgotten unless texts are kept.
        subject: whom it is about, or ""; hashed.
        ids: the text's tokens.
        known: share of its features that training had seen.
        label: the answer.
        chance: that it is right.
        chances: (labels,) probabilities.
        is_unsure: a person should look.
        is_lexical: the word tier answered.
        ms: how long it took.
    """

    number: int
    at_ms: int
    version: int
    text: str
    subject: str
    ids: list[int]
    known: float
    label: str
    chance: float
    chances: NDArray[np.float32]
    is_unsure: bool
    is_lexical: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept, and how long.

    Args:
        days: after which an answer is deleted; the monitors' reference is among them.
        text_days: after which a text is deleted; 0 keeps no texts at all.
        details_per_hour: answers an hour, of each version, that are kept with sketch and
            probabilities, chosen by lot; the monitors live on these.
        hot_hours: for which answers stay in the SQLite file once their hour is over; then they
            move into a Parquet file. Within a day most true labels come, and those that are told
            by a text are found there without opening a file.
    """

    days: float = 400.0
    text_days: float = 0.0
    details_per_hour: float = 2000.0
    hot_hours: float = 24.0
