"""A picture in the page: drawn, described, and as a table beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import Picture
from lissom.govern.drawing import HEAT_MOST, STROKES, Draw, Values, draw, is_share, name_lines
from lissom.govern.figures import count, plain_number, say_number
from lissom.govern.markup import Markup, clean, join, tag, text, user
from lissom.govern.report_page import fold, scroll, table

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = "As a table"
MOST_BARS = 20  # a chart taller than a screen is a table


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said beside a heat map."""

    how_to_read: str
    caption: str
    heads: tuple[str, str]
    nothing: str
    described: str


_CLASSES = _Words(
    "A line is a class in your file; a column is what the model said, by the same number. The "
    "stronger the colour, the larger the part of the line.",
    "Pairs of classes taken for one another",
    ("The file says", "The model says"),
    "No class was taken for another.",
    "of classes were taken for one another; most often {} for {}",
)
_LABELS = _Words(
    "A line is a label in your file; where it was missed, a column is a label that was given and "
    "is not there. The stronger the colour, the larger the part of the line.",
    "Labels that were missed, and what was given in their place",
    ("Missed", "Given"),
    "No label was missed, and none was given wrongly.",
    "of labels changed places; most often {} was missed and {} given",
)
MOST_PAIRS = 12
MOST_TABLE_PAIRS = 60


def figure(
    picture: Picture, key: str, *, beneath: Markup | None = None, draw: Draw = draw
) -> Markup:
    """Return a picture with its table folded beneath it.

    Bars beyond `MOST_BARS` are left to the table. A heat map of more than `HEAT_MOST` names
    becomes the pairs that are most often taken for one another.

    Args:
        picture: what to show; without rows it is a sentence.
        key: unique in the page.
        beneath: a fuller table to fold beneath it in place of its own.
        draw: who draws.
    """
    if not picture.columns.get(picture.x):
        return tag("p", text(f"{picture.title}: there are no rows to draw."), class_="quiet")
    if picture.shape == "heat":
        return _confusion(picture, key, draw)
    drawn = _cut(picture, MOST_BARS) if picture.shape == "bars" else picture
    left = len(picture.columns[picture.x]) - len(drawn.columns[drawn.x])
    caption = picture.title + (f" The first {MOST_BARS}; all are in the table." if left else "")
    return tag(
        "figure",
        tag("figcaption", text(caption)),
        draw(drawn, key, _describe(drawn)),
        _say_lines(drawn),
        fold(TABLE, beneath if beneath is not None else _plain_table(picture)),
    )


def pairs(picture: Picture) -> list[tuple[str, str, float]]:
    """Return (file says, model says, rows) of every confusion, most frequent first.

    >>> heat = Picture("c", "C", "heat", {"f": ("a", "a"), "m": ("a", "b"), "n": (5, 2)}, "m", "f",
    ...                colour="n")
    >>> pairs(heat)
    [('a', 'b', 2.0)]
    """
    columns = picture.columns
    cells = zip(columns[picture.y], columns[picture.x], columns[picture.colour], strict=True)
    wrong = [(str(y), str(x), float(n)) for y, x, n in cells if y != x and float(n) > 0]
    return sorted(wrong, key=lambda pair: (-pair[2], pair[0], pair[1]))


def _confusion(picture: Picture, key: str, draw: Draw) -> Markup:
    words = _LABELS if picture.name == "task.exchanges" else _CLASSES
    columns = picture.columns
    names = set(columns[picture.x]) | set(columns[picture.y])
    wrong = pairs(picture)
    listed = _pair_table(wrong, words) if wrong else tag("p", text(words.nothing))
    if len(names) <= HEAT_MOST:
        desc = _describe_pairs(wrong, words)
        drawn = scroll(draw(picture, key, desc), picture.title)
        return tag(
            "figure",
            tag("figcaption", text(picture.title)),
            tag("p", text(words.how_to_read), class_="quiet"),
            drawn,
            fold("Which were taken for which, as a table", listed),
        )
    if len(wrong) <= MOST_PAIRS:
        return listed
    return join(_pair_table(wrong[:MOST_PAIRS], words, len(wrong)), fold("More of them", listed))


def _pair_table(wrong: Sequence[tuple[str, str, float]], words: _Words, of: int = 0) -> Markup:
    rows = [
        (user(label), user(given), text(f"{int(n):,}"))
        for label, given, n in wrong[:MOST_TABLE_PAIRS]
    ]
    every = of or len(wrong)
    caption = words.caption
    if len(rows) < every:
        caption += f", the {len(rows)} most frequent of {every:,}"
    return table(caption, (*words.heads, "Rows"), rows, numbers="  n")


def _say_lines(picture: Picture) -> Markup:
    """Say which line is which; nothing where there is one only."""
    if picture.shape != "line" or not picture.colour:
        return Markup("")
    named = [
        join(text(f"{STROKES[i % len(STROKES)]}: "), user(name))
        for i, name in enumerate(name_lines(picture))
    ]
    between = [text("; ")] * (len(named) - 1) + [text(".")]
    pieces = [piece for pair in zip(named, between, strict=True) for piece in pair]
    return tag("p", text("Lines, "), *pieces, class_="quiet")


def _plain_table(picture: Picture) -> Markup:
    names = list(picture.columns)
    shown = [_say_column(picture.columns[name]) for name in names]
    kinds = "".join("n" if _is_number(picture.columns[name]) else " " for name in names)
    rows = list(zip(*shown, strict=True))
    return table(picture.title, [clean(name) for name in names], rows, numbers=kinds)


def _say_column(values: Values) -> list[Markup]:
    unit = "share" if is_share(values) else ""
    return [
        user(value) if isinstance(value, str) else text(say_number(value, unit)) for value in values
    ]


def _is_number(values: Values) -> bool:
    return not any(isinstance(value, str) for value in values)


def _cut(picture: Picture, most: int) -> Picture:
    columns = {name: values[:most] for name, values in picture.columns.items()}
    p = picture
    return Picture(p.name, p.title, p.shape, columns, p.x, p.y, p.low, p.high, p.colour)


def _describe(picture: Picture) -> str:
    ups = picture.columns[picture.y]
    numbers = [float(value) for value in ups]
    unit = "share" if is_share(ups) else ""
    across = picture.columns[picture.x]
    low, high = numbers.index(min(numbers)), numbers.index(max(numbers))
    ends = [f"{_say_x(across[i])} with {say_number(numbers[i], unit)}" for i in (low, high)]
    return f"{count(len(numbers), 'value')}; lowest at {ends[0]}, highest at {ends[1]}."


def _say_x(value: str | float) -> str:
    return clean(value) if isinstance(value, str) else plain_number(value)


def _describe_pairs(wrong: Sequence[tuple[str, str, float]], words: _Words) -> str:
    if not wrong:
        return words.nothing
    label, given, n = wrong[0]
    told = words.described.format(clean(label), clean(given))
    return f"{count(len(wrong), 'pair')} {told}, {count(int(n), 'row')}."
