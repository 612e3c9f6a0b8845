"""The folders that lissom keeps outside the user's own, and what its surroundings tell it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path, user_config_path

from lissom.bundle import load_trust, load_trust_file

if TYPE_CHECKING:
    from lissom.bundle import Trust


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are kept.

    Args:
        cache: finished work; may be deleted at any time.
        config: the user's key and whom they trust.
        trust: a trust file in place of the user's own, or None.
        passphrase: what the user's key is under, where the surroundings tell; never shown.
    """

    cache: Path
    config: Path
    trust: Path | None = None
    passphrase: str | None = field(default=None, repr=False)

    def whom_to_trust(self, today: date) -> Trust:
        """Return whose bundles are taken on a day.

        Raises:
            TrustFileError: the trust file breaks a rule.
        """
        if self.trust is not None:
            return load_trust_file(self.trust, today)
        return load_trust(self.config, today)


def find_places() -> Places:
    """Return the user's folders, or those under LISSOM_HOME where that is set.

    LISSOM_TRUST names a trust file, LISSOM_PASSPHRASE the passphrase of the signing key.
    """
    home, trust = os.environ.get("LISSOM_HOME"), os.environ.get("LISSOM_TRUST")
    cache, config = (
        (Path(home) / "cache", Path(home) / "config")
        if home
        else (user_cache_path("lissom"), user_config_path("lissom"))
    )
    passphrase = os.environ.get("LISSOM_PASSPHRASE")
    return Places(cache, config, Path(trust) if trust else None, passphrase)


def find_today() -> date:
    """Return the day that expiry is judged on, in UTC so that it is the same everywhere."""
    return datetime.now(UTC).date()
