"""What became of one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The answers to the texts of one request, in their order.

    Args:
        cells: the answers, as `Task.decode` writes them.
        chances: that each is right, 0 to 1, calibrated.
        unsure: a person should look.
        is_lexical: the word tier answered; else the encoder read the text.
        probabilities: (texts, outputs) calibrated.
        ids: token ids of each text.
        known: share of each text's features that training had seen.
    """

    cells: list[str]
    chances: list[float]
    unsure: list[bool]
    is_lexical: list[bool]
    probabilities: NDArray[np.float32]
    ids: list[list[int]]
    known: list[float]
