"""What the labels at hand can decide, and what is done where they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lissom.learn.names import learn_names
from lissom.learn.pool import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.learn.candidates import Learnt
    from lissom.learn.pool import Learning, Pool

NAMES = "names"
SPREAD = "propagation"

STARTERS: dict[str, Callable[[Pool, Learning], Learnt]] = {NAMES: learn_names}
"""Ways of learning that stand outside the race: they run where labels cannot judge one."""

MOST_LONE = 0.1
"""Share of labelled rows that may be the only one of their class before a figure that hides each
in its turn says more about the hiding than about the model."""


@dataclass(frozen=True, slots=True)
class Field:
    """Who may run, and whether labels can judge them.

    Args:
        entrants: the only candidates that may run; none where the race is open.
        why: half a sentence on why it is not open.
        unmeasured: why no figure about being right can be had from these labels; "" where it can.
        named_only: classes that have a name and no labelled row.
    """

    entrants: tuple[str, ...] = ()
    why: str = ""
    unmeasured: str = ""
    named_only: tuple[int, ...] = ()

    @property
    def is_zero_shot(self) -> bool:
        """Return whether there is no label at all."""
        return self.entrants == (NAMES,)


@dataclass(frozen=True, slots=True)
class Shaping:
    """How rows of an odd shape are met.

    Args:
        max_windows: most pieces that are read of a text too long for the encoder, 1 to 64.
        max_characters: most characters of the unlabelled texts that are learned from; of longer
            texts fewer rows are drawn.
    """

    max_windows: int = 4  # about 750 words; each piece costs as much as a text
    max_characters: int = 2_000_000  # about 450,000 tokens: 40 s of reading on 2 cores


class Rows(Protocol):
    """The part of the material that decides who may run."""

    @property
    def targets(self) -> NDArray[np.int64]:
        """Return the class number of each row, `UNKNOWN` where unlabelled."""
        ...

    @property
    def groups(self) -> NDArray[np.int64]:
        """Return a number for each row; rows with one number are held out together."""
        ...

    @property
    def classes(self) -> int:
        """Return how many classes there are."""
        ...

    @property
    def names(self) -> NDArray[np.float32] | None:
        """Return the embedded names, or None where they say nothing."""
        ...

    @property
    def other(self) -> int | None:
        """Return the catch-all, which needs labelled rows and has no place of its own."""
        ...


def find_field(rows: Rows) -> Field:
    """Say which candidates the labels let run.

    Args:
        rows: what is learned from.
    """
    targets = rows.targets
    labelled = np.flatnonzero(targets != UNKNOWN)
    seen = set(targets[labelled].tolist())
    named_only = tuple(n for n in range(rows.classes) if n not in seen and n != rows.other)
    if not len(labelled):
        reason = (
            "no row has a label, so the model was started from the names of the classes (zero-shot)"
        )
        return Field((NAMES,), "no row has a label", reason, named_only)
    lone = int(lone_rows(targets, rows.groups).sum())
    unmeasured = ""
    if lone > MOST_LONE * len(labelled):
        unmeasured = (
            f"{lone} of {len(labelled)} labels are the only one of their class, and hiding such a "
            "label to test the model hides the class itself"
        )
    if named_only and rows.names is not None:
        why = f"no other candidate can answer the {len(named_only)} classes that have a name only"
        return Field((SPREAD,), why, unmeasured, named_only)
    if unmeasured:
        return Field((SPREAD,), "labels this few cannot choose one", unmeasured, named_only)
    return Field(named_only=named_only)


def lone_rows(targets: NDArray[np.int64], groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which labelled rows have no other row of their class outside their group.

    >>> lone_rows(np.array([0, 0, 1, 2, 2]), np.array([0, 1, 2, 3, 3])).tolist()
    [False, False, True, True, True]
    """
    lone = np.zeros(len(targets), np.bool_)
    for number in np.unique(targets[targets != UNKNOWN]):
        rows = np.flatnonzero(targets == number)
        lone[rows] = len(np.unique(groups[rows])) == 1
    return lone
