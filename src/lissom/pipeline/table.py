"""The rows that a person may be asked about, in an order that chance decided once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lissom.data import near_groups, normalise
from lissom.learn import UNKNOWN, how_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lissom.data import Filled
    from lissom.pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows with and without labels, ready to be chosen from.

    Args:
        source: the file, as the user would say it.
        texts: the texts, none blank.
        numbers: (rows,) 0-based data rows of the source.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        classes: names, in the order of the numbers; those that have a label.
        groups: (rows,) rows with one number are near copies.
        ranks: (rows,) place in an order that depends on the seed and the texts alone.
        is_fair: (rows,) labelled, and not because lissom chose the row to learn from.
        is_open: (rows,) unlabelled, and nobody said that it cannot be labelled.
        notes: sentences for a person.
    """

    source: str
    texts: list[str]
    numbers: NDArray[np.int64]
    targets: NDArray[np.int64]
    classes: tuple[str, ...]
    groups: NDArray[np.int64]
    ranks: NDArray[np.int64]
    is_fair: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    notes: tuple[str, ...]

    @property
    def labelled(self) -> NDArray[np.int64]:
        """Return the positions of the labelled rows."""
        return np.flatnonzero(self.targets != UNKNOWN)


def set_table(filled: Filled, seed: int, recipe: Recipe) -> Table:
    """Choose the rows to choose from: all that have a label, and at most so many others.

    Args:
        filled: the table with all labels in it.
        seed: decides the order, which stays the same when labels or rows are added.
        recipe: how many unlabelled rows are looked at; the first of the order are taken.
    """
    data = filled.dataset
    texts, cells = data.texts, data.labels
    keys = [normalise(text) for text in texts]
    order = chance_order(keys, seed)
    is_usable = np.array([bool(key) for key in keys], np.bool_)
    is_labelled = np.array([bool(cell) for cell in cells], np.bool_) & is_usable
    others = order[(is_usable & ~is_labelled)[order]]
    notes = []
    most = how_many([texts[i] for i in others], recipe.learn.max_pool, recipe.shapes)
    if len(others) > most:
        notes.append(
            f"{len(others) - most} unlabelled rows were not looked at; choosing stops at {most}, "
            "drawn by the seed."
        )
    taken = np.sort(np.concatenate([np.flatnonzero(is_labelled), others[:most]]))
    rank_of = np.empty(len(order), np.int64)
    rank_of[order] = np.arange(len(order))
    classes = tuple(
        sorted({cell for cell, is_one in zip(cells, is_labelled, strict=True) if is_one and cell})
    )
    at = {name: number for number, name in enumerate(classes)}
    targets = np.array([at.get(cells[i] or "", UNKNOWN) for i in taken], np.int64)
    chosen_texts = [texts[i] for i in taken]
    return Table(
        source=data.source,
        texts=chosen_texts,
        numbers=data.rows.to_numpy().astype(np.int64)[taken],
        targets=targets,
        classes=classes,
        groups=near_groups(chosen_texts),
        ranks=np.argsort(np.argsort(rank_of[taken])),
        is_fair=(targets != UNKNOWN) & ~np.isin(taken, sorted(filled.chosen)),
        is_open=(targets == UNKNOWN) & ~np.isin(taken, sorted(filled.undecided)),
        notes=tuple(notes),
    )


def chance_order(keys: Sequence[str], seed: int) -> NDArray[np.int64]:
    """Return positions in an order that each text has by itself, whatever else is there.

    >>> few, more = chance_order(["a", "b", "c"], 0), chance_order(["a", "b", "c", "d"], 0)
    >>> [i for i in more if i < 3] == few.tolist()
    True
    """
    digests = [
        hashlib.sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest() for key in keys
    ]
    places = np.array([int.from_bytes(digest[:8], "big") for digest in digests], np.uint64)
    return np.argsort(places, kind="stable")
