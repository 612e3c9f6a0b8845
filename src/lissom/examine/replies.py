"""What a target says of some texts, whatever form it says it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from lissom.errors import WrongAnswersError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Says = Literal["all", "best", "label"]
"""A probability for each class, for the answer alone, or no probability."""

_SLACK = 1e-3
"""Rows of probabilities may miss a sum of 1 by this much; float16 does."""


@dataclass(frozen=True, slots=True, eq=False)
class Replies:
    """What a target says of some texts, in order.

    Args:
        classes: names of the columns.
        probabilities: (texts, classes); see `says`.
        says: "all" when a row holds a probability for each class, "best" when it holds that of
            the answer alone and 0 elsewhere, "label" when it holds a 1 for the answer and no
            probability was given.
        is_unsure: (texts,) the target passes the text on to a person; None when it never says so.
        strangeness: (texts,) the higher, the less like what it learned from; None when it has no
            detector of its own.

    >>> given = Replies(("a", "b"), np.array([[0.25, 0.75]]), "all")
    >>> given.predicted.tolist(), given.sureness.tolist()
    ([1], [0.75])
    """

    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    says: Says
    is_unsure: NDArray[np.bool_] | None = None
    strangeness: NDArray[np.float64] | None = None

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Return the column of each answer; the first wins a tie."""
        found: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return found

    @property
    def sureness(self) -> NDArray[np.float64]:
        """Return the probability of each answer; 1 where none was given."""
        best: NDArray[np.float64] = self.probabilities.max(axis=1, initial=0.0)
        return best

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.probabilities)


def read_replies(raw: object, count: int, classes: Sequence[str] = ()) -> Replies:
    """Read what a callable returned for `count` texts.

    Args:
        raw: `Replies`; a (texts, classes) array of probabilities; or for each text a label, a
            (label, probability) pair, a mapping from label to probability, or an object with
            `label` and perhaps `probability` and `unsure`. A label may be any value with a name.
        count: texts that were asked.
        classes: names of the columns of an array.

    Raises:
        WrongAnswersError: it is none of these, or not one answer for each text.

    >>> read_replies(["b", "a", "b"], 3).classes
    ('a', 'b')
    >>> read_replies([{"a": 0.2, "b": 0.8}], 1).probabilities.tolist()
    [[0.2, 0.8]]
    """
    if isinstance(raw, Replies):
        found = raw
    elif isinstance(raw, np.ndarray) and raw.ndim == 2:  # noqa: PLR2004 - rows and columns
        found = _of_array(raw, classes)
    elif isinstance(raw, Sequence | np.ndarray) and not isinstance(raw, str | bytes):
        found = _of_list(list(raw), classes)
    else:
        raise WrongAnswersError(f"it returned {type(raw).__name__}")
    if len(found) != count:
        raise WrongAnswersError(f"it gave {len(found)} answers to {count} texts")
    _check(found)
    return found


def _of_array(raw: NDArray[np.generic], classes: Sequence[str]) -> Replies:
    if raw.shape[1] != len(classes):
        raise WrongAnswersError(
            f"it returned {raw.shape[1]} columns of probabilities, and {len(classes)} class names "
            "are known"
        )
    return Replies(tuple(classes), raw.astype(np.float64), "all")


def _of_list(raw: list[object], classes: Sequence[str]) -> Replies:
    first = raw[0] if raw else ""
    if isinstance(first, Mapping):
        return _of_mappings([one for one in raw if isinstance(one, Mapping)], len(raw), classes)
    if hasattr(first, "label") or (isinstance(first, tuple) and len(first) == 2):  # noqa: PLR2004 - a pair
        return _of_pairs(raw, classes)
    names = _names([str(one) for one in raw], classes)
    return Replies(names, _one_hot([str(one) for one in raw], [1.0] * len(raw), names), "label")


def _of_mappings(raw: list[Mapping[object, object]], count: int, classes: Sequence[str]) -> Replies:
    if len(raw) < count:
        raise WrongAnswersError("it mixed several forms of answer")
    names = _names([str(key) for one in raw for key in one], classes)
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(raw), len(names)))
    for row, one in enumerate(raw):
        for key, value in one.items():
            table[row, at[str(key)]] = _number(value)
    return Replies(names, table, "all")


def _of_pairs(raw: list[object], classes: Sequence[str]) -> Replies:
    labels, chances, unsure = [], [], []
    for one in raw:
        label, chance = one if isinstance(one, tuple) else _parts(one)
        labels.append(str(label))
        chances.append(_number(chance))
        unsure.append(getattr(one, "unsure", None))
    names = _names(labels, classes)
    says: Says = "best"
    if any(chance != chance for chance in chances):  # noqa: PLR0124 - nan: none was given
        says, chances = "label", [1.0] * len(raw)
    passes = None if None in unsure else np.array([bool(one) for one in unsure], np.bool_)
    return Replies(names, _one_hot(labels, chances, names), says, passes)


def _parts(one: object) -> tuple[object, object]:
    if not hasattr(one, "label"):
        raise WrongAnswersError("it mixed several forms of answer")
    return one.label, getattr(one, "probability", float("nan"))


def _names(found: Sequence[str], classes: Sequence[str]) -> tuple[str, ...]:
    """Return the known names in their order and, after them, new ones by alphabet."""
    return (*classes, *sorted(set(found) - set(classes)))


def _one_hot(
    labels: Sequence[str], chances: Sequence[float], names: tuple[str, ...]
) -> NDArray[np.float64]:
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(labels), len(names)))
    table[np.arange(len(labels)), [at[label] for label in labels]] = chances
    return table


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise WrongAnswersError(f"it gave {type(value).__name__} as a probability")
    return float(value)


def _check(found: Replies) -> None:
    table = found.probabilities
    if not len(table):
        return
    if not np.isfinite(table).all() or table.min() < 0 or table.max() > 1 + _SLACK:
        raise WrongAnswersError("it gave a probability outside 0 to 1")
    if found.says == "all" and abs(table.sum(axis=1) - 1).max() > _SLACK:
        worst = table.sum(axis=1)[abs(table.sum(axis=1) - 1).argmax()]
        raise WrongAnswersError(f"the probabilities of one text sum to {worst:.4g}, not 1")
    if found.says != "all" and table.max(axis=1).min() <= 0:
        raise WrongAnswersError("it gave its own answer a probability of 0")
