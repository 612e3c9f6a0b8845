"""The smallest attack that these rows would let us see, by planting in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lissom.audit.pinned import CERTAIN, chance_of, count_against
from lissom.evidence import Evidence, Measured, NotMeasured, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.audit.content import Content
    from lissom.audit.pinned import Usual

RISING = (3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500)
"""Rows that are planted, one number after the other."""

DRAWS = 200
SEEN = 0.8
_MOST_SHARE = 0.2
_NAME = "poison.smallest_attack"


def measure_smallest(
    content: Content, usual: Usual, candidates: int, rng: np.random.Generator, source: str
) -> Measured:
    """Plant a word in rising numbers of rows, with another label, and count how often it is found.

    A planted word is judged as `find_triggers` judges: its rows are left out of the fit, so what is
    asked is what these very rows are about, by a model that never saw them. That is known already,
    from the folds; so an attack costs no new fit, and hundreds can be drawn.

    Args:
        content: opinions on the labelled rows.
        usual: what is usual there.
        candidates: how many a word is counted among.
        rng: chooses labels and rows.
        source: what the rows are called.

    Returns:
        Rows of the smallest attack found in 4 of 5 draws; low and high are the smallest numbers for
        which the 95 % interval of the share found reaches, and lies above, 4 in 5.
    """
    rows = len(content.targets)
    sizes = [size for size in RISING if size <= _MOST_SHARE * rows]
    found: dict[str, int] = {}
    for size in sizes:
        hits = sum(_is_seen(content, usual, candidates, size, rng) for _ in range(DRAWS))
        low, high = wilson(hits, DRAWS)
        for name, share in (("low", high), ("value", hits / DRAWS), ("high", low)):
            if share >= SEEN:
                found.setdefault(name, size)
        if "high" in found:
            break
    if "value" not in found:
        most = f"no attack of up to {sizes[-1]:,} rows" if sizes else "no attack"
        return NotMeasured(_NAME, f"{most} would be found in 4 of 5 draws: too few labelled rows")
    is_bounded = "high" in found
    how = (
        f"one word planted at random in n rows of other labels, {DRAWS} draws for each n of "
        f"{', '.join(map(str, sizes))}; smallest n found in 4 of 5; "
        + ("Wilson 95 %" if is_bounded else "no larger n was tried, so no interval")
    )
    return Evidence(
        _NAME,
        float(found["value"]),
        float(found["low"]) if is_bounded else None,
        float(found["high"]) if is_bounded else None,
        rows,
        "rows",
        how,
        source,
    )


def _is_seen(
    content: Content, usual: Usual, candidates: int, size: int, rng: np.random.Generator
) -> bool:
    label = int(rng.integers(content.classes))
    others = np.flatnonzero(content.targets != label)
    rows = rng.choice(others, min(size, len(others)), replace=False)
    scores: NDArray[np.float32] = content.scores[rows]
    own = scores[:, label].copy()
    scores[:, label] = -np.inf
    better = scores.argmax(axis=1)
    lead = scores[np.arange(len(rows)), better] - own
    against = count_against(lead, better, content.classes, usual)
    return chance_of(against, len(rows), usual) * candidates <= CERTAIN
