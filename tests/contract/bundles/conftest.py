"""Let these tests import the attacks, and the makers that the unit tests use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "bundle"))
sys.path.insert(0, str(Path(__file__).parent))

import bundle_makers

from lissom.bundle import SigningKey, make_key, write_bundle


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return make_key()


@pytest.fixture
def signed(tmp_path: Path, key: SigningKey) -> Path:
    write_bundle(tmp_path / "shop", bundle_makers.whole(), bundle_makers.FACTS, key)
    return tmp_path / "shop"
