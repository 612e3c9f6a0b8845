"""How scores become probabilities, and when the lexical tier may keep a text: one rule per kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.runtime.settings import AnswerSettings, LabelSettings
from lissom.tasks import choose_labels, log_odds, set_sureness, thresholds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.tasks import Labels

_FARTHEST = 30.0
"""Log-odds beyond this are 0 or 1 in float32 anyway, and exp would overflow."""


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class per text: a softmax over scores that were divided by a temperature."""

    settings: AnswerSettings

    def keeps(self, scores: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Say which texts the lexical tier keeps, by its (texts, classes) scores."""
        settings = self.settings
        margin, share = settings.defer_margin, settings.defer_known
        return keeps(scores, known, margin, share, settings.defer_score)

    def from_words(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (texts, classes) probabilities of the lexical tier."""
        return softmax(scores / np.float32(self.settings.lexical_temperature))

    def from_reading(
        self, read: NDArray[np.float32], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts, classes) probabilities for texts that the encoder has read."""
        return softmax(self._mix(read, words) / np.float32(self.settings.encoder_temperature))

    def words_familiar(
        self, scores: NDArray[np.float32], known: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts,) how familiar texts are that the lexical tier answers."""
        return self.settings.familiar.as_read(scores.max(axis=1), known)

    def reading_familiar(
        self, read: NDArray[np.float32], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts,) how familiar texts are that the encoder has read."""
        best: NDArray[np.float32] = self._mix(read, words).max(axis=1)
        familiar = self.settings.familiar
        if not familiar.closeness:
            return best
        return familiar.of_read(best, read[:, len(self.settings.classes) :].max(axis=1))

    def _mix(self, read: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
        # Behind the scores there may be cosines; see `Familiar`.
        scores = read[:, : len(self.settings.classes)]
        mixed: NDArray[np.float32] = scores + np.float32(self.settings.lexical_share) * words
        return mixed

    def is_strange(self, familiarity: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Say which texts are too strange to be answered alone."""
        return self.settings.familiar.is_strange(familiarity)

    def sureness(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (texts,) the probability that each answer is right."""
        best: NDArray[np.float32] = probabilities.max(axis=1, initial=0.0)
        return best


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Any number of labels per text: for each a sigmoid over a line through its scores."""

    settings: LabelSettings

    def keeps(self, scores: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Say which texts the lexical tier keeps, by its (texts, labels) scores."""
        settings = self.settings
        if settings.defer_margin is None:
            return np.zeros(len(scores), np.bool_)
        logits = straighten(scores, settings.lexical_slopes, settings.lexical_offsets)
        far = set_margin(logits, settings.output) >= settings.defer_margin
        kept: NDArray[np.bool_] = far & (known >= settings.defer_known)
        return kept

    def from_words(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (texts, labels) probabilities of the lexical tier."""
        settings = self.settings
        return sigmoid(straighten(scores, settings.lexical_slopes, settings.lexical_offsets))

    def from_reading(
        self, read: NDArray[np.float32], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts, labels) probabilities for texts that the encoder has read."""
        settings = self.settings
        mixed: NDArray[np.float32] = read + np.float32(settings.lexical_share) * words
        return sigmoid(straighten(mixed, settings.encoder_slopes, settings.encoder_offsets))

    def words_familiar(
        self, scores: NDArray[np.float32], _known: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts,) the best log-odds of any label, where the lexical tier answers."""
        settings = self.settings
        logits = straighten(scores, settings.lexical_slopes, settings.lexical_offsets)
        best: NDArray[np.float32] = logits.max(axis=1)
        return best

    def reading_familiar(
        self, read: NDArray[np.float32], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (texts,) the same where the encoder has read."""
        settings = self.settings
        mixed: NDArray[np.float32] = read + np.float32(settings.lexical_share) * words
        logits = straighten(mixed, settings.encoder_slopes, settings.encoder_offsets)
        best: NDArray[np.float32] = logits.max(axis=1)
        return best

    def is_strange(self, familiarity: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Call no text strange: one with none of the labels may well be of the user's own."""
        return np.zeros(len(familiarity), np.bool_)

    def sureness(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (texts,) the probability that each whole set of labels is right."""
        output = self.settings.output
        return set_sureness(probabilities, choose_labels(probabilities, output), output)


Rule = ClassRule | LabelRule


def rule_of(settings: AnswerSettings | LabelSettings) -> Rule:
    """Return the rule that settings ask for."""
    match settings:
        case AnswerSettings():
            return ClassRule(settings)
        case LabelSettings():
            return LabelRule(settings)


def keeps(
    scores: NDArray[np.float32],
    known: NDArray[np.float32],
    margin: float | None,
    share: float,
    least: float | None = None,
) -> NDArray[np.bool_]:
    """Say which texts the lexical tier keeps where each has one class.

    Args:
        scores: (texts, classes) lexical scores, at least 2 classes.
        known: (texts,) share of known features.
        margin: least lead of the best score over the second; None keeps nothing.
        share: least share of known features.
        least: least best score; None asks nothing of it.

    >>> keeps(np.float32([[3, 1], [2, 1]]), np.float32([1, 1]), 1.5, 0.5).tolist()
    [True, False]
    """
    if margin is None:
        return np.zeros(len(scores), np.bool_)
    kept: NDArray[np.bool_] = (lead(scores) >= margin) & (known >= share)
    if least is not None:
        kept &= scores.max(axis=1) >= np.float32(least)
    return kept


def lead(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each row's best score is ahead of its second.

    >>> lead(np.float32([[3, 1, 2]])).tolist()
    [1.0]
    """
    top = np.partition(scores, -2, axis=1)[:, -2:]
    ahead: NDArray[np.float32] = top[:, 1] - top[:, 0]
    return ahead


def set_margin(logits: NDArray[np.float32], output: Labels) -> NDArray[np.float32]:
    """Return how far, in log-odds, each row is from the nearest other set of labels.

    Args:
        logits: (rows, labels) log-odds, at least 2 labels.
        output: thresholds, and whether a row may have none.

    Returns:
        (rows,) the least distance of a label from its threshold. Where a row must have a label and
        has just one, that label stays until another overtakes it or reaches its own threshold.

    >>> from lissom.tasks import Labels
    >>> far, near = np.float32([[3, -2]]), np.float32([[-1, -4]])
    >>> [float(set_margin(row, Labels(("a", "b"), "-"))[0]) for row in (far, near)]
    [2.0, 1.0]
    >>> float(set_margin(near, Labels(("a", "b")))[0])
    3.0
    """
    ahead = logits - log_odds(thresholds_of(output))
    nearest: NDArray[np.float32] = np.abs(ahead).min(axis=1)
    if output.none is None:
        second = np.partition(ahead, -2, axis=1)[:, -2]
        alone = second < 0
        nearest[alone] = np.minimum(-second, lead(ahead))[alone]
    return nearest


def straighten(
    scores: NDArray[np.float32], slopes: Sequence[float], offsets: Sequence[float]
) -> NDArray[np.float32]:
    """Return log-odds: each label's scores times its slope, plus its offset.

    >>> straighten(np.float32([[1, 2]]), [2, 1], [0, -1]).tolist()
    [[2.0, 1.0]]
    """
    logits: NDArray[np.float32] = scores * np.array(slopes, np.float32)
    return logits + np.array(offsets, np.float32)


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn log-odds into probabilities, each for itself.

    >>> sigmoid(np.float32([0, 200])).tolist()
    [0.5, 1.0]
    """
    bounded = np.clip(logits, -_FARTHEST, _FARTHEST)
    chances: NDArray[np.float32] = np.float32(1) / (np.float32(1) + np.exp(-bounded))
    return chances


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn scores into probabilities, row by row.

    >>> softmax(np.float32([[0, 0]])).tolist()
    [[0.5, 0.5]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares
