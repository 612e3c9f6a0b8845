"""The page of an examination: one sentence a part, then the picture, then the rows to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, NotMeasured, find_name, own_words
from lissom.govern.figure import figure
from lissom.govern.figures import NO_INTERVAL, count, say_n, say_number, say_range
from lissom.govern.markup import Markup, join, tag, text, user
from lissom.govern.report_page import Part, contents, fold, icon, page, part_markup, table
from lissom.govern.report_rows import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Exam, Examined, Measured, RowToRead

_WORDS = {
    "pass": ("pass", "Pass"),
    "fail": ("fail", "Fail"),
    "not enough data": ("doubt", "Not enough data"),
}
_OPEN = 5
_SHOWN_FIGURES = 12


def write_exam(exam: Exam, titles: dict[str, str]) -> str:
    """Return the examination as one HTML file that loads nothing and runs nothing.

    It holds texts of the rows, so it belongs where the rows are kept.

    Args:
        exam: what came out.
        titles: key of a part to its heading.
    """
    parts = [_part(part, titles.get(part.key, part.key)) for part in exam.parts]
    parts.append(Part("facts", "What was examined with what", "", _facts(exam.facts)))
    body = tag(
        "div",
        tag(
            "header",
            tag("h1", user(exam.target)),
            tag("p", text(f"Examined on {exam.data}. Private: holds texts of your rows")),
            class_="masthead",
        ),
        tag(
            "main",
            _verdict(exam),
            _overview(exam.parts, titles),
            contents(parts),
            *(part_markup(part) for part in parts),
        ),
        tag(
            "footer",
            tag(
                "p",
                text(
                    "Written by lissom. This file holds texts of your rows: keep it where the rows "
                    "are kept. Intervals are at 95 % throughout."
                ),
            ),
        ),
        class_="page",
    )
    return page(f"{exam.target}: {_WORDS[exam.outcome][1].lower()}", body)


def _verdict(exam: Exam) -> Markup:
    kind, word = _WORDS[exam.outcome]
    reasons = [
        part.reasons[0]
        for part in exam.parts
        if part.outcome == exam.outcome and part.reasons and exam.outcome != "pass"
    ]
    broken = Markup("")
    if exam.broken:
        broken = tag("p", text(f"Your rules not held: {'; '.join(exam.broken)}"), class_="gates")
    return tag(
        "section",
        tag("h2", icon(kind), tag("span", text(word)), class_="word", id="verdict"),
        tag("p", text(exam.headline), class_="headline"),
        broken,
        tag("ol", *(tag("li", text(reason)) for reason in reasons), class_="reasons"),
        class_=f"verdict {kind}",
        aria_labelledby="verdict",
    )


def _overview(parts: Sequence[Examined], titles: dict[str, str]) -> Markup:
    rows = [
        (
            tag("a", text(titles.get(part.key, part.key)), href=f"#{part.key}"),
            text(_WORDS[part.outcome][1] if part.outcome else "No verdict"),
            text(part.sentence),
        )
        for part in parts
    ]
    whole = table("The parts", ("Part", "Verdict", "In one sentence"), rows, numbers="  w")
    return tag("section", whole, class_="overview")


def _part(part: Examined, title: str) -> Part:
    pictures = [figure(picture, f"{part.key}-{i}") for i, picture in enumerate(part.pictures)]
    inside = [
        tag("p", text(part.sentence), class_="lead"),
        _reasons(part),
        tag("div", *pictures, class_="pair") if pictures else Markup(""),
        _figures(part.evidence),
        _rows(part.rows),
    ]
    verdict = _WORDS[part.outcome][1] if part.outcome else "No verdict"
    return Part(part.key, title, f"{verdict}. Took {part.seconds:.0f} s.", join(*inside))


def _reasons(part: Examined) -> Markup:
    if not part.reasons:
        return tag("p", text("No rule speaks of this part, so it has no verdict."), class_="quiet")
    items = [tag("li", text(reason)) for reason in part.reasons]
    first, rest = items[:_OPEN], items[_OPEN:]
    shown = tag("ul", *first, class_="plain")
    if not rest:
        return shown
    return join(shown, fold(f"{count(len(rest), 'rule')} more", tag("ul", *rest, class_="plain")))


def _figures(evidence: Sequence[Measured]) -> Markup:
    measured = [_line(item) for item in evidence if isinstance(item, Evidence)]
    missing = [item for item in evidence if isinstance(item, NotMeasured)]
    head = ("Figure", "Value", "May lie in", "Behind it")
    shown = Markup("")
    if measured:
        first, rest = measured[:_SHOWN_FIGURES], measured[_SHOWN_FIGURES:]
        shown = table("Figures", head, first, numbers="wnn ", unseen=True)
        if rest:
            more = table("More figures", head, rest, numbers="wnn ", unseen=True)
            shown = join(shown, fold(f"{count(len(rest), 'figure')} more", more))
    if missing:
        items = (tag("li", text(f"{_name(item.name)}: {item.reason}.")) for item in missing)
        listed = tag("ul", *items, class_="plain")
        shown = join(shown, fold(f"{count(len(missing), 'figure')} not measured", listed))
    return shown


def _line(item: Evidence) -> tuple[Markup, Markup, Markup, Markup]:
    known = find_name(item.name)
    about = tag("p", text(known.meaning), class_="quiet") if known else Markup("")
    name = join(text(_name(item.name)), about, tag("span", text(item.name), class_="mono"))
    interval = say_range(item.low, item.high, item.unit) or NO_INTERVAL
    how = join(text(say_n(item.n)), tag("p", text(f"{item.method}; {item.source}"), class_="quiet"))
    return name, text(say_number(item.value, item.unit)), text(interval), how


def _name(name: str) -> str:
    known = find_name(name)
    own = ": ".join(own_words(name))
    return f"{known.title if known else name}{f' ({own})' if own else ''}"


def _rows(rows: Sequence[RowToRead]) -> Markup:
    if not rows:
        return Markup("")
    items = [_row(row) for row in rows]
    shown = [tag("h3", text("Rows to read")), tag("ol", *items[:_OPEN], class_="mistakes")]
    more = items[_OPEN:]
    if more:
        shown.append(fold(f"{count(len(more), 'row')} more", tag("ol", *more, class_="mistakes")))
    return join(*shown)


def _row(row: RowToRead) -> Markup:
    where = "" if row.row is None else f" Row {row.row + 1:,}."
    note = f"{row.note[:1].upper()}{row.note[1:]}.{where}"
    return tag("li", quote(row.text, row.marks), tag("p", text(note)))


def _facts(facts: dict[str, str]) -> Markup:
    rows = [(text(label), text(value)) for label, value in facts.items()]
    return table("What was examined with what", ("", ""), rows, numbers=" w", unseen=True)
