"""What an answer means: one file per kind of task."""

from lissom.tasks.known import KNOWN, find_task
from lissom.tasks.output import Classes, Labels, Output, Ranking, Tokens
from lissom.tasks.task import Task
from lissom.tasks.text_classification import TextClassification

__all__ = [
    "KNOWN",
    "Classes",
    "Labels",
    "Output",
    "Ranking",
    "Task",
    "TextClassification",
    "Tokens",
    "find_task",
]
