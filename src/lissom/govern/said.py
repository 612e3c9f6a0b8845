"""What several documents say alike: figures with intervals, findings, what is MISSING."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.evidence import Evidence, class_of, find_name
from lissom.govern.description import MISSING
from lissom.govern.figures import count, say
from lissom.govern.judge import RECALL
from lissom.govern.markdown import plain

if TYPE_CHECKING:
    from lissom.evidence import Measured
    from lissom.govern.dossier import Dossier


def answer(dossier: Dossier, *keys: str) -> str:
    """Return what a person said under these keys, and which of them are missing.

    Markdown; what a person wrote is shown exactly as it is.
    """
    missing = [key for key in keys if dossier.description.find(key) is None]
    parts = [plain(dossier.description.say(key)) for key in keys if key not in missing]
    if missing:
        parts.append(f"**{MISSING}**: {', '.join(missing)} (`lissom describe`)")
    return " ".join(parts)


def figure(dossier: Dossier, name: str) -> str:
    """Return a figure with its interval, or that it was not measured and why; Markdown.

    >>> from lissom.evidence import NotMeasured
    >>> title_of(NotMeasured("task.accuracy", "no labels"))
    'Accuracy'
    """
    item = dossier.story.find(name)
    return f"{title_of(item)}: {plain(say(item))}"


def figure_of_all(dossier: Dossier) -> str:
    """Return how well it answers in one figure: accuracy, or F1 where a row has many labels."""
    named = {item.name for item in dossier.story.evidence}
    found = [name for name in ("task.accuracy", "task.micro_f1", "task.macro_f1") if name in named]
    return figure(dossier, found[0] if found else "task.accuracy")


def figures(dossier: Dossier, *beginnings: str) -> list[str]:
    """Return every figure whose name begins so, in the order of the evidence; Markdown."""
    found = [item for item in dossier.story.evidence if item.name.startswith(beginnings)]
    return [f"{title_of(item)}: {plain(say(item))}" for item in found if not _is_of_class(item)]


def title_of(item: Measured) -> str:
    """Return the title of a figure, with the class or group that it speaks of; Markdown."""
    known = find_name(item.name)
    if known is None:
        return plain(item.name)
    if "<" not in known.pattern:
        return known.title
    which = class_of(item.name, known.pattern) or item.name
    return f"{known.title} {plain(which)}"


def finding_lines(dossier: Dossier, *kinds: str) -> list[str]:
    """Return a sentence for each finding of these kinds, and for each kind nobody looked for."""
    found = [
        f"{plain(one.title)} ({count(one.count, 'row')}, {one.severity}). {plain(one.advice)}"
        for one in dossier.story.findings
        if one.kind.split(".")[0] in kinds
    ]
    seen = [kind for kind in kinds if dossier.record.looks_for(kind)]
    unseen = [kind for kind in kinds if kind not in seen]
    gaps = {one: why for kind in kinds for one, why in dossier.record.gaps(kind).items()}
    if seen and not found:
        found.append(f"The audit looked for it ({', '.join(map(_words, seen))}) and saw nothing.")
    if unseen:
        found.append(f"The audit does not look for it: {', '.join(map(_words, unseen))}.")
    found += [f"Not looked for with all means: {plain(f'{one}: {gaps[one]}')}." for one in gaps]
    return found


def measured(dossier: Dossier) -> list[Evidence]:
    """Return what was measured."""
    return [item for item in dossier.story.evidence if isinstance(item, Evidence)]


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _is_of_class(item: Measured) -> bool:
    return bool(class_of(item.name, RECALL)) or item.name.startswith("task.class.")
