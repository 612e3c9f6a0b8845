"""What the model can and cannot do, asked of the thing that ships."""

from lissom.examine.answered import Answered
from lissom.examine.calibration import (
    draw_abstention,
    draw_calibration,
    measure_abstention,
    measure_calibration,
)
from lissom.examine.cost import measure_speed
from lissom.examine.task import draw_task, measure_task, share
from lissom.examine.warn import find_warnings

__all__ = [
    "Answered",
    "draw_abstention",
    "draw_calibration",
    "draw_task",
    "find_warnings",
    "measure_abstention",
    "measure_calibration",
    "measure_speed",
    "measure_task",
    "share",
]
