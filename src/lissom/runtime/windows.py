"""A text longer than the encoder reads, cut into pieces that it can read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Windows:
    """How long texts are cut.

    Args:
        max_tokens: longest piece that the encoder reads, marks included; leaves room for a token.
        most: most pieces of one text, at least 1; what lies beyond them is not read, so that the
            cost of a text has a bound.
        before: marks that the tokenizer puts before a text.
        after: marks that it puts behind.
    """

    max_tokens: int
    most: int = 1
    before: int = 1
    after: int = 1

    @property
    def room(self) -> int:
        """Return how many tokens of the text itself fit into one piece."""
        return max(1, self.max_tokens - self.before - self.after)

    @property
    def limit(self) -> int:
        """Return the longest text that is read to its end, marks included."""
        return self.most * self.room + self.before + self.after

    def cut(self, ids: Sequence[int]) -> list[list[int]]:
        """Return a text's pieces, each with the marks around it.

        The pieces are of almost equal length, so each deserves the same weight when what the
        encoder says of them is averaged.

        Args:
            ids: token ids of one text, marks included, at most `limit` of them.

        >>> Windows(5, most=3).cut([101, 1, 2, 3, 4, 102])
        [[101, 1, 2, 102], [101, 3, 4, 102]]
        >>> Windows(6, most=3).cut([101, 1, 2, 3, 4, 102])
        [[101, 1, 2, 3, 4, 102]]
        """
        if len(ids) <= self.max_tokens:
            return [list(ids)]
        end = len(ids) - self.after
        first, inner, last = ids[: self.before], ids[self.before : end], ids[end:]
        pieces = min(self.most, -(-len(inner) // self.room))
        inner = inner[: pieces * self.room]
        edges = [len(inner) * piece // pieces for piece in range(pieces + 1)]
        return [[*first, *inner[start:stop], *last] for start, stop in pairwise(edges)]
