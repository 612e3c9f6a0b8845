"""What every kind of task must answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lissom.tasks.output import Output


class Task(Protocol):
    """What an answer means for one kind of rows; knows files of one idea, and no torch.

    Stages hold a task and never ask its name. A new kind is one file that answers this
    protocol and one line in `known.py`; the contract tests find it there.
    """

    @property
    def kind(self) -> str:
        """Return the name in the manifest, such as "text-classification"."""
        ...

    @property
    def word(self) -> str:
        """Return what a person calls it on the command line, such as "labels"."""
        ...

    def fits(self, cells: Sequence[str]) -> bool:
        """Say whether label cells look like this kind; for any cells at most one kind says so."""
        ...

    def call_none(self, word: str) -> Task:
        """Return this task with another word for a row that has none of the labels.

        Raises:
            NoneWordError: every row has a label in this kind.
        """
        ...

    def names_in(self, cell: str) -> tuple[str, ...]:
        """Return the labels that a cell holds."""
        ...

    def tidy(self, cell: str) -> str:
        """Return the one cell for all those that mean the same; "" for one that says nothing."""
        ...

    def read_output(self, cells: Sequence[str]) -> Output:
        """Return what a net must give out, read off all label cells that are not empty."""
        ...

    def encode(self, cells: Sequence[str], output: Output) -> NDArray[np.float32]:
        """Return the targets as a (rows, outputs) matrix in [0, 1]."""
        ...

    def decode(self, scores: NDArray[np.float32], output: Output) -> list[str]:
        """Return the answer cell for each row of (rows, outputs) calibrated probabilities.

        What `encode` made of a cell, `decode` reads back as an equal cell.
        """
        ...

    def confidence(self, scores: NDArray[np.float32], output: Output) -> NDArray[np.float32]:
        """Return the probability, in [0, 1], that each row's answer is right."""
        ...
