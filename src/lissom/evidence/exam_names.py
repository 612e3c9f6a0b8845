"""The figures and pictures of an examination of one model."""

from __future__ import annotations

from lissom.evidence.name import Name
from lissom.evidence.privacy_names import PRIVACY_NAMES, PRIVACY_PICTURES

EXAM_NAMES: tuple[Name, ...] = (
    Name(
        "calibration.overconfidence",
        "Too sure by",
        "points",
        "Mean stated probability less how often it is right; below 0 it is too modest.",
    ),
    Name(
        "calibration.temperature_left",
        "Temperature left",
        "factor",
        "What its stated probabilities still should be softened by; 1 is as it should be, "
        "above 1 too sure.",
    ),
    Name(
        "calibration.venn_abers_width",
        "Left open",
        "probability",
        "How far apart two probabilities lie of which one is surely calibrated: what these "
        "labels leave open.",
    ),
    Name(
        "promise.answered_share",
        "Could answer alone",
        "share",
        "The share of rows it may answer alone when those answers are to be right as often as"
        " promised.",
    ),
    Name(
        "promise.precision",
        "Right when alone",
        "share",
        "How often those answers were right on rows that did not choose the threshold.",
    ),
    Name(
        "promise.threshold",
        "Alone from",
        "probability",
        "The lowest probability from which it may answer alone under the promise.",
    ),
    Name(
        "sets.coverage",
        "Sets that hold the answer",
        "share",
        "How often a set of answers made for 90 % holds the right one, on rows that were not used.",
    ),
    Name(
        "sets.size",
        "Answers in a set",
        "classes",
        "How many answers such a set holds on average; 1 is a plain answer.",
    ),
    Name(
        "sets.single_share", "Sets of one", "share", "How often one answer alone suffices for 90 %."
    ),
    Name(
        "sets.worst_class_coverage",
        "Sets, worst class",
        "share",
        "The lowest coverage of any class with enough rows; the 90 % are promised for all "
        "rows together.",
    ),
    Name(
        "outside.auroc",
        "Telling strangers apart",
        "share",
        "How often a text from outside looks stranger to it than one of yours; 50 % is guessing.",
    ),
    Name(
        "outside.fpr95",
        "Strangers let in",
        "share",
        "Of texts from outside, how many pass when 95 % of your own must pass.",
    ),
    Name(
        "outside.passed_share",
        "Strangers answered",
        "share",
        "Of texts from outside, how many it answers without saying that it is unsure, as it ships.",
    ),
    Name(
        "outside.probability_auroc",
        "By probability alone",
        "share",
        "The same as telling strangers apart, by the stated probability instead of its own "
        "detector.",
    ),
    Name(
        "outside.far.auroc",
        "Telling nonsense apart",
        "share",
        "How often nonsense looks stranger to it than a row of yours.",
    ),
    Name(
        "outside.far.fpr95",
        "Nonsense let in",
        "share",
        "How much of nonsense passes when 95 % of your own must pass.",
    ),
    Name(
        "outside.far.passed_share",
        "Nonsense answered",
        "share",
        "How much of nonsense it answers without saying that it is unsure.",
    ),
    Name(
        "outside.shuffled.auroc",
        "Telling shuffled words apart",
        "share",
        "How often your own row with its words shuffled looks stranger to it than a row of yours.",
    ),
    Name(
        "outside.shuffled.fpr95",
        "Shuffled words let in",
        "share",
        "How many of your rows with their words shuffled pass when 95 % of your own must pass.",
    ),
    Name(
        "outside.shuffled.passed_share",
        "Shuffled words answered",
        "share",
        "How many of your rows with their words shuffled it answers without saying that it is"
        " unsure.",
    ),
    Name(
        "outside.blank.passed_share",
        "Blank texts answered",
        "share",
        "Of the ways to say nothing, how many it answers without saying that it is unsure.",
    ),
    Name(
        "robustness.<change>.accuracy",
        "Accuracy when changed",
        "share",
        "How often it is right when every text is changed so; `robustness.typo.accuracy` is "
        "with typing errors.",
    ),
    Name(
        "robustness.<change>.loss",
        "Lost to a change",
        "points",
        "Accuracy without the change less accuracy with it, on the same rows.",
    ),
    Name(
        "robustness.test.<name>.passed_share",
        "Your own test",
        "share",
        "Of the texts that your own test speaks of, how many behave as it asks.",
    ),
    Name(
        "adversary.success",
        "Tricked",
        "share",
        "Of rows answered right, how many any of the attacks turns wrong by small changes.",
    ),
    Name(
        "adversary.unnoticed",
        "Tricked unnoticed",
        "share",
        "Of rows answered right without a doubt, how many are turned wrong and still answered "
        "without one.",
    ),
    Name(
        "adversary.<attack>.accuracy",
        "Accuracy under attack",
        "share",
        "How often it is right when every text is changed by somebody who may ask it what hurts; "
        "a row that was wrong before counts as wrong.",
    ),
    Name(
        "adversary.<attack>.loss",
        "Lost to an attack",
        "points",
        "Accuracy before the attack less accuracy after it, on the same rows.",
    ),
    Name(
        "groups.different",
        "Groups that differ",
        "groups",
        "Groups served differently from the rest of their column, after correction for "
        "looking at many.",
    ),
    Name(
        "groups.<column>.gap",
        "Gap between groups",
        "points",
        "Accuracy of the best served group less that of the worst served.",
    ),
    Name(
        "groups.<column>.gap_at_equal_mix",
        "Gap at equal mix",
        "points",
        "The same gap if every group had the same mix of classes.",
    ),
    Name(
        "groups.<column>.parity_gap",
        "Gap in answers given",
        "points",
        "How much more often one group than another gets the second of two classes; "
        "Fairlearn's demographic parity difference.",
    ),
    Name(
        "groups.<column>.odds_gap",
        "Gap in odds",
        "points",
        "The larger gap between groups in true and in false alarms; Fairlearn's equalized "
        "odds difference.",
    ),
    Name(
        "groups.<column>.<group>.accuracy",
        "Accuracy in a group",
        "share",
        "How often it is right on rows of this group.",
    ),
    Name(
        "groups.<column>.<group>.difference",
        "Group against the rest",
        "points",
        "Accuracy in this group less accuracy in the rest of the column.",
    ),
    Name(
        "groups.swap.changed_share",
        "Changed by a swap",
        "share",
        "How often the answer changes when one identity term is put in the place of another.",
    ),
    Name(
        "shortcuts.copies_share",
        "Copies of training rows",
        "share",
        "The share of rows that are near-copies of a training row.",
    ),
    Name(
        "shortcuts.accuracy_without_copies",
        "Accuracy without copies",
        "share",
        "How often it is right on rows that are no near-copy of a training row.",
    ),
    Name(
        "shortcuts.copy_gain",
        "Gain from copies",
        "points",
        "Accuracy on near-copies of training rows less accuracy on the others.",
    ),
    Name(
        "shortcuts.train_gap",
        "Ahead on training rows",
        "points",
        "Accuracy on training rows less accuracy on rows that are no copy of one.",
    ),
    Name(
        "shortcuts.numbers.loss",
        "Lost with other numbers",
        "points",
        "Accuracy lost when every number and code is replaced by another of the same shape.",
    ),
    Name(
        "shortcuts.one_word.flip_share",
        "Decided by one word",
        "share",
        "How often the most powerful single word, put into rows of other labels, makes it "
        "give its own label.",
    ),
    Name(
        "shortcuts.from.<clue>.accuracy",
        "Label from a clue",
        "share",
        "How often the label could be guessed from this clue alone, without reading the text.",
    ),
    Name(
        "shortcuts.from.<clue>.gain",
        "Gain from a clue",
        "points",
        "How much better that guess is than always guessing the largest class.",
    ),
    Name(
        "explanation.faithfulness",
        "Reasons that are the reasons",
        "share",
        "How often the words named as reasons matter more than as many words drawn by chance, "
        "taken away or left alone, whichever is worse; 50 % is guessing.",
    ),
    Name(
        "explanation.comprehensiveness",
        "Lost without the reasons",
        "points",
        "How much of its probability an answer loses when the words named as reasons are "
        "taken away.",
    ),
    Name(
        "explanation.comprehensiveness_gain",
        "Lost beyond chance",
        "points",
        "How much more that is than without as many words drawn by chance.",
    ),
    Name(
        "explanation.sufficiency",
        "Lost with nothing but the reasons",
        "points",
        "How much of its probability an answer loses when only the words named as reasons are "
        "left; lower is better.",
    ),
    Name(
        "explanation.sufficiency_gain",
        "Kept beyond chance",
        "points",
        "How much more the named words alone keep than as many words drawn by chance.",
    ),
    Name(
        "explanation.agreement",
        "Reasons shared with the full model",
        "share",
        "Of the weightiest words of the small model, how many are among those of the full one, "
        "where both answer alike.",
    ),
    Name(
        "explanation.rank_correlation",
        "Reasons in the same order",
        "correlation",
        "How alike the two models rank all words of a text by what they do for the answer.",
    ),
    *PRIVACY_NAMES,
    Name(
        "cost.latency_p99_ms",
        "Slowest waits",
        "ms",
        "99 of 100 single texts are answered faster than this; told from 2,000 queries on.",
    ),
    Name(
        "energy.joules_per_text",
        "Energy",
        "joules",
        "Energy that one answer takes; measured where the machine has a meter, else a range.",
    ),
)

EXAM_PICTURES: dict[str, str] = {
    "outside.curve": (
        "line: x is the share of your own texts kept, y the share of "
        "outside ones that pass, one line for each kind"
    ),
    "robustness.losses": "bars: points of accuracy lost by each change",
    "robustness.curve": (
        "line: x is how much of a text is touched, y how often it is right,"
        " one line for each change"
    ),
    "adversary.<attack>": (
        "line: x is how many letters or words an attack changed, y the share of rows still right"
    ),
    "adversary.questions": (
        "line: x is how many questions an attack asked, y the share of rows still right, one line "
        "for each attack"
    ),
    "groups.<column>": "bars: how often it is right for each group of a column",
    "groups.swap": (
        "bars: how often an answer changes when this term is put in the place of another"
    ),
    "shortcuts.words": (
        "bars: how often this word, put into rows of other labels, brings its own label"
    ),
    "explanation.words_matter": (
        "bars: the probability of an answer when the whole text, or only some of its words, is read"
    ),
    "explanation.words": "bars: how much of an answer's probability this word brings on average",
    **PRIVACY_PICTURES,
}
