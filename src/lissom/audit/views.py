"""Opinions on each label, formed without its row: meaning, words, neighbours."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.float32]
    Scores = NDArray[np.float64]

STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Penalties that are tried; the more labels are wrong, the stronger the one that does best."""

FOLDS = 5
NEIGHBOURS = 20
_NEARNESS = 8
_DIMENSIONS = 512
_SIGNS = 4
_FLOOR = 1e-3
_CHUNK = 1024
_FIT_STEPS = 50
_WORDS = re.compile(r"\w+")


def leave_one_out(
    table: Table,
    targets: NDArray[np.int64],
    weights: NDArray[np.float64],
    strengths: Sequence[float] = STRENGTHS,
) -> tuple[Scores, float]:
    """Score every row by ridge regression fitted without that row, in closed form.

    Args:
        table: (rows, dimensions) features.
        targets: (rows,) class numbers from 0.
        weights: (rows,) how much each row counts, above 0.
        strengths: penalties to choose from, by the squared error of the rows left out.

    Returns:
        (rows, classes) scores and the penalty they were found with.

    Source: the closed form, Allen (1974), Technometrics 16(1), 125-127.

    >>> table = np.array([[0.0], [0.1], [1.0], [1.1]], np.float32)
    >>> scores, _ = leave_one_out(table, np.array([0, 0, 1, 1]), np.ones(4))
    >>> scores.argmax(axis=1).tolist()
    [0, 0, 1, 1]
    """
    wanted = np.eye(int(targets.max()) + 1)[targets]
    whole = weights.sum()
    centred = (table - (weights @ table) / whole).astype(np.float64)
    middle = (weights @ wanted) / whole
    weighted = centred * weights[:, None]
    sizes, axes = np.linalg.eigh(weighted.T @ centred)
    sizes = np.maximum(sizes, 0)
    turned = centred @ axes
    pull = axes.T @ (weighted.T @ (wanted - middle))
    squares = turned**2
    best: tuple[float, float, Scores] | None = None
    for strength in strengths:
        own = (squares @ (1 / (sizes + strength))) * weights + weights / whole
        fitted = middle + turned @ (pull / (sizes + strength)[:, None])
        # A row that decides its own score alone would be divided by nothing.
        scores = (fitted - own[:, None] * wanted) / np.maximum(1 - own, 0.02)[:, None]
        error = float((weights[:, None] * (scores - wanted) ** 2).sum())
        if best is None or error < best[0]:
            best = (error, strength, scores)
    if best is None:
        message = "there is no penalty to choose from"
        raise ValueError(message)
    return best[2], best[1]


def leave_folds_out(
    table: Table, targets: NDArray[np.int64], weights: NDArray[np.float64]
) -> Scores:
    """Return log chances by logistic regression fitted on the four fifths without the row.

    Args:
        table: (rows, dimensions) features of length about 1.
        targets: (rows,) class numbers from 0.
        weights: (rows,) how much each row counts, above 0.

    Returns:
        (rows, classes) log chances, as smooth as the usual penalty of 1 makes them.

    >>> table = np.eye(2, dtype=np.float32)[[0, 1] * 10]
    >>> logs = leave_folds_out(table, np.array([0, 1] * 10), np.ones(20))
    >>> logs.argmax(axis=1)[:4].tolist()
    [0, 1, 0, 1]
    """
    classes = int(targets.max()) + 1
    fold = np.empty(len(targets), np.int64)
    # Dealt out class by class, so that each fifth has its share of every class.
    fold[np.argsort(targets, kind="stable")] = np.arange(len(targets)) % FOLDS
    wide = np.column_stack([table, np.ones(len(table), np.float32)])
    logs = np.zeros((len(targets), classes))
    for one in range(FOLDS):
        out = fold == one
        if out.any() and not out.all():
            pull = _fit_logistic(wide[~out], targets[~out], weights[~out], classes)
            logs[out] = _log_softmax(wide[out] @ pull)
    return logs


