"""A line in which requests take turns, text by text."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, order=True)
class _Place(Generic[Item]):
    tag: float
    number: int
    owner: object = field(compare=False)
    item: Item = field(compare=False)


class Turns(Generic[Item]):
    """A line that is fair between owners, not between items.

    Each item has a cost. An owner's items are tagged with what this owner will have had by then,
    counted from where the line stands now, and the smallest tag is next. So who brings one item
    does not stand behind somebody's five hundred, and nobody's five hundred wait for ever behind
    a stream of single ones.

    Source: start-time fair queueing, Goyal, Vin and Cheng (1996), SIGCOMM.

    >>> line = Turns()
    >>> line.add("many", [(1.0, "a1"), (1.0, "a2"), (1.0, "a3")])
    >>> line.add("one", [(1.0, "b1")])
    >>> [line.take() for _ in range(4)]
    ['a1', 'b1', 'a2', 'a3']
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._places: list[_Place[Item]] = []
        self._now = 0.0
        self._number = 0

    def __len__(self) -> int:
        """Return how many items stand in line."""
        return len(self._places)

    def add(self, owner: object, items: Iterable[tuple[float, Item]]) -> None:
        """Put an owner's items in line, in their order.

        Args:
            owner: whose they are.
            items: (cost above 0, item).
        """
        tag = self._now
        for cost, item in items:
            self._number += 1
            heapq.heappush(self._places, _Place(tag, self._number, owner, item))
            tag += cost

    def take(self) -> Item:
        """Return whose turn it is; there must be somebody."""
        place = heapq.heappop(self._places)
        self._now = place.tag
        return place.item

    def drop(self, owner: object) -> None:
        """Take an owner's items out of the line."""
        self._places = [place for place in self._places if place.owner is not owner]
        heapq.heapify(self._places)
