"""A small signed bundle, and whose signature it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_bundle import write_small

from lissom.bundle import SigningKey, Trust, make_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return make_key()


@pytest.fixture(scope="session")
def trust(key: SigningKey) -> Trust:
    return Trust(frozenset({key.public.fingerprint}))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> Path:
    return write_small(tmp_path_factory.mktemp("small") / "inbox", key)
