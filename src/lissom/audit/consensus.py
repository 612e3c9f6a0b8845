"""What a row is, by everybody's labels but its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.views import STRENGTHS, leave_one_out, read_words, to_log_chances
from lissom.data import normalise_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.audit.views import Scores

_ROUNDS = 2
_LEAST_WEIGHT = 0.02
_VOTES = 2
_SURE = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Labels with who gave them, a repeated one once.

    Args:
        texts: (labels,) of the rows.
        targets: (labels,) class numbers.
        people: (labels,) numbers of who labelled.
        vectors: (labels, dimensions) embeddings of length 1, or None.
    """

    texts: Sequence[str]
    targets: NDArray[np.int64]
    people: NDArray[np.int64]
    vectors: NDArray[np.float32] | None


def tell(given: Labelled) -> Scores:
    """Return (labels, classes) chances of what each row is, by everybody's other labels.

    Where at least two others labelled the same text and most of them agree, theirs is the answer.
    """
    tables = [read_words(given.texts)]
    if given.vectors is not None:
        tables.append(given.vectors)
    rows, targets = np.arange(len(given.targets)), given.targets
    weights = np.ones(len(targets))
    strengths: list[tuple[float, ...]] = [STRENGTHS] * len(tables)
    chances = np.zeros((len(targets), 1))
    for _ in range(_ROUNDS):
        logs = np.zeros((len(targets), int(targets.max()) + 1))
        for at, table in enumerate(tables):
            scores, best = leave_one_out(table, targets, weights, strengths[at])
            strengths[at] = (best,)
            logs += to_log_chances(scores, targets, weights) / len(tables)
        powers = np.exp(logs - logs.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        # Who labels much and badly must not be what the others are held against.
        weights = np.maximum(chances[rows, targets] / chances.max(axis=1), _LEAST_WEIGHT)
    for at, answer in _votes(given).items():
        chances[at] = (1 - _SURE) / max(chances.shape[1] - 1, 1)
        chances[at, answer] = _SURE
    return chances


def _votes(given: Labelled) -> dict[int, int]:
    """Return label number to what most others say of that very text, where two or more did."""
    by_text: dict[bytes, list[int]] = defaultdict(list)
    for at, key in enumerate(normalise_all(list(given.texts))):
        by_text[key].append(at)
    found = {}
    for members in by_text.values():
        if len(members) <= _VOTES:
            continue
        for at in members:
            others = {
                (int(given.people[one]), int(given.targets[one]))
                for one in members
                if given.people[one] != given.people[at]
            }
            voters = len({person for person, _ in others})
            counted = Counter(label for _, label in others).most_common(1)
            if voters >= _VOTES and counted[0][1] * 2 > len(others):
                found[at] = counted[0][0]
    return found
