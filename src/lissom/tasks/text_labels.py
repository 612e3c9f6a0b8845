"""Any number of labels for each text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lissom.errors import TooFewClassesError
from lissom.tasks.label_sets import (
    NONE,
    choose_labels,
    holds_many,
    join_names,
    set_sureness,
    split_cell,
)
from lissom.tasks.output import Labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.tasks.output import Output
    from lissom.tasks.task import Task


@dataclass(frozen=True, slots=True)
class TextLabels:
    """Labels written "late|refund", or "-" for none; the net gives out `Labels`.

    Args:
        none: the cell of a row that has none of the labels; an empty cell says nothing at all.
    """

    none: str = NONE

    kind: ClassVar[str] = "text-labels"
    word: ClassVar[str] = "labels"

    def fits(self, cells: Sequence[str]) -> bool:
        """Say whether most of these label cells hold several names.

        >>> TextLabels().fits(["late|refund", "late"]), TextLabels().fits(["a|b", "b|c"])
        (False, True)
        """
        return holds_many(cells)

    def call_none(self, word: str) -> Task:
        """Return this task with another word for none.

        >>> TextLabels().call_none("nothing").names_in("nothing")
        ()
        """
        return TextLabels(word.strip())

    def names_in(self, cell: str) -> tuple[str, ...]:
        """Return the labels, each once, in alphabetical order; none for the word for none.

        >>> TextLabels().names_in(" refund|late|late"), TextLabels().names_in("-")
        (('late', 'refund'), ())
        """
        return tuple(name for name in split_cell(cell) if name != self.none)

    def tidy(self, cell: str) -> str:
        """Return the labels in alphabetical order, or the word for none; "" where nothing is said.

        >>> TextLabels().tidy("refund| late|refund"), TextLabels().tidy(" | ")
        ('late|refund', '')
        """
        return join_names(self.names_in(cell), self.none) if split_cell(cell) else ""

    def read_output(self, cells: Sequence[str]) -> Output:
        """Return the labels in alphabetical order, and whether a row may have none.

        Raises:
            TooFewClassesError: fewer than two different labels.

        >>> TextLabels().read_output(["refund|late", "-"])
        Labels(names=('late', 'refund'), none='-', thresholds=(), power=1.0)
        """
        sets = [self.names_in(cell) for cell in cells]
        found = tuple(sorted({name for names in sets for name in names}))
        if len(found) < 2:  # noqa: PLR2004 - two is what "different" means
            raise TooFewClassesError(found)
        return Labels(found, None if all(sets) else self.none)

    def encode(self, cells: Sequence[str], output: Output) -> NDArray[np.float32]:
        """Return rows of 0 and 1; the word for none is all 0.

        >>> TextLabels().encode(["b|a", "-"], Labels(("a", "b"), "-")).tolist()
        [[1.0, 1.0], [0.0, 0.0]]
        """
        labels = _labels(output)
        at = {name: i for i, name in enumerate(labels.names)}
        targets = np.zeros((len(cells), len(labels.names)), np.float32)
        for row, cell in zip(targets, cells, strict=True):
            row[[at[name] for name in split_cell(cell) if name in at]] = 1
        return targets

    def decode(self, scores: NDArray[np.float32], output: Output) -> list[str]:
        """Return the labels that reach their thresholds, or the word for none.

        >>> TextLabels().decode(np.float32([[0.7, 0.9]]), Labels(("a", "b")))
        ['a|b']
        """
        labels = _labels(output)
        return [
            join_names((labels.names[i] for i in np.flatnonzero(row)), labels.none)
            for row in choose_labels(scores, labels)
        ]

    def confidence(self, scores: NDArray[np.float32], output: Output) -> NDArray[np.float32]:
        """Return the probability that each row's whole set of labels is right.

        >>> sure = TextLabels().confidence(np.float32([[0.5, 1]]), Labels(("a", "b")))
        >>> sure.tolist()
        [0.5]
        """
        labels = _labels(output)
        return set_sureness(scores, choose_labels(scores, labels), labels)


def _labels(output: Output) -> Labels:
    if not isinstance(output, Labels):
        message = f"text labels give out Labels, not {type(output).__name__}"
        raise TypeError(message)
    return output
