"""What the model does: per class, confusion, calibration, the share it answers, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import PICTURES, Evidence, NotMeasured, Picture, class_of, find_name
from lissom.govern.drawing import Draw, draw
from lissom.govern.figure import figure
from lissom.govern.figures import NO_INTERVAL, count, say_n, say_number, say_range
from lissom.govern.judge import RECALL
from lissom.govern.judge_labels import has_sets
from lissom.govern.markup import Markup, join, tag, text, user
from lissom.govern.report_page import Part, fold, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured, Story

PRECISION = "task.class.<label>.precision"
F1 = "task.class.<label>.f1"
GAP = "calibration.class.<label>.gap"
TRIED = "frontier.<label>.size_mib"
PAYS = "compression.class.<label>.disagreement"
MOST_CLASSES = 20  # more than these and only the weakest are drawn
WEAKEST = 15


def result_parts(story: Story, *, draw: Draw = draw) -> list[Part]:
    """Return the sections about the model's answers, in reading order."""
    parts = [
        *(_label_parts(story, draw) if has_sets(story.evidence) else _class_parts(story, draw)),
        Part(
            "answers",
            "What it answers itself",
            'It says "unsure" when its probability is low, so that a person can take over.',
            join(
                _drawn(story, "abstention.curve", draw),
                figures_table("Answering or passing on", story, ("abstention.",)),
            ),
        ),
        Part(
            "cost",
            "What it costs",
            "Speed and size of the files that ship, against the full model they were made from.",
            _cost(story, draw),
        ),
    ]
    if _by_class(story.evidence, TRIED):
        parts.append(
            Part(
                "frontier",
                "Ways of making it small that were tried",
                "A budget was given. Each way was tried in turn until one kept to it; the last "
                "line is the one that ships.",
                _frontier(story, draw),
            )
        )
    others = [item for item in story.pictures if item.name not in PICTURES]
    if others:
        drawn = (figure(item, f"more-{i}", draw=draw) for i, item in enumerate(others))
        body = tag("div", *drawn, class_="pair")
        parts.append(Part("pictures", "More pictures", "", body))
    return parts


def _class_parts(story: Story, draw: Draw) -> list[Part]:
    return [
        Part(
            "classes",
            "Class by class",
            "Of the rows of a class, how many it finds. A line shows where the true figure may "
            "lie; with few rows it is long.",
            _classes(story, draw),
        ),
        Part(
            "confusion",
            "What it mixes up",
            "Which class it takes for which. Two classes often mixed up may be one, or need a "
            "clearer line between them.",
            _drawn(story, "task.confusion", draw),
        ),
        Part(
            "calibration",
            "Can its probabilities be believed?",
            "When it says 80 %, it should be right 8 times in 10. On the dotted line it is.",
            join(
                _drawn(story, "calibration.reliability", draw),
                figures_table("Calibration", story, ("calibration.", "task.log_loss")),
            ),
        ),
    ]


def _label_parts(story: Story, draw: Draw) -> list[Part]:
    """Return the sections that read otherwise where a row has any number of labels."""
    drawn = (
        _drawn(story, "calibration.labels", draw),
        _drawn(story, "calibration.reliability", draw),
    )
    of_sets = [story.find(name) for name in _OF_SETS]
    return [
        Part(
            "labels",
            "How well it finds labels",
            "F1 is high only where both hold: what it gives is right, and what is there it gives.",
            _explained_table("Finding labels", of_sets),
        ),
        Part(
            "classes",
            "Label by label",
            "Of the rows that have a label, how many are given it. A line shows where the true "
            "figure may lie; with few rows it is long.",
            _classes(story, draw),
        ),
        Part(
            "confusion",
            "What it misses, and gives instead",
            "Which label it gives where another was missed. Two labels that often change places "
            "may be one, or need a clearer line between them.",
            _drawn(story, "task.exchanges", draw),
        ),
        Part(
            "calibration",
            "Can its probabilities be believed?",
            "When it gives a label 80 %, that label should be there 8 times in 10. And when it "
            "says 80 % of an answer, all labels of that answer should be right 8 times in 10.",
            join(
                tag("div", *drawn, class_="pair"),
                figures_table("Calibration", story, ("calibration.ece", "calibration.label_ece")),
                _gaps(story),
            ),
        ),
    ]


