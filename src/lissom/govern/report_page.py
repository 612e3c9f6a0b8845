"""The page around the report, and the few shapes that all its parts are made of."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from lissom.govern.markup import Markup, join, tag, text

if TYPE_CHECKING:
    from collections.abc import Sequence

# Shapes differ as well as colours: a tick in a circle, a cross in an octagon, a "?" in a diamond.
_ICONS = {
    "pass": (
        "M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z",
        "M7.5 12.5l3 3l6-6.5",
    ),
    "fail": ("M8 2h8l6 6v8l-6 6h-8l-6-6v-8z", "M8.5 8.5l7 7m0-7l-7 7"),
    "doubt": (
        "M12 1L23 12L12 23L1 12z",
        "M9.4 9.6a2.7 2.7 0 1 1 3.9 2.5c-.9.5-1.3.9-1.3 1.9m0 2.7v.3",
    ),
    "warning": ("M12 2.5L23 21.5H1z", "M12 9v5.5m0 2.8v.3"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the report.

    Args:
        key: its anchor; lower-case words with hyphens.
        title: its heading.
        about: one or two sentences beside it for somebody new to the subject.
        body: what it shows.
    """

    key: str
    title: str
    about: str
    body: Markup


def page(title: str, body: Markup) -> str:
    """Return the whole file; nothing in it may load or run anything, and the browser sees to it."""
    style = files("lissom.govern").joinpath("report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = join(
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", text(title)),
        tag("style", Markup(style)),
    )
    document = tag("html", tag("head", head), tag("body", body), lang="en")
    return f"<!doctype html>\n{document}\n"


def part_markup(part: Part) -> Markup:
    """Return a section: heading and explanation on one side, what it shows on the other."""
    about = join(
        tag("h2", text(part.title), id=f"{part.key}-h"),
        tag("p", text(part.about)) if part.about else Markup(""),
    )
    return tag(
        "section",
        tag("div", about, class_="about"),
        tag("div", part.body, class_="body"),
        class_="part",
        id=part.key,
        aria_labelledby=f"{part.key}-h",
    )


def contents(parts: Sequence[Part]) -> Markup:
    """Return links to the sections."""
    links = (tag("li", tag("a", text(part.title), href=f"#{part.key}")) for part in parts)
    return tag("nav", tag("ul", *links), aria_label="On this page")


def table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Markup]],
    *,
    numbers: str = "",
    unseen: bool = False,
) -> Markup:
    """Return a table that scrolls inside its own box.

    Args:
        caption: what it holds.
        head: one heading per column.
        rows: cells; the first of each row is its heading.
        numbers: one letter per column: "n" set to the right as a number, "w" kept wide,
            anything else as text.
        unseen: the heading above already says what the caption says to those who see it.
    """
    kinds = numbers.ljust(len(head))
    titles = (_cell("th", kind, text(name), "col") for kind, name in zip(kinds, head, strict=True))
    lines = (
        tag(
            "tr",
            _cell("th", kinds[0], row[0], "row"),
            *(_cell("td", kind, cell) for kind, cell in zip(kinds[1:], row[1:], strict=True)),
        )
        for row in rows
    )
    whole = tag(
        "table",
        tag("caption", text(caption), **({"class_": "unseen"} if unseen else {})),
        tag("thead", tag("tr", *titles)),
        tag("tbody", *lines),
    )
    return scroll(whole, caption)


def scroll(inside: Markup, name: str) -> Markup:
    """Return a box that scrolls sideways by itself and can be reached by keyboard."""
    return tag("div", inside, class_="scroll", role="region", aria_label=name, tabindex="0")


def fold(summary: str, *inside: Markup) -> Markup:
    """Return something that opens on demand; on paper it is open."""
    return tag("details", tag("summary", text(summary)), tag("div", *inside, class_="inner"))


def icon(name: str) -> Markup:
    """Return a shape; the word beside it says the same, so it is hidden from screen readers."""
    outline, inner = _ICONS[name]
    line = {
        "fill": "none",
        "stroke": "currentColor",
        "stroke_width": "2",
        "stroke_linejoin": "round",
    }
    return tag(
        "svg",
        tag("path", d=outline, **line),
        tag("path", d=inner, stroke_linecap="round", **line),
        viewBox="0 0 24 24",
        class_="icon",
        aria_hidden="true",
    )


def _cell(element: str, kind: str, inside: Markup, scope: str = "") -> Markup:
    given = {"class_": kind} if kind.strip() else {}
    if scope:
        given["scope"] = scope
    return tag(element, inside, **given)
