"""annex-iv.md: the nine points that the EU AI Act asks of technical documentation.

Source: Regulation (EU) 2024/1689, Annex IV; the points are put in our own words. It is a start for
whoever has to write that documentation, and no statement that the law applies or is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import NotMeasured
from lissom.govern.decision import decide_release
from lissom.govern.description import MISSING
from lissom.govern.figures import count
from lissom.govern.markdown import bullets, plain
from lissom.govern.rights import find_rights
from lissom.govern.said import (
    answer,
    figure_of_all,
    figures,
    finding_lines,
    measured,
    title_of,
)

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a point asks for.

    Args:
        asks: what, in a few words.
        says: what is known of it, Markdown; holds MISSING where a person has to supply something.
    """

    asks: str
    says: str

    @property
    def is_missing(self) -> bool:
        """Say whether a person has to supply something."""
        return f"**{MISSING}**" in self.says


@dataclass(frozen=True, slots=True)
class Point:
    """One of the nine points.

    Args:
        number: 1 to 9.
        title: what it is about.
        items: what it asks for.
    """

    number: int
    title: str
    items: tuple[Item, ...]


_ABOUT = (
    "Regulation (EU) 2024/1689, Annex IV, has nine points. What the build measured is filled in, "
    f"what a person said is quoted, and what a person still has to supply says {MISSING}. Whether "
    "the law asks this of your use is for you to find out; this file does not say that it is kept."
)


def write_annex(dossier: Dossier) -> str:
    """Return the nine points with what was measured, said, and MISSING."""
    points = find_points(dossier)
    lines = [
        f"# Technical documentation of {plain(dossier.story.name)}, after Annex IV",
        _ABOUT,
        bullets([_summary(point) for point in points]),
    ]
    for point in points:
        lines.append(f"## {point.number}. {point.title}")
        lines += [f"### {item.asks}\n\n{item.says}" for item in point.items]
    return "\n\n".join(lines) + "\n"


def find_points(dossier: Dossier) -> tuple[Point, ...]:
    """Return the nine points in order."""
    return (
        Point(1, "General description", _general(dossier)),
        Point(2, "Elements of the system and how it was developed", _development(dossier)),
        Point(3, "Monitoring, functioning and control", _functioning(dossier)),
        Point(4, "Whether the figures suit the system", _metrics(dossier)),
        Point(
            5, "Risk management", (Item("Risk management system", answer(dossier, "law.risks")),)
        ),
        Point(6, "Changes through its life", _changes(dossier)),
        Point(7, "Standards", (Item("Standards applied", answer(dossier, "law.standards")),)),
        Point(
            8,
            "Declaration of conformity",
            (Item("EU declaration of conformity", answer(dossier, "law.declaration")),),
        ),
        Point(
            9,
            "After it is on the market",
            (
                Item("Monitoring plan", answer(dossier, "law.after_sale")),
                Item("How it is watched in use", answer(dossier, "oversight.watched")),
                Item(
                    "What there is to compare with",
                    "The figures of this build are kept in evidence.json, with their intervals, "
                    "for later measurements to be held against.",
                ),
            ),
        ),
    )


def _summary(point: Point) -> str:
    missing = [item for item in point.items if item.is_missing]
    if not missing:
        return f"{point.number}. {point.title}: filled in"
    return f"{point.number}. {point.title}: **{MISSING}** in {len(missing)} of {len(point.items)}"


def _general(dossier: Dossier) -> tuple[Item, ...]:
    facts, story = dossier.facts, dossier.story
    return (
        Item("Intended purpose", answer(dossier, "use.purpose", "use.users", "use.not_for")),
        Item("Provider and version", answer(dossier, "about.provider", "about.version")),
        Item(
            "Software and its versions",
            f"{plain(facts.created_by)}; measured on {plain(facts.measured_on)}. The files are "
            "read with ONNX Runtime, tokenizers and safetensors; no code is in them.",
        ),
        Item(
            "Forms in which it is put into service",
            "A signed folder of files; answers are had from a command line, a Python call, or over "
            f"HTTP. {answer(dossier, 'use.shared')}",
        ),
        Item(
            "Hardware it is meant to run on",
            bullets(
                [
                    "A general-purpose processor; no accelerator is needed.",
                    *figures(dossier, "cost.memory", "cost.start", "size.", "energy."),
                ]
            ),
        ),
        Item(
            "User interface and instructions for the deployer",
            "The report in the bundle (report.html) and the card (card.md). "
            f"{plain(story.verdict.headline)} Next: {plain(story.verdict.next_step)}",
        ),
    )


