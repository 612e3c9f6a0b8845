"""Rows we read, and how they are split."""

from lissom.data.dataset import Dataset, Roles
from lissom.data.label_splits import label_folds
from lissom.data.loaded import SetAside
from lissom.data.near import Pairs, near_groups, near_pairs, normalise
from lissom.data.read import Reading, Source, read
from lissom.data.roles import Given
from lissom.data.splits import folds, holdout
from lissom.data.stream import Mended, Stream, stream
from lissom.data.write import Writer, write_rows

__all__ = [
    "Dataset",
    "Given",
    "Mended",
    "Pairs",
    "Reading",
    "Roles",
    "SetAside",
    "Source",
    "Stream",
    "Writer",
    "folds",
    "holdout",
    "label_folds",
    "near_groups",
    "near_pairs",
    "normalise",
    "read",
    "stream",
    "write_rows",
]
