"""Ways in which people, keyboards, scanners and spammers change a text without changing its sense.

Each takes a text, a share of its words or letters to touch, and chance. At least one place is
touched where there is one; a text without such a place comes back as it was.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE: dict[str, str] = {}
for _line, _row in enumerate(_KEYS):
    for _place, _key in enumerate(_row):
        _near = [
            (_line, _place - 1),
            (_line, _place + 1),
            (_line - 1, _place),
            (_line + 1, _place - 1),
        ]
        _BESIDE[_key] = "".join(
            _KEYS[i][j] for i, j in _near if 0 <= i < len(_KEYS) and 0 <= j < len(_KEYS[i])
        )
_TWINS = dict(
    zip(
        "aceijopsxyABEHIKMOPTX",
        "\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0445\u0443"
        "\u0410\u0412\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0422\u0425",
        strict=True,
    )
)
_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff"
_TURNS = ("\u202a", "\u202b", "\u2066", "\u2067", "\u200e", "\u200f")
_MISREAD = {
    "l": "1",
    "I": "l",
    "1": "l",
    "O": "0",
    "0": "O",
    "o": "0",
    "S": "5",
    "5": "S",
    "B": "8",
    "m": "rn",
    "w": "vv",
    "d": "cl",
    "h": "li",
    "e": "c",
    "c": "e",
    "g": "q",
    "u": "ii",
}
_ACCENTED = dict(zip("aeioucnAEIOUCN", "áéíóúçñÁÉÍÓÚÇÑ", strict=True))
_SHORT = {
    "i am": "i'm",
    "you are": "you're",
    "it is": "it's",
    "do not": "don't",
    "did not": "didn't",
    "does not": "doesn't",
    "can not": "can't",
    "cannot": "can't",
    "will not": "won't",
    "is not": "isn't",
    "are not": "aren't",
    "was not": "wasn't",
    "have not": "haven't",
    "has not": "hasn't",
    "would not": "wouldn't",
    "i have": "i've",
    "i will": "i'll",
    "what is": "what's",
    "where is": "where's",
    "that is": "that's",
    "we are": "we're",
    "they are": "they're",
    "let us": "let's",
    "could not": "couldn't",
    "should not": "shouldn't",
}
_LONG = {short: long for long, short in _SHORT.items()}
_SAME = (
    ("big", "large"),
    ("small", "little"),
    ("quick", "fast"),
    ("start", "begin"),
    ("buy", "purchase"),
    ("help", "assist"),
    ("need", "require"),
    ("broken", "damaged"),
    ("wrong", "incorrect"),
    ("happy", "glad"),
    ("sad", "unhappy"),
    ("also", "too"),
    ("maybe", "perhaps"),
    ("answer", "reply"),
    ("show", "display"),
    ("get", "obtain"),
    ("tell", "inform"),
    ("ask", "enquire"),
    ("send", "mail"),
    ("picture", "photo"),
    ("movie", "film"),
    ("shop", "store"),
    ("money", "cash"),
    ("sick", "ill"),
    ("hard", "difficult"),
    ("easy", "simple"),
    ("good", "fine"),
    ("bad", "poor"),
    ("great", "excellent"),
    ("often", "frequently"),
    ("now", "currently"),
    ("choose", "pick"),
    ("job", "work"),
    ("change", "alter"),
    ("end", "finish"),
    ("find", "locate"),
    ("want", "wish"),
    ("about", "regarding"),
    ("error", "mistake"),
    ("problem", "issue"),
    ("phone", "telephone"),
    ("car", "automobile"),
)
_TWIN_WORDS = {a: b for pair in _SAME for a, b in (pair, pair[::-1])}
_ASIDES = (
    "Sent from my phone.",
    "Thank you in advance.",
    "Have a nice day.",
    "Hope you are well.",
    "It is raining here today.",
    "I am writing this on the train.",
    "Greetings from my desk.",
    "PS: my neighbour says hello.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One way of changing a text.

    Args:
        key: its name in figures; "typo".
        title: what it does, in a few words.
        make: text, share of places in (0, 1], chance -> changed text.
        keeps_sense: a person would give the changed text the same label.
    """

    key: str
    title: str
    make: Callable[[str, float, np.random.Generator], str]
    keeps_sense: bool = True


def _pick(count: int, part: float, rng: np.random.Generator) -> list[int]:
    """Choose a share of so many places, at least one."""
    if count == 0:
        return []
    wanted = min(count, max(1, round(part * count)))
    return sorted(rng.choice(count, wanted, replace=False).tolist())


def _letters(text: str, part: float, rng: np.random.Generator, table: dict[str, str]) -> str:
    """Exchange a share of the letters that a table knows."""
    places = [i for i, letter in enumerate(text) if letter in table]
    chosen = {places[i] for i in _pick(len(places), part, rng)}
    return "".join(table[letter] if i in chosen else letter for i, letter in enumerate(text))


def make_typos(text: str, part: float, rng: np.random.Generator) -> str:
    """Make one slip of the keyboard in a share of the words: a neighbour, a swap, one more or less.

    >>> import numpy as np
    >>> make_typos("parcel", 0.1, np.random.default_rng(1)) != "parcel"
    True
    """
    words = text.split(" ")
    usable = [i for i, word in enumerate(words) if sum(map(str.isalpha, word)) > 2]  # noqa: PLR2004 - a slip in a shorter word is another word
    for place in _pick(len(usable), part, rng):
        at = usable[place]
        words[at] = _slip(words[at], rng)
    return " ".join(words)


def beside(letter: str) -> str:
    """Return the letters whose keys lie beside that of a small letter.

    >>> beside("a"), beside("\u00e9")
    ('sq', 'e')
    """
    return _BESIDE.get(letter, "e")


