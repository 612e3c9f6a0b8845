"""A tiny encoder, and a tiny model made from it; every room may use them."""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from lissom.pipeline.places import Places

if TYPE_CHECKING:
    from types import ModuleType

    from tiny_models import Made, Shipped

    from lissom.runtime import Model

sys.path.insert(0, str(Path(__file__).parent))

# No test asserts a time: a busy machine would make it fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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


@pytest.fixture(scope="session")
def tiny_places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Return folders for the cache and the key that the tiny bundle was made with."""
    folder = tmp_path_factory.mktemp("places")
    return Places(folder / "cache", folder / "config")


@pytest.fixture(scope="session")
def tiny_csv(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of texts of three kinds; every third has no label."""
    path = tmp_path_factory.mktemp("data") / "inbox.csv"
    names = ("delivery", "praise", "refund", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("text", "label"))
        rows.writerows(
            (text, names[kind]) for text, kind in zip(made.texts, made.targets, strict=True)
        )
    return path


@pytest.fixture(scope="session")
def tiny_bundle(
    tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a signed bundle made by the whole pipeline out of `tiny_csv` and `tiny_base`."""
    out = tmp_path_factory.mktemp("bundles") / "inbox-model"
    # Fetched on first use, for the same reason.
    pipeline = importlib.import_module("lissom.pipeline")
    order = pipeline.Order(tiny_csv, out=out, base=str(tiny_base), threads=1)
    bundle: Path = pipeline.build(order, places=tiny_places).bundle
    return bundle
