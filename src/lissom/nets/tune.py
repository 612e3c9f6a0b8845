"""An encoder that learns which texts belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import numpy as np
import torch

from lissom.nets.embedder import Embedder
from lissom.nets.together import Shared, share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from lissom.nets.source import Base

_WARM = 0.1
_SAVE_EVERY = 25
_MOST_CHANGE = 1.0
_PADDING = 0
_FEWEST_EACH = 2
"""A row needs another of its class beside it to learn from."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the encoder is tuned.

    Args:
        steps: batches learned from; counted, so that a recipe gives the same model anywhere.
        rate: learning rate at its highest.
        batch: texts of a batch, class names not counted.
        temperature: how sharply near texts are told from far ones, above 0.
        max_tokens: longer texts are cut to this while tuning, not when answering.
    """

    steps: int = 40
    rate: float = 5e-5
    batch: int = 48
    temperature: float = 0.1
    max_tokens: int = 96


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Texts whose classes are known.

    Args:
        ids: token ids of each text, marks included.
        targets: (texts,) class numbers.
        names: token ids of each class's name, which stands for one more text of it; None where
            the names say nothing.
        other: the class of whatever fits no other, whose name is no text of it; None for none.
    """

    ids: Sequence[Sequence[int]]
    targets: NDArray[np.int64]
    names: Sequence[Sequence[int]] | None = None
    other: int | None = None