_OF_SETS = (
    "task.micro_f1",
    "task.constant_f1",
    "task.micro_precision",
    "task.micro_recall",
    "task.macro_f1",
    "task.samples_f1",
    "task.subset_accuracy",
    "task.hamming_loss",
)


def _gaps(story: Story) -> Markup:
    """Return how far each label is expected too often or too seldom, the farthest first."""
    found = [
        (class_of(item.name, GAP), item)
        for item in story.evidence
        if class_of(item.name, GAP) and isinstance(item, Evidence)
    ]
    if not found:
        return Markup("")
    found.sort(key=lambda pair: (-abs(pair[1].value), pair[0]))
    rows = [(user(name), *_short(item)) for name, item in found]
    head = ("Label", "Expected too often by", "May lie in", "Of rows")
    shown = table("Expected against there, label by label", head, rows, numbers=" nnn")
    return fold("Label by label", shown)


def figures_table(caption: str, story: Story, starts: tuple[str, ...]) -> Markup:
    """Return the figures whose names start so, with what each means."""
    found = [item for item in story.evidence if item.name.startswith(starts)]
    return _explained_table(caption, found)


def _explained_table(caption: str, found: Sequence[Measured]) -> Markup:
    if not found:
        return Markup("")
    rows = [_explained(item) for item in found]
    return table(caption, ("Figure", "Value", "May lie in", "Behind it"), rows, numbers="wnn ")


def _explained(item: Measured) -> tuple[Markup, Markup, Markup, Markup]:
    known = find_name(item.name)
    about = tag("p", text(known.meaning), class_="quiet") if known else Markup("")
    name = join(text(known.title if known else item.name), about)
    if isinstance(item, NotMeasured):
        return name, text("not measured"), Markup(""), text(item.reason)
    interval = say_range(item.low, item.high, item.unit) or NO_INTERVAL
    return name, text(say_number(item.value, item.unit)), text(interval), text(say_n(item.n))


def _drawn(story: Story, name: str, draw: Draw) -> Markup:
    found = next((item for item in story.pictures if item.name == name), None)
    if found is None:
        return tag("p", text("Not measured: there is nothing to draw."), class_="quiet")
    return figure(found, name.replace(".", "-"), draw=draw)


def _classes(story: Story, draw: Draw) -> Markup:
    recalls = _by_class(story.evidence, RECALL)
    measured = [(name, item) for name, item in recalls.items() if isinstance(item, Evidence)]
    if not measured:
        reason = next(
            (item.reason for item in recalls.values() if isinstance(item, NotMeasured)), ""
        )
        return tag("p", text(f"Not measured. {reason}"), class_="quiet")
    measured.sort(key=lambda pair: (pair[1].value, pair[0]))
    many = len(measured) > MOST_CLASSES
    top = measured[:WEAKEST] if many else measured
    one, more = ("label", "labels") if has_sets(story.evidence) else ("class", "classes")
    title = (
        f"Rows found, the weakest {WEAKEST} of {len(measured):,} {more}"
        if many
        else f"Rows found in each of {count(len(measured), one, more)}"
    )
    every = _class_table(
        recalls, _by_class(story.evidence, PRECISION), _by_class(story.evidence, F1)
    )
    return figure(_class_picture(title, top), "classes-recall", beneath=every, draw=draw)


def _class_picture(title: str, top: Sequence[tuple[str, Evidence]]) -> Picture:
    def ends(item: Evidence) -> tuple[float, float]:
        low = item.value if item.low is None else item.low
        return float(low), float(item.value if item.high is None else item.high)

    columns: dict[str, tuple[str | float | int, ...]] = {
        "class": tuple(name for name, _ in top),
        "found": tuple(float(item.value) for _, item in top),
        "from": tuple(ends(item)[0] for _, item in top),
        "to": tuple(ends(item)[1] for _, item in top),
        "rows": tuple(item.n for _, item in top),
    }
    return Picture("task.recall", title, "bars", columns, "class", "found", "from", "to")


