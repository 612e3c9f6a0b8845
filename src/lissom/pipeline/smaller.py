"""An encoder with parts left out, standing in for the whole one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lissom.errors import RecipeError
from lissom.nets import (
    Head,
    can_trim,
    count_layers,
    embed,
    first_layers,
    fit_again,
    fit_stand_in,
    join,
    trim_vocabulary,
)
from lissom.pipeline import crossfit
from lissom.pipeline.settle import lean_trained, settle
from lissom.pipeline.starts import judged_targets
from lissom.shrink import Moves

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.nets import StandIn
    from lissom.pipeline.crossfit import Trained
    from lissom.pipeline.learning import Learned
    from lissom.pipeline.material import Material
    from lissom.pipeline.recipe import Recipe
    from lissom.shrink import Point

_PARTS = (2, 3, 6)
"""Of the layers, a half, a third and a sixth are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Smaller:
    """An encoder of fewer layers, and what the repeats say with it.

    Args:
        graph: its first layers.
        trained: both tiers, of which the one that reads takes what these layers say.
        learned: with held-out scores, temperatures and promise as this encoder has them. Both
            tiers in it are the full model's still.
    """

    graph: ModelProto
    trained: Trained
    learned: Learned


def find_moves(learned: Learned, graph: ModelProto, tokenizer: bytes) -> Moves:
    """Say what can be left out.

    Layers can where the repeats can be asked again with the smaller encoder, so that what is
    measured is measured with it: not where each repeat tuned an encoder of its own, and not where
    answers lean, which is fitted to one temperature. And there must be a row at least for each
    number that is learned from.
    """
    count, rows = count_layers(graph), len(_fitted(learned))
    width = learned.material.vectors.shape[1]
    is_askable = learned.fitting is not None and not learned.settled.leaning.shift
    kept = tuple(
        layers
        for layers in dict.fromkeys(count // part for part in _PARTS)
        if is_askable and layers and rows >= (layers + 1) * width
    )
    return Moves(kept, is_trimmable=can_trim(graph, tokenizer))


def check_point(point: Point, moves: Moves) -> None:
    """Refuse a point that asks for more to be left out than can be.

    Raises:
        RecipeError: it does; only a recipe that was changed, or is followed with other rows, can.
    """
    if point.layers and point.layers not in moves.layers:
        can = ", ".join(map(str, moves.layers)) or "none: all of them must stay"
        raise RecipeError(_WHERE, f"layers = {point.layers} cannot be kept here; can be: {can}")
    if point.vocabulary == "trimmed" and not moves.is_trimmable:
        raise RecipeError(_WHERE, 'vocabulary = "trimmed" needs an encoder with a WordPiece one')


_WHERE = "[recipe.point]"


def leave_out_layers(
    learned: Learned, graph: ModelProto, layers: int, recipe: Recipe, threads: int
) -> Smaller:
    """Keep the first layers, and fit what makes of their output the whole encoder's.

    Args:
        learned: as the whole encoder has it; `find_moves` must allow it.
        graph: the whole encoder in float32.
        layers: how many to keep.
        recipe: settings.
        threads: texts read at a time.
    """
    fitting, material, windows = learned.fitting, learned.material, learned.tuner.windows
    assert fitting is not None  # noqa: S101 - `find_moves` says so
    small, fitted = first_layers(graph, layers), _fitted(learned)
    # The rows kept apart stay unseen: they certify what comes of this.
    seen = embed(small, [material.ids[i] for i in fitted], threads=threads, windows=windows)
    stand_in = fit_stand_in(seen, material.vectors[fitted])
    inside, folds = material.select(learned.held_rows), learned.held.folds
    vectors = _hold_out(seen[np.searchsorted(fitted, learned.held_rows)], inside, folds, stand_in)
    held = crossfit.repeat(
        *(fitting, inside, folds, learned.held.candidates), lambda _done, _total: None, vectors
    )
    told = held.reading - np.float32(learned.trained.mix) * held.words
    share, mix = _share_out(told, held.words, learned)
    held = replace(held, reading=share * told + mix * held.words)
    targets = judged_targets(learned.field, inside.targets, inside.groups)
    settled = settle(held, targets, np.arange(len(targets)), recipe, is_words=False)
    reading = learned.trained.reading
    head = join(stand_in.head, Head(reading.weights * share, reading.bias * share))
    places = learned.trained.places
    places = join(stand_in.head, places) if places is not None else None
    trained = replace(learned.trained, reading=head, mix=float(mix), places=places)
    trained = lean_trained(trained, settled)
    return Smaller(small, trained, replace(learned, held=held, settled=settled))


def _hold_out(
    seen: NDArray[np.float32], inside: Material, folds: NDArray[np.int64], stand_in: StandIn
) -> NDArray[np.float32]:
    """Return what the first layers make of each row where its fold taught them nothing."""
    vectors = np.zeros_like(inside.vectors)
    for fold in range(int(folds.max()) + 1):
        is_out = folds == fold
        head = fit_again(seen[~is_out], inside.vectors[~is_out], stand_in.penalty)
        vectors[is_out] = head.score(seen[is_out])
    return vectors


def _share_out(
    told: NDArray[np.float32], words: NDArray[np.float32], learned: Learned
) -> tuple[np.float32, np.float32]:
    """Return how loudly reading and words are to be heard together.

    A weaker reader leaves more to the words than a good one. The two shares are those that come
    nearest to what the full model says of held-out rows, by least squares.
    """
    heard_told, heard_words, wanted = (
        (one - one.mean(axis=1, keepdims=True)).ravel().astype(np.float64)
        for one in (told, words, learned.held.reading)
    )
    heard = np.stack([heard_told, heard_words], axis=1)
    share, mix = np.linalg.lstsq(heard, wanted, rcond=None)[0]
    if share <= 0 or mix <= 0:
        return np.float32(1), np.float32(learned.trained.mix)
    return np.float32(share), np.float32(mix)


def trim(learned: Learned, graph: ModelProto, tokenizer: bytes) -> tuple[ModelProto, bytes]:
    """Leave out pieces of words that no row uses which may be learned from."""
    used = {token for i in _fitted(learned) for token in learned.material.ids[i]}
    return trim_vocabulary(graph, tokenizer, used)


def _fitted(learned: Learned) -> NDArray[np.int64]:
    """Return the rows that may be learned from, in order."""
    everything = np.arange(len(learned.material.targets))
    return np.setdiff1d(everything, learned.apart_rows)
