"""What the model can and cannot do, asked of the thing that ships."""

from lissom.examine.answered import Answered
from lissom.examine.asking import Asker, TimeUpError
from lissom.examine.calibration import (
    draw_abstention,
    draw_calibration,
    measure_abstention,
    measure_calibration,
)
from lissom.examine.case import Case, Found, Parent, Rows
from lissom.examine.columns import Grouping, find_groupings
from lissom.examine.compare import Better, Comparison, compare_answers
from lissom.examine.compression import measure_compression
from lissom.examine.cost import measure_speed
from lissom.examine.groups import measure_groups
from lissom.examine.parts import PARTS, Part, not_run
from lissom.examine.replies import Replies, read_replies
from lissom.examine.settings import QUICK, Effort, Settings, TextTest
from lissom.examine.task import draw_task, measure_task, share
from lissom.examine.warn import find_warnings

__all__ = [
    "PARTS",
    "QUICK",
    "Answered",
    "Asker",
    "Better",
    "Case",
    "Comparison",
    "Effort",
    "Found",
    "Grouping",
    "Parent",
    "Part",
    "Replies",
    "Rows",
    "Settings",
    "TextTest",
    "TimeUpError",
    "compare_answers",
    "draw_abstention",
    "draw_calibration",
    "draw_task",
    "find_groupings",
    "find_warnings",
    "measure_abstention",
    "measure_calibration",
    "measure_compression",
    "measure_groups",
    "measure_speed",
    "measure_task",
    "not_run",
    "read_replies",
    "share",
]
