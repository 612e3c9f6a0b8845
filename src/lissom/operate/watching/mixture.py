"""How often each label comes now, corrected for the model's own mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 200
_CLOSE = 1e-6
_DRAWS = 100
_TAILS = (0.025, 0.975)
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Shares of the labels.

    Args:
        shares: (labels,) summing to 1.
        low: (labels,) lower ends of the 95 % intervals.
        high: (labels,) upper ends.
        rows: of the stream that they are estimated from.
    """

    shares: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rows: int


def estimate_mix(
    reference: NDArray[np.float32], now: NDArray[np.float32], rng: np.random.Generator
) -> Mix:
    """Estimate the shares of the labels in the rows of `now`.

    Counting answers would be wrong twice: a model that takes a tenth of A for B reports B where
    there is none, and its probabilities lean towards the mix that it learned from. Right while
    texts of a label look as they did, and only their shares have changed.

    Args:
        reference: (rows, labels) calibrated probabilities of the reference.
        now: (rows, labels) those of the latest rows.
        rng: draws rows of both for the intervals.

    Source: Saerens, Latinne and Decaestecker (2002), Neural Computation 14(1); the interval is a
    percentile bootstrap over both samples.
    """
    shares = _climb(reference.mean(axis=0), now)
    draws = np.array(
        [
            _climb(
                reference[rng.integers(0, len(reference), len(reference))].mean(axis=0),
                now[rng.integers(0, len(now), len(now))],
                shares,
            )
            for _ in range(_DRAWS)
        ]
    )
    low, high = np.quantile(draws, _TAILS, axis=0)
    return Mix(shares, np.minimum(low, shares), np.maximum(high, shares), len(now))


def reweight(
    chances: NDArray[np.float32], learned: NDArray[np.float64], now: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the probabilities as they are when labels have other shares than were learned.

    Args:
        chances: (rows, labels) calibrated for the shares `learned`.
        learned: (labels,) shares in the reference.
        now: (labels,) shares now.

    >>> reweight(np.float32([[0.5, 0.5]]), np.array([0.5, 0.5]), np.array([0.9, 0.1])).round(2)
    array([[0.9, 0.1]])
    """
    moved = chances * (now / np.maximum(learned, _LEAST))
    total = moved.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = moved / np.maximum(total, _LEAST)
    return found


def solve_mix(reference: NDArray[np.float32], now: NDArray[np.float32]) -> NDArray[np.float64]:
    """Estimate the shares by undoing the model's table of mistakes; a second opinion.

    The table is the model's own: how often it says each label where its probabilities mean
    another. Least squares over shares of at least 0 that sum to 1.

    Args:
        reference: (rows, labels) calibrated probabilities of the reference.
        now: (rows, labels) those of the latest rows.

    Source: black box shift estimation, Lipton, Wang and Smola (2018), ICML; soft counts as in
    Garg et al. (2020), NeurIPS.
    """
    wide = reference.astype(np.float64)
    held = np.maximum(wide.sum(axis=0), _LEAST)
    table = (wide.T @ wide) / held  # column c: the mean answer where the label is c
    wanted = now.astype(np.float64).mean(axis=0)
    shares: NDArray[np.float64] = held / held.sum()
    step = 1 / max(float(np.linalg.norm(table, 2)) ** 2, _LEAST)
    for _ in range(_ROUNDS):
        moved = _onto_simplex(shares - step * (table.T @ (table @ shares - wanted)))
        if np.abs(moved - shares).max() < _CLOSE:
            return moved
        shares = moved
    return shares


def _climb(
    learned: NDArray[np.float64],
    now: NDArray[np.float32],
    first: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the shares under which the rows are most likely (expectation-maximisation)."""
    learned = np.maximum(np.asarray(learned, np.float64), _LEAST)
    shares = learned / learned.sum() if first is None else first
    odds = now / learned
    for _ in range(_ROUNDS):
        # The mean of odds * shares over their sum by row, without making that table.
        totals = np.maximum(odds @ shares, _LEAST)
        after = shares * (odds.T @ (1 / totals)) / len(odds)
        if np.abs(after - shares).max() < _CLOSE:
            return np.asarray(after, np.float64)
        shares = after
    return shares


def _onto_simplex(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest shares. Source: Duchi et al. (2008), ICML."""
    ordered = np.sort(values)[::-1]
    over = np.cumsum(ordered) - 1
    last = np.flatnonzero(ordered - over / np.arange(1, len(values) + 1) > 0)[-1]
    found: NDArray[np.float64] = np.maximum(values - over[last] / (last + 1), 0)
    return found
