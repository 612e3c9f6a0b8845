"""An ONNX file of anybody's as a target: texts straight in, or token ids by a tokenizer beside it.

The graph is run by ONNX Runtime without operators from outside; nothing in it is code.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lissom.errors import TargetUnreadableError
from lissom.examine import Replies
from lissom.pipeline.targets.target import Target
from lissom.runtime import Tokens, open_session

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

_KIND = "ONNX graph"
_LONGEST = 512
_IDS = ("input_ids", "attention_mask", "token_type_ids")


def open_onnx(path: Path) -> Target:
    """Open an ONNX file that takes texts, or token ids with a tokenizer.json beside it.

    Names of classes come from what the graph itself answers, or from `id2label` in a config.json
    beside it or one folder up.

    Raises:
        TargetUnreadableError: it is no graph, or takes and gives something else.
    """
    try:
        session = open_session(str(path))
    except Exception as error:  # ONNX Runtime raises a dozen kinds, all its own
        raise TargetUnreadableError(path.name, f"ONNX Runtime cannot open it ({error})") from error
    inputs = {one.name: one.type for one in session.get_inputs()}
    raw = path.read_bytes()
    if list(inputs.values()) == ["tensor(string)"]:
        graph: _Texts | _Ids = _Texts(session, path.name)
        classes: tuple[str, ...] = ()
    elif inputs and set(inputs) <= set(_IDS) and "input_ids" in inputs:
        tokenizer, config = _beside(path, "tokenizer.json"), _beside(path, "config.json")
        if tokenizer is None:
            raise TargetUnreadableError(path.name, "there is no tokenizer.json beside it")
        settings = _settings(config, path.name)
        classes = read_names(settings, path.name)
        tokens = Tokens(
            tokenizer.read_bytes(), int(settings.get("max_position_embeddings", _LONGEST))
        )
        graph = _Ids(session, tokens, classes, path.name)
        raw += tokenizer.read_bytes()
    else:
        takes = ", ".join(f"{name}: {kind}" for name, kind in inputs.items())
        why = f"it takes {takes}; it must take one tensor of texts, or input_ids"
        raise TargetUnreadableError(path.name, why)
    digest = hashlib.sha256(raw + repr(classes).encode()).hexdigest()
    return Target(path.name, _KIND, graph.answer, classes, digest)


def read_names(settings: dict[str, Any], where: str) -> tuple[str, ...]:
    """Return the class names of a config.json, in the order of its outputs.

    Raises:
        TargetUnreadableError: it names none.

    >>> read_names({"id2label": {"1": "b", "0": "a"}}, "config.json")
    ('a', 'b')
    """
    named = settings.get("id2label")
    if not isinstance(named, dict) or not named:
        raise TargetUnreadableError(where, "no config.json beside it names the classes (id2label)")
    try:
        order = sorted(named, key=int)
    except (TypeError, ValueError) as error:
        raise TargetUnreadableError(where, f"id2label holds {error}") from error
    return tuple(str(named[key]) for key in order)


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    found: NDArray[np.float64] = powers / powers.sum()
    return found


def _beside(path: Path, name: str) -> Path | None:
    found = (folder / name for folder in (path.parent, path.parent.parent))
    return next((one for one in found if one.is_file()), None)


def _settings(config: Path | None, where: str) -> dict[str, Any]:
    if config is None:
        return {}
    try:
        found = json.loads(config.read_bytes())
    except ValueError as error:
        raise TargetUnreadableError(where, f"{config.name} beside it is not JSON") from error
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """A graph that takes the texts themselves, as converters of scikit-learn write it."""

    session: InferenceSession
    name: str

    def answer(self, texts: list[str]) -> object:
        """Return what the graph says: maps of probabilities, or labels with the best of them."""
        (asked,) = self.session.get_inputs()
        wide = len(asked.shape or ()) == 2  # noqa: PLR2004 - one column of texts
        batch = np.array([[text] for text in texts] if wide else texts, dtype=object)
        found = self.session.run(None, {asked.name: batch})
        for one in found:
            if isinstance(one, list) and one and isinstance(one[0], dict):
                return one
        labels = [str(label) for label in np.asarray(found[0]).ravel().tolist()]
        chances = [one for one in found[1:] if getattr(one, "ndim", 0) == 2]  # noqa: PLR2004 - a table
        if not chances:
            return labels
        best = np.asarray(chances[0], np.float64).max(axis=1)
        return list(zip(labels, best.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Ids:
    """A graph that takes token ids and gives one score for each class."""

    session: InferenceSession
    tokens: Tokens
    classes: tuple[str, ...]
    name: str

    def answer(self, texts: list[str]) -> Replies:
        """Answer each text in a call of its own: in a padded batch a neighbour may change it."""
        rows = [self._one(ids) for ids in self.tokens.encode(texts)]
        return Replies(self.classes, np.stack(rows), "all")

    def _one(self, ids: list[int]) -> NDArray[np.float64]:
        feeds = {}
        for asked in self.session.get_inputs():
            kind = np.int32 if asked.type == "tensor(int32)" else np.int64
            fill = {"input_ids": ids, "attention_mask": [1] * len(ids)}
            feeds[asked.name] = np.array([fill.get(asked.name, [0] * len(ids))], kind)
        found = np.asarray(self.session.run(None, feeds)[0], np.float64)
        if found.shape != (1, len(self.classes)):
            why = f"it gives {found.shape} for one text, and {len(self.classes)} classes are named"
            raise TargetUnreadableError(self.name, why)
        is_share = found.min() >= 0 and abs(found.sum() - 1) < 1e-4  # noqa: PLR2004 - float32's own slack
        scores: NDArray[np.float64] = found[0] if is_share else _shares(found[0])
        return scores