class Checkpoint(Protocol):
    """Where unfinished tuning is kept."""

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        """Return what was saved last, or None."""

    def save(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Keep the state, in place of what was saved before."""


Weights: TypeAlias = "dict[str, NDArray[np.float32]]"
"""Weights of an encoder that differ from its base's, by their names there."""


def tune(
    base: Base,
    examples: Examples,
    how: Tuning,
    *,
    seed: int,
    checkpoint: Checkpoint | None = None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Weights:
    """Train the encoder so that texts of one class lie together and others apart.

    Each step takes a batch of rows, as evenly over the classes as they allow, with the names of
    their classes as further texts, and pulls equal classes together against all others in the
    batch. The cost grows with rows, not with pairs. The token table is left as it is.

    Args:
        base: the encoder to start from.
        examples: at least two texts of two classes.
        how: steps, rate, batch.
        seed: decides the batches.
        checkpoint: asked at the start and told every few steps; None keeps nothing.
        tell: hears (steps done, steps in all).

    Returns:
        The weights that were trained.

    Source: Khosla et al. (2020), NeurIPS, "Supervised contrastive learning"; Tunstall et al.
    (2022), "Efficient few-shot learning without prompts", for the use with few labels.
    """
    torch.manual_seed(seed)
    # Without dropout: with so few steps it cost more than it gave, and answers stay repeatable.
    embedder = Embedder(base).to(_device())
    trained = _trainable(embedder)
    optimizer = torch.optim.AdamW(list(trained.values()), lr=how.rate, weight_decay=0.01)
    start = _resume(checkpoint, trained, optimizer)
    shared = share_out(embedder)
    for step in range(start, how.steps):
        loss = _loss(shared, batch_of(examples, how.batch, seed, step), examples, how)
        for group in optimizer.param_groups:
            group["lr"] = how.rate * _pace(step, how.steps)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(list(trained.values()), _MOST_CHANGE)
        optimizer.step()
        tell(step + 1, how.steps)
        if checkpoint is not None and (step + 1) % _SAVE_EVERY == 0:
            checkpoint.save(_state(step + 1, trained, optimizer))
    return {name: _array(values) for name, values in _moved(trained, optimizer).items()}


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def batch_of(examples: Examples, most: int, seed: int, step: int) -> NDArray[np.int64]:
    """Choose the rows of a batch: all where they fit, else some rows of some classes.

    Classes take turns: each is met once before any is met again.

    Args:
        examples: what to choose from.
        most: rows of a batch, at least 4.
        seed: of the draws.
        step: which batch, from 0.

    Returns:
        Row numbers; every class that is drawn and has two rows gives at least two.

    >>> few = Examples([[1]] * 6, np.array([0, 0, 0, 1, 1, 1]))
    >>> sorted(few.targets[batch_of(few, 4, 0, 0)].tolist())
    [0, 0, 1, 1]
    """
    count = len(examples.targets)
    if count <= most:
        return np.arange(count)
    present = np.unique(examples.targets)
    wanted = min(len(present), max(2, most // (2 * _FEWEST_EACH)))
    turn, at = divmod(step * wanted, len(present))
    turns = [np.random.default_rng([seed, 0, turn + i]).permutation(present) for i in (0, 1)]
    classes = list(dict.fromkeys(np.concatenate(turns)[at : at + wanted].tolist()))
    each = max(_FEWEST_EACH, most // len(classes))
    rng = np.random.default_rng([seed, 1, step])
    drawn = [
        rng.permutation(np.flatnonzero(examples.targets == number))[:each] for number in classes
    ]
    return np.concatenate(drawn)


def _pace(step: int, steps: int) -> float:
    """Rise over the first tenth, then fall to nothing."""
    return min(1.0, (step + 1) / max(1.0, _WARM * steps)) * (1 - step / steps)


def _loss(shared: Shared, rows: NDArray[np.int64], examples: Examples, how: Tuning) -> torch.Tensor:
    texts = [examples.ids[i] for i in rows]
    numbers = examples.targets[rows]
    if examples.names is not None:
        present = np.array([n for n in np.unique(numbers) if n != examples.other], np.int64)
        texts += [examples.names[number] for number in present]
        numbers = np.concatenate([numbers, present])
    vectors = shared.embed(*padded(texts, how.max_tokens, _device()))
    return contrast(vectors, torch.from_numpy(numbers).to(vectors.device), how.temperature)


def contrast(vectors: torch.Tensor, targets: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return how badly equal classes lie together, averaged over the rows that have a partner.

    Args:
        vectors: (rows, dimensions) of length 1.
        targets: (rows,) class numbers.
        temperature: above 0.
    """
    own = torch.eye(len(targets), dtype=torch.bool, device=vectors.device)
    closeness = (vectors @ vectors.T / temperature).masked_fill(own, float("-inf"))
    chances = closeness - torch.logsumexp(closeness, dim=1, keepdim=True)
    partners = (targets[:, None] == targets[None, :]) & ~own
    counts = partners.sum(dim=1)
    # The masked diagonal is minus infinity, and nothing times that is no number.
    summed = torch.where(partners, chances, torch.zeros_like(chances)).sum(dim=1)
    has_partner = counts > 0
    return -(summed[has_partner] / counts[has_partner]).mean()


def padded(
    texts: Sequence[Sequence[int]], most: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (texts, tokens) ids and the mask of those that are real.

    A text that is cut keeps its end mark.
    """
    cut = [list(text) if len(text) <= most else [*text[: most - 1], text[-1]] for text in texts]
    longest = max(map(len, cut))
    ids = torch.full((len(cut), longest), _PADDING, dtype=torch.long)
    mask = torch.zeros((len(cut), longest), dtype=torch.long)
    for row, text in enumerate(cut):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return ids.to(device), mask.to(device)


def _trainable(embedder: Embedder) -> dict[str, torch.nn.Parameter]:
    found = {}
    for name, values in embedder.encoder.named_parameters():
        # The token table is half of the weights and most of the optimizer's time; training it
        # made no difference on the development sets.
        values.requires_grad_("embeddings" not in name)
        if values.requires_grad:
            found[name] = values
    return found


def _state(
    step: int, trained: Mapping[str, torch.nn.Parameter], optimizer: torch.optim.AdamW
) -> dict[str, NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {"step": np.array([step])}
    for name, values in _moved(trained, optimizer).items():
        arrays[f"weights/{name}"] = _array(values)
        for key in _MOMENTS:
            arrays[f"{key}/{name}"] = _array(optimizer.state[values][key])
    return arrays


def _moved(
    trained: Mapping[str, torch.nn.Parameter], optimizer: torch.optim.AdamW
) -> dict[str, torch.nn.Parameter]:
    """Return the weights that had a part in the embedding; a layer on top may have none."""
    return {name: values for name, values in trained.items() if optimizer.state.get(values)}


_MOMENTS = ("exp_avg", "exp_avg_sq")


def _resume(
    checkpoint: Checkpoint | None,
    trained: Mapping[str, torch.nn.Parameter],
    optimizer: torch.optim.AdamW,
) -> int:
    found = checkpoint.load() if checkpoint is not None else None
    if found is None:
        return 0
    step = int(found["step"][0])
    with torch.no_grad():
        for name, values in trained.items():
            if f"weights/{name}" not in found:
                continue
            values.copy_(_tensor(found[f"weights/{name}"]))
            state = {key: _tensor(found[f"{key}/{name}"]).to(values.device) for key in _MOMENTS}
            optimizer.state[values] = {"step": torch.tensor(float(step)), **state}
    return step


def _array(values: torch.Tensor) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", values.detach().cpu().numpy().copy())


def _tensor(values: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(np.array(values, np.float32))
