"""Rows in a language that the base was not made for: its tokenizer breaks their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import betaln

from lissom.audit.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

KIND = "text.language"

FEWEST_WORDS = 4
"""Plain words under which nobody can tell."""

_MOST_CHARS = 2000
"""What a text begins with says what language it is in."""

_FEWEST_ROWS, _LEAST_SHARE = 5, 0.01
"""Fewer than these are left unsaid: a name or a slip of the keyboard looks foreign, too."""

_EVIDENCE = 20.0
"""How alike rows of one language are: like the mean of so many words."""

_OWN, _FOREIGN = 0.08, 0.5
"""Share of plain words that are broken. With all-MiniLM-L6-v2 (30,522 entries) twelve English sets
had 0.02 to 0.09, Spanish messages 0.48 and German ones 0.57."""

_LARGE, _OWN_LARGE, _FOREIGN_LARGE = 100_000, 0.25, 0.75
"""A vocabulary of this size is shared by many languages and breaks the words of each. An
assumption: no such tokenizer was at hand to measure."""

_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: no blanks between words, so each letter is one."""


class Tokenizer(Protocol):
    """The part of the runtime's tokenizer that is needed here."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, marks included."""
        ...

    def find_unknown(self) -> int | None:
        """Return the id that stands for what the vocabulary lacks."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """How well a tokenizer knows the words of some rows.

    Args:
        words: (rows,) plain words: small letters only, so that names and codes do not count.
        broken: (rows,) those of them that it knows only in pieces, or not at all.
        pieces: pieces of all those words together.
        share: estimated share of the judged rows that are in another language, in [0, 1].
        chance: (rows,) that this row is one of them, in [0, 1]; 0 where nobody can tell.
    """

    words: NDArray[np.int64]
    broken: NDArray[np.int64]
    pieces: int
    share: float
    chance: NDArray[np.float64]

    @property
    def is_judged(self) -> NDArray[np.bool_]:
        """Return which rows have words enough to tell."""
        judged: NDArray[np.bool_] = self.words >= FEWEST_WORDS
        return judged

    @property
    def is_foreign(self) -> NDArray[np.bool_]:
        """Return which rows are more likely in another language than not."""
        foreign: NDArray[np.bool_] = self.chance > 0.5  # noqa: PLR2004 - more likely than not
        return foreign

    @property
    def is_worth_saying(self) -> bool:
        """Return whether there are enough such rows that they are no accident."""
        count, judged = int(self.is_foreign.sum()), int(self.is_judged.sum())
        return count >= _FEWEST_ROWS and count >= _LEAST_SHARE * judged


def hear(texts: Sequence[str], tokenizer: Tokenizer, *, vocabulary: int) -> Spoken:
    """Find rows in a language that the base does not speak.

    A tokenizer knows the everyday words of its own language whole and breaks those of others into
    pieces (its fertility). Two kinds of rows are told apart by a mixture of two beta-binomial
    distributions of broken words; the share of the second kind is fitted to the rows, so a file in
    one language raises no alarm over its oddest rows.

    Args:
        texts: the rows.
        tokenizer: the base's.
        vocabulary: entries that it has.

    Source: fertility, Rust, Pfeiffer, Vulić, Ruder, Gurevych (2021), ACL; the share is fitted by
    expectation maximisation, Dempster, Laird, Rubin (1977), J. R. Stat. Soc. B 39(1).
    """
    plain = [plain_words(text[:_MOST_CHARS]) for text in texts]
    known = sorted({word for words in plain for word in words})
    unknown = tokenizer.find_unknown()
    marks = len(tokenizer.encode([""])[0])
    ids = tokenizer.encode(known)
    lengths = {word: len(one) - marks for word, one in zip(known, ids, strict=True)}
    whole = {
        word
        for word, one in zip(known, ids, strict=True)
        if lengths[word] <= 1 and unknown not in one
    }
    words = np.array([len(found) for found in plain], np.int64)
    broken = np.array([sum(word not in whole for word in found) for found in plain], np.int64)
    pieces = sum(lengths[word] for found in plain for word in found)
    own, foreign = (_OWN, _FOREIGN) if vocabulary < _LARGE else (_OWN_LARGE, _FOREIGN_LARGE)
    share, chance = _mix(words, broken, own, foreign)
    return Spoken(words, broken, pieces, share, chance)


def plain_words(text: str) -> list[str]:
    """Return the words in small letters, without names, numbers, codes and addresses.

    >>> plain_words("Wo ist my parcel KM-17 (don't know)? see shop.example/x")
    ['ist', 'my', 'parcel', "don't", 'know', 'see']
    """
    found: list[str] = []
    for part in _UNSPACED.sub(r" \g<0> ", text).split():
        word = _EDGE.sub("", part)
        letters = word.replace("'", "").replace("\u2019", "")
        if letters.isalpha() and not any(letter.isupper() for letter in letters):
            found.append(word)
    return found


def _mix(
    words: NDArray[np.int64], broken: NDArray[np.int64], own: float, foreign: float
) -> tuple[float, NDArray[np.float64]]:
    chance = np.zeros(len(words))
    judged = np.flatnonzero(words >= FEWEST_WORDS)
    if not len(judged):
        return 0.0, chance
    n, k = words[judged], broken[judged]
    ahead = _log_chance(k, n, foreign) - _log_chance(k, n, own)
    odds = np.exp(np.clip(ahead, -500, 500))
    share = 0.1
    for _ in range(100):
        found = share * odds / (share * odds + 1 - share)
        share = float(found.mean())
    chance[judged] = found
    return share, chance


def _log_chance(k: NDArray[np.int64], n: NDArray[np.int64], mean: float) -> NDArray[np.float64]:
    # Without the binomial coefficient, which is the same for both kinds.
    a, b = mean * _EVIDENCE, (1 - mean) * _EVIDENCE
    found: NDArray[np.float64] = betaln(k + a, n - k + b) - betaln(a, b)
    return found


def find_foreign(spoken: Spoken) -> Iterator[Seen]:
    """See the rows that are in another language; the score is how sure that is."""
    if spoken.is_worth_saying:
        at = np.flatnonzero(spoken.is_foreign)
        yield Seen(
            KIND,
            "medium",
            "{count} {seem} to be in a language that the base was not made for.",
            at,
            spoken.chance[at].astype(np.float64),
            "Label some of them, so that they are measured; or give a base that speaks the "
            "language with --base.",
        )
