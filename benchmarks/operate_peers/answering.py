"""The model of a bundle as anybody would serve it: its tokenizer, its graph, the best score."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BUNDLE = Path(os.environ["BUNDLE"])


class Answering:
    """Answers texts. The graph has no mask, so texts of one length share a call."""

    def __init__(self) -> None:
        """Open tokenizer and graph; ONNX Runtime as it comes, on all cores."""
        settings = json.loads((BUNDLE / "answer.json").read_text(encoding="utf-8"))
        self._labels = settings["classes"]
        self._cutter = Tokenizer.from_file(str(BUNDLE / "tokenizer.json"))
        self._cutter.no_padding()
        self._cutter.enable_truncation(settings["max_tokens"])
        self._session = onnxruntime.InferenceSession(
            str(BUNDLE / "model.onnx"), providers=["CPUExecutionProvider"]
        )

    def answer(self, texts: list[str]) -> list[str]:
        """Return a label for each text."""
        ids = [one.ids for one in self._cutter.encode_batch(texts)]
        alike: dict[int, list[int]] = {}
        for at, one in enumerate(ids):
            alike.setdefault(len(one), []).append(at)
        found = [""] * len(texts)
        for places in alike.values():
            rows = np.array([ids[at] for at in places], np.int32)
            (scores,) = self._session.run(None, {"input_ids": rows})
            for at, best in zip(places, scores.argmax(axis=1).tolist(), strict=True):
                found[at] = self._labels[best]
        return found
