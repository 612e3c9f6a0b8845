"""Two models on the same rows: who is right where, and whether the data can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import Evidence, Measured, NotMeasured, Picture, paired_difference
from lissom.evidence.exact import mcnemar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, counted by who is right.

    Args:
        name: what these rows are, as the last parts of a figure's name.
        n: rows.
        only_first: rows on which the first alone is right.
        only_second: rows on which the second alone is right.
        differ: rows that they answer differently, right or wrong.
    """

    name: str
    n: int
    only_first: int
    only_second: int
    differ: int

    @property
    def points(self) -> float:
        """Return how many points the first is ahead."""
        return 100 * (self.only_first - self.only_second) / self.n

    @property
    def p_value(self) -> float:
        """Return the exact p-value that both are right equally often."""
        return mcnemar(self.only_first, self.only_second)


def count_slice(
    name: str,
    first: tuple[NDArray[np.int64], NDArray[np.bool_]],
    second: tuple[NDArray[np.int64], NDArray[np.bool_]],
    rows: NDArray[np.bool_],
) -> Slice:
    """Count some rows.

    Args:
        name: what these rows are.
        first: (answers, whether each is right) of the first model.
        second: the same of the second.
        rows: (rows,) which rows to count.
    """
    one, other = first[1][rows], second[1][rows]
    return Slice(
        name,
        int(rows.sum()),
        int((one & ~other).sum()),
        int((other & ~one).sum()),
        int((first[0][rows] != second[0][rows]).sum()),
    )


def points_ahead(name: str, found: Slice, *, level: float, about: str, source: str) -> Measured:
    """Return by how many points the first model is ahead on a slice, with its interval.

    Args:
        name: of the figure.
        found: the slice.
        level: of the interval; above 0.95 where many slices are looked at together.
        about: what is subtracted from what.
        source: which rows.
    """
    if found.n == 0:
        return NotMeasured(name, "no rows of this kind")
    low, high = paired_difference(found.only_first, found.only_second, found.n, level=level)
    how = f"{about}; Tango 95 %" + ("" if level == _ALONE else ", all slices together")
    value = found.points
    return Evidence(
        name, value, min(100 * low, value), max(100 * high, value), found.n, "points", how, source
    )


def draw_slices(
    key: str, title: str, what: str, slices: Sequence[Slice], level: float
) -> tuple[Picture, ...]:
    """Return one picture of slices as bars with their intervals; none where there is no slice.

    Args:
        key: of the picture.
        title: above it.
        what: the points are, as the name of their column.
        slices: in the order in which they are drawn, each with rows.
        level: of the intervals.
    """
    if not slices:
        return ()
    made = [points_ahead("", one, level=level, about="", source="") for one in slices]
    known = [item for item in made if isinstance(item, Evidence)]
    columns: dict[str, tuple[str | float | int, ...]] = {
        "slice": tuple(one.name.partition(".")[2] for one in slices),
        what: tuple(item.value for item in known),
        "low": tuple(float(item.low or 0.0) for item in known),
        "high": tuple(float(item.high or 0.0) for item in known),
        "rows": tuple(one.n for one in slices),
    }
    return (Picture(key, title, "bars", columns, "slice", what, "low", "high"),)


_ALONE = 0.95
