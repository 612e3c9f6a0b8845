"""A table that people would rather look at; how it is drawn is the report's business."""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["bars", "line", "dots", "heat"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns of equal length, and how to draw them.

    Args:
        name: dotted name, as evidence has; "calibration.reliability".
        title: one sentence that says what is to be seen.
        shape: "bars" (x is a name), "line" and "dots" (x is a number), "heat" (x and y are names).
        columns: column name to values; every column has the same length.
        x: column along the bottom.
        y: column up the side.
        low: column with the interval's lower end, or "" for none.
        high: column with the upper end, or "" for none.
        colour: column that "heat" shades by, or that splits lines, or "".

    >>> Picture("a", "Two bars", "bars", {"kind": ("x", "y"), "rows": (1, 2)}, "kind", "rows").x
    'kind'
    """

    name: str
    title: str
    shape: Shape
    columns: dict[str, tuple[str | float | int, ...]]
    x: str
    y: str
    low: str = ""
    high: str = ""
    colour: str = ""