def _slip(word: str, rng: np.random.Generator) -> str:
    places = [i for i, letter in enumerate(word) if letter.isalpha()]
    at = places[int(rng.integers(len(places)))]
    kind = int(rng.integers(4))
    if kind == 0 and at + 1 < len(word) and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    near = beside(word[at].lower())
    other = near[int(rng.integers(len(near)))]
    other = other.upper() if word[at].isupper() else other
    keep = word[at] if kind == 2 else ""  # noqa: PLR2004 - the third of four kinds
    return word[:at] + keep + other + word[at + 1 :]


def _case(text: str, part: float, rng: np.random.Generator) -> str:
    words = text.split(" ")
    for place in _pick(len(words), part, rng):
        word = words[place]
        words[place] = word.lower() if word.isupper() else word.upper()
    return " ".join(words)


def _capitals(text: str, _part: float, _rng: np.random.Generator) -> str:
    return text.upper()


def _small(text: str, _part: float, _rng: np.random.Generator) -> str:
    return text.lower()


def _plain(text: str, _part: float, _rng: np.random.Generator) -> str:
    split = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))


def _accents(text: str, part: float, rng: np.random.Generator) -> str:
    return _letters(text, part, rng, _ACCENTED)


def _spaces(text: str, part: float, rng: np.random.Generator) -> str:
    gaps = [i for i, letter in enumerate(text) if letter == " "]
    chosen = {gaps[i] for i in _pick(len(gaps), part, rng)}
    more = ("  ", "\t", "\n", "\u00a0", "   ")
    body = "".join(
        more[int(rng.integers(len(more)))] if i in chosen else c for i, c in enumerate(text)
    )
    return f" {body} "


def _twins(text: str, part: float, rng: np.random.Generator) -> str:
    return _letters(text, part, rng, _TWINS)


def _hidden(text: str, part: float, rng: np.random.Generator) -> str:
    words = text.split(" ")
    for place in _pick(len(words), part, rng):
        word = words[place]
        at = int(rng.integers(len(word) + 1))
        words[place] = word[:at] + _HIDDEN[int(rng.integers(len(_HIDDEN)))] + word[at:]
    return " ".join(words)


def _turned(text: str, part: float, rng: np.random.Generator) -> str:
    words = text.split(" ")
    for place in _pick(len(words), part, rng):
        words[place] = _TURNS[int(rng.integers(len(_TURNS)))] + words[place]
    return " ".join(words)


def _scanned(text: str, part: float, rng: np.random.Generator) -> str:
    return _letters(text, part / 3, rng, _MISREAD)


def _pairs(text: str, part: float, rng: np.random.Generator, table: dict[str, str]) -> str:
    """Exchange phrases that a table knows, whole words only."""
    padded = f" {text} "
    found = [phrase for phrase in table if f" {phrase} " in padded.lower()]
    for place in _pick(len(found), part, rng):
        at = padded.lower().find(f" {found[place]} ")
        if at >= 0:
            end = at + 1 + len(found[place])
            padded = f"{padded[: at + 1]}{table[found[place]]}{padded[end:]}"
    return padded[1:-1]


def _contracted(text: str, _part: float, rng: np.random.Generator) -> str:
    """Contract what is written out; where there is nothing to contract, write out."""
    shorter = _pairs(text, 1.0, rng, _SHORT)
    return shorter if shorter != text else _pairs(text, 1.0, rng, _LONG)


def _synonyms(text: str, part: float, rng: np.random.Generator) -> str:
    return _pairs(text, part, rng, _TWIN_WORDS)


def _unmarked(text: str, _part: float, _rng: np.random.Generator) -> str:
    kept = "".join(c for c in text if not unicodedata.category(c).startswith("P"))
    return kept if kept.strip() else text


def _aside(text: str, part: float, rng: np.random.Generator) -> str:
    count = 1 if part < 0.25 else 2  # noqa: PLR2004 - one sentence at the mild strengths
    extra = [_ASIDES[i] for i in rng.choice(len(_ASIDES), count, replace=False).tolist()]
    return " ".join([text, *extra])


CHANGES: tuple[Change, ...] = (
    Change("typo", "typing errors", make_typos),
    Change("case", "some words in capitals", _case),
    Change("capitals", "everything in capitals", _capitals),
    Change("small_letters", "everything in small letters", _small),
    Change("no_accents", "accents left out", _plain),
    Change("accents", "accents where none belong", _accents),
    Change("spaces", "odd spaces and line ends", _spaces),
    Change("lookalike", "letters of another alphabet that look the same", _twins),
    Change("invisible", "characters that cannot be seen", _hidden),
    Change("direction", "marks that turn the direction of writing", _turned),
    Change("scan", "misread letters, as from a scanner", _scanned),
    Change("contraction", "contractions written out, and the other way round", _contracted),
    Change("synonym", "words exchanged for others that mean the same", _synonyms),
    Change("no_punctuation", "punctuation left out", _unmarked),
    Change("aside", "a sentence added that says nothing", _aside),
)


def find_change(key: str) -> Change | None:
    """Return the change of this name, or None.

    >>> find_change("typo").title
    'typing errors'
    """
    return next((one for one in CHANGES if one.key == key), None)


def change_all(
    change: Change, texts: Sequence[str], part: float, rng: np.random.Generator
) -> list[str]:
    """Return every text changed.

    Args:
        change: the way.
        texts: the texts.
        part: share of words or letters that are touched, in (0, 1].
        rng: where chance comes from.
    """
    return [change.make(text, part, rng) for text in texts]
