"""A bundle written byte by byte in a blink, of which either tier answers some texts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from lissom.bundle import write_bundle
from lissom.runtime import BITS, GOLDEN_FILE, hash_tokens, load_model, make_golden
from lissom.tasks import Classes, find_task

sys.path.insert(0, str(Path(__file__).parent / "unit" / "bundle"))

import bundle_makers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lissom.bundle import SigningKey

LABELS = ("praise", "refund")
WORDS = {"refund": 1, "please": 2, "lovely": 3, "shop": 4}
_MARK = 5


def tokenizer() -> bytes:
    made = json.loads(bundle_makers.tokenizer())
    made["model"]["vocab"]["[CLS]"] = _MARK
    mark = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
    made["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [mark, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [mark, {"Sequence": {"id": "A", "type_id": 0}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [_MARK], "tokens": ["[CLS]"]}},
    }
    return json.dumps(made).encode()


def lexical(weight: int) -> bytes:
    """Know "lovely" and "refund", alone and behind the mark; nothing else."""
    slots = np.zeros(1 << BITS, np.int32)
    weights = np.zeros((3, 2), np.int8)
    for row, (word, signs) in enumerate((("lovely", (1, -1)), ("refund", (-1, 1))), 1):
        _, buckets = hash_tokens([[_MARK, WORDS[word]]])
        slots[buckets] = row
        weights[row] = np.multiply(signs, weight)
    ones = np.float32([1, 1])
    return save({"bias": 0 * ones, "scale": 0.1 * ones, "slots": slots, "weights": weights})


class Files(dict[str, bytes]):
    """Files that read like a bundle."""

    def read(self, name: str) -> bytes:
        return self[name]


def small_files(weight: int = 20) -> dict[str, bytes]:
    """Return the files of a bundle; another weight makes another version."""
    answer = {
        "classes": LABELS,
        "max_tokens": 16,
        "encoder_temperature": 1.0,
        "lexical_temperature": 1.0,
        "defer_margin": 0.5,
        "defer_known": 0.6,
        "unsure_below": 0.6,
        "promised_precision": None,
    }
    made = bundle_makers.files(
        tokenizer_json=tokenizer(),
        lexical_safetensors=lexical(weight),
        answer_json=json.dumps(answer).encode(),
    )
    model = load_model(Files(made), threads=1)
    golden = make_golden(model, find_task("text-classification"), Classes(LABELS))
    return {**made, GOLDEN_FILE: golden}


def write_small(
    folder: Path, key: SigningKey, weight: int = 20, more: Mapping[str, bytes] | None = None
) -> Path:
    """Write a signed bundle, with more files where some are given."""
    write_bundle(folder, {**small_files(weight), **(more or {})}, bundle_makers.FACTS, key)
    return folder
