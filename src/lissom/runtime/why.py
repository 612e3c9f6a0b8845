"""Why a text got its answer: what each of its words did, found by asking and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MOST_PIECES = 24
"""Pieces that a text is cut into at most: 50 questions a text, however long it is."""

MOST_NAMED = 4
"""Reasons that a person is told, for an answer and against it."""
_WORTH_NAMING = 0.25
"""A piece is named when it weighs at least this part of the weightiest."""
_TINY = 0.005

# A script that puts no space between words is cut into its letters.
_WORD = re.compile(
    "[\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\\s\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one piece of a text did for the answer.

    Args:
        start: where it begins in the text.
        end: where it ends, spaces behind it left out.
        words: the piece itself.
        weight: how much of the answer's probability it brings, -1 to 1; below 0 it speaks
            against the answer.
    """

    start: int
    end: int
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The questions that find out why a text gets its answer.

    Args:
        text: the text.
        pieces: its words, or where there are too many, runs of them: where each begins and ends;
            put together, they are the text.
    """

    text: str
    pieces: tuple[tuple[int, int], ...]

    @property
    def questions(self) -> list[str]:
        """Return the texts to ask about: whole, of nothing, without each piece, each alone."""
        every = range(len(self.pieces))
        without = [self.without({one}) for one in every]
        alone = [self.only({one}) for one in every]
        return [self.text, "", *without, *alone]

    def without(self, left_out: set[int]) -> str:
        """Return the text without some pieces, given by number."""
        kept = (one for i, one in enumerate(self.pieces) if i not in left_out)
        return "".join(self.text[start:end] for start, end in kept)

    def only(self, kept: set[int]) -> str:
        """Return nothing but some pieces."""
        return self.without(set(range(len(self.pieces))) - kept)

    def weigh(self, chances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each piece does for an answer.

        The mean of what it adds to nothing and what it adds to all the others. Leaving words out
        alone would see no reason in two words of which either suffices.

        Args:
            chances: (questions,) probability of that answer for each of `questions`.

        Returns:
            (pieces,) each in [-1, 1].

        Source: leaving out, Robnik-Sikonja and Kononenko (2008), IEEE TKDE 20(5); the two are the
        last and the first step of the Shapley value, Strumbelj and Kononenko (2010), JMLR 11.
        """
        whole, nothing = chances[0], chances[1]
        count = len(self.pieces)
        without, alone = chances[2 : 2 + count], chances[2 + count :]
        found: NDArray[np.float64] = ((whole - without) + (alone - nothing)) / 2
        return found

    def reasons(self, weights: NDArray[np.float64]) -> list[Reason]:
        """Return the pieces with their weights, the weightiest first."""
        found = []
        for (start, end), weight in zip(self.pieces, weights.tolist(), strict=True):
            words = self.text[start:end].strip()
            at = self.text.index(words, start)
            found.append(Reason(at, at + len(words), words, weight))
        return sorted(found, key=lambda one: -one.weight)


def inquire(text: str, most: int = MOST_PIECES) -> Inquiry:
    """Cut a text into words, or into runs of words where there are more than `most`.

    Args:
        text: any text; a blank one has no pieces.
        most: pieces at most, at least 1.

    >>> inquire("my parcel").questions
    ['my parcel', '', 'parcel', 'my ', 'my ', 'parcel']
    >>> len(inquire("word " * 500).pieces)
    24
    """
    starts = [found.start() for found in _WORD.finditer(text)]
    if not starts:
        return Inquiry(text, ())
    firsts = [int(run[0]) for run in np.array_split(starts, min(most, len(starts)))]
    # What stands before the first word belongs to it, so that nothing is lost.
    edges = [0, *firsts[1:], len(text)]
    return Inquiry(text, tuple(pairwise(edges)))


def worth_naming(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons for an answer that are worth naming, and those against it.

    Args:
        reasons: the weightiest first.

    >>> found = [Reason(0, 3, "bad", 0.6), Reason(4, 7, "the", 0.01), Reason(8, 11, "fun", -0.2)]
    >>> [[one.words for one in each] for each in worth_naming(found)]
    [['bad'], ['fun']]
    """
    least = max(_TINY, _WORTH_NAMING * max((abs(one.weight) for one in reasons), default=0.0))
    speak_for = [one for one in reasons if one.weight >= least]
    against = [one for one in reversed(reasons) if one.weight <= -least]
    return speak_for[:MOST_NAMED], against[:MOST_NAMED]


def say_reasons(reasons: Sequence[Reason]) -> str:
    """Return reasons as a person reads them, with points of probability.

    >>> say_reasons([Reason(0, 3, "bad", 0.6), Reason(8, 11, "fun", -0.204)])
    '"bad" (+60), "fun" (-20)'
    """
    return ", ".join(f'"{one.words}" ({100 * one.weight:+.0f})' for one in reasons)


def say_why(reasons: Sequence[Reason]) -> str:
    """Return the reasons worth naming in one line, those against the answer at the end.

    >>> say_why([Reason(0, 3, "bad", 0.6), Reason(4, 7, "the", 0.0), Reason(8, 11, "fun", -0.2)])
    '"bad" (+60); against it "fun" (-20)'
    """
    speak_for, against = worth_naming(reasons)
    told = [say_reasons(speak_for)] if speak_for else []
    return "; ".join([*told, *([f"against it {say_reasons(against)}"] if against else [])])


def find_reasons(
    ask: Callable[[list[str]], NDArray[np.float32]], texts: Sequence[str]
) -> list[tuple[int, list[Reason]]]:
    """Return for each text the answer that is explained, and what its words did for it.

    Args:
        ask: (texts,) to (texts, classes) probabilities.
        texts: any number.

    Returns:
        For each text the number of its likeliest class and its reasons, the weightiest first.

    >>> def shout(texts):
    ...     loud = np.array(["HEY" in text for text in texts], np.float32)
    ...     return np.stack([1 - loud, loud], axis=1)
    >>> [(number, reasons[0].words) for number, reasons in find_reasons(shout, ["oh HEY you"])]
    [(1, 'HEY')]
    """
    found = []
    for text in texts:
        inquiry = inquire(text)
        chances = ask(inquiry.questions).astype(np.float64)
        answer = int(chances[0].argmax())
        found.append((answer, inquiry.reasons(inquiry.weigh(chances[:, answer]))))
    return found
