"""A bundle as a target: the very runtime that ships it."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lissom import __version__
from lissom.bundle import open_bundle
from lissom.examine import Replies
from lissom.pipeline.places import find_places, find_today
from lissom.pipeline.probing import probe_files
from lissom.pipeline.targets.target import Target
from lissom.runtime import load_model

if TYPE_CHECKING:
    from lissom.runtime import Model

_ANSWERS = ("model.onnx", "tokenizer.json", "lexical.safetensors", "answer.json")


def open_bundle_target(folder: Path, *, trust: bool = True, threads: int | None = None) -> Target:
    """Open a bundle.

    Args:
        folder: the bundle.
        trust: refuse one that none of the user's trusted keys has signed.
        threads: texts read at a time; None for one per core.

    Raises:
        BundleError: it was changed, is not trusted, or is not a bundle.
    """
    opened = open_bundle(folder, trust=find_places().whom_to_trust(find_today()) if trust else None)
    model = load_model(opened, threads=threads)
    digest = hashlib.sha256(opened.read("manifest.json") + __version__.encode()).hexdigest()
    classes = model.settings.classes
    whole = Target(
        "the same bundle with its encoder reading every text",
        "bundle",
        partial(_read_all, model),
        classes,
        f"{digest} read_all",
    )
    return Target(
        Path(folder).resolve().name,
        "bundle",
        partial(_answer, model),
        classes,
        digest,
        probe=partial(probe_files, {name: opened.read(name) for name in _ANSWERS}),
        parent=whole,
        learned_from=opened.manifest.data_fingerprint,
    )


def _answer(model: Model, texts: list[str]) -> Replies:
    answers = model.answer(texts)
    return Replies(
        model.settings.classes,
        answers.probabilities.astype(np.float64),
        "all",
        answers.is_unsure,
        None if answers.strangeness is None else answers.strangeness.astype(np.float64),
    )


def _read_all(model: Model, texts: list[str]) -> Replies:
    return Replies(model.settings.classes, model.read_all(texts).astype(np.float64), "all")