def _fit_logistic(
    wide: Table, targets: NDArray[np.int64], weights: NDArray[np.float64], classes: int
) -> Table:
    """Return (dimensions + 1, classes) weights; the last row, the bias, has no penalty."""
    rows = np.arange(len(targets))
    shape = (wide.shape[1], classes)

    def surprise(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        pull = flat.reshape(shape)
        logs = _log_softmax(wide @ pull.astype(np.float32))
        value = -float(weights @ logs[rows, targets]) + 0.5 * float((pull[:-1] ** 2).sum())
        off = np.exp(logs)
        off[rows, targets] -= 1
        slope = (wide.T @ (off * weights[:, None]).astype(np.float32)).astype(np.float64)
        slope[:-1] += pull[:-1]
        return value, slope.ravel()

    found = minimize(
        surprise,
        np.zeros(shape[0] * classes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _FIT_STEPS, "ftol": 1e-5},
    )
    pull: Table = found.x.reshape(shape).astype(np.float32)
    return pull


def _log_softmax(scores: NDArray[np.floating]) -> Scores:
    low = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
    logs: Scores = low - np.log(np.exp(low).sum(axis=1, keepdims=True))
    return logs


def ask_neighbours(
    vectors: Table, targets: NDArray[np.int64], weights: NDArray[np.float64]
) -> Scores:
    """Return the share of each class among a row's 20 nearest other rows, nearer ones heavier.

    Args:
        vectors: (rows, dimensions) of length 1.
        targets: (rows,) class numbers from 0.
        weights: (rows,) how much each row counts.
    """
    count, classes = len(targets), int(targets.max()) + 1
    k = min(NEIGHBOURS, count - 1)
    shares = np.zeros((count, classes))
    for start in range(0, count, _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -1
        nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        near = np.clip(np.take_along_axis(cosines, nearest, axis=1), 0, 1) ** _NEARNESS
        cell = own[:, None] * classes + targets[nearest]
        votes = np.bincount(
            cell.ravel(), (near * weights[nearest]).ravel(), minlength=len(own) * classes
        )
        shares[start : start + _CHUNK] = votes.reshape(len(own), classes)
    shares += _FLOOR
    found: Scores = shares / shares.sum(axis=1, keepdims=True)
    return found


def read_words(texts: Sequence[str]) -> Table:
    """Return (rows, 512) features: words and pairs of words, rare ones heavier, put together.

    Each word goes with a sign into four places of 512, so that two texts are about as alike here as
    they are word by word. A word that stands in one text only says nothing of another.

    Source: Spärck Jones (1972), J. Documentation 28(1); Achlioptas (2003), J. Comput. Syst. Sci.
    66(4).

    >>> table = read_words(["a late parcel", "a late parcel", "so nice", "so nice"])
    >>> table.shape, bool(table[0] @ table[1] > table[0] @ table[2])
    ((4, 512), True)
    """
    counts = [_count_words(text) for text in texts]
    seen = Counter(word for row in counts for word in row)
    kept = {word: at for at, word in enumerate(w for w, rows in seen.items() if rows > 1)}
    if not kept:
        return np.zeros((len(texts), _DIMENSIONS), np.float32)
    rows, columns, values = [], [], []
    for row, words in enumerate(counts):
        for word, often in words.items():
            if word in kept:
                rows.append(row)
                columns.append(kept[word])
                rarity = 1 + np.log((1 + len(texts)) / (1 + seen[word]))
                values.append((1 + np.log(often)) * rarity)
    bag = sparse.csr_matrix((values, (rows, columns)), (len(texts), len(kept)), np.float32)
    size = np.sqrt(np.asarray(bag.multiply(bag).sum(axis=1)).ravel())
    scaled = sparse.diags(1 / np.maximum(size, 1e-9)) @ bag
    return np.asarray((scaled @ _places(list(kept))).todense(), np.float32)


def _count_words(text: str) -> Counter[str]:
    words = _WORDS.findall(text.lower())
    return Counter([*words, *(f"{one} {two}" for one, two in pairwise(words))])


def _places(words: Sequence[str]) -> sparse.csr_matrix:
    # A checksum, because Python's own hash differs from run to run.
    codes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint64)
    rows = np.repeat(np.arange(len(words)), _SIGNS)
    draws = codes[:, None] * np.uint64(0x9E3779B97F4A7C15) + np.arange(
        1, _SIGNS + 1, dtype=np.uint64
    ) * np.uint64(0xBF58476D1CE4E5B9)
    draws ^= draws >> np.uint64(29)
    draws *= np.uint64(0x94D049BB133111EB)
    columns = (draws >> np.uint64(40)) % np.uint64(_DIMENSIONS)
    signs = np.where((draws >> np.uint64(20)) & np.uint64(1), 1.0, -1.0) / np.sqrt(_SIGNS)
    shape = (len(words), _DIMENSIONS)
    return sparse.csr_matrix(
        (signs.ravel().astype(np.float32), (rows, columns.ravel().astype(np.int64))), shape
    )


def to_log_chances(
    scores: Scores, targets: NDArray[np.int64], weights: NDArray[np.float64]
) -> Scores:
    """Turn scores into log probabilities, at the temperature that makes the labels likeliest.

    Source: Guo, Pleiss, Sun, Weinberger (2017), ICML.
    """
    rows = np.arange(len(targets))

    def surprise(log_temperature: float) -> float:
        chances = _softmax(scores / np.exp(log_temperature))[rows, targets]
        return -float(weights @ np.log(chances + _FLOOR))

    found = minimize_scalar(
        surprise, bounds=(np.log(0.01), np.log(2)), method="bounded", options={"xatol": 0.05}
    )
    logs: Scores = np.log(_softmax(scores / np.exp(found.x)) + _FLOOR)
    return logs


def weigh_opinions(
    opinions: Sequence[Scores], targets: NDArray[np.int64], weights: NDArray[np.float64]
) -> Scores:
    """Return (rows, classes) chances: the opinions' log chances added with the best weights.

    Args:
        opinions: (rows, classes) log chances of each.
        targets: (rows,) class numbers from 0.
        weights: (rows,) how much each row counts in choosing the weights.

    Source: stacking, Wolpert (1992), Neural Networks 5(2); log-linear pools, Genest and Zidek
    (1986), Stat. Sci. 1(1).
    """
    rows, classes = np.arange(len(targets)), opinions[0].shape[1]

    def mix(logs: NDArray[np.float64]) -> Scores:
        pooled: Scores = sum(
            (np.exp(log) * opinion for log, opinion in zip(logs, opinions, strict=True)),
            start=np.zeros_like(opinions[0]),
        )
        return _softmax(pooled)

    def surprise(logs: NDArray[np.float64]) -> float:
        # Some labels are wrong, so none may count without bound.
        chances = (1 - _CARELESS) * mix(logs)[rows, targets] + _CARELESS / classes
        return -float(weights @ np.log(chances)) / float(weights.sum()) + 1e-3 * float(
            (logs**2).mean()
        )

    start = np.full(len(opinions), -0.7)
    found = minimize(
        surprise,
        start,
        method="Nelder-Mead",
        options={"maxiter": 120, "fatol": 1e-4, "xatol": 0.03},
    )
    return mix(found.x)


_CARELESS = 0.02


def _softmax(scores: Scores) -> Scores:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Scores = powers / powers.sum(axis=1, keepdims=True)
    return chances