def _development(dossier: Dossier) -> tuple[Item, ...]:
    facts, story = dossier.facts, dossier.story
    base = facts.base_model
    made_from = (
        "No pre-trained model was used."
        if base is None
        else f"Pre-trained model {plain(base.name)}, sha256 {base.sha256}, licence "
        f"{plain(base.licence)}."
    )
    chosen = [one for one in story.candidates if one.is_chosen]
    tried = [
        f"{plain(one.name)}{' (chosen)' if one in chosen else ''}: {plain(one.why or 'tried')}"
        for one in story.candidates
    ]
    return (
        Item(
            "Methods and steps, and what came from others",
            bullets([made_from, f"Settings: recipe.toml, sha256 {facts.recipe_fingerprint}."]),
        ),
        Item(
            "Design and its main choices",
            bullets(tried) if tried else "No ways of learning were compared.",
        ),
        Item(
            "Architecture and computing",
            "An encoder in whole numbers and a bag of hashed words; the words answer what they are "
            "sure of and the encoder reads the rest. "
            + (
                "; ".join(figures(dossier, "compression.", "agreement.")) or "Nothing was measured."
            ),
        ),
        Item(
            "Data",
            bullets(
                [
                    "See datasheet.md.",
                    *figures(dossier, "data."),
                    *(plain(one.say()) for one in find_rights(dossier)),
                    answer(dossier, "data.origin", "data.labelled_by"),
                ]
            ),
        ),
        Item("Human oversight", answer(dossier, "oversight.who", "oversight.overruled")),
        Item(
            "Validation and testing",
            bullets([figure_of_all(dossier), *_methods(dossier), *_gates(dossier)]),
        ),
        Item(
            "Cybersecurity",
            bullets(
                [
                    "Every file is hashed and signed; a changed, added or missing file is refused.",
                    "Opening the files runs no code; what they may ask for is bounded.",
                    *finding_lines(dossier, "poison"),
                    *figures(dossier, "robustness."),
                ]
            ),
        ),
    )


def _functioning(dossier: Dossier) -> tuple[Item, ...]:
    story = dossier.story
    unmeasured = [
        f"Not measured: {title_of(item)}: {plain(item.reason)}"
        for item in story.evidence
        if isinstance(item, NotMeasured)
    ]
    return (
        Item(
            "Accuracy, overall and for groups",
            bullets(
                figures(dossier, "task.", "groups.", "abstention.") or ["Nothing was measured."]
            ),
        ),
        Item(
            "Limitations",
            bullets([*(plain(one) for one in story.warnings), *unmeasured])
            or "No limitation was found by the build.",
        ),
        Item("Foreseeable harm when it is wrong", answer(dossier, "use.affected")),
        Item(
            "What helps to interpret its answers",
            "Each answer has a probability and may be marked unsure. "
            + "; ".join(figures(dossier, "calibration.", "abstention.")),
        ),
        Item("What goes in", "A text. A blank one is answered and always marked unsure."),
    )


def _metrics(dossier: Dossier) -> tuple[Item, ...]:
    return (
        Item(
            "What each figure is for",
            "A figure over all rows is shown beside what always saying the same would give, "
            "because it alone flatters such a model; the macro and balanced figures count every "
            "class or label the same; the calibration error says whether a probability can be "
            "believed. Intervals are of 95 %; n is the number of rows behind a figure.",
        ),
        Item(
            "The figures",
            bullets(figures(dossier, "task.", "calibration.ece") or ["Nothing was measured."]),
        ),
        Item("Whether they suit your use", answer(dossier, "use.purpose", "use.affected")),
    )


def _changes(dossier: Dossier) -> tuple[Item, ...]:
    story = dossier.story
    lines = [plain(one) for one in story.changes]
    return (
        Item(
            "Against the bundle that this one replaced",
            bullets(lines) if lines else "None was there to compare with.",
        ),
        Item("Version", answer(dossier, "about.version")),
    )


def _methods(dossier: Dossier) -> list[str]:
    tests = ("task.", "calibration.", "abstention.", "groups.", "robustness.", "outside.")
    found = {item.method for item in measured(dossier) if item.name.startswith(tests)}
    return [f"Method: {plain(method)}" for method in sorted(found)]


def _gates(dossier: Dossier) -> list[str]:
    decision = decide_release(dossier)
    lines = [f"Gate {plain(one.gate)}: {one.state}. {plain(one.reason)}" for one in decision.gates]
    by = count(len(decision.gates), "gate")
    return [
        f"Verdict: {dossier.story.verdict.outcome}. Decision: {decision.outcome}, {by}.",
        *lines,
    ]
