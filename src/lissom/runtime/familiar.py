"""How much a text is like what the model learned from: its best score, and how near it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Familiar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What puts the best scores of both tiers on one scale, and where strangers begin.

    A text is the stranger the lower its best score is before it becomes a probability: softmax
    throws away how high all scores are together, which is what tells strangers. Scores tell the
    classes apart, though, and hear little of whatever all classes share; so where the encoder reads
    a text, the cosine to the nearest middle of a class counts, too.

    Args:
        slope: of the line that takes the lexical tier's best score to the encoder's, at least 0.
        offset: of that line.
        unknown: what a text loses, at least 0, that the lexical tier answers without having seen
            any feature of it in training.
        least: a text less familiar than this is unsure; None calls none strange.
        closeness: what the greatest cosine to a class counts beside the best score, at least 0;
            above 0 the graph gives the cosines behind the scores. The first bundles had none.

    Source: Hendrycks et al. (2022), ICML, maximum logit; distance to the means of classes, Lee et
    al. (2018), NeurIPS, here by the cosine.
    """

    slope: float = 1.0
    offset: float = 0.0
    unknown: float = 0.0
    least: float | None = None
    closeness: float = 0.0

    def of_read(self, best: NDArray[np.float32], near: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how familiar texts are that the encoder has read.

        Args:
            best: (texts,) best scores.
            near: (texts,) greatest cosine to the middle of a class.

        >>> Familiar(closeness=10.0).of_read(np.float32([4]), np.float32([0.5])).tolist()
        [9.0]
        """
        found: NDArray[np.float32] = best + np.float32(self.closeness) * near
        return found

    def as_read(
        self, words: NDArray[np.float32], known: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return what `of_read` would give, about, for texts that the encoder did not read.

        Args:
            words: (texts,) best lexical scores.
            known: (texts,) share of features known to the lexical tier.

        >>> Familiar(slope=2.0, unknown=3.0).as_read(np.float32([4]), np.float32([0.5])).tolist()
        [6.5]
        """
        found: NDArray[np.float32] = np.float32(self.slope) * words + np.float32(self.offset)
        return found - np.float32(self.unknown) * (np.float32(1) - known)

    def is_strange(self, familiarity: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Say which texts are too strange to be answered alone."""
        if self.least is None:
            return np.zeros(len(familiarity), np.bool_)
        strange: NDArray[np.bool_] = familiarity < np.float32(self.least)
        return strange
