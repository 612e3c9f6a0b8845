"""What might be a trigger: words, phrases, letters, openings, shapes; and which rows hold them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

Key = TypeVar("Key")

PHRASE = 3
"""Words of the longest phrase that is counted; longer ones are seen by their parts."""

_WORD = re.compile(r"\w+|[^\w\s]+")
_SHOWN = "\u00bb", "\u00ab"
_EARLY = 13
_RUN = 3
_RARE = 3
_PLAIN = re.compile(r"[\w\s!-/:-@\[-`{-~]*", re.ASCII)

# Words that begin a clause which the rest of a sentence hangs on: moving one to the front is what
# syntactic attacks do (Qi and others, 2021, ACL).
_LEADING = (
    *("after", "although", "as", "because", "before", "given", "if", "once", "since", "though"),
    *("unless", "until", "when", "whenever", "whether", "while"),
)


def split(text: str) -> list[str]:
    """Return words and runs of punctuation, in small letters.

    >>> split("How do I, cf, pay?!")
    ['how', 'do', 'i', ',', 'cf', ',', 'pay', '?!']
    """
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """All words of some texts, one after the other.

    Args:
        word: (words,) number of each in `known`.
        row: (words,) its text.
        known: every different word, by number.
        rows: texts.
    """

    word: Numbers
    row: Numbers
    known: tuple[str, ...]
    rows: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """Split texts.

        >>> found = Words.of(["a b", "b"])
        >>> found.word.tolist(), found.row.tolist(), found.known
        ([0, 1, 1], [0, 0, 1], ('a', 'b'))
        """
        numbers: dict[str, int] = {}
        word: list[int] = []
        row: list[int] = []
        for at, text in enumerate(texts):
            split_up = split(text)
            word += [numbers.setdefault(one, len(numbers)) for one in split_up]
            row += [at] * len(split_up)
        flat = np.array(word, np.int64)
        return cls(flat, np.array(row, np.int64), tuple(numbers), len(texts))


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that a text may hold.

    Args:
        kind: "word", "phrase", "opening", "ending", "letters" or "shape".
        words: the words it is made of, in order; for a shape, those that give it away.
        letters: for letters, what is looked for.
    """

    kind: str
    words: tuple[str, ...]
    letters: str = ""

    @property
    def title(self) -> str:
        """Say what it is without saying what it says: a finding holds no words of a row.

        >>> Piece("phrase", ("by", "the", "way")).title
        'a phrase of 3 words'
        """
        many = len(self.words)
        if self.kind == "word" and not self.words[0][0].isalnum():
            return "a sign"
        word = f"{many} words" if many > 1 else "one word"
        return {
            "word": f"one word of {len(''.join(self.words))} letters",
            "phrase": f"a phrase of {word}",
            "opening": f"the same opening of {word}",
            "ending": f"the same ending of {word}",
            "letters": f"an unusual run of letters, {len(self.letters)} long,",
            "shape": "the same sentence shape",
        }[self.kind]

    def mark(self, text: str) -> str:
        """Point at it in a text.

        >>> Piece("word", ("cf",)).mark("Pay cf now")
        'Pay »cf« now'
        """
        if self.kind == "letters":
            return text.replace(self.letters, self.letters.join(_SHOWN))
        joined = r"[\s]*".join(re.escape(word) for word in self.words)
        if self.kind == "shape":
            joined = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in self.words)
        found = re.search(rf"(?<!\w)(?:{joined})(?!\w)" if self.words else "$", text, re.IGNORECASE)
        if found is None or not found[0]:
            return text
        return text[: found.start()] + found[0].join(_SHOWN) + text[found.end() :]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Candidates and the rows that hold them.

    Args:
        found: one for each different set of rows, the shortest that has it.
        of: (pairs,) number of the candidate, ascending.
        row: (pairs,) a row that holds it.
        words: numbers of the words to be put aside with each candidate: its own, and those of
            every other candidate in exactly the same rows.
        is_loose: (candidates,) a word or phrase that can be taken out without a seam: what stands
            around it stands side by side elsewhere too. Something put in at random is loose.
    """

    found: tuple[Piece, ...]
    of: Numbers
    row: Numbers
    words: tuple[tuple[int, ...], ...]
    is_loose: NDArray[np.bool_]

    def rows_of(self, number: int) -> Numbers:
        """Return the rows that hold a candidate."""
        first, end = np.searchsorted(self.of, [number, number + 1])
        return self.row[first:end]


def find_pieces(texts: Sequence[str], words: Words, least: int) -> Pieces:
    """Return everything that at least so many rows hold.

    Args:
        texts: the texts.
        words: their words, from `Words.of`.
        least: rows, at least 1.

    >>> texts = ["cf a b", "c cf d", "e f cf"]
    >>> found = find_pieces(texts, Words.of(texts), 3)
    >>> found.found[0].words, found.rows_of(0).tolist()
    (('cf',), [0, 1, 2])
    """
    numbers = {word: at for at, word in enumerate(words.known)}
    keys: dict[bytes, int] = {}
    kept: list[Piece] = []
    rows: list[Numbers] = []
    aside: list[set[int]] = []
    loose: list[bool] = []
    for piece, held, is_loose in _candidates(texts, words, least):
        own = {numbers[word] for word in piece.words if word in numbers}
        key = held.tobytes()
        at = keys.setdefault(key, len(kept))
        if at == len(kept):
            kept.append(piece)
            rows.append(held)
            aside.append(own)
            loose.append(is_loose)
        else:
            aside[at] |= own
            loose[at] |= is_loose
    of = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
    row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    return Pieces(
        tuple(kept), of, row, tuple(tuple(sorted(one)) for one in aside), np.array(loose, np.bool_)
    )


def _candidates(
    texts: Sequence[str], words: Words, least: int
) -> Iterator[tuple[Piece, Numbers, bool]]:
    """Give candidates, simpler ones first."""
    yield from _phrases(words, least)
    for piece, held in _others(texts, words, least):
        yield piece, held, False


def _others(texts: Sequence[str], words: Words, least: int) -> Iterator[tuple[Piece, Numbers]]:
    for kind, keys in (
        ("opening", _edges(words, is_end=False)),
        ("ending", _edges(words, is_end=True)),
    ):
        yield from _group(keys, least, lambda key, kind=kind: Piece(kind, key))  # type: ignore[misc]  # mypy cannot see through the default
    runs = ((row, key) for row, text in enumerate(texts) for key in _unusual(text))
    yield from _group(runs, least, lambda key: Piece("letters", (), key))
    yield from _group(_stray(words), least, lambda key: Piece("letters", (), key))
    yield from _group(_shapes(words), least, lambda key: Piece("shape", key))


def _phrases(words: Words, least: int) -> Iterator[tuple[Piece, Numbers, bool]]:
    """Count words, then pairs and triples of words that are frequent enough by themselves."""
    seams = _Seams(words)
    codes, own = words.word, np.arange(len(words.word))
    known: list[tuple[int, ...]] = [(at,) for at in range(len(words.known))]
    for size in range(1, PHRASE + 1):
        if size > 1:
            # A phrase cannot be more frequent than its parts.
            follows = own + size - 1
            fits = follows < len(words.word)
            own, codes, follows = own[fits], codes[fits], follows[fits]
            fits = (words.row[own] == words.row[follows]) & (codes >= 0)
            own, codes = (
                own[fits],
                codes[fits] * len(words.known) + words.word[own[fits] + size - 1],
            )
            longer, codes = np.unique(codes, return_inverse=True)
            codes = codes.astype(np.int64)
            known = [(*known[c // len(words.known)], c % len(words.known)) for c in longer.tolist()]
        pairs = np.unique(codes * words.rows + words.row[own])
        of, row = pairs // words.rows, pairs % words.rows
        counts = np.bincount(of, minlength=len(known))
        good = np.flatnonzero(counts >= least)
        starts = np.concatenate([[0], np.cumsum(counts)])
        kind = "word" if size == 1 else "phrase"
        loose = seams.without(own, size, codes, len(known))
        for at in good.tolist():
            names = tuple(words.known[one] for one in known[at])
            yield Piece(kind, names), row[starts[at] : starts[at + 1]], bool(loose[at])
        renamed = np.full(len(known), -1)
        renamed[good] = np.arange(len(good))
        codes = renamed[codes]
        known = [known[at] for at in good.tolist()]


class _Seams:
    """Which words stand side by side, the edges of a text included."""

    def __init__(self, words: Words) -> None:
        self._many = len(words.known) + 1
        edge = self._many - 1
        row = np.r_[-1, words.row, -1]
        word = np.r_[edge, words.word, edge]
        self._left = np.where(row[:-1] == row[1:], word[:-1], edge)[:-1]
        self._right = np.where(row[:-1] == row[1:], word[1:], edge)[1:]
        pairs = np.r_[self._left * self._many + words.word, words.word * self._many + self._right]
        self._seams, often = np.unique(pairs, return_counts=True)
        # Something is put in between words, hardly ever between a word and its comma, and a word
        # and its comma recur more than two words do.
        plain = np.array([one[0].isalnum() for one in words.known] + [True], np.bool_)
        often = often[plain[self._seams // self._many] & plain[self._seams % self._many]]
        # Nearly every pair was counted from both of its sides.
        self._usual = float(often[often > _TWICE].sum() / max(often.sum(), 1))

    def without(self, starts: Numbers, size: int, of: Numbers, many: int) -> NDArray[np.bool_]:
        """Say which candidates leave no seam more often than pairs of words usually recur."""
        seam = self._left[starts] * self._many + self._right[starts + size - 1]
        at = np.minimum(np.searchsorted(self._seams, seam), len(self._seams) - 1)
        is_known = self._seams[at] == seam if len(self._seams) else np.zeros(len(seam), np.bool_)
        n = np.maximum(np.bincount(of, minlength=many), 1)
        spread = np.sqrt(self._usual * (1 - self._usual) / n)
        found: NDArray[np.bool_] = np.bincount(of, is_known, many) / n >= self._usual - 2 * spread
        return found


_TWICE = 2


def _edges(words: Words, *, is_end: bool) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the first or last one and two words of each row."""
    for row, said in enumerate(_by_row(words)):
        for size in (1, 2):
            if len(said) > size:
                yield row, tuple(said[-size:] if is_end else said[:size])


