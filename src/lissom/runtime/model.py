"""The cascade: the lexical tier answers what it is sure of, the encoder reads the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lissom.runtime.encoder import EncoderTier
from lissom.runtime.lexical import Lexical, LexicalTier
from lissom.runtime.settings import AnswerSettings, read_settings
from lissom.runtime.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of some texts, in order.

    Args:
        probabilities: (texts, classes) calibrated, each row sums to 1.
        is_unsure: (texts,) the answer should be looked at by a person.
        is_lexical: (texts,) the lexical tier answered.
    """

    probabilities: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    is_lexical: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What can be said of some texts before any of them is read.

    Args:
        ids: token ids of each text.
        scores: (texts, classes) of the lexical tier.
        known: (texts,) share of each text's features that training had seen.
        is_lexical: (texts,) the lexical tier keeps the text; the others are to be read.
        probabilities: (texts, classes) as the lexical tier has them, whether it keeps the text
            or not.
    """

    ids: list[list[int]]
    scores: NDArray[np.float32]
    known: NDArray[np.float32]
    is_lexical: NDArray[np.bool_]
    probabilities: NDArray[np.float32]


class Readable(Protocol):
    """A bundle, as far as the runtime needs one: bytes by name."""

    def read(self, name: str) -> bytes:
        """Return the checked bytes of a file."""
        ...


class Model:
    """Answers texts from the files of a bundle; no torch, no network, no code from the files.

    Args:
        tokens: the tokenizer.
        lexical: the fast tier.
        encoder: the reading tier.
        settings: how scores become an answer.
    """

    def __init__(
        self,
        tokens: Tokens,
        lexical: LexicalTier,
        encoder: EncoderTier,
        settings: AnswerSettings,
    ) -> None:
        """Put the parts together."""
        self._tokens = tokens
        self._lexical = lexical
        self._encoder = encoder
        self.settings = settings

    def answer(self, texts: Sequence[str]) -> Answers:
        """Answer each text; a text's answer does not depend on the others.

        A blank text is answered like any other and always unsure.
        """
        glance = self.glance(texts)
        probabilities = glance.probabilities
        deferred = np.flatnonzero(~glance.is_lexical)
        if len(deferred):
            read = self._encoder.score([glance.ids[i] for i in deferred])
            probabilities[deferred] = self._mix(read, glance.scores[deferred])
        return Answers(probabilities, self.find_unsure(probabilities, texts), glance.is_lexical)

    def glance(self, texts: Sequence[str]) -> Glance:
        """Do all that needs no reading: cut into tokens, add up the lexical tier.

        Where the lexical tier keeps a text, its row of probabilities is the answer. For the
        others, `read` gives it. `answer` is made of the same parts, so a server that does the two
        at different times gives the same answers.
        """
        ids = self._tokens.encode(texts)
        fast = self._lexical.score(ids)
        settings = self.settings
        return Glance(
            ids,
            fast.scores,
            fast.known,
            keeps(fast.scores, fast.known, settings.defer_margin, settings.defer_known),
            softmax(fast.scores / np.float32(settings.lexical_temperature)),
        )

    def read(self, ids: Sequence[int], words: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (classes,) probabilities for one text when the encoder reads it.

        Safe to call from several threads at once.

        Args:
            ids: its token ids.
            words: (classes,) its lexical scores.
        """
        found: NDArray[np.float32] = self._mix(self._encoder.read(ids)[None], words[None])[0]
        return found

    def find_unsure(
        self, probabilities: NDArray[np.float32], texts: Sequence[str]
    ) -> NDArray[np.bool_]:
        """Say which answers a person should look at: those of low probability, and of no text."""
        is_unsure: NDArray[np.bool_] = (
            probabilities.max(axis=1, initial=0.0) < self.settings.unsure_below
        )
        is_unsure |= np.fromiter((not text.strip() for text in texts), np.bool_, len(texts))
        return is_unsure

    def read_all(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probabilities for each text when the encoder reads them all."""
        ids = self._tokens.encode(texts)
        return self._mix(self._encoder.score(ids), self._lexical.score(ids).scores)

    def _mix(self, read: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
        settings = self.settings
        mixed: NDArray[np.float32] = read + np.float32(settings.lexical_share) * words
        return softmax(mixed / np.float32(settings.encoder_temperature))


def keeps(
    scores: NDArray[np.float32], known: NDArray[np.float32], margin: float | None, share: float
) -> NDArray[np.bool_]:
    """Say which texts the lexical tier keeps.

    Args:
        scores: (texts, classes) lexical scores, at least 2 classes.
        known: (texts,) share of known features.
        margin: least lead of the best score over the second; None keeps nothing.
        share: least share of known features.

    >>> keeps(np.float32([[3, 1], [2, 1]]), np.float32([1, 1]), 1.5, 0.5).tolist()
    [True, False]
    """
    if margin is None:
        return np.zeros(len(scores), np.bool_)
    kept: NDArray[np.bool_] = (lead(scores) >= margin) & (known >= share)
    return kept


def lead(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each row's best score is ahead of its second.

    >>> lead(np.float32([[3, 1, 2]])).tolist()
    [1.0]
    """
    top = np.partition(scores, -2, axis=1)[:, -2:]
    ahead: NDArray[np.float32] = top[:, 1] - top[:, 0]
    return ahead


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn scores into probabilities, row by row.

    >>> softmax(np.float32([[0, 0]])).tolist()
    [[0.5, 0.5]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def load_model(bundle: Readable, *, threads: int | None = None) -> Model:
    """Make a bundle answer.

    Args:
        bundle: opened and checked; see `lissom.bundle`.
        threads: texts read at a time; None for one per core.
    """
    settings = read_settings(bundle.read("answer.json"))
    return Model(
        Tokens(bundle.read("tokenizer.json"), settings.max_tokens),
        LexicalTier(Lexical.from_bytes(bundle.read("lexical.safetensors"))),
        EncoderTier(bundle.read("model.onnx"), threads),
        settings,
    )
