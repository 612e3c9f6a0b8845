"""Rows we read, and how they are split."""

from lissom.data.dataset import Dataset, Roles

__all__ = ["Dataset", "Roles"]
