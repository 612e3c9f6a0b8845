"""The list of every figure that a person can meet: its unit and what it means.

docs/evidence.md shows the same list; a contract test keeps the two equal.
"""

from __future__ import annotations

import re

from lissom.evidence.exam_names import EXAM_NAMES, EXAM_PICTURES
from lissom.evidence.name import Name
from lissom.evidence.pair_names import PAIR_NAMES, PAIR_PICTURES
from lissom.evidence.poison_names import POISON_NAMES
from lissom.evidence.shrink_names import SHRINK_NAMES, SHRINK_PICTURES
from lissom.evidence.watch_names import WATCH_NAMES

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
        "task.class.<label>.f1",
        "F1 of a label",
        "share",
        "Finding this label and being right about it, in one figure.",
    ),
    Name(
        "task.micro_precision",
        "Right when given",
        "share",
        "Of all labels that it gives, how many are right.",
    ),
    Name(
        "task.micro_recall",
        "Labels found",
        "share",
        "Of all labels that the rows have, how many it gives.",
    ),
    Name(
        "task.micro_f1",
        "Micro F1",
        "share",
        "Finding labels and being right about them, in one figure over all labels together.",
    ),
    Name(
        "task.samples_f1",
        "F1 of a row",
        "share",
        "Finding a row's labels and being right about them, in one figure, averaged over rows.",
    ),
    Name(
        "task.constant_f1",
        "Same labels for all",
        "share",
        "The micro F1 of giving every row the same labels, whichever are best for that.",
    ),
    Name(
        "task.subset_accuracy",
        "All labels right",
        "share",
        "How often a row is given exactly the labels that it has.",
    ),
    Name(
        "task.hamming_loss",
        "Wrong decisions",
        "share",
        "Of all decisions, one for each row and label, how many are wrong.",
    ),
    Name(
        "calibration.ece",
        "Calibration error",
        "share",
        "How far the stated probability is from how often it is right, on average.",
    ),
    Name(
        "calibration.label_ece",
        "Calibration error of labels",
        "share",
        "How far a label's probability is from how often it is there, averaged over labels.",
    ),
    Name(
        "calibration.class.<label>.gap",
        "Expected too often",
        "points",
        "How much more often a label is expected than it is there; below 0 for too seldom.",
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
        "How often the small model answers differently from the full one it was made from; the "
        "upper end is certified.",
    ),
    Name(
        "compression.disagreement_repeats",
        "Disagreement in repeats",
        "share",
        "The same in cross-fitted repeats, where too few rows were kept apart to certify.",
    ),
    Name(
        "compression.agreement_f1",
        "Agreement on labels",
        "share",
        "The micro F1 of the small model's labels, held against the full model's.",
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
    *SHRINK_NAMES,
    *POISON_NAMES,
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
        "next.accuracy",
        "Accuracy so far",
        "share",
        "How often hidden labels are found by learning from the labels so far.",
    ),
    Name(
        "next.accuracy_doubled",
        "Accuracy with twice the labels",
        "share",
        "What that accuracy would become with twice as many labels.",
    ),
    Name(
        "data.long_share",
        "Long rows",
        "share",
        "Rows that are longer than the encoder reads at once, so that they are read in pieces.",
    ),
    Name(
        "data.cut_share",
        "Rows cut off",
        "share",
        "Rows that are so long that their end is not read at all.",
    ),
    Name(
        "data.foreign_share",
        "Rows in another language",
        "share",
        "Rows that seem to be in a language that the base was not made for.",
    ),
    Name(
        "data.pieces_per_word",
        "Pieces per word",
        "factor",
        "Into how many pieces the base breaks an everyday word of these rows, on average.",
    ),
    Name(
        "data.class_mix_shift",
        "Other mix of classes",
        "share",
        "The share of rows that would have to change class for the unlabelled rows to have the mix "
        "of the labels.",
    ),
    Name(
        "task.stream_accuracy",
        "Accuracy on rows as they come",
        "share",
        "How often it is right when the labelled rows are weighted to the mix of the unlabelled "
        "ones.",
    ),
    Name(
        "imbalance.macro_f1_gain",
        "Gain for rare classes",
        "points",
        "What macro F1 gained by favouring rare classes.",
    ),
    Name(
        "imbalance.accuracy_gain",
        "Price of rare classes",
        "points",
        "What accuracy gained by favouring rare classes; below 0 is what it cost.",
    ),
    Name(
        "start.largest_share",
        "Most given answer",
        "share",
        "Without labels: the share of rows that get the answer given most.",
    ),
    Name(
        "start.unused_classes",
        "Classes never given",
        "classes",
        "Without labels: classes that no row is answered with.",
    ),
    Name(
        "start.stability",
        "Stability",
        "share",
        "Without labels: how often a repeat that had not seen a row answers it alike; it may be "
        "wrong alike, too.",
    ),
    *WATCH_NAMES,
    *EXAM_NAMES,
    *PAIR_NAMES,
)


PICTURES: dict[str, str] = {
    "task.confusion": "heat: y is what the file says, x what the model said, colour the rows",
    "task.exchanges": "heat: y is a label that was missed, x one that was given, colour the rows",
    "calibration.labels": "line: x is a label's probability, y how often it was there",
    "calibration.reliability": "line: x is the stated probability, y how often it was right",
    "abstention.curve": "line: x is the share of rows answered, y how often those are right",
    **SHRINK_PICTURES,
    "next.curve": "line: x is the labels learned from, y how often hidden labels are found",
    **EXAM_PICTURES,
    **PAIR_PICTURES,
}


def find_name(name: str) -> Name | None:
    """Return the entry that `name` belongs to, or None for a name that is not listed.

    >>> find_name("task.class.late. parcel.recall").title
    'Recall of a class'
    >>> find_name("groups.language.gap").unit, find_name("task.luck") is None
    ('points', True)
    """
    for entry in NAMES:
        if entry.pattern == name or ("<" in entry.pattern and _fits(name, entry.pattern)):
            return entry
    return None


def own_words(name: str) -> tuple[str, ...]:
    """Return what stands in a name for the words in angle brackets of its pattern.

    >>> own_words("groups.language.en.accuracy"), own_words("task.accuracy")
    (('language', 'en'), ())
    """
    entry = find_name(name)
    if entry is None or "<" not in entry.pattern:
        return ()
    parts = (re.escape(part) for part in re.split(r"<[a-z]+>", entry.pattern))
    found = re.fullmatch("(.+?)".join(parts), name, re.DOTALL)
    return found.groups() if found else ()


def _fits(name: str, pattern: str) -> bool:
    """Say whether a name is of a pattern; what stands for angle brackets may be anything."""
    parts = (re.escape(part) for part in re.split(r"<[a-z]+>", pattern))
    return re.fullmatch("(.+)".join(parts), name, re.DOTALL) is not None


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
