"""Answers whose quality was planted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.evidence import Evidence, find_name
from lissom.examine import Answered, Asker, Case, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lissom.evidence import Measured


def draw(rows: int, classes: int, *, seed: int, truth: float = 1.0) -> Answered:
    """Return answers whose probabilities are true, to the power of `truth`, then made to sum to 1.

    Probabilities are counts of 256ths, so they sum to 1 in float32 too when `truth` is 1.
    """
    rng = np.random.default_rng(seed)
    shapes = rng.dirichlet(np.full(classes, 0.6), rows)
    counts = np.array([rng.multinomial(256 - classes, shape) + 1 for shape in shapes])
    chances = counts / 256
    targets = (chances.cumsum(axis=1) <= rng.random((rows, 1))).sum(axis=1)
    said = chances**truth
    said /= said.sum(axis=1, keepdims=True)
    return answers(targets, said)


def answers(targets: NDArray[np.int64], said: NDArray[np.float64]) -> Answered:
    """Return these answers; none is unsure."""
    names = tuple(f"kind {number}" for number in range(said.shape[1]))
    unsure = np.zeros(len(targets), np.bool_)
    return Answered(
        targets.astype(np.int64), said.astype(np.float32), unsure, names, "planted", "test rows"
    )


def say(targets: list[int], predicted: list[int], classes: int) -> Answered:
    """Return answers that are quite certain of the class given for each row."""
    said = np.full((len(targets), classes), 0.1 / max(classes - 1, 1))
    said[np.arange(len(targets)), predicted] = 0.9
    return answers(np.array(targets, np.int64), said)


def case_of(
    answer: Callable[[list[str]], object],
    texts: Sequence[str],
    labels: Sequence[str],
    columns: dict[str, tuple[str | None, ...]] | None = None,
    **more: object,
) -> Case:
    """Return a case whose target is a function, on rows made up for one test."""
    asker = Asker(answer, sorted(set(labels)))
    date = "date" if columns and "date" in columns else None
    rows = Rows(
        tuple(texts),
        tuple(labels),
        tuple(range(len(texts))),
        columns or {},
        date,
        source="made.csv",
    )
    replies = asker.ask(rows.texts)
    at = {name: number for number, name in enumerate(replies.classes)}
    answered = Answered(
        np.array([at[label] for label in labels], np.int64),
        replies.probabilities,
        np.zeros(len(texts), np.bool_) if replies.is_unsure is None else replies.is_unsure,
        replies.classes,
        "asked",
        "made.csv",
        replies.says,
        can_pass=replies.is_unsure is not None,
    )
    return replace(Case(asker, rows, answered), **more)


def named(figures: Sequence[Measured]) -> dict[str, Measured]:
    """Return figures by name; each name is listed, and stands there once."""
    found = {item.name: item for item in figures}
    assert len(found) == len(figures)
    for item in figures:
        known = find_name(item.name)
        assert known is not None, item.name
        if isinstance(item, Evidence):
            assert known.unit == item.unit
            assert type(item.value) is float
            assert item.low is None or item.low <= item.value
            assert item.high is None or item.high >= item.value
    return found


def known(figures: dict[str, Measured], name: str) -> Evidence:
    """Return a figure that must have been measured."""
    item = figures[name]
    assert isinstance(item, Evidence), item
    return item
