"""Who draws: a named door, so that a document can be written again where nothing can be drawn.

Checking a bundle writes its report again and leaves the drawings out; the libraries that draw are
no part of an installation that only answers, and take half a second to load.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from lissom.evidence import Picture
from lissom.govern.markup import Markup

Draw = Callable[[Picture, str, str], Markup]
"""Picture, a key that is unique in the page, and a sentence for somebody who cannot see it."""

Values = tuple[str | float | int, ...]
HEAT_MOST = 20  # more classes than this make cells that nobody can read


STROKES = ("solid", "dashed", "dotted", "dash and dot", "sparsely dotted")
"""What the lines of one picture look like, in their order."""


def name_lines(picture: Picture) -> list[str]:
    """Return the names of a picture's lines in the order in which they come.

    >>> columns = {"x": (0, 1), "y": (1, 2), "kind": ("b", "a")}
    >>> name_lines(Picture("n", "N", "line", columns, "x", "y", colour="kind"))
    ['b', 'a']
    """
    return [str(name) for name in dict.fromkeys(picture.columns[picture.colour])]


def draw(picture: Picture, key: str, desc: str) -> Markup:
    """Return the picture as inline SVG with an accessible name.

    Args:
        picture: what to draw; "heat" has at most `HEAT_MOST` names on each side.
        key: unique in the page; ids are made from it.
        desc: a sentence for somebody who cannot see it.
    """
    drawn: Markup = import_module("lissom.govern.charts").draw(picture, key, desc)
    return drawn


def leave_out(_picture: Picture, _key: str, _desc: str) -> Markup:
    """Return the place of a drawing without a drawing.

    >>> leave_out(Picture("a", "A", "bars", {}, "x", "y"), "a", "").startswith("<svg")
    True
    """
    return Markup('<svg role="img"></svg>')


def is_share(values: Values) -> bool:
    """Say whether a column holds shares: fractions, none outside 0 to 1.

    >>> is_share((0.5, 1.0)), is_share((0, 1)), is_share(("a",))
    (True, False, False)
    """
    numbers = [value for value in values if isinstance(value, float)]
    return len(numbers) == len(values) and all(0 <= value <= 1 for value in numbers)
