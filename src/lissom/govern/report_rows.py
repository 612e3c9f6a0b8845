"""Rows to read: in the private report only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.govern.figures import count, say_number
from lissom.govern.markup import Markup, tag, text, user
from lissom.govern.report_page import Part, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Mistake, Story

OPEN_ROWS = 8  # as many as a person reads in one go; the others are folded
MOST_ROWS = 200
MOST_LETTERS = 700


def mistakes_part(story: Story, *, private: bool) -> list[Part]:
    """Return the mistakes to read, or nothing for the report that travels."""
    if not private:
        return []
    about = (
        "Rows where the model, with the label hidden from it, said something else. The surest come "
        "first: often it is the label that is wrong. Rows count from 1 below the header."
    )
    if not story.mistakes:
        body = tag("p", text("None: there was nothing wrong to show."), class_="lead")
        return [Part("mistakes", "Mistakes to read", about, body)]
    body = Markup("".join(_folded([_mistake(item) for item in story.mistakes[:MOST_ROWS]])))
    return [Part("mistakes", "Mistakes to read", about, body)]


def rows_list(rows: Sequence[tuple[int, str]]) -> Markup:
    """Return (row, text) pairs to read."""
    items = (
        tag("li", quote(words), tag("p", text(f"Row {row + 1:,}")))
        for row, words in rows[:MOST_ROWS]
    )
    return tag("ul", *items, class_="mistakes")


def quote(words: str, marks: Sequence[tuple[int, int]] = ()) -> Markup:
    """Return a row's text; a very long one is cut, and says so.

    Args:
        words: the text.
        marks: places that stand out, (start, end), in order and apart.

    >>> str(quote("a bad day", [(2, 5)])).count("<mark>")
    1
    """
    left = len(words) - MOST_LETTERS
    shown = words[:MOST_LETTERS] + (f" … and {left:,} more characters" if left > 0 else "")
    kept = [(start, end) for start, end in marks if end <= MOST_LETTERS]
    if not kept:
        return tag("blockquote", user(shown))
    pieces, at = [], 0
    for start, end in kept:
        pieces += [text(shown[at:start]), tag("mark", text(shown[start:end]))]
        at = end
    return tag("blockquote", tag("bdi", *pieces, text(shown[at:])))


def _mistake(item: Mistake) -> Markup:
    return tag(
        "li",
        quote(item.text),
        tag(
            "p",
            text("Your file says "),
            tag("b", user(item.label)),
            text(", the model says "),
            tag("b", user(item.predicted)),
            text(f" ({say_number(item.probability, 'share')} sure). Row {item.row + 1:,}."),
        ),
    )


def _folded(items: list[Markup]) -> list[Markup]:
    shown = [tag("ol", *items[:OPEN_ROWS], class_="mistakes")]
    more = items[OPEN_ROWS:]
    if more:
        shown.append(fold(f"{count(len(more), 'row')} more", tag("ol", *more, class_="mistakes")))
    return shown
