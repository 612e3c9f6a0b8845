"""Ways to trick a model by small changes to one text; each learns from the model's answers."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lissom.examine.changes import beside
from lissom.examine.synonyms import SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MOST_WORDS = 12
"""Words of a text that an attack looks at; of more, so many are drawn."""
WORD_SHARE = 0.25
"""Part of a text's words that may be changed, at least one."""
MOST_EDITS = 5
LETTERS = 4
"""Words of fewer letters are left alone: one letter more or less makes another word of them."""
_TRIED = 5
"""Words that an attack by letters tries for each letter, the weightiest first."""
_CORE = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SPACE = re.compile(r"(\s+)")
_STOP = """
about above after again also although always another anybody anyone anything because been before
being below between both cannot could does doing done down during each either else ever every
everybody everyone everything from further have having here hers herself himself however into
itself just less many mine more most much must myself neither never nobody none nothing once
only other others ours ourselves over quite rather same shall should since some somebody someone
something such than that their theirs them themselves then there these they this those though
through thus under unless until upon very want were what when where whether which while whom
whose will with within without would your yours yourself
"""
STOP_WORDS = frozenset(_STOP.split())
"""Words that say nothing of a topic; English. No attack touches them."""

Said = tuple[float, bool, bool]
"""Of one text: the right answer's probability, whether another is given, whether it is unsure."""
Game = Generator[list[str], list["Said"], "Fallen | None"]
"""An attack under way: it yields texts, hears what the model says of each, and tells its end."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """How a right answer was turned.

    Args:
        text: what turned it.
        edits: words or letters that were changed, at least 1.
        swaps: word in the text to what took its place, in the order of the text.
        unsure: the model asks a person about the changed text.
        queries: texts asked until then.
    """

    text: str
    edits: int
    swaps: tuple[tuple[str, str], ...]
    unsure: bool
    queries: int = 0


@dataclass(slots=True, eq=False)
class Attempt:
    """One text under attack; what an attack does to it happens here.

    Args:
        words: its words and the spaces between them, in turn.
        usable: positions of the words that may be changed.
        rng: where chance comes from.
        swaps: position to what stands there now.
    """

    words: list[str]
    usable: list[int]
    rng: np.random.Generator
    swaps: dict[int, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many words the text has."""
        return sum(1 for word in self.words[::2] if word)

    @property
    def most_edits(self) -> int:
        """Return how many words may be changed."""
        return min(MOST_EDITS, max(1, int(WORD_SHARE * self.count)))

    def with_word(self, at: int, word: str) -> str:
        """Return the text as it stands now with one more word changed."""
        swaps = {**self.swaps, at: word}
        return "".join(swaps.get(i, one) for i, one in enumerate(self.words))

    def without_word(self, at: int) -> str:
        """Return the text without one word and the space behind it."""
        return "".join(one for i, one in enumerate(self.words) if i not in {at, at + 1})

    def only_word(self, at: int) -> str:
        """Return one word with the space behind it."""
        return "".join(self.words[at : at + 2])

    @property
    def questions(self) -> list[str]:
        """Return the texts to ask about first: without each usable word, and each alone."""
        without = [self.without_word(at) for at in self.usable]
        return [*without, *map(self.only_word, self.usable)]

    def fall(self, at: int, word: str, edits: int, *, unsure: bool) -> Fallen:
        """Return how it ended."""
        swaps = {**self.swaps, at: word}
        told = tuple((self.words[i], swaps[i]) for i in sorted(swaps))
        return Fallen(self.with_word(at, word), edits, told, unsure)


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to trick a model.

    Args:
        key: its name in figures.
        title: what it does, in a few words.
        limits: what it may do, for whoever reads the figure.
        edits: edits at most; an attempt may allow fewer.
        edit: changes that a word may suffer; none for one that it leaves alone.
        run: carries it out on one attempt, given the words in the order of their weight.
    """

    key: str
    title: str
    limits: str
    edits: int
    edit: Callable[[str, np.random.Generator], list[str]]
    run: Callable[[Attack, Attempt, list[int]], Game]


def begin(attack: Attack, text: str, seed: list[int]) -> Attempt:
    """Return a text ready to be attacked.

    >>> attempt = begin(ATTACKS[0], "where is my parcel", [0])
    >>> [attempt.words[i] for i in attempt.usable], attempt.most_edits
    (['parcel'], 1)
    """
    rng = np.random.default_rng(seed)
    words = _SPACE.split(text)
    usable = [i for i, word in enumerate(words) if i % 2 == 0 and attack.edit(word, rng)]
    if len(usable) > MOST_WORDS:
        usable = sorted(rng.choice(usable, MOST_WORDS, replace=False).tolist())
    return Attempt(words, usable, rng)


def slips(word: str, rng: np.random.Generator) -> list[str]:
    """Return a word with one slip of each kind: a swap, one less, one more, a neighbour's key.

    The first and the last letter stay, and so do words of under four letters and stop words.

    Source: Pruthi et al. (2019), ACL, for the kinds and the fixed ends.

    >>> slips("the", np.random.default_rng(0)), len(slips("parcel,", np.random.default_rng(0)))
    ([], 4)
    """
    found = _CORE.search(word)
    if found is None or not _may_touch(found[0]):
        return []
    core, start, end = found[0], found.start(), found.end()
    inside = range(1, len(core) - 1)
    pairs = [i for i in inside[:-1] if core[i] != core[i + 1]]
    made = [_key(core, int(rng.choice(inside)), keep=1), _key(core, int(rng.choice(inside)))]
    drop = int(rng.choice(inside))
    made.append(core[:drop] + core[drop + 1 :])
    if pairs:
        at = int(rng.choice(pairs))
        made.append(core[:at] + core[at + 1] + core[at] + core[at + 2 :])
    return [f"{word[:start]}{one}{word[end:]}" for one in dict.fromkeys(made) if one != core]


def synonyms(word: str, _rng: np.random.Generator) -> list[str]:
    """Return a word's synonyms, with its capitals and its punctuation.

    >>> synonyms("Purchase!", np.random.default_rng(0))
    ['Buy!']
    """
    found = _CORE.search(word)
    if found is None:
        return []
    core = found[0]
    others = () if core.casefold() in STOP_WORDS else SYNONYMS.get(core.casefold(), ())
    if core.isupper():
        others = tuple(one.upper() for one in others)
    elif core[:1].isupper():
        others = tuple(one.capitalize() for one in others)
    return [f"{word[: found.start()]}{one}{word[found.end() :]}" for one in others]


def _may_touch(core: str) -> bool:
    return len(core) >= LETTERS and core.casefold() not in STOP_WORDS


def _key(core: str, at: int, keep: int = 0) -> str:
    """Put the neighbour of a key before or in the place of its letter."""
    near = beside(core[at].lower())
    other = near[at % len(near)]
    other = other.upper() if core[at].isupper() else other
    return core[:at] + other + core[at + 1 - keep :]


def by_words(attack: Attack, attempt: Attempt, order: list[int]) -> Game:
    """Change one word after the other, the weightiest first, each in the way that hurts most."""
    most = min(attack.edits, attempt.most_edits)
    for at in order:
        if len(attempt.swaps) == most:
            return None
        edits = attack.edit(attempt.words[at], attempt.rng)
        said = yield [attempt.with_word(at, one) for one in edits]
        best = int(np.argmin([chance for chance, _, _ in said]))
        for place, (_, is_wrong, unsure) in enumerate(said):
            if is_wrong:
                return attempt.fall(at, edits[place], len(attempt.swaps) + 1, unsure=unsure)
        # Kept even where it gains nothing: of two words that say the same, the first hurts nobody.
        attempt.swaps[at] = edits[best]
    return None


def by_letters(attack: Attack, attempt: Attempt, order: list[int]) -> Game:
    """Look for the one letter that hurts most, over several words; then for one more."""
    for done in range(attack.edits):
        best: tuple[float, int, str] | None = None
        left = [at for at in order if at not in attempt.swaps]
        for at in left[:_TRIED]:
            edits = attack.edit(attempt.words[at], attempt.rng)
            said = yield [attempt.with_word(at, one) for one in edits]
            for one, (chance, is_wrong, unsure) in zip(edits, said, strict=True):
                if is_wrong:
                    return attempt.fall(at, one, done + 1, unsure=unsure)
                if best is None or chance < best[0]:
                    best = (chance, at, one)
        if best is None:
            return None
        attempt.swaps[best[1]] = best[2]
    return None


def weigh_words(chances: NDArray[np.float64], usable: list[int]) -> list[int]:
    """Return the words in the order of what they do for the right answer, alone and left out.

    Args:
        chances: (2 * usable,) the right answer's probability for each of `Attempt.questions`.
        usable: positions of the words.

    Source: Gao et al. (2018), IEEE SPW, "DeepWordBug": score the words first, then change them;
    theirs reads each word with what stands before it and behind it, ours alone and left out.
    """
    without, alone = np.split(chances, 2)
    return [usable[i] for i in np.argsort(without - alone, kind="stable")]


_WORDS = f"at most one word in {1 / WORD_SHARE:.0f}, never over {MOST_EDITS}"
_SPELLING = "first and last letter kept, stop words and words of under four letters left alone"

ATTACKS = (
    Attack(
        "pruthi",
        "one or two letters",
        f"at most two letters in two words; {_SPELLING}",
        2,
        slips,
        by_letters,
    ),
    Attack(
        "deepwordbug",
        "letters in the weightiest words",
        f"one letter each in {_WORDS}; {_SPELLING}",
        MOST_EDITS,
        slips,
        by_words,
    ),
    Attack(
        "synonym",
        "words that mean the same",
        f"{_WORDS}; words of our own English table of {len(SYNONYMS)}",
        MOST_EDITS,
        synonyms,
        by_words,
    ),
)
