"""The one way in which the examination reaches a target: texts in, answers out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lissom.examine.replies import Replies, Says, read_replies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

CHUNK = 128
"""Texts asked at a time: what is overrun at most when the time is up."""


class TimeUpError(Exception):
    """The time that the examination may take is over; never seen by a person."""


@dataclass(slots=True, eq=False)
class _Said:
    """One answer, as wide as the classes known when it came."""

    chances: NDArray[np.float64]
    unsure: bool | None
    strangeness: float | None


@dataclass(slots=True, eq=False)
class Asker:
    """Asks a target, never the same text twice, and stops when the time is up.

    Args:
        answer: anything that answers a list of texts; see `read_replies`.
        classes: names that are known beforehand, in order; others are added as they come.
        clock: seconds, monotonic.
        until: when the time is up, by that clock; None for never.
        tell: hears (texts asked, texts in all) of the call under way.
        queries: texts that the target was asked so far.

    >>> shout = Asker(lambda texts: ["loud" if text.isupper() else "quiet" for text in texts])
    >>> shout.ask(["HEY", "hey", "HEY"]).predicted.tolist(), shout.queries, shout.classes
    ([0, 1, 0], 2, ['loud', 'quiet'])
    """

    answer: Callable[[list[str]], object]
    classes: list[str] = field(default_factory=list)
    clock: Callable[[], float] = lambda: 0.0
    until: float | None = None
    tell: Callable[[int, int], None] = lambda _done, _total: None
    queries: int = 0
    says: Says = "all"
    _known: dict[bytes, _Said] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """Return how many different texts have an answer."""
        return len(self._known)

    def ask(self, texts: Sequence[str]) -> Replies:
        """Return an answer for each text.

        Raises:
            TimeUpError: the time is over; what was answered is kept.
            WrongAnswersError: the target's answers cannot be read.
        """
        marks = [mark(text) for text in texts]
        missing = {at: text for at, text in zip(marks, texts, strict=True) if at not in self._known}
        wanted = list(missing.items())
        for start in range(0, len(wanted), CHUNK):
            if self.until is not None and self.clock() >= self.until:
                raise TimeUpError
            chunk = wanted[start : start + CHUNK]
            asked = [text for _, text in chunk]
            replies = read_replies(self.answer(asked), len(asked), self.classes)
            self._take([at for at, _ in chunk], replies)
            self.queries += len(chunk)
            self.tell(min(start + CHUNK, len(wanted)), len(wanted))
        return self._gather([self._known[at] for at in marks])

    def remember(self, marks: Sequence[bytes], replies: Replies) -> None:
        """Take answers that the same target gave before, each under the `mark` of its text."""
        self._take(marks, replies)

    def everything(self) -> tuple[list[bytes], Replies]:
        """Return every answer so far with the mark of its text."""
        return list(self._known), self._gather(list(self._known.values()))

    def _take(self, marks: Sequence[bytes], replies: Replies) -> None:
        at = [self._column(name) for name in replies.classes]
        wide = np.zeros((len(marks), len(self.classes)))
        wide[:, at] = replies.probabilities
        self.says = replies.says
        unsure, strange = replies.is_unsure, replies.strangeness
        for row, text in enumerate(marks):
            self._known[text] = _Said(
                wide[row],
                None if unsure is None else bool(unsure[row]),
                None if strange is None else float(strange[row]),
            )

    def _column(self, name: str) -> int:
        if name not in self.classes:
            self.classes.append(name)
        return self.classes.index(name)

    def _gather(self, said: list[_Said]) -> Replies:
        table = np.zeros((len(said), len(self.classes)))
        for row, one in enumerate(said):
            table[row, : len(one.chances)] = one.chances
        unsure = [one.unsure for one in said]
        strange = [one.strangeness for one in said]
        return Replies(
            tuple(self.classes),
            table,
            self.says,
            None if not said or None in unsure else np.array(unsure, np.bool_),
            None if not said or None in strange else np.array(strange, np.float64),
        )


def mark(text: str) -> bytes:
    """Return 16 bytes that stand for a text.

    >>> mark("hello") == mark("hello"), len(mark(""))
    (True, 16)
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
