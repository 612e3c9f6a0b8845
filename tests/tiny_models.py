"""Makes the tiny encoder and the tiny model that the fixtures in conftest.py hand out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel
from transformers.utils.logging import disable_progress_bar

from lissom.data import folds
from lissom.learn import LEARNERS, UNKNOWN, Choice
from lissom.nets import embed, export, find_base
from lissom.pipeline import crossfit
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe
from lissom.pipeline.settle import settle
from lissom.pipeline.shipping import Parts, ship
from lissom.pipeline.store import Store
from lissom.runtime import Tokens, lead
from lissom.shrink import Deferral

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.nets import Base

CLASSES = ("delivery", "praise", "refund")
_WORDS = (
    ("parcel", "late", "courier", "where", "tracking", "arrive"),
    ("lovely", "great", "thanks", "happy", "best", "perfect"),
    ("money", "refund", "return", "broken", "charge", "card"),
)
_FILLING = ("the", "my", "is", "was", "it", "and", "a", "so", "very", "again", "today", "shop")
_MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PADDED_TO = 128


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Three kinds of short texts; every third row is unlabelled.

    Args:
        texts: the texts.
        kinds: (rows,) the true class numbers.
        targets: (rows,) the same, `UNKNOWN` where unlabelled.
    """

    texts: list[str]
    kinds: NDArray[np.int64]
    targets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """All that stands between the texts and the files that answer."""

    base: Base
    graph: ModelProto
    material: Material
    held: crossfit.Held
    trained: crossfit.Trained
    parts: Parts
    fitting: crossfit.Fitting


def make_texts(count: int, seed: int) -> Made:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, len(CLASSES), count)
    texts = []
    for kind in kinds:
        # Now and then a word of another kind, so that there are mistakes to be made.
        own = [str(word) for word in rng.choice(_WORDS[kind], 2)]
        odd = [str(rng.choice(_WORDS[rng.integers(0, 3)]))] if rng.random() < 0.3 else []
        words = own + odd + [str(word) for word in rng.choice(_FILLING, rng.integers(1, 7))]
        texts.append(" ".join(str(word) for word in rng.permutation(words)))
    targets = np.where(np.arange(count) % 3 == 2, UNKNOWN, kinds)
    return Made(texts, kinds, targets)


def write_tokenizer(path: Path) -> int:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'"
    words = [word for kind in _WORDS for word in kind] + [w for w in _FILLING if len(w) > 1]
    pieces = [*_MARKS, *letters, *(f"##{letter}" for letter in letters), *words]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a word piece
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # The published default pads every text, which must not reach the runtime.
    made.enable_padding(length=PADDED_TO)
    made.enable_truncation(PADDED_TO)
    made.save(str(path))
    return len(vocabulary)


def write_base(folder: Path, *, pooling: str = "mean") -> Path:
    """Write a random BERT of 2 layers, 32 dimensions and 2 heads in the Hugging Face layout."""
    folder.mkdir(exist_ok=True)
    config = BertConfig(
        vocab_size=write_tokenizer(folder / "tokenizer.json"),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=PADDED_TO,
        # Wider than usual, so that attention is not all but even and a mistake in it shows.
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(20260101)
        net = BertModel(config, add_pooling_layer=False)
        for name, values in net.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.normal_(values, std=0.1)
    disable_progress_bar()
    net.save_pretrained(folder)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    modes = {
        "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean",
    }
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(modes))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": PADDED_TO}))
    return folder


def ship_tiny(folder: Path, made: Made, cache: Path) -> Shipped:
    """Train both tiers on the texts and make the files that answer.

    The frozen encoder is taken whoever wins, and the margin is the median lead, so that each tier
    answers about half of the texts.
    """
    base = find_base(str(folder))
    ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts)
    graph = export(base, ids[:8]).graph
    rows = np.arange(len(ids))
    material = Material(ids, embed(graph, ids, threads=1), made.targets, rows, len(CLASSES))
    recipe = Recipe()
    parts = folds(made.targets, rows, recipe.learn.folds, seed=0)
    fitting = crossfit.Fitting(material, recipe, Store(cache), "tiny")
    scores = crossfit.race(fitting, material, parts, tuple(LEARNERS), tell_nobody)
    held = crossfit.repeat(fitting, material, parts, scores, tell_nobody)
    trained = fitting.both(Choice("frozen", "", {"frozen": 1.0}), rows)
    settled = settle(held, made.targets, rows, recipe, is_words=False)
    margin = float(np.median(lead(trained.score_words(material))))
    settled = replace(settled, deferral=Deferral(margin, 0.3))
    parts_made = ship(trained, settled, graph, base, CLASSES)
    return Shipped(base, graph, material, held, trained, parts_made, fitting)


def tell_nobody(_done: int, _total: int) -> None:
    """Hear nothing."""
