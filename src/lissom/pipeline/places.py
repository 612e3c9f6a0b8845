"""The folders that lissom keeps outside the user's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_config_path


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are kept.

    Args:
        cache: finished work; may be deleted at any time.
        config: the user's key and whom they trust.
    """

    cache: Path
    config: Path


def find_places() -> Places:
    """Return the user's folders, or those under LISSOM_HOME where that is set."""
    home = os.environ.get("LISSOM_HOME")
    if home:
        return Places(Path(home) / "cache", Path(home) / "config")
    return Places(user_cache_path("lissom"), user_config_path("lissom"))
