"""The figures and pictures that speak of two models on the same rows."""

from __future__ import annotations

from lissom.evidence.name import Name

PAIR_NAMES: tuple[Name, ...] = (
    Name(
        "compression.detectable_loss",
        "Smallest loss to be seen",
        "points",
        "The smallest loss of accuracy that this many rows would show four times in five.",
    ),
    Name(
        "compression.worst_slice_loss",
        "Worst loss of a slice",
        "points",
        "The largest loss of accuracy of any class or group.",
    ),
    Name(
        "compression.slices_worse",
        "Slices made worse",
        "slices",
        "Classes and groups that lost accuracy for certain, after correction for looking at many.",
    ),
    Name(
        "compression.probability_shift",
        "Probabilities moved",
        "probability",
        "How much of the stated probability moved from one answer to another, on average.",
    ),
    Name(
        "compression.class.<label>.disagreement",
        "Disagreement in a class",
        "share",
        "How often the small model answers otherwise than the full one on rows of this class.",
    ),
    Name(
        "compression.class.<label>.accuracy_loss",
        "Lost in a class",
        "points",
        "Accuracy of the full model less that of the small one on rows of this class.",
    ),
    Name(
        "compression.group.<column>.<group>.disagreement",
        "Disagreement in a group",
        "share",
        "How often the small model answers otherwise than the full one on rows of this group.",
    ),
    Name(
        "compression.group.<column>.<group>.accuracy_loss",
        "Lost in a group",
        "points",
        "Accuracy of the full model less that of the small one on rows of this group.",
    ),
    Name(
        "compare.first.accuracy",
        "Accuracy of the first",
        "share",
        "How often the first model is right.",
    ),
    Name(
        "compare.second.accuracy",
        "Accuracy of the second",
        "share",
        "How often the second model is right.",
    ),
    Name(
        "compare.accuracy_difference",
        "Second less first",
        "points",
        "Accuracy of the second model less that of the first, on the same rows.",
    ),
    Name(
        "compare.p_value",
        "Chance alone",
        "probability",
        "How often a difference this large would show between two models that are equally good.",
    ),
    Name(
        "compare.detectable_difference",
        "Smallest difference to be seen",
        "points",
        "The smallest true difference that this many rows would show four times in five.",
    ),
    Name(
        "compare.disagreement",
        "Answered differently",
        "share",
        "How often the two give different answers.",
    ),
    Name(
        "compare.macro_f1_difference",
        "Macro F1, second less first",
        "points",
        "Macro F1 of the second model less that of the first.",
    ),
    Name(
        "compare.log_loss_difference",
        "Log loss, second less first",
        "nats",
        "Log loss of the second model less that of the first; below 0 the second is better.",
    ),
    Name(
        "compare.slices_different",
        "Slices that differ",
        "slices",
        "Classes and groups in which one model is better for certain, false discoveries held "
        "at 5 %.",
    ),
    Name(
        "compare.class.<label>.difference",
        "Second less first in a class",
        "points",
        "Accuracy of the second model less that of the first on rows of this class.",
    ),
    Name(
        "compare.group.<column>.<group>.difference",
        "Second less first in a group",
        "points",
        "Accuracy of the second model less that of the first on rows of this group.",
    ),
)

PAIR_PICTURES: dict[str, str] = {
    "compression.slices": "bars: points of accuracy lost in each class and group",
    "compare.slices": ("bars: points by which the second model is ahead in each class and group"),
}
