"""A tiny encoder, and a tiny model made from it; every room may use them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from tiny_models import Made, Shipped

    from lissom.runtime import Model

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def tiny_models() -> ModuleType:
    """Return the module that makes tiny models.

    Fetched on first use: it needs torch, which takes seconds that most tests need not wait.
    """
    return importlib.import_module("tiny_models")


@pytest.fixture(scope="session")
def tiny_base(tiny_models: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a random BERT of 2 layers, 32 dimensions and 2 heads."""
    folder: Path = tiny_models.write_base(tmp_path_factory.mktemp("tiny") / "bert")
    return folder


@pytest.fixture(scope="session")
def made(tiny_models: ModuleType) -> Made:
    """Return 360 short texts of three kinds; every third has no label."""
    texts: Made = tiny_models.make_texts(360, seed=7)
    return texts


@pytest.fixture(scope="session")
def shipped(
    tiny_models: ModuleType,
    tiny_base: Path,
    made: Made,
    tmp_path_factory: pytest.TempPathFactory,
) -> Shipped:
    """Return the tiny model's files and all that they were made from."""
    found: Shipped = tiny_models.ship_tiny(tiny_base, made, tmp_path_factory.mktemp("store"))
    return found


@pytest.fixture(scope="session")
def tiny_model(shipped: Shipped) -> Model:
    """Return a model of three classes; each of its tiers answers about half of the texts."""
    return shipped.parts.load(1)
