"""The tier that answers most texts in microseconds: a sum of whole numbers per class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lissom.errors import LexicalFileError, LexicalShapeError
from lissom.runtime.features import BITS, hash_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FORM = {"bias": ("float32", 1), "scale": ("float32", 1), "slots": ("int32", 1)} | {
    "weights": ("int8", 2)
}
"""Kind of number and number of dimensions of each tensor."""

_CHUNK = 256
"""Texts whose weights are gathered at once; bounds the memory and stays in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexical:
    """Hashed features to class scores.

    score(text, class) = scale[class] * sum(weights[slots[f], class] for f in features) / sqrt(n)
    + bias[class], where n counts the text's distinct features, known or not.

    Args:
        slots: (2**BITS,) row of `weights` for each bucket, 0 for a bucket never seen.
        weights: (seen + 1, classes) whole numbers in [-127, 127]; row 0 is all zero.
        scale: (classes,) what one unit of weight is worth.
        bias: (classes,) score of a text without known features.
    """

    slots: NDArray[np.int32]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """Return the safetensors form."""
        return save(
            {
                "bias": self.bias,
                "scale": self.scale,
                "slots": self.slots,
                "weights": self.weights,
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Lexical:
        """Read the safetensors form; the bundle has checked sizes and hashes before.

        Raises:
            LexicalFileError: other tensors than these, or other kinds of number.
        """
        try:
            parts = load(raw)
        except SafetensorError as error:
            raise LexicalFileError(str(error)) from error
        found = {name: (part.dtype.name, part.ndim) for name, part in parts.items()}
        if found != _FORM:
            raise LexicalFileError(f"it holds {found}, not {_FORM}")
        if not all(np.isfinite(parts[name]).all() for name in ("scale", "bias")):
            raise LexicalFileError("scale or bias holds something that is no number")
        return cls(parts["slots"], parts["weights"], parts["scale"], parts["bias"])

    @property
    def classes(self) -> int:
        """Return how many scores it gives."""
        return len(self.bias)


@dataclass(frozen=True, slots=True, eq=False)
class LexicalScores:
    """What the lexical tier says of some texts.

    Args:
        scores: (texts, classes) on the scale of the encoder's scores.
        known: (texts,) share of a text's features that training had seen, in [0, 1].
    """

    scores: NDArray[np.float32]
    known: NDArray[np.float32]


class LexicalTier:
    """A `Lexical` made ready for adding up."""

    def __init__(self, lexical: Lexical) -> None:
        """Widen the weights once."""
        self._lexical = lexical
        # Sums of int8 held in float32 are exact below 2**24, so no order of adding, and no
        # grouping of texts, can change a score.
        self._weights = lexical.weights.astype(np.float32)
        seen, classes = self._weights.shape
        slots = lexical.slots
        fits = slots.shape == (1 << BITS,) and int(slots.min()) >= 0 and int(slots.max()) < seen
        if not fits or {len(lexical.scale), len(lexical.bias)} != {classes}:
            raise LexicalShapeError(slots.shape, lexical.weights.shape, len(lexical.bias))

    def score(self, ids: Sequence[Sequence[int]]) -> LexicalScores:
        """Score each text, given as token ids."""
        parts = [self._score(ids[i : i + _CHUNK]) for i in range(0, len(ids), _CHUNK)]
        if not parts:
            parts = [self._score([])]
        return LexicalScores(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.known for part in parts]),
        )

    def _score(self, ids: Sequence[Sequence[int]]) -> LexicalScores:
        rows, buckets = hash_tokens(ids)
        slots = self._lexical.slots[buckets]
        counts = np.bincount(rows, minlength=len(ids))
        known = np.bincount(rows, weights=slots > 0, minlength=len(ids))
        sums = np.zeros((len(ids), self._weights.shape[1]), np.float32)
        filled = np.flatnonzero(counts)
        if len(filled):
            starts = (np.cumsum(counts) - counts)[filled]
            sums[filled] = np.add.reduceat(self._weights[slots], starts, axis=0)
        shape = np.maximum(counts, 1)
        root = np.sqrt(shape.astype(np.float32))[:, None]
        scores = (sums * self._lexical.scale / root + self._lexical.bias).astype(np.float32)
        return LexicalScores(scores, (known / shape).astype(np.float32))
