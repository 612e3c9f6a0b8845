"""A Hugging Face folder as a target; the only one that loads torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.examine import Replies
from lissom.nets import open_sequence_classifier
from lissom.pipeline.targets.target import Target

if TYPE_CHECKING:
    from pathlib import Path


def open_hugging_face(folder: Path) -> Target:
    """Open a folder with config.json, model.safetensors and a tokenizer, as transformers writes it.

    Raises:
        TargetUnreadableError: it is no text classifier, or keeps its weights in a pickle.
    """
    net = open_sequence_classifier(folder)

    def answer(texts: list[str]) -> Replies:
        return Replies(net.classes, net.answer(texts).astype(np.float64), "all")

    return Target(folder.name, "Hugging Face folder", answer, net.classes, net.fingerprint)
