"""One label for each text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.errors import NoneWordError, TooFewClassesError
from lissom.tasks.label_sets import holds_many
from lissom.tasks.output import Classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.tasks.output import Output
    from lissom.tasks.task import Task


class TextClassification:
    """Exactly one of the classes for each text; the net gives out `Classes`."""

    kind = "text-classification"
    word = "classes"

    def fits(self, cells: Sequence[str]) -> bool:
        """Say whether each cell looks like one label; a "|" here and there may be part of one.

        >>> TextClassification().fits(["refund", "praise"])
        True
        """
        return not holds_many(cells)

    def call_none(self, word: str) -> Task:
        """Refuse: each text has a class.

        Raises:
            NoneWordError: always.
        """
        raise NoneWordError(word)

    def names_in(self, cell: str) -> tuple[str, ...]:
        """Return the one label.

        >>> TextClassification().names_in("a|b")
        ('a|b',)
        """
        return (cell,)

    def tidy(self, cell: str) -> str:
        """Return the cell as it is."""
        return cell

    def read_output(self, cells: Sequence[str]) -> Output:
        """Return the classes in alphabetical order.

        Raises:
            TooFewClassesError: fewer than two different labels.

        >>> TextClassification().read_output(["refund", "praise", "refund"]).names
        ('praise', 'refund')
        """
        names = tuple(sorted(set(cells)))
        if len(names) < 2:  # noqa: PLR2004 - two is what "different" means
            raise TooFewClassesError(names)
        return Classes(names)

    def encode(self, cells: Sequence[str], output: Output) -> NDArray[np.float32]:
        """Return one-hot rows.

        >>> TextClassification().encode(["b"], Classes(("a", "b"))).tolist()
        [[0.0, 1.0]]
        """
        names = _names(output)
        at = {name: i for i, name in enumerate(names)}
        targets = np.zeros((len(cells), len(names)), np.float32)
        targets[np.arange(len(cells)), [at[cell] for cell in cells]] = 1
        return targets

    def decode(self, scores: NDArray[np.float32], output: Output) -> list[str]:
        """Return the class with the highest probability; the first one wins a tie.

        >>> TextClassification().decode(np.float32([[0.2, 0.8]]), Classes(("a", "b")))
        ['b']
        """
        names = _names(output)
        return [names[i] for i in scores.argmax(axis=1)]

    def confidence(self, scores: NDArray[np.float32], output: Output) -> NDArray[np.float32]:
        """Return the highest probability of each row.

        >>> TextClassification().confidence(np.float32([[0.25, 0.75]]), Classes(("a", "b")))[0]
        np.float32(0.75)
        """
        _names(output)
        best: NDArray[np.float32] = scores.max(axis=1)
        return best


def _names(output: Output) -> tuple[str, ...]:
    if not isinstance(output, Classes):
        message = f"text classification gives out Classes, not {type(output).__name__}"
        raise TypeError(message)
    return output.names
