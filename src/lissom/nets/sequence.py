"""A text classifier of anybody's in the Hugging Face layout, answered by torch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from lissom.errors import TargetUnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LONGEST = 512


@dataclass(frozen=True, slots=True, eq=False)
class SequenceClassifier:
    """A text classifier.

    Args:
        classes: names, in the order of its scores.
        fingerprint: sha256 of weights, settings and tokenizer.
    """

    classes: tuple[str, ...]
    fingerprint: str
    _net: Any
    _tokenizer: Any
    _longest: int

    def answer(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, classes) probabilities; each text is read in a call of its own."""
        rows = []
        with torch.inference_mode():
            for text in texts:
                ids = self._tokenizer(
                    text, truncation=True, max_length=self._longest, return_tensors="pt"
                )
                scores = self._net(**ids).logits[0]
                rows.append(torch.softmax(scores.float(), dim=-1).numpy())
        return np.stack(rows) if rows else np.zeros((0, len(self.classes)), np.float32)


def open_sequence_classifier(folder: Path) -> SequenceClassifier:
    """Open a folder; no code in it is run, and weights are read from safetensors only.

    Raises:
        TargetUnreadableError: it is no text classifier, or keeps its weights in a pickle.
    """
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise TargetUnreadableError(
            folder.name, "it holds no model.safetensors, and weights in a pickle are not opened"
        )
    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it untyped
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **options)
        net = AutoModelForSequenceClassification.from_pretrained(
            str(folder), use_safetensors=True, **options
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise TargetUnreadableError(
            folder.name, f"transformers cannot open it ({why[0]})"
        ) from error
    net.eval()
    names = net.config.id2label
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in {".json", ".txt", ".safetensors", ".model"}:
            digest.update(path.read_bytes())
    longest = min(
        int(getattr(net.config, "max_position_embeddings", _LONGEST)), tokenizer.model_max_length
    )
    return SequenceClassifier(
        tuple(str(names[i]) for i in range(len(names))),
        digest.hexdigest(),
        net,
        tokenizer,
        longest,
    )
