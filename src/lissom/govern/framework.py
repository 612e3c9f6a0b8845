"""ai-rmf.md: where the bundle answers what NIST's AI Risk Management Framework asks.

Source: NIST AI 100-1 (2023), categories and subcategories, named by number and in our own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lissom.evidence import Evidence
from lissom.govern.decision import decide_release
from lissom.govern.description import MISSING
from lissom.govern.markdown import plain, table
from lissom.govern.said import answer, figure

if TYPE_CHECKING:
    from lissom.govern.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Reference:
    """Where one subcategory is answered.

    Args:
        number: as NIST numbers it, "MEASURE 2.5".
        asks: what it is about, in a few words.
        figures: names of evidence; one that ends with a dot means all that begin so.
        keys: questions that a person answers.
        where: files of the bundle to look in.
    """

    number: str
    asks: str
    figures: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


REFERENCES: tuple[Reference, ...] = (
    Reference(
        "GOVERN 1.4",
        "The process and its results are open to view",
        (),
        (),
        ("report.html", "decision.json"),
    ),
    Reference("GOVERN 1.6", "There is an inventory", (), (), ("bom.cdx.json",)),
    Reference(
        "GOVERN 2.1", "It is clear who answers for it", (), ("about.provider", "about.contact")
    ),
    Reference(
        "GOVERN 3.2", "Roles of people who oversee it", (), ("oversight.who", "oversight.overruled")
    ),
    Reference(
        "GOVERN 6.1",
        "Rights of third parties",
        (),
        ("data.licence",),
        ("decision.json", "bom.cdx.json"),
    ),
    Reference("MAP 1.1", "Intended purpose, users and setting", (), ("use.purpose", "use.users")),
    Reference("MAP 1.6", "Who is concerned, and what they need", (), ("use.affected",)),
    Reference("MAP 2.1", "The task and the methods", (), (), ("card.md", "recipe.toml")),
    Reference(
        "MAP 2.2",
        "Limits of its knowledge, and how people use it",
        ("abstention.",),
        ("use.not_for",),
        ("card.md",),
    ),
    Reference(
        "MAP 2.3",
        "Scientific integrity, and how it was tested",
        (),
        (),
        ("evidence.json", "report.html"),
    ),
    Reference(
        "MAP 4.1",
        "Law and licences of what it was made from",
        (),
        ("data.ground",),
        ("bom.cdx.json",),
    ),
    Reference(
        "MEASURE 1.1",
        "Figures were chosen; what was not measured is said",
        (),
        (),
        ("evidence.json",),
    ),
    Reference(
        "MEASURE 2.1",
        "Test rows and methods are written down",
        (),
        (),
        ("evidence.json", "datasheet.md"),
    ),
    Reference(
        "MEASURE 2.3",
        "Performance in conditions like those of use",
        ("task.accuracy", "task.micro_f1", "task.macro_f1"),
    ),
    Reference(
        "MEASURE 2.5",
        "Valid and reliable; limits of generality",
        ("task.accuracy", "calibration.ece", "outside.auroc"),
    ),
    Reference(
        "MEASURE 2.6",
        "Safe: it can stop short of an answer",
        ("abstention.precision", "abstention.answered_share"),
    ),
    Reference(
        "MEASURE 2.7", "Secure and resilient", ("robustness.typo.accuracy",), (), ("decision.json",)
    ),
    Reference("MEASURE 2.8", "Open about what it is", (), (), ("card.md", "report.html")),
    Reference(
        "MEASURE 2.9", "Explained and interpreted", ("calibration.ece",), (), ("report.html",)
    ),
    Reference("MEASURE 2.10", "Privacy", (), ("data.ground",), ("datasheet.md", "croissant.json")),
    Reference("MEASURE 2.11", "Fairness between groups", ("groups.different",), (), ("card.md",)),
    Reference("MEASURE 2.12", "Environment", ("energy.joules_per_text", "size.model_mib")),
    Reference("MEASURE 3.1", "It is watched in use", (), ("oversight.watched",)),
    Reference("MANAGE 1.1", "Whether to go ahead was decided, and why", (), (), ("decision.json",)),
    Reference("MANAGE 1.3", "What is done about the gravest risks", (), ("law.risks",)),
    Reference("MANAGE 2.4", "It can be overruled and switched off", (), ("oversight.overruled",)),
    Reference("MANAGE 3.2", "Pre-trained models are watched", (), (), ("bom.cdx.json",)),
    Reference("MANAGE 4.1", "Plans for after it is in use", (), ("law.after_sale",)),
)
"""The subcategories that a bundle can say something about; the others are about an organisation."""


_ABOUT = (
    "Subcategories of NIST AI 100-1 that a single model can say something about, with what this "
    "bundle says and the file to look in. The others are about an organisation and are left out. "
    f"{MISSING} names what a person has to supply."
)


def write_framework(dossier: Dossier) -> str:
    """Return a table of subcategories, each with what is known of it and where to look."""
    decision = decide_release(dossier)
    rows = [(one.number, one.asks, _known(one, dossier), _where(one)) for one in REFERENCES]
    lines = (
        f"# {plain(dossier.story.name)} and the NIST AI Risk Management Framework",
        _ABOUT,
        f"Decision: {decision.outcome}. Verdict: {dossier.story.verdict.outcome}.",
        table(("Subcategory", "About", "What is known", "Look in"), rows),
    )
    return "\n\n".join(lines) + "\n"


def _known(one: Reference, dossier: Dossier) -> str:
    said = [
        figure(dossier, item.name)
        for name in one.figures
        if name.endswith(".")
        for item in dossier.story.evidence
        if item.name.startswith(name) and isinstance(item, Evidence)
    ]
    named = {item.name for item in dossier.story.evidence}
    single = [name for name in one.figures if not name.endswith(".")]
    # Of figures that are for another kind of task nobody needs to be told that they are absent.
    single = [name for name in single if name in named] or single[:1]
    said += [figure(dossier, name) for name in single]
    if one.keys:
        said.append(answer(dossier, *one.keys))
    return "; ".join(said) or "see the file"


def _where(one: Reference) -> str:
    own = ("evidence.json",) * bool(one.figures) + ("description.toml",) * bool(one.keys)
    return ", ".join(dict.fromkeys((*one.where, *own)))
