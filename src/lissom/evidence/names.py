"""The list of every figure that a person can meet: its unit and what it means.

docs/evidence.md shows the same list; a contract test keeps the two equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """What one figure is called and means.

    Args:
        pattern: dotted name; "<label>" stands for the name of a class.
        title: two or three words for a heading.
        unit: the unit of its value, one of the keys of `UNITS`.
        meaning: one sentence for somebody who has never met the term.
        is_built: False for a figure that no stage can measure yet.

    >>> Name("task.accuracy", "Accuracy", "share", "How often it is right.").unit
    'share'
    """

    pattern: str
    title: str
    unit: str
    meaning: str
    is_built: bool = True


UNITS: dict[str, str] = {
    "share": "part of a whole, 0 to 1; shown as per cent",
    "points": "percentage points, the difference of two shares times 100",
    "rows": "rows of the user's file",
    "classes": "different labels",
    "ms": "milliseconds",
    "texts/s": "texts answered per second",
    "MiB": "mebibytes, 1,048,576 bytes",
    "nats": "natural units of information; 0 is perfect",
    "factor": "a number that something else is divided or multiplied by",
    "probability": "0 to 1, as the model states it",
    "joules": "energy",
}

NAMES: tuple[Name, ...] = (
    Name(
        "task.accuracy",
        "Accuracy",
        "share",
        "How often the answer is right on rows whose label was hidden from the model.",
    ),
    Name(
        "task.balanced_accuracy",
        "Balanced accuracy",
        "share",
        "How often it is right when every class counts the same, however rare.",
    ),
    Name(
        "task.macro_f1",
        "Macro F1",
        "share",
        "Finding a class and being right about it, in one figure, averaged over classes.",
    ),
    Name(
        "task.log_loss",
        "Log loss",
        "nats",
        "How surprised the model was by the right answers; lower is better.",
    ),
    Name(
        "task.majority_share",
        "Largest class",
        "share",
        "How often you would be right by always guessing the largest class.",
    ),
    Name(
        "task.class.<label>.precision",
        "Precision of a class",
        "share",
        "When it says this class, how often that is right.",
    ),
    Name(
        "task.class.<label>.recall",
        "Recall of a class",
        "share",
        "Of the rows of this class, how many it finds.",
    ),
    Name(
        "calibration.ece",
        "Calibration error",
        "share",
        "How far the stated probability is from how often it is right, on average.",
    ),
    Name(
        "calibration.temperature",
        "Temperature",
        "factor",
        "What raw scores are divided by so that probabilities can be believed.",
    ),
    Name(
        "abstention.answered_share",
        "Answers itself",
        "share",
        'The share of rows it answers without saying "unsure".',
    ),
    Name(
        "abstention.precision",
        "Right when sure",
        "share",
        'How often it is right on the rows that it did not call "unsure".',
    ),
    Name(
        "abstention.threshold",
        "Unsure below",
        "probability",
        'An answer with a lower probability is called "unsure".',
    ),
    Name(
        "compression.disagreement",
        "Disagreement",
        "share",
        "How often the small model answers differently from the full one it was made from.",
    ),
    Name(
        "compression.coverage_lexical",
        "Answered by words alone",
        "share",
        "The share of rows that the fast word tier answers, so the encoder need not run.",
    ),
    Name(
        "compression.accuracy_loss",
        "Accuracy lost",
        "points",
        "Accuracy of the full model minus that of the small one; below 0 is a gain.",
    ),
    Name(
        "cost.latency_p50_ms",
        "Typical wait",
        "ms",
        "Half of the single texts are answered faster than this.",
    ),
    Name(
        "cost.latency_p95_ms",
        "Slow wait",
        "ms",
        "19 of 20 single texts are answered faster than this.",
    ),
    Name(
        "cost.throughput_texts_per_s",
        "Throughput",
        "texts/s",
        "Different texts answered per second when there are many to do.",
    ),
    Name(
        "cost.encoder_throughput_texts_per_s",
        "Encoder throughput",
        "texts/s",
        "Texts per second when every one must go through the encoder.",
    ),
    Name(
        "cost.memory_mib",
        "Memory",
        "MiB",
        "The most memory that a process answering from the bundle takes.",
    ),
    Name(
        "cost.start_ms",
        "Start",
        "ms",
        "From opening the bundle until the first answer can be asked for.",
    ),
    Name("size.bundle_mib", "Bundle", "MiB", "Everything in the bundle's folder."),
    Name("size.model_mib", "Model", "MiB", "The files that answers are computed from."),
    Name("size.full_model_mib", "Full model", "MiB", "The same model before it was made small."),
    Name(
        "agreement.export_max_difference",
        "Export difference",
        "probability",
        "The largest change of any probability between the trained net and its export.",
    ),
    Name("data.rows", "Rows", "rows", "Rows that were kept from the file."),
    Name("data.labelled_rows", "Labelled rows", "rows", "Rows that have a label."),
    Name("data.classes", "Classes", "classes", "Different labels in the file."),
    Name(
        "watch.accuracy",
        "Accuracy now",
        "share",
        "How often the answers of late are right, from the true labels that were told.",
    ),
    Name(
        "watch.accuracy_guess",
        "Accuracy now, guessed",
        "share",
        "The same without a label, from the model's own probabilities; holds while meanings do.",
    ),
    Name(
        "watch.outside",
        "Strange texts",
        "share",
        "Of the latest texts, how many are stranger than 99 in 100 of the first ones.",
    ),
    Name(
        "outside.auroc",
        "Telling strangers apart",
        "share",
        "How well texts that belong to no class are told from those that do.",
        is_built=False,
    ),
    Name(
        "robustness.typo.accuracy",
        "Accuracy with typos",
        "share",
        "How often it is right when a typing error is put into every text.",
        is_built=False,
    ),
    Name(
        "groups.gap",
        "Gap between groups",
        "points",
        "Accuracy of the best served group minus that of the worst served.",
        is_built=False,
    ),
    Name(
        "energy.joules_per_text",
        "Energy",
        "joules",
        "Energy that one answer takes.",
        is_built=False,
    ),
)

PICTURES: dict[str, str] = {
    "task.confusion": "heat: y is what the file says, x what the model said, colour the rows",
    "calibration.reliability": "line: x is the stated probability, y how often it was right",
    "abstention.curve": "line: x is the share of rows answered, y how often those are right",
}


def find_name(name: str) -> Name | None:
    """Return the entry that `name` belongs to, or None for a name that is not listed.

    >>> find_name("task.class.late. parcel.recall").title
    'Recall of a class'
    >>> find_name("task.luck") is None
    True
    """
    for entry in NAMES:
        if entry.pattern == name or ("<" in entry.pattern and class_of(name, entry.pattern)):
            return entry
    return None


def class_of(name: str, pattern: str) -> str:
    """Return the class that `name` speaks of under `pattern`, or "" when it does not fit.

    A class may be called anything, dots and line ends included.

    >>> class_of("task.class.a.recall.recall", "task.class.<label>.recall")
    'a.recall'
    >>> class_of("task.accuracy", "task.class.<label>.recall")
    ''
    """
    before, _, after = pattern.partition("<label>")
    found = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", name, re.DOTALL)
    return found.group(1) if found else ""
