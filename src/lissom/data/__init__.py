"""Rows we read, and how they are split."""

from lissom.data.dataset import Dataset, Roles
from lissom.data.loaded import SetAside
from lissom.data.read import Reading, Source, read
from lissom.data.roles import Given

__all__ = ["Dataset", "Given", "Reading", "Roles", "SetAside", "Source", "read"]