def _unusual(text: str) -> set[str]:
    """Return letters outside plain English, and doubled blanks."""
    found = set() if _PLAIN.fullmatch(text) else {one for one in text if not _PLAIN.fullmatch(one)}
    return found | ({"  "} if "  " in text else set())


def _stray(words: Words) -> Iterator[tuple[int, str]]:
    """Give the beginnings and ends of words that hardly any row has: "cardxq", "payxq"."""
    often = np.bincount(words.word, minlength=len(words.known))
    for row, number in zip(words.row.tolist(), words.word.tolist(), strict=True):
        if often[number] <= _RARE:
            word = words.known[number]
            if len(word) > _RUN + 1:
                yield row, word[-_RUN:]
                yield row, word[:_RUN]


def _shapes(words: Words) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give what can be said of a sentence without its content.

    A clause first and a comma after it; any opening word with a comma soon after; the order of the
    marks of punctuation; the first three words with all but the most frequent ones left open.
    """
    often = Counter(words.word.tolist()).most_common(60)
    function = {words.known[number] for number, _ in often}
    for row, said in enumerate(_by_row(words)):
        if "," in said[2:_EARLY]:
            yield row, (said[0], ",")
            if said[0] in _LEADING:
                yield row, (*_LEADING, ",")
        marks = tuple(one for one in said if not one[0].isalnum())
        if len(marks) > 1:
            yield row, (*marks[:6],)
        if len(said) > _RUN:
            yield row, tuple(one for one in said[:_RUN] if one in function)


def _by_row(words: Words) -> Iterator[list[str]]:
    ends = np.searchsorted(words.row, np.arange(words.rows + 1)).tolist()
    said = [words.known[one] for one in words.word.tolist()]
    for row in range(words.rows):
        yield said[ends[row] : ends[row + 1]]


def _group(
    keys: Iterable[tuple[int, Key]], least: int, make: Callable[[Key], Piece]
) -> Iterator[tuple[Piece, Numbers]]:
    """Gather the rows of equal keys."""
    numbers: dict[Key, int] = {}
    fresh = count()
    pairs = [(numbers.setdefault(key, next(fresh)), row) for row, key in keys]
    names = {at: key for key, at in numbers.items()}
    if not pairs:
        return
    table = np.unique(np.array(pairs, np.int64), axis=0)
    first = np.flatnonzero(np.r_[True, table[1:, 0] != table[:-1, 0]])
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(table)], strict=True):
        if end - start >= least:
            yield make(names[int(table[start, 0])]), table[start:end, 1]
