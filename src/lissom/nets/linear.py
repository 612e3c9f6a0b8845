"""Multinomial logistic regression by a counted number of steps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from lissom.nets.graph import Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


def fit_linear(
    vectors: NDArray[np.float32],
    targets: NDArray[np.int64],
    weights: NDArray[np.float32],
    *,
    steps: int,
) -> Head:
    """Minimise `sum(weights * surprise) + |W|**2 / 2`, the bias free of the penalty.

    Args:
        vectors: (rows, dimensions).
        targets: (rows,) class numbers from 0, each with a row.
        weights: (rows,) how much each row counts, above 0.
        steps: L-BFGS steps, in float32.

    Source: Liu and Nocedal (1989), Mathematical Programming 45.

    >>> import numpy as np
    >>> eye = np.eye(2, dtype=np.float32)
    >>> fit_linear(eye, np.array([1, 0]), np.ones(2, np.float32), steps=9).score(eye).argmax(axis=1)
    array([1, 0])
    """
    rows, wanted = torch.from_numpy(vectors), torch.from_numpy(targets)
    counts = torch.from_numpy(weights)
    # One scale for the objective, so that the first step is of a sensible length.
    total = counts.sum()
    table = torch.zeros(vectors.shape[1] + 1, int(targets.max()) + 1, requires_grad=True)
    turned, picked = rows.T.contiguous(), torch.arange(len(wanted))
    optimizer = torch.optim.LBFGS(
        [table],
        max_iter=steps,
        max_eval=2 * steps,
        tolerance_grad=0.0,
        tolerance_change=0.0,
        history_size=10,
        line_search_fn="strong_wolfe",
    )

    @torch.no_grad()
    def objective() -> torch.Tensor:
        scores = torch.addmm(table[-1], rows, table[:-1])
        chances = torch.log_softmax(scores, dim=1)
        surprise = -(counts * chances[picked, wanted]).sum()
        value = surprise + table[:-1].square().sum() / 2
        slope = chances.exp_()
        slope[picked, wanted] -= 1
        slope *= counts[:, None]
        table.grad = torch.cat([turned @ slope + table[:-1], slope.sum(0, keepdim=True)]) / total
        return value / total

    with _one_thread():
        optimizer.step(objective)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    found = table.detach().numpy()
    return Head(found[:-1].copy(), found[-1].copy())


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one core: the products are small, and sums then come out alike on any machine's cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
