"""The cascade: the lexical tier answers what it is sure of, the encoder reads the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lissom.bundle.ports import count_classes
from lissom.errors import DisagreeingPartsError, GraphFailedError
from lissom.runtime.encoder import EncoderTier
from lissom.runtime.lexical import Lexical, LexicalScores, LexicalTier
from lissom.runtime.rules import rule_of
from lissom.runtime.settings import AnswerSettings, LabelSettings, read_settings
from lissom.runtime.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.runtime.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of some texts, in order.

    Args:
        probabilities: (texts, classes) calibrated; where a text has one class, a row sums to 1.
        is_unsure: (texts,) the answer should be looked at by a person.
        is_lexical: (texts,) the lexical tier answered.
        strangeness: (texts,) the higher, the less like what it learned from.
    """

    probabilities: NDArray[np.float32]
    is_unsure: NDArray[np.bool_]
    is_lexical: NDArray[np.bool_]
    strangeness: NDArray[np.float32] | None = None


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
        familiar: (texts,) how much like what it learned from each is, by the lexical tier.
    """

    ids: list[list[int]]
    scores: NDArray[np.float32]
    known: NDArray[np.float32]
    is_lexical: NDArray[np.bool_]
    probabilities: NDArray[np.float32]
    familiar: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Tiers:
    """What each tier says of some texts, whichever would have answered.

    Args:
        lexical: the lexical tier's scores, and how much of each text it knows.
        words: (texts, classes) probabilities of the lexical tier alone.
        read: (texts, classes) probabilities where the encoder reads.
    """

    lexical: LexicalScores
    words: NDArray[np.float32]
    read: NDArray[np.float32]


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
        settings: AnswerSettings | LabelSettings,
    ) -> None:
        """Put the parts together."""
        self._rule = rule_of(settings)
        self._tokens = tokens
        self._lexical = lexical
        self._encoder = encoder
        self.settings = settings

    def answer(self, texts: Sequence[str]) -> Answers:
        """Answer each text; a text's answer does not depend on the others.

        A blank text is answered like any other and always unsure.
        """
        glance = self.glance(texts)
        probabilities, familiar = glance.probabilities, glance.familiar
        deferred = np.flatnonzero(~glance.is_lexical)
        if len(deferred):
            read, beside = self._encoder.score([glance.ids[i] for i in deferred]), glance.scores
            probabilities[deferred] = self._rule.from_reading(read, beside[deferred])
            familiar[deferred] = self._rule.reading_familiar(read, beside[deferred])
        is_unsure = self.find_unsure(probabilities, familiar, texts)
        return Answers(probabilities, is_unsure, glance.is_lexical, -familiar)

    def glance(self, texts: Sequence[str]) -> Glance:
        """Do all that needs no reading: cut into tokens, add up the lexical tier.

        Where the lexical tier keeps a text, its row of probabilities is the answer. For the
        others, `read` gives it. `answer` is made of the same parts, so a server that does the two
        at different times gives the same answers.
        """
        ids = self._tokens.encode(texts)
        fast = self._lexical.score(ids)
        is_lexical = self._rule.keeps(fast.scores, fast.known)
        return Glance(
            ids,
            fast.scores,
            fast.known,
            is_lexical,
            self._rule.from_words(fast.scores),
            self._rule.words_familiar(fast.scores, fast.known),
        )

    def read(
        self, ids: Sequence[int], words: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], float]:
        """Return (classes,) probabilities and the familiarity of one text that the encoder reads.

        Safe to call from several threads at once.

        Args:
            ids: its token ids.
            words: (classes,) its lexical scores.
        """
        read, beside = self._encoder.read(ids)[None], words[None]
        found: NDArray[np.float32] = self._rule.from_reading(read, beside)[0]
        return found, float(self._rule.reading_familiar(read, beside)[0])

    def find_unsure(
        self,
        probabilities: NDArray[np.float32],
        familiar: NDArray[np.float32],
        texts: Sequence[str],
    ) -> NDArray[np.bool_]:
        """Say which answers a person should look at.

        Those of low probability, those of a text unlike all that was learned from, and those of
        no text.
        """
        is_unsure = self._rule.sureness(probabilities) < self.settings.unsure_below
        is_unsure |= self._rule.is_strange(familiar)
        is_unsure |= np.fromiter((not text.strip() for text in texts), np.bool_, len(texts))
        return is_unsure

    def ask_tiers(self, texts: Sequence[str]) -> Tiers:
        """Ask both tiers about every text."""
        ids = self._tokens.encode(texts)
        fast = self._lexical.score(ids)
        read = self._rule.from_reading(self._encoder.score(ids), fast.scores)
        return Tiers(fast, self._rule.from_words(fast.scores), read)

    def read_all(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probabilities for each text when the encoder reads them all."""
        return self.ask_tiers(texts).read


_TRIED = ("", "\u2603")
"""An empty text, and one that hardly any vocabulary has a piece for."""


def load_model(bundle: Readable, *, threads: int | None = None) -> Model:
    """Make a bundle answer.

    Args:
        bundle: opened and checked; see `lissom.bundle`.
        threads: texts read at a time; None for one per core.

    Raises:
        BundleError: its parts do not fit each other, or one of them does not do what it should.
    """
    settings, lexical = check_fit(bundle)
    tokens = Tokens(bundle.read("tokenizer.json"), settings.max_tokens, settings.max_windows)
    model = Model(
        tokens,
        LexicalTier(lexical),
        EncoderTier(bundle.read("model.onnx"), threads, tokens.windows),
        settings,
    )
    # What a graph says of its output binds it to nothing; better to know before anybody asks.
    model.read_all(_TRIED)
    return model


def check_fit(bundle: Readable) -> tuple[Settings, Lexical]:
    """Check that settings, lexical tier and graph speak of the same classes; nothing is run.

    Raises:
        BundleError: they do not, or one of them cannot be read.
    """
    settings = read_settings(bundle.read("answer.json"))
    lexical = Lexical.from_bytes(bundle.read("lexical.safetensors"))
    try:
        graph = count_classes(bundle.read("model.onnx"))
    except ValueError as error:
        raise GraphFailedError(str(error)) from error
    if len(settings.classes) != lexical.classes or graph != settings.columns:
        raise DisagreeingPartsError(len(settings.classes), lexical.classes, graph, settings.columns)
    return settings, lexical
