"""The model card: what a stranger needs before using the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lissom.data.licence import LISTED, read_licence
from lissom.evidence import Evidence, NotMeasured, class_of, find_name
from lissom.govern.description import Description
from lissom.govern.facts import (
    BASE_LICENCE,
    BASE_MODEL,
    DATA,
    DATA_LICENCE,
    INTENDED_USE,
    LANGUAGE,
    TASK,
)
from lissom.govern.figures import NO_INTERVAL, say_number, say_range
from lissom.govern.judge import RECALL
from lissom.govern.judge_labels import has_sets
from lissom.govern.markdown import bullets, plain, table
from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lissom.evidence import Measured, Story

NOT_STATED = "not stated"
PRECISION = "task.class.<label>.precision"
F1 = "task.class.<label>.f1"
_OF_A_CLASS = (RECALL, PRECISION, F1, "calibration.class.<label>.gap")
# What the hub's own leaderboard reads; everything else has its place in the body.
_HUB_METRICS = {
    "task.accuracy": "accuracy",
    # What the hub's own metric calls accuracy where a row has several labels.
    "task.subset_accuracy": "accuracy",
    "task.macro_f1": "f1",
}


def write_card(story: Story, said: Description | None = None) -> str:
    """Return a Hugging Face model card: YAML for machines, then what it cannot say, in prose.

    The YAML's `model-index` has no field for an interval, so it stands in the name of the metric;
    subgroups and methods have none either and stand in the body. It holds no row. What nobody
    stated is said to be "not stated"; it is never guessed.

    Args:
        story: what was built and measured; `lissom.govern.facts` lists the facts it looks for.
        said: what a person said of the model, its data and its use.

    >>> from lissom.evidence import Story, Verdict
    >>> empty = Story("shop", Verdict("fail", "No.", (), ""), (), (), (), (), (), {})
    >>> write_card(empty).splitlines()[0]
    '---'
    """
    said = said or Description()
    rest = [item for item in story.evidence if not _is_of_class(item) and not _is_of_group(item)]
    groups = [item for item in story.evidence if _is_of_group(item)]
    body = (
        f"# {plain(story.name)}",
        _verdict(story),
        _use(story, said),
        "## How well it answers",
        _table(rest),
        "## Label by label" if has_sets(story.evidence) else "## Class by class",
        _classes(story.evidence),
        "## Group by group",
        _table(groups)
        if any(isinstance(item, Evidence) for item in groups)
        else "No groups were measured.",
        "## What was not measured",
        _missing(story.evidence),
        "## What it was trained on",
        _origin(story),
        "## What was seen in the data",
        _findings(story),
        "## How the figures were found",
        _methods(story.evidence),
    )
    return f"---\n{_header(story, said)}---\n\n" + "\n\n".join(part for part in body if part) + "\n"


def _header(story: Story, said: Description) -> str:
    """Return the YAML; a JSON value is a YAML value, so nothing needs a YAML writer."""
    facts = story.facts
    lines: dict[str, object] = {
        "library_name": "lissom",
        "pipeline_tag": facts.get(TASK, "text-classification"),
        "tags": ["lissom", "onnx"],
    }
    if said.about.licence:
        lines |= _licence(said.about.licence)
    if BASE_MODEL in facts:
        lines["base_model"] = facts[BASE_MODEL]
    languages = said.data.language or facts.get(LANGUAGE, "")
    if languages:
        lines["language"] = [part.strip() for part in languages.split(",")]
    index = _model_index(story)
    if index:
        lines["metrics"] = list(dict.fromkeys(_HUB_METRICS.values()))
        lines["model-index"] = index
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in lines.items())


def _licence(text: str) -> dict[str, object]:
    # The hub takes one identifier in small letters, or "other" with a name.
    found = read_licence(text)
    if found.text in LISTED:
        return {"license": found.text.lower()}
    return {"license": "other", "license_name": found.text}


def _yaml(value: object) -> str:
    return clean(json.dumps(_cleaned(value), ensure_ascii=False, sort_keys=False))


def _cleaned(value: object) -> object:
    match value:
        case str():
            return " ".join(clean(value).split())
        case list():
            return [_cleaned(part) for part in value]
        case dict():
            return {key: _cleaned(part) for key, part in value.items()}
        case _:
            return value


def _model_index(story: Story) -> list[object]:
    figures = [story.find(name) for name in _HUB_METRICS]
    metrics = [
        {
            "type": _HUB_METRICS[item.name],
            "name": f"{_title(item.name)}, {_interval(item)}n = {item.n}",
            "value": round(item.value, 4),
        }
        for item in figures
        if isinstance(item, Evidence)
    ]
    if not metrics:
        return []
    kind = story.facts.get(TASK, "text-classification")
    data = {"name": story.facts.get(DATA, NOT_STATED), "type": "private"}
    result = {"task": {"type": kind}, "dataset": data, "metrics": metrics}
    return [{"name": story.name, "results": [result]}]


def _verdict(story: Story) -> str:
    reasons = "\n".join(f"- {plain(reason)}" for reason in story.verdict.reasons)
    warnings = "\n".join(f"- **Warning:** {plain(warning)}" for warning in story.warnings)
    first = f"**{story.verdict.outcome.capitalize()}.** {plain(story.verdict.headline)}"
    return "\n\n".join(part for part in (first, reasons, warnings) if part)


def _interval(item: Evidence) -> str:
    said = say_range(item.low, item.high, item.unit).replace("\u00a0", " ")
    return f"95 % interval {said}, " if said else ""


def _use(story: Story, said: Description) -> str:
    given = said.use.purpose or story.facts.get(INTENDED_USE, "")
    use = plain(given) if given else "Not stated. A person has to say what it is meant for."
    data = said.data.licence or story.facts.get(DATA_LICENCE, NOT_STATED)
    asked = (
        ("Provider", "about.provider"),
        ("Contact", "about.contact"),
        ("Version", "about.version"),
        ("Used by", "use.users"),
        ("Affects", "use.affected"),
        ("Not for", "use.not_for"),
        ("Unsure or wrong answers are looked at by", "oversight.who"),
    )
    answered = [
        f"{title}: {plain(said.say(key))}" for title, key in asked if said.find(key) is not None
    ]
    licences = (
        f"Licence of the base model: {plain(story.facts.get(BASE_LICENCE, NOT_STATED))}",
        f"Licence of the data: {plain(data)}",
        f"Licence of this model: {plain(said.about.licence or NOT_STATED)}",
    )
    return f"## What it is for\n\n{use}\n\n{bullets((*answered, *licences))}"


def _table(items: Sequence[Measured]) -> str:
    rows = [
        (_title(item.name), _cells(item), f"{item.n:,}")
        for item in items
        if isinstance(item, Evidence)
    ]
    if not rows:
        return "Nothing was measured."
    return table(
        ("Figure", "Value", "95 % interval", "n"),
        [(title, *cells, n) for title, cells, n in rows],
        " nnn",
    )


def _classes(evidence: Sequence[Measured]) -> str:
    precisions = {class_of(item.name, PRECISION): item for item in evidence}
    both = {class_of(item.name, F1): item for item in evidence if class_of(item.name, F1)}
    rows = []
    for item in evidence:
        name = class_of(item.name, RECALL)
        if name:
            precision = precisions.get(name, NotMeasured(name, ""))
            f1 = _cells(both[name]) if name in both else ()
            rows.append((plain(name), *_cells(item), *_cells(precision), *f1))
    if not rows:
        return "Not measured."
    head = ["Label" if both else "Class", "Finds", "95 % interval", "Right when said"]
    head += ["95 % interval", "F1", "95 % interval"] if both else ["95 % interval"]
    return table(head, rows, " nnnnnn"[: len(head)])


def _cells(item: Measured) -> tuple[str, str]:
    if isinstance(item, NotMeasured):
        return "not measured", NO_INTERVAL
    interval = say_range(item.low, item.high, item.unit) or NO_INTERVAL
    return plain(say_number(item.value, item.unit)), plain(interval)


def _missing(evidence: Sequence[Measured]) -> str:
    lines = [
        f"- {_title(item.name)}: {plain(item.reason)}"
        for item in evidence
        if isinstance(item, NotMeasured)
    ]
    return "\n".join(lines) or "Everything that was asked for was measured."


def _origin(story: Story) -> str:
    lines = [f"- {plain(name.capitalize())}: {plain(value)}" for name, value in story.facts.items()]
    return "\n".join(lines) or "Not stated."


def _findings(story: Story) -> str:
    lines = [
        f"- {plain(item.title)} {item.count:,} rows, {item.severity}. {plain(item.advice)}"
        for item in story.findings
    ]
    return "\n".join(lines) or "Nothing was found."


def _methods(evidence: Sequence[Measured]) -> str:
    """Return each method once, with the figures that were found so."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in evidence:
        if isinstance(item, Evidence):
            name = "Per class" if _is_of_class(item) else _title(item.name)
            titles = found.setdefault((item.method, item.source), [])
            titles += [name] if name not in titles else []
    lines = [
        f"- {', '.join(titles)}: {plain(method)}; on {plain(source)}."
        for (method, source), titles in found.items()
    ]
    return "\n".join(lines) or "Nothing was measured."


def _is_of_class(item: Measured) -> bool:
    return any(class_of(item.name, pattern) for pattern in _OF_A_CLASS)


def _is_of_group(item: Measured) -> bool:
    return item.name.startswith("groups.")


def _title(name: str) -> str:
    known = find_name(name)
    if known is None:
        return plain(name)
    which = class_of(name, known.pattern) if "<" in known.pattern else ""
    return f"{known.title} {plain(which)}" if which else known.title