def _class_table(
    recalls: dict[str, Measured], precisions: dict[str, Measured], f1: dict[str, Measured]
) -> Markup:
    rows = []
    for name, recall in recalls.items():
        precision = precisions.get(name, NotMeasured(name, "not given"))
        both = _short(f1[name])[:2] if name in f1 else ()
        rows.append((user(name), *_short(recall), *_short(precision), *both))
    head: tuple[str, ...] = (
        "Class",
        "Finds",
        "May lie in",
        "Of rows",
        "Right when said",
        "May lie in",
        "Times said",
    )
    caption = f"All {count(len(rows), 'class', 'classes')}"
    if f1:
        head, caption = (*head, "F1", "May lie in"), f"All {count(len(rows), 'label')}"
    return table(caption, head, rows, numbers=" nnnnnnnn"[: len(head)])


def _short(item: Measured) -> tuple[Markup, Markup, Markup]:
    if isinstance(item, NotMeasured):
        return text("not measured"), Markup(""), Markup("")
    interval = say_range(item.low, item.high, item.unit)
    return text(say_number(item.value, item.unit)), text(interval), text(f"{item.n:,}")


def _by_class(evidence: Sequence[Measured], pattern: str) -> dict[str, Measured]:
    return {class_of(item.name, pattern): item for item in evidence if class_of(item.name, pattern)}


def _cost(story: Story, draw: Draw) -> Markup:
    size = _compared(
        story,
        "Size in MiB",
        {"Full model": "size.full_model_mib", "This model": "size.model_mib"},
        draw,
    )
    speed = _compared(
        story,
        "Texts answered per second",
        {
            "Encoder alone": "cost.encoder_throughput_texts_per_s",
            "With the word tier": "cost.throughput_texts_per_s",
        },
        draw,
    )
    starts = ("cost.", "size.", "compression.", "agreement.")
    payers = _by_class(story.evidence, PAYS)
    found = [
        item
        for item in story.evidence
        if item.name.startswith(starts) and not class_of(item.name, PAYS)
    ]
    return join(
        tag("div", speed, size, class_="pair"),
        _explained_table("Speed, size and what was lost by shrinking", found),
        _payers(payers),
    )


_FRONTIER = ("frontier.size", "frontier.latency", "frontier.speed")
_TRIED_FIGURES = ("size_mib", "expected_loss", "latency_p95_ms", "throughput_texts_per_s")


def _frontier(story: Story, draw: Draw) -> Markup:
    """Return every point that a budget tried, as a table and, where there are several, drawn."""
    columns = [_by_class(story.evidence, f"frontier.<label>.{one}") for one in _TRIED_FIGURES]
    rows = [(user(name), *(_short(column[name])[0] for column in columns)) for name in columns[0]]
    head = ("Way", "Size", "Expected to lose", "19 of 20 wait less than", "Texts per second")
    drawn = [
        figure(item, item.name.replace(".", "-"), draw=draw)
        for item in story.pictures
        if item.name in _FRONTIER
    ]
    return join(
        table("Ways that were tried, in order", head, rows, numbers=" nnnn"),
        tag("div", *drawn, class_="pair") if drawn else Markup(""),
    )


def _payers(payers: dict[str, Measured]) -> Markup:
    """Return how often each class is answered otherwise than by the full model, the most first."""
    found = [(name, item) for name, item in payers.items() if isinstance(item, Evidence)]
    if not found:
        return Markup("")
    found.sort(key=lambda pair: (-pair[1].value, -pair[1].n, pair[0]))
    rows = [(user(name), *_short(item)) for name, item in found]
    head = ("Class", "Answered otherwise", "May lie in", "Of rows")
    shown = table("Answered otherwise than by the full model", head, rows, numbers=" nnn")
    return fold("Who pays for shrinking, class by class", shown)


def _compared(story: Story, title: str, names: dict[str, str], draw: Draw) -> Markup:
    """Return bars for figures that were all measured, else nothing: half a comparison is none."""
    found = {label: story.find(name) for label, name in names.items()}
    values = tuple(float(item.value) for item in found.values() if isinstance(item, Evidence))
    if len(values) < len(found):
        return Markup("")
    columns: dict[str, tuple[str | float | int, ...]] = {"what": tuple(found), "value": values}
    picture = Picture("cost.compared", title, "bars", columns, "what", "value")
    return figure(picture, title.lower().replace(" ", "-"), draw=draw)
