"""Where it comes from: what was tried, what the audit saw, what it was built from, every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, NotMeasured, Picture, find_name
from lissom.govern.drawing import Draw, draw
from lissom.govern.figures import NO_INTERVAL, count, say_number, say_range
from lissom.govern.markup import Markup, join, tag, text, user
from lissom.govern.report_page import Part, fold, table
from lissom.govern.report_rows import rows_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Candidate, Finding, Measured, Story
    from lissom.govern.weigh import Weighed


def record_parts(
    story: Story, *, private: bool, draw: Draw = draw, gates: Sequence[Weighed] = ()
) -> list[Part]:
    """Return the sections about how the model came to be, in reading order."""
    parts = [
        Part(
            "candidates",
            "What was tried",
            "Each way of learning was tried on rows held back from it. The chosen one ships.",
            _candidates(story.candidates, draw),
        ),
        Part(
            "findings",
            "What the audit saw in the rows",
            "Trouble in the data limits every model made from it.",
            _findings(story, private=private),
        ),
        Part("facts", "What was built from what", "", _facts(story.facts)),
    ]
    if gates:
        about = "What the policy, and the house, ask before the model is used."
        parts.append(Part("gates", "May it be released?", about, _gates(gates)))
    if story.changes:
        about = "Against the bundle that this one replaces."
        parts.append(Part("changes", "What changed", about, _list(story.changes)))
    measured = [item for item in story.evidence if isinstance(item, Evidence)]
    missing = [item for item in story.evidence if isinstance(item, NotMeasured)]
    about = "Each with its interval, the rows behind it, how it was found and what it speaks of."
    parts.append(Part("evidence", "Every figure", about, _evidence(measured)))
    about = "What nobody measured is not 0; it is unknown."
    parts.append(Part("unknown", "What was not measured", about, _missing(missing)))
    return parts


def _gates(gates: Sequence[Weighed]) -> Markup:
    said = {"holds": "holds", "open": "cannot be told", "broken": "does not hold"}
    rows = [(user(one.gate), text(said[one.state]), text(one.reason)) for one in gates]
    return table("Gates", ("Gate", "Outcome", "Why"), rows, numbers="w w", unseen=True)


def _candidates(candidates: Sequence[Candidate], draw: Draw) -> Markup:
    if not candidates:
        return tag("p", text("Nothing was compared."), class_="quiet")
    rows = [
        (
            join(user(item.name), text(" (chosen)" if item.is_chosen else "")),
            *_accuracy(item.accuracy),
            text(item.why),
        )
        for item in candidates
    ]
    measure = find_name(candidates[0].accuracy.name)
    named = measure.title if measure else "Accuracy"
    head = ("Way of learning", named, "May lie in", "Why")
    whole = table("What was tried", head, rows, numbers=" nnw", unseen=True)
    measured = [item for item in candidates if isinstance(item.accuracy, Evidence)]
    return _candidate_chart(measured, whole, named, draw) if len(measured) > 1 else whole


def _candidate_chart(
    measured: Sequence[Candidate], whole: Markup, named: str, draw: Draw
) -> Markup:
    columns: dict[str, tuple[str | float | int, ...]] = {
        "way": tuple(item.name for item in measured),
        "accuracy": tuple(_end(item.accuracy, "value") for item in measured),
        "from": tuple(_end(item.accuracy, "low") for item in measured),
        "to": tuple(_end(item.accuracy, "high") for item in measured),
    }
    title = f"{named} of each way of learning"
    race = Picture("race.accuracy", title, "bars", columns, "way", "accuracy", "from", "to")
    return tag("div", draw(race, "race", title), whole, class_="stack")


def _end(item: Measured, end: str) -> float:
    if isinstance(item, NotMeasured):  # the caller passes measured ones only
        return 0.0
    given = {"low": item.low, "high": item.high}.get(end)
    return float(item.value if given is None else given)


def _accuracy(item: Measured) -> tuple[Markup, Markup]:
    if isinstance(item, NotMeasured):
        return text("not measured"), text(item.reason)
    return text(say_number(item.value, item.unit)), text(say_range(item.low, item.high, item.unit))


def _findings(story: Story, *, private: bool) -> Markup:
    if not story.findings:
        return tag("p", text("Nothing was found."), class_="quiet")
    shown = (_finding(item, story if private else None) for item in story.findings)
    return tag("div", *shown, class_="body")


def _finding(item: Finding, story: Story | None) -> Markup:
    """Return one finding; rows only where a story with rows is handed in."""
    wrong = (
        ""
        if item.error_rate is None
        else f" This finding is wrong in {say_number(item.error_rate, 'share')} of its rows."
    )
    read = Markup("")
    if story is not None and story.rows_to_read.get(item.kind):
        rows = story.rows_to_read[item.kind]
        read = fold(f"Read {count(len(rows), 'row')}", rows_list(rows))
    level = tag("span", text(item.severity), class_=f"level {item.severity}")
    return tag(
        "div",
        tag("h3", level, text(item.title)),
        tag("p", text(f"{count(item.count, 'row')}. {item.advice}{wrong}"), class_="quiet"),
        read,
        class_="finding",
    )


def _facts(facts: dict[str, str]) -> Markup:
    if not facts:
        return tag("p", text("Nothing was noted."), class_="quiet")
    rows = [(text(name[:1].upper() + name[1:]), user(value)) for name, value in facts.items()]
    return table("What it was built from", ("What", "Which"), rows, unseen=True)


def _list(lines: Sequence[str]) -> Markup:
    return tag("ul", *(tag("li", text(line)) for line in lines), class_="plain")


def _evidence(measured: Sequence[Evidence]) -> Markup:
    if not measured:
        return tag("p", text("Nothing was measured."), class_="quiet")
    rows = [
        (
            _title(item.name),
            text(say_number(item.value, item.unit)),
            text(say_range(item.low, item.high, item.unit) or NO_INTERVAL),
            text(f"{item.n:,}"),
            text(item.unit),
            text(item.method),
            text(item.source),
        )
        for item in measured
    ]
    head = ("Figure", "Value", "May lie in", "n", "Unit", "Method", "Source")
    whole = table("Every figure that was measured", head, rows, numbers="wnnn ww", unseen=True)
    return fold(f"All {count(len(rows), 'figure')}", whole)


def _missing(missing: Sequence[NotMeasured]) -> Markup:
    if not missing:
        return tag("p", text("Everything that was asked for was measured."), class_="quiet")
    rows = [(_title(item.name), text(item.reason)) for item in missing]
    return table("Not measured", ("Figure", "Why not"), rows, numbers="ww", unseen=True)


def _title(name: str) -> Markup:
    known = find_name(name)
    shown = text(known.title) if known else text("")
    return join(shown, tag("span", tag("bdi", text(name)), class_="mono"))
