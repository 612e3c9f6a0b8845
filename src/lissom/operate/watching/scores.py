"""What is looked at in an answer: one number for each question, larger is not better or worse.

Some questions are fixed: is this text unlike the others, is it long, is the model sure. Others are
learned while the stream runs: in which direction have the latest texts moved away from the
reference? For the ranks to stay exact, a question may be learned from rows that are never ranked;
see `monitors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.operate.watching.rows import Rows

_RIDGE = 0.5
"""Share of the mean variance that is added to each: few rows must not invent directions. Of 0.02,
0.1 and 0.5, the one that saw planted changes soonest."""

_HALF_LIVES = (100.0, 1000.0)
"""Rows after which what was learned counts half: a fast eye and a steady one."""


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Where a kind of numbers lies in the reference.

    Args:
        mean: (dimensions,).
        whiten: (dimensions, dimensions) that makes their spread 1 in every direction.
    """

    mean: NDArray[np.float64]
    whiten: NDArray[np.float64]

    def place(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (rows, dimensions) away from the mean, in units of the spread."""
        found: NDArray[np.float64] = (values - self.mean) @ self.whiten
        return found

    def along(
        self, values: NDArray[np.float32], directions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (rows, directions): how far each row lies along directions in placed space.

        The same as placing the rows and then asking, for a hundredth of the work: the turning is
        done to the few directions, not to the many rows.

        Rounded, because the last digit of a product depends on where in the matrix a row stands.
        Texts that come often would no longer be ties, and the newest would always lie on the same
        side of the others: an alarm about nothing.
        """
        turned = self.whiten @ directions.T
        found: NDArray[np.float32] = (values @ turned - self.mean @ turned).astype(np.float32)
        return found.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What was learned of the reference; sums only, no row.

    Args:
        sketches: where the texts lie.
        chances: where the probabilities lie.
        torn: where the doubt about each label lies.
        doubt: (mean, spread) of how undecided the answers are.
        known: (mean, spread) of the share of features that training had seen.
    """

    sketches: Cloud
    chances: Cloud
    torn: Cloud
    doubt: tuple[float, float]
    known: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Where the latest rows lie, away from the reference; for each half-life.

    Args:
        sketches: (half-lives, 64) means of placed sketches.
        chances: (half-lives, labels) likewise.
        torn: (half-lives, labels) likewise.
        seen: (half-lives,) weight of what was learned, in rows.
    """

    sketches: NDArray[np.float64]
    chances: NDArray[np.float64]
    torn: NDArray[np.float64]
    seen: NDArray[np.float64]


QUESTIONS: dict[str, tuple[str, ...]] = {
    "inputs": ("inputs.fast", "inputs.steady", "inputs.length", "inputs.known"),
    "mix": ("mix.fast", "mix.steady"),
    "confidence": ("confidence", "torn.fast", "torn.steady"),
    "outside": ("outside",),
}
"""Monitor to its questions."""


def fit(rows: Rows) -> Fitted:
    """Learn where the reference lies.

    Args:
        rows: of the reference; they are not ranked later.
    """
    return Fitted(
        _fit_cloud(rows.sketches),
        _fit_cloud(rows.chances),
        _fit_cloud(_torn(rows)),
        _middle(_doubt(rows)),
        _middle(rows.known.astype(np.float64)),
    )


def learn_nothing(labels: int, dimensions: int) -> Learned:
    """Return the start: nothing has moved."""
    lives = len(_HALF_LIVES)
    none = np.zeros((lives, labels))
    return Learned(np.zeros((lives, dimensions)), none, none, np.zeros(lives))


def learn(learned: Learned, fitted: Fitted, rows: Rows) -> Learned:
    """Return what is known after more rows; they must never be ranked."""
    if not len(rows):
        return learned
    placed = (
        fitted.sketches.place(rows.sketches),
        fitted.chances.place(rows.chances),
        fitted.torn.place(_torn(rows)),
    )
    before = (learned.sketches, learned.chances, learned.torn)
    # The first of these rows is the oldest.
    ages = np.arange(len(rows))[::-1]
    weights = np.array([0.5 ** (ages / half) for half in _HALF_LIVES])
    kept = learned.seen * np.array([0.5 ** (len(rows) / half) for half in _HALF_LIVES])
    seen = kept + weights.sum(axis=1)
    sketches, chances, torn = (
        (kept[:, None] * old + weights @ new) / seen[:, None]
        for old, new in zip(before, placed, strict=True)
    )
    return Learned(sketches, chances, torn, seen)


def ask(rows: Rows, fitted: Fitted, learned: Learned) -> dict[str, NDArray[np.float64]]:
    """Return the answer of each row to each question.

    Returns:
        Question to (rows,) numbers.
    """
    sketches = fitted.sketches.along(rows.sketches, learned.sketches)
    chances = fitted.chances.along(rows.chances, learned.chances)
    torn = fitted.torn.along(_torn(rows), learned.torn)
    doubt, known = _doubt(rows), rows.known.astype(np.float64)
    return {
        "inputs.fast": sketches[:, 0],
        "inputs.steady": sketches[:, 1],
        "inputs.length": rows.tokens.astype(np.float64),
        "inputs.known": known,
        "mix.fast": chances[:, 0],
        "mix.steady": chances[:, 1],
        "confidence": doubt,
        "torn.fast": torn[:, 0],
        "torn.steady": torn[:, 1],
        # Measured on texts of other kinds: better than either alone.
        "outside": _units(doubt, fitted.doubt) - _units(known, fitted.known),
    }


def _doubt(rows: Rows) -> NDArray[np.float64]:
    """Return the entropy of each row's probabilities, in nats; 0 is certain."""
    logs = np.log(np.maximum(rows.chances, np.float32(1e-9)))
    # Rounded for the sake of ties, as in `Cloud.along`.
    found: NDArray[np.float64] = np.round(
        -np.einsum("ij,ij->i", rows.chances, logs).astype(np.float64), 5
    )
    return found


def _torn(rows: Rows) -> NDArray[np.float32]:
    """Return (rows, labels): how much of each row's doubt is about each label.

    Texts of a class that the model does not know are split among the same few labels, each time.
    That shows long before the model as a whole is less sure than it was.
    """
    found: NDArray[np.float32] = rows.chances * (1 - rows.best)[:, None]
    return found


def _fit_cloud(values: NDArray[np.float32]) -> Cloud:
    wide = values.astype(np.float64)
    mean = wide.mean(axis=0)
    spread = np.cov(wide - mean, rowvar=False, bias=True)
    size, turn = np.linalg.eigh(np.atleast_2d(spread))
    size = np.maximum(size, 0) + _RIDGE * max(float(np.mean(size)), 1e-12)
    return Cloud(mean, (turn / np.sqrt(size)) @ turn.T)


def _middle(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), max(float(values.std()), 1e-9)


def _units(values: NDArray[np.float64], middle: tuple[float, float]) -> NDArray[np.float64]:
    return (values - middle[0]) / middle[1]
