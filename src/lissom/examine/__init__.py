"""What the model can and cannot do, asked of the thing that ships."""

from lissom.examine.answered import Answered
from lissom.examine.calibration import (
    draw_abstention,
    draw_calibration,
    measure_abstention,
    measure_calibration,
)
from lissom.examine.cost import measure_speed
from lissom.examine.labels import (
    AnsweredLabels,
    draw_labels,
    measure_label_calibration,
    measure_labels,
    measure_micro_f1,
)
from lissom.examine.task import draw_task, measure_task, share
from lissom.examine.warn import find_warnings
from lissom.examine.warn_labels import find_label_warnings

__all__ = [
    "Answered",
    "AnsweredLabels",
    "draw_abstention",
    "draw_calibration",
    "draw_labels",
    "draw_task",
    "find_label_warnings",
    "find_warnings",
    "measure_abstention",
    "measure_calibration",
    "measure_label_calibration",
    "measure_labels",
    "measure_micro_f1",
    "measure_speed",
    "measure_task",
    "share",
]
