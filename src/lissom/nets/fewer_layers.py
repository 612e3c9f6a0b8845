"""The first layers of an encoder, standing in for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import helper

from lissom.nets.graph import EMBEDDED, Head, name_hidden

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import ModelProto

_PENALTIES = (1.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""Tried by `fit_stand_in`, each three times the one before or so."""


def count_layers(graph: ModelProto) -> int:
    """Return the layers of a graph of ours; 0 for a graph that an exporter wrote."""
    made = {name for node in graph.graph.node for name in node.output}
    count = 0
    while EMBEDDED in made and name_hidden(count + 1) in made:
        count += 1
    return count


def first_layers(graph: ModelProto, layers: int) -> ModelProto:
    """Return a graph of the first layers that says what each of them saw.

    The last layer that is kept is not made to say what the last of all would say. What it and each
    one below it hold of the text, as means over the tokens, stands side by side in the output:
    together they tell more of what the layers left out would have made of it.

    Args:
        graph: an encoder for which `count_layers` is above `layers`.
        layers: how many to keep, at least 1.

    Returns:
        input_ids (texts, tokens) -> embedding (texts, (layers + 1) * dimensions), not of length 1.
    """
    small = type(graph)()
    small.CopyFrom(graph)
    kept, nodes = small.graph, list(small.graph.node)
    last = name_hidden(layers)
    end = next(at for at, node in enumerate(nodes) if last in node.output)
    pooled = [f"pooled.{number}" for number in range(layers + 1)]
    del kept.node[:]
    kept.node.extend(nodes[: end + 1])
    kept.node.extend(
        helper.make_node(
            "ReduceMean", [name_hidden(number)], [name], name=name, axes=[1], keepdims=0
        )
        for number, name in enumerate(pooled)
    )
    (output,) = kept.output
    kept.node.append(helper.make_node("Concat", pooled, [output.name], name=output.name, axis=1))
    output.type.tensor_type.shape.dim[1].dim_value *= layers + 1
    wanted = {name for node in kept.node for name in node.input}
    constants = [one for one in kept.initializer if one.name in wanted]
    del kept.initializer[:]
    kept.initializer.extend(constants)
    return small


def fit_stand_in(features: NDArray[np.float32], vectors: NDArray[np.float32]) -> StandIn:
    """Fit a linear layer that makes of the first layers' output what the whole encoder says.

    Ridge regression; the penalty is the one of least generalised cross-validation. No label has a
    part in it.

    Args:
        features: (rows, features) from `first_layers`.
        vectors: (rows, dimensions) from the whole encoder.

    Source: Golub, Heath and Wahba (1979), Technometrics 21(2), 215-223.

    >>> seen = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    >>> said = seen @ np.float32([[1.0, 0.0], [0.0, 2.0], [0.5, 0.5]]) + np.float32([3.0, 0.0])
    >>> bool(np.allclose(fit_stand_in(seen, said).head.score(seen), said, atol=0.1))
    True
    """
    parts = _take_apart(features, vectors)
    values, turn = np.linalg.eigh(parts.squares)
    values = np.maximum(values, 0.0)
    turned = turn.T @ parts.products
    strength, total = (turned**2).sum(axis=1), parts.total

    def score(penalty: float) -> float:
        shrunk = 1.0 / (values + penalty)
        missed = total - float((strength * (2 * shrunk - values * shrunk**2)).sum())
        free = 1.0 - (1.0 + float((values * shrunk).sum())) / len(features)
        return max(missed, 0.0) / max(free, 1e-9) ** 2

    penalty = min(_PENALTIES, key=score)
    return StandIn(parts.head(turn @ (turned / (values + penalty)[:, None])), penalty)


def fit_again(features: NDArray[np.float32], vectors: NDArray[np.float32], penalty: float) -> Head:
    """Fit the same on other rows, with a penalty that was chosen before."""
    parts = _take_apart(features, vectors)
    squares = parts.squares + penalty * np.eye(len(parts.squares))
    return parts.head(np.linalg.solve(squares, parts.products).astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class StandIn:
    """A linear layer, and the penalty that it was fitted with."""

    head: Head
    penalty: float


@dataclass(frozen=True, slots=True, eq=False)
class _Apart:
    """Features and vectors about their means, as far as ridge regression needs them."""

    middle: NDArray[np.float32]
    spread: NDArray[np.float32]
    around: NDArray[np.float32]
    squares: NDArray[np.float64]
    products: NDArray[np.float64]
    total: float

    def head(self, slopes: NDArray[np.float64]) -> Head:
        """Return the layer for features as they come."""
        plain = slopes / self.spread[:, None]
        bias = self.around - self.middle @ plain
        return Head(plain.astype(np.float32), bias.astype(np.float32))


def _take_apart(features: NDArray[np.float32], vectors: NDArray[np.float32]) -> _Apart:
    middle, spread = features.mean(axis=0), features.std(axis=0) + np.float32(1e-6)
    around = vectors.mean(axis=0)
    seen, wanted = (features - middle) / spread, vectors - around
    return _Apart(
        *(middle, spread, around),
        (seen.T @ seen).astype(np.float64),
        (seen.T @ wanted).astype(np.float64),
        float((wanted.astype(np.float64) ** 2).sum()),
    )


def join(first: Head, then: Head) -> Head:
    """Return one linear layer that does what two do, one after the other.

    >>> once = Head(np.float32([[2.0]]), np.float32([1.0]))
    >>> float(join(once, once).score(np.float32([[5.0]]))[0, 0])
    23.0
    """
    return Head(first.weights @ then.weights, first.bias @ then.weights + then.bias)
