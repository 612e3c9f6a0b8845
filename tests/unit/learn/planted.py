"""Pools whose answers are known."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from lissom.learn import UNKNOWN, Pool


def plant(rows: int, classes: int, *, seed: int, noise: float, size: int = 12) -> Pool:
    """Return labelled rows in clusters, each with a bag of words that hints at its class."""
    rng = np.random.default_rng(seed)
    targets = np.arange(rows) % classes
    centres = np.eye(classes, size)
    vectors = centres[targets] + noise * rng.standard_normal((rows, size))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = rng.random((rows, classes + 5)) < 0.2
    words[np.arange(rows), targets] |= rng.random(rows) < 0.7
    table = sparse.csr_matrix(words.astype(np.float32))
    return Pool(vectors.astype(np.float32), table, targets.astype(np.int64), classes)


def hide(pool: Pool, per_class: int) -> Pool:
    """Return the pool with the first few labels of each class only."""
    targets = np.full_like(pool.targets, UNKNOWN)
    for number in range(pool.classes):
        kept = np.flatnonzero(pool.targets == number)[:per_class]
        targets[kept] = number
    return Pool(pool.vectors, pool.table, targets, pool.classes, pool.names)
