"""Rows we read, and how they are split."""

from lissom.data.classes import Described, read_classes
from lissom.data.dataset import Dataset, Roles
from lissom.data.filled import Filled, fill_in, label_column, read_labels
from lissom.data.label_splits import label_folds
from lissom.data.loaded import SetAside
from lissom.data.near import Copies, Pairs, Room, find_copies, near_groups, near_pairs
from lissom.data.normal import normalise, normalise_all
from lissom.data.read import Reading, Source, read
from lissom.data.roles import Given
from lissom.data.sheet import write_sheet
from lissom.data.splits import folds, holdout
from lissom.data.stream import Mended, Stream, stream
from lissom.data.write import Writer, write_rows

__all__ = [
    "Copies",
    "Dataset",
    "Described",
    "Filled",
    "Given",
    "Mended",
    "Pairs",
    "Reading",
    "Roles",
    "Room",
    "SetAside",
    "Source",
    "Stream",
    "Writer",
    "fill_in",
    "find_copies",
    "folds",
    "holdout",
    "label_column",
    "label_folds",
    "near_groups",
    "near_pairs",
    "normalise",
    "normalise_all",
    "read",
    "read_classes",
    "read_labels",
    "stream",
    "write_rows",
    "write_sheet",
]
