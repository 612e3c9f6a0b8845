"""Training of the lexical tier: a sparse table of hashed features, and ridge regression on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lissom.runtime import BITS, Lexical, hash_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LARGEST = 127


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The features worth a weight, and how rare each one is.

    Args:
        slots: (2**BITS,) 1-based place of each kept bucket, 0 for the others.
        rarity: (kept,) inverse document frequency, at least 1.
    """

    slots: NDArray[np.int32]
    rarity: NDArray[np.float32]

    @classmethod
    def read(cls, ids: Sequence[Sequence[int]], *, min_rows: int) -> Lexicon:
        """Keep the features that stand in at least `min_rows` texts.

        Source: inverse document frequency, Spärck Jones (1972), J. Documentation 28(1).
        """
        _, buckets = hash_tokens(ids)
        counts = np.bincount(buckets, minlength=1 << BITS)
        kept = np.flatnonzero(counts >= min_rows)
        slots = np.zeros(1 << BITS, np.int32)
        slots[kept] = np.arange(1, len(kept) + 1)
        rarity = 1 + np.log(len(ids) / (1 + counts[kept]))
        return cls(slots, np.maximum(rarity, 1).astype(np.float32))

    def table(self, ids: Sequence[Sequence[int]]) -> sparse.csr_matrix:
        """Return the (texts, kept) table that `Lexical` multiplies: rarity / sqrt(features)."""
        rows, buckets = hash_tokens(ids)
        counts = np.bincount(rows, minlength=len(ids)).astype(np.float32)
        slots = self.slots[buckets]
        known = slots > 0
        rows, slots = rows[known], slots[known] - 1
        values = self.rarity[slots] / np.sqrt(counts[rows])
        shape = (len(ids), len(self.rarity))
        return sparse.csr_matrix((values.astype(np.float32), (rows, slots)), shape=shape)

    def known(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return the share of each text's features that have a weight, in [0, 1]."""
        rows, buckets = hash_tokens(ids)
        counts = np.bincount(rows, minlength=len(ids))
        found = np.bincount(rows, weights=self.slots[buckets] > 0, minlength=len(ids))
        return (found / np.maximum(counts, 1)).astype(np.float32)

    def to_lexical(self, fit: RidgeFit) -> Lexical:
        """Fold rarity into the weights and round them to int8, one scale per class."""
        folded = fit.weights * self.rarity[:, None]
        peak = np.abs(folded).max(axis=0, initial=0)
        scale = np.where(peak > 0, peak / _LARGEST, 1).astype(np.float32)
        rounded = np.rint(folded / scale).astype(np.int8)
        nothing = np.zeros((1, rounded.shape[1]), np.int8)
        return Lexical(self.slots, np.concatenate([nothing, rounded]), scale, fit.bias)


@dataclass(frozen=True, slots=True, eq=False)
class RidgeFit:
    """Linear scores over a `Lexicon` table.

    Args:
        weights: (kept, classes).
        bias: (classes,).
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def score(self, table: sparse.csr_matrix) -> NDArray[np.float32]:
        """Return (texts, classes) scores."""
        scores: NDArray[np.float32] = table @ self.weights + self.bias
        return scores


def fit_ridge(
    table: sparse.csr_matrix, targets: NDArray[np.float32], *, strength: float, steps: int = 30
) -> RidgeFit:
    """Fit scores to targets by least squares with a penalty, all classes at once.

    Args:
        table: (texts, kept) features.
        targets: (texts, classes) wanted scores.
        strength: weight of the penalty on the squared weights, > 0.
        steps: most conjugate-gradient steps; it stops early when the residual is small.

    Source: Hoerl and Kennard (1970), Technometrics 12(1); solved by conjugate gradients, Hestenes
    and Stiefel (1952), one run per class in lockstep.

    >>> fit = fit_ridge(sparse.csr_matrix(np.eye(2, dtype=np.float32)), np.eye(2, dtype=np.float32),
    ...                 strength=0.001)
    >>> fit.score(sparse.csr_matrix(np.eye(2, dtype=np.float32))).argmax(axis=1).tolist()
    [0, 1]
    """
    # Labels that all stand in one fold leave nothing to learn from for the others.
    bias = targets.mean(axis=0) if len(targets) else np.zeros(targets.shape[1], np.float32)
    turned = table.T.tocsr()
    residual: NDArray[np.float32] = turned @ (targets - bias)
    weights = np.zeros_like(residual)
    direction = residual.copy()
    squared = (residual**2).sum(axis=0)
    enough = 1e-6 * squared.max(initial=0)
    for _ in range(steps):
        if squared.max(initial=0) <= enough:
            break
        pushed = turned @ (table @ direction) + strength * direction
        size = squared / np.maximum((direction * pushed).sum(axis=0), 1e-20)
        weights += size * direction
        residual -= size * pushed
        left = (residual**2).sum(axis=0)
        direction = residual + (left / np.maximum(squared, 1e-20)) * direction
        squared = left
    return RidgeFit(weights.astype(np.float32), bias.astype(np.float32))
