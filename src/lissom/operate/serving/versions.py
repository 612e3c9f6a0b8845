"""One version of a model: an opened bundle, proven before anybody may ask it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.errors import ProofError
from lissom.operate.serving.engine import Meaning
from lissom.runtime import GOLDEN_FILE, check_golden, load_model
from lissom.tasks import Classes, find_task

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.bundle import Bundle
    from lissom.runtime import Model

_NAME_CHARACTERS = 12
_WARM_UP = ("Where is my parcel?", "", "a", "é ü ß 漢字 🙂 ", "one two three four " * 100)
"""Texts that are short, empty, of other scripts, and longer than any model reads."""

_ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A bundle in memory; what stands in its folder by now does not matter.

    Args:
        name: of the model: the bundle folder's name.
        version: the first 12 hex digits of the manifest's sha256, so the same bundle always has
            the same version and another never has it.
        folder: where it was read.
        model: what answers.
        meaning: how to read its numbers.
        labels: every answer it can give.
        signer: fingerprint of the key that signed it, or None.
        size_bytes: of all its files.
        golden: golden.json, or None in a bundle of format 1.0.
        evidence: evidence.json.
    """

    name: str
    version: str
    folder: Path
    model: Model
    meaning: Meaning
    labels: tuple[str, ...]
    signer: str | None
    size_bytes: int
    golden: bytes | None
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """What was seen of a version before it was made ready.

    Args:
        checked: one clause each.
        costs: (tokens, seconds) of the texts that the encoder read.
    """

    checked: tuple[str, ...]
    costs: tuple[tuple[int, float], ...]


def open_version(bundle: Bundle, folder: Path, name: str) -> Version:
    """Make a bundle answer.

    Args:
        bundle: opened and checked.
        folder: where it was read.
        name: what the model is called.

    Raises:
        BundleError: its parts do not fit each other.
    """
    model = load_model(bundle, threads=1)
    labels = model.settings.classes
    return Version(
        name,
        version_of(bundle.read("manifest.json")),
        folder,
        model,
        Meaning(find_task(bundle.manifest.task), model.settings.output),
        labels,
        bundle.signer,
        bundle.size_bytes,
        bundle.read(GOLDEN_FILE) if GOLDEN_FILE in bundle.names else None,
        bundle.read("evidence.json"),
    )


def version_of(manifest: bytes) -> str:
    """Return the version that a manifest stands for.

    >>> version_of(b"{}")
    '44136fa355b3'
    """
    return hashlib.sha256(manifest).hexdigest()[:_NAME_CHARACTERS]


def prove(version: Version) -> Proof:
    """Answer a few texts, both ways, before a stranger's text is the first.

    Warms the caches up, and finds a model that gives numbers which are no probabilities, or whose
    answer depends on what else is asked.

    Raises:
        ProofError: it does; it must not be served.
        GoldenRowsError: an answer is not what it was when the bundle was built.
    """
    model, texts = version.model, [*_WARM_UP, *version.labels[:20]]
    together = model.answer(texts)
    rows = together.probabilities
    is_one = isinstance(version.meaning.output, Classes)
    is_whole = np.allclose(rows.sum(axis=1), 1, atol=1e-3) if is_one else True
    is_within = bool(((rows >= 0) & (rows <= 1)).all())  # nan is not
    if not (is_whole and is_within):
        raise ProofError(version.name, "its answers to the warm-up texts are no probabilities")
    costs: list[tuple[int, float]] = []
    for _ in range(_ROUNDS):
        for row, text in enumerate(texts):
            glance = model.glance([text])
            began = time.perf_counter()
            read, _ = model.read(glance.ids[0], glance.scores[0])
            costs.append((len(glance.ids[0]), time.perf_counter() - began))
            alone = glance.probabilities[0] if glance.is_lexical[0] else read
            if alone.tobytes() != rows[row].tobytes():
                raise ProofError(version.name, "an answer changes with the texts beside it")
    signed = f"signed by {version.signer[:16]}" if version.signer else "not signed"
    checked = (
        signed,
        f"{len(texts)} warm-up texts, each answered alone and in company",
        _check_golden(version),
    )
    return Proof(checked, tuple(costs))


def _check_golden(version: Version) -> str:
    if version.golden is None:
        return "no golden rows: the bundle is of format 1.0"
    meaning = version.meaning
    count = check_golden(version.golden, version.model, meaning.task, meaning.output)
    return f"{count} golden rows, each answered as when the bundle was built"
