"""The report: one file that a person can read, print and pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, find_name
from lissom.govern.drawing import Draw, draw
from lissom.govern.facts import BUILT
from lissom.govern.figures import count, say_n, say_number, say_range
from lissom.govern.judge_labels import has_sets
from lissom.govern.markup import Markup, join, tag, text, user
from lissom.govern.report_page import contents, icon, page, part_markup
from lissom.govern.report_record import record_parts
from lissom.govern.report_results import result_parts
from lissom.govern.report_rows import mistakes_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured, Story, Verdict
    from lissom.govern.weigh import Weighed

_WORDS = {
    "pass": ("pass", "Pass"),
    "fail": ("fail", "Fail"),
    "not enough data": ("doubt", "Not enough data"),
}
_KEY_FIGURES = (
    "abstention.answered_share",
    "cost.throughput_texts_per_s",
    "size.bundle_mib",
)


def write_report(
    story: Story, *, private: bool, draw: Draw = draw, gates: Sequence[Weighed] = ()
) -> str:
    """Return the report as one HTML file that loads nothing and runs nothing.

    The same story gives the same bytes.

    Args:
        story: what was built and measured. `facts["built"]` is the date in the header.
        private: with texts and rows to read. Without, it shows figures and class names only and
            may travel inside the bundle.
        draw: who draws its pictures.
        gates: what the gates of a policy came to.

    >>> from lissom.evidence import Story, Verdict
    >>> empty = Story("shop", Verdict("fail", "No.", (), ""), (), (), (), (), (), {})
    >>> write_report(empty, private=False).startswith("<!doctype html>")
    True
    """
    parts = [*mistakes_part(story, private=private), *result_parts(story, draw=draw)]
    parts += record_parts(story, private=private, draw=draw, gates=gates)
    body = tag(
        "div",
        _masthead(story, private=private),
        tag(
            "main",
            _verdict(story.verdict),
            _key_figures(story),
            _warnings(story.warnings),
            contents(parts),
            *(part_markup(part) for part in parts),
        ),
        _footer(private=private),
        class_="page",
    )
    return page(f"{story.name}: {_WORDS[story.verdict.outcome][1].lower()}", body)


def write_private(story: Story, gates: Sequence[Weighed] = ()) -> str:
    """Return the report with mistakes and rows to read; it never goes into a bundle."""
    return write_report(story, private=True, gates=gates)


def _masthead(story: Story, *, private: bool) -> Markup:
    about = [text(story.facts[BUILT])] if BUILT in story.facts else []
    if private:
        about.append(text("Private: holds texts of your rows"))
    return tag(
        "header",
        tag("h1", user(story.name)),
        tag("p", Markup(" · ".join(about))),
        class_="masthead",
    )


def _verdict(verdict: Verdict) -> Markup:
    kind, word = _WORDS[verdict.outcome]
    failed = Markup("")
    if verdict.failed_gates:
        failed = tag(
            "p", text(f"Gates not held: {', '.join(verdict.failed_gates)}"), class_="gates"
        )
    return tag(
        "section",
        tag("h2", icon(kind), tag("span", text(word)), class_="word", id="verdict"),
        tag("p", text(verdict.headline), class_="headline"),
        failed,
        tag("ol", *(tag("li", text(reason)) for reason in verdict.reasons), class_="reasons"),
        _next(verdict.next_step),
        class_=f"verdict {kind}",
        aria_labelledby="verdict",
    )


def _next(step: str) -> Markup:
    if not step:
        return Markup("")
    words, found, command = step.partition("lissom ")
    shown = join(text(words), tag("code", text(found + command))) if found else text(step)
    return tag("p", tag("strong", text("Next: ")), shown, class_="next")


def _key_figures(story: Story) -> Markup:
    first = "task.micro_f1" if has_sets(story.evidence) else "task.accuracy"
    names = (first, *_KEY_FIGURES)
    return tag("dl", *(_key_figure(story.find(name)) for name in names), class_="key")


def _key_figure(item: Measured) -> Markup:
    known = find_name(item.name)
    title = tag("dt", text(known.title if known else item.name))
    if not isinstance(item, Evidence):
        shown = tag("span", text("not measured"), class_="figure none")
        return tag("div", title, tag("dd", shown, _inside(item.reason)))
    interval = say_range(item.low, item.high, item.unit)
    inside = f"{interval}, {say_n(item.n)}" if interval else ""
    figure = tag("span", text(say_number(item.value, item.unit)), class_="figure")
    return tag("div", title, tag("dd", figure, _inside(inside)))


def _inside(words: str) -> Markup:
    return tag("span", text(words), class_="inside")


def _warnings(warnings: tuple[str, ...]) -> Markup:
    if not warnings:
        return Markup("")
    shown = (
        tag("div", icon("warning"), tag("p", text(warning)), class_="warning")
        for warning in warnings
    )
    about = tag("div", tag("h2", text(count(len(warnings), "warning")), id="w"), class_="about")
    body = tag("div", *shown, class_="body")
    return tag("section", about, body, class_="part", aria_labelledby="w")


def _footer(*, private: bool) -> Markup:
    kept = (
        "This file holds texts of your rows: keep it where the rows are kept."
        if private
        else "This file holds figures and class names, and no row of the data."
    )
    return tag(
        "footer", tag("p", text(f"Written by lissom. {kept} Intervals are at 95 % throughout."))
    )
