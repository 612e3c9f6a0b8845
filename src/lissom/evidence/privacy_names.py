"""Figures of what a model gives away of the rows it learned from; a part of `NAMES`."""

from __future__ import annotations

from lissom.evidence.name import Name

DIFFER = 0.55
"""Two files differ in themselves when their texts alone tell them apart for certain beyond this."""

PRIVACY_NAMES: tuple[Name, ...] = (
    Name(
        "privacy.membership_auroc",
        "Telling training rows",
        "share",
        "How often somebody who has a row that it learned from, another of its class, and the "
        "answers to both could tell which is which; 50 % is guessing.",
    ),
    Name(
        "privacy.membership_excess",
        "Told beyond the texts",
        "points",
        "How far that lies above guessing once what the texts alone tell is taken away.",
    ),
    Name(
        "privacy.membership_advantage",
        "Training rows less false alarms",
        "points",
        "The share of training rows found less the share of others taken for one.",
    ),
    Name(
        "privacy.tpr_at_1pct_fpr",
        "Training rows named",
        "share",
        "How many training rows are found where 1 % of other rows are taken for one.",
    ),
    Name(
        "privacy.text_auroc",
        "Telling training rows by text",
        "share",
        "How often a training row is told from another by its text alone, without the model; above "
        "50 % the two files were not drawn alike.",
    ),
    Name(
        "privacy.parent.membership_auroc",
        "Training rows told by the full model",
        "share",
        "How often the answers of the model that it was made from tell a training row; where that "
        "is less, shrinking gave rows away.",
    ),
    Name(
        "privacy.parent.tpr_at_1pct_fpr",
        "Training rows named by the full model",
        "share",
        "How many training rows the full model's answers name at 1 % false alarms.",
    ),
    Name(
        "privacy.score.<score>.auroc",
        "Telling training rows otherwise",
        "share",
        "The same by another score: the loss, the modified entropy, the sureness of the answer "
        "whatever is true, or its label alone, right or wrong.",
    ),
)

PRIVACY_PICTURES: dict[str, str] = {
    "privacy.roc": (
        "line: x is the share of other rows taken for training rows, y the share of training rows "
        "found, one line each for the answers, the texts alone, the full model, and guessing"
    ),
    "privacy.fifths": (
        "bars: how many training rows lie in each fifth of the other rows, by how sure it is of "
        "their label; alike, a fifth in each"
    ),
}
