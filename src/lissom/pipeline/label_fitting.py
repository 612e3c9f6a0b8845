"""Both tiers of a model that gives any number of labels, fitted, and again without each fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from lissom.learn import UNKNOWN
from lissom.learn.many import Marked, learn_label_head, learn_label_words
from lissom.nets import Head, Lexicon, RidgeFit
from lissom.pipeline.store import fingerprint
from lissom.shrink import distil_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lissom.pipeline.material import Material
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.store import Store


@dataclass(frozen=True, slots=True, eq=False)
class LabelTiers:
    """What is fitted on some rows.

    Args:
        head: log-odds of the labels over embeddings.
        alone: log-odds over words, learned from labelled rows only: a baseline to compare with.
        words: the lexical tier: those, and what a student of `head` learned from all rows.
        lexicon: the features of the lexical tier.
    """

    head: Head
    alone: RidgeFit
    words: RidgeFit
    lexicon: Lexicon


@dataclass(frozen=True, slots=True, eq=False)
class HeldLabels:
    """What the tiers say of rows that they did not see: no label, no text, no neighbour.

    Args:
        folds: (rows,) the fold in which a row was held out.
        read: (rows, labels) scores of the head.
        alone: (rows, labels) scores of the words alone.
        words: (rows, labels) scores of the lexical tier.
        known: (rows,) share of features known to the lexical tier.
    """

    folds: NDArray[np.int64]
    read: NDArray[np.float32]
    alone: NDArray[np.float32]
    words: NDArray[np.float32]
    known: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LabelFitting:
    """Fits both tiers on some rows, and keeps what is fitted.

    Args:
        material: every row that may be learned from; targets number the rows of `sets`.
        sets: (answers, labels) 1 where an answer holds a label, else 0.
        recipe: settings.
        store: keeps each finished fit.
        key: fingerprint of the material.
    """

    material: Material
    sets: NDArray[np.float32]
    recipe: Recipe
    store: Store
    key: str

    def fit(self, rows: NDArray[np.int64]) -> LabelTiers:
        """Fit both tiers on some rows."""
        inside = self.material.select(rows)
        lexicon = Lexicon.read(inside.ids, min_rows=self.recipe.shrink.min_rows)

        def learn() -> dict[str, NDArray[np.generic]]:
            table = lexicon.table(inside.ids)
            labelled = inside.labelled
            marked = Marked(
                inside.vectors[labelled],
                table[labelled],
                self.sets[inside.targets[labelled]],
                inside.names,
            )
            how = self.recipe.learn
            head = learn_label_head(marked, strength=how.strength)
            alone = learn_label_words(marked, strength=how.lexical_strength)
            taught = head.score(inside.vectors)
            words = distil_labels(table, taught, alone, self.recipe.shrink)
            parts = {"head": head, "alone": alone, "words": words}
            return {
                f"{name}.{field}": getattr(part, field)
                for name, part in parts.items()
                for field in ("weights", "bias")
            }

        settings = (self.recipe.learn, self.recipe.shrink)
        at = fingerprint(self.key, "labels", rows.tolist(), settings)
        kept = cast("dict[str, NDArray[np.float32]]", self.store.keep("learn", at, learn))
        return LabelTiers(
            Head(kept["head.weights"], kept["head.bias"]),
            RidgeFit(kept["alone.weights"], kept["alone.bias"]),
            RidgeFit(kept["words.weights"], kept["words.bias"]),
            lexicon,
        )


def repeat_labels(
    fitting: LabelFitting, folds: NDArray[np.int64], tell: Callable[[int, int], None]
) -> HeldLabels:
    """Score every row by tiers that were fitted without its fold.

    Args:
        fitting: fits tiers.
        folds: (rows,) fold numbers from 0.
        tell: hears (folds done, folds in all).
    """
    material = fitting.material
    shape = (len(folds), fitting.sets.shape[1])
    read, alone, words = (np.zeros(shape, np.float32) for _ in range(3))
    known = np.zeros(len(folds), np.float32)
    count = int(folds.max()) + 1
    for fold in range(count):
        outside = np.flatnonzero(folds == fold)
        tiers = fitting.fit(np.flatnonzero(folds != fold))
        rows = material.select(outside)
        table = tiers.lexicon.table(rows.ids)
        read[outside] = tiers.head.score(rows.vectors)
        alone[outside] = tiers.alone.score(table)
        words[outside] = tiers.words.score(table)
        known[outside] = tiers.lexicon.known(rows.ids)
        tell(fold + 1, count)
    return HeldLabels(folds, read, alone, words, known)


def marks_of(targets: NDArray[np.int64], sets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (rows, labels) 1 where a row is known to have a label; an unlabelled row is all 0.

    >>> marks_of(np.array([1, UNKNOWN]), np.float32([[0, 0], [1, 1]])).tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    marks = np.zeros((len(targets), sets.shape[1]), np.float32)
    labelled = targets != UNKNOWN
    marks[labelled] = sets[targets[labelled]]
    return marks
