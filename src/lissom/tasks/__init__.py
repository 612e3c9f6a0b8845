"""What an answer means: one file per kind of task."""

from lissom.tasks.known import KNOWN, choose_task, find_task
from lissom.tasks.label_sets import (
    NONE,
    SEPARATOR,
    choose_labels,
    join_names,
    log_odds,
    names_given,
    set_sureness,
    split_cell,
    thresholds_of,
)
from lissom.tasks.output import Classes, Labels, Output, Ranking, Tokens
from lissom.tasks.task import Task
from lissom.tasks.text_classification import TextClassification
from lissom.tasks.text_labels import TextLabels

__all__ = [
    "KNOWN",
    "NONE",
    "SEPARATOR",
    "Classes",
    "Labels",
    "Output",
    "Ranking",
    "Task",
    "TextClassification",
    "TextLabels",
    "Tokens",
    "choose_labels",
    "choose_task",
    "find_task",
    "join_names",
    "log_odds",
    "names_given",
    "set_sureness",
    "split_cell",
    "thresholds_of",
]
