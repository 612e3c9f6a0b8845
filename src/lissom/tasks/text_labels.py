"""Any number of labels for each text."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class TextLabels:
    """Labels written "late|refund", or "-" for none; the net gives out `Labels`."""

    kind = "text-labels"
    word = "labels"

    def fits(self, cells: Sequence[str]) -> bool:
        """Say whether most of these label cells hold several names.

        >>> TextLabels().fits(["late|refund", "late"]), TextLabels().fits(["a|b", "b|c"])
        (False, True)
        """
        return holds_many(cells)

    def read_output(self, cells: Sequence[str]) -> Output:
        """Return the labels in alphabetical order, and whether a row may have none.

        Raises:
            TooFewClassesError: fewer than two different labels.

        >>> TextLabels().read_output(["refund|late", "-"])
        Labels(names=('late', 'refund'), none='-', thresholds=(), power=1.0)
        """
        names = {name for cell in cells for name in split_cell(cell)}
        has_none = any(split_cell(cell) == (NONE,) for cell in cells)
        found = tuple(sorted(names - {NONE}))
        if len(found) < 2:  # noqa: PLR2004 - two is what "different" means
            raise TooFewClassesError(found)
        return Labels(found, NONE if has_none else None)

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
