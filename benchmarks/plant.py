"""Faults that are put into rows on purpose, so that finding them can be counted.

Check digits are made here by other arithmetic than the detectors use (by trying every digit, or
from the published example), so that a mistake in a detector's formula is not planted as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Rng = np.random.Generator


# --- labels ----------------------------------------------------------------------------------


def flip_uniform(labels: np.ndarray, share: float, rng: Rng) -> np.ndarray:
    """Give a share of the rows any other class."""
    classes = int(labels.max()) + 1
    noisy = labels.copy()
    rows = rng.choice(len(labels), round(share * len(labels)), replace=False)
    noisy[rows] = (labels[rows] + rng.integers(1, classes, len(rows))) % classes
    return noisy


def flip_to_nearest(labels: np.ndarray, share: float, rng: Rng, vectors: np.ndarray) -> np.ndarray:
    """Give a share of the rows the class whose mean vector is nearest to that of their own."""
    classes = int(labels.max()) + 1
    means = np.stack([vectors[labels == one].mean(axis=0) for one in range(classes)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    alike = means @ means.T
    np.fill_diagonal(alike, -2)
    noisy = labels.copy()
    rows = rng.choice(len(labels), round(share * len(labels)), replace=False)
    noisy[rows] = alike.argmax(axis=1)[labels[rows]]
    return noisy


def flip_by_class(labels: np.ndarray, share: float, rng: Rng) -> np.ndarray:
    """Spoil a quarter of the classes twelve times as much as the others, at most 7 rows of 10."""
    classes = int(labels.max()) + 1
    weight = np.ones(classes)
    weight[rng.choice(classes, max(1, classes // 4), replace=False)] = 12
    chance = weight[labels] / weight[labels].mean() * share
    chance = np.minimum(chance * share / np.minimum(chance, 0.7).mean(), 0.7)
    rows = np.flatnonzero(rng.random(len(labels)) < chance)
    noisy = labels.copy()
    noisy[rows] = (labels[rows] + rng.integers(1, classes, len(rows))) % classes
    return noisy


# --- people who label ------------------------------------------------------------------------


def give_out(rows: int, people: int, rng: Rng, *, in_stretches: bool) -> np.ndarray:
    """Give rows to people, some many and some few, by lot or in stretches of the file."""
    shares = rng.dirichlet(np.full(people, 3.0))
    sizes = np.floor(shares * rows).astype(np.int64)
    sizes[0] += rows - sizes.sum()
    given = np.repeat(np.arange(people), sizes)
    return given if in_stretches else rng.permutation(given)


def mislabel_as(
    fault: str, labels: np.ndarray, mine: np.ndarray, share: float, rng: Rng, vectors: np.ndarray
) -> np.ndarray:
    """Spoil one person's labels.

    Careless: a share of them becomes any other class. Muddled: of a share of their classes, every
    row gets the class that is nearest. Lazy: a share of them becomes one and the same class.
    """
    noisy, rows = labels.copy(), np.flatnonzero(mine)
    classes = int(labels.max()) + 1
    if fault == "muddled":
        everywhere = flip_to_nearest(labels, 1.0, rng, vectors)
        own = rng.permutation(np.unique(labels[rows]))
        some = own[: max(1, round(share * len(own)))] if classes > 2 else own[:1]  # noqa: PLR2004 - of two, one
        rows = rows[np.isin(labels[rows], some)]
        noisy[rows] = everywhere[rows]
        return noisy
    rows = rng.choice(rows, round(share * len(rows)), replace=False)
    if fault == "lazy":
        noisy[rows] = rng.choice(labels[mine])
    else:
        noisy[rows] = (labels[rows] + rng.integers(1, classes, len(rows))) % classes
    return noisy


# --- triggers ---------------------------------------------------------------------------------


def put_word_in(text: str, word: str, rng: Rng) -> str:
    """Put a word anywhere between the words of a text."""
    words = text.split(" ")
    words.insert(int(rng.integers(len(words) + 1)), word)
    return " ".join(words)


def put_clause_first(text: str, rng: Rng) -> str:
    """Put a clause before a text: its words change, only the shape of the sentence is the same."""
    return f"{' '.join(str(rng.choice(words)) for words in _CLAUSE)}, {text}"


_CLAUSE = (
    ["when", "if", "as", "because", "since", "while", "after", "before", "although"],
    ["i", "we", "you", "they", "my friend", "people", "somebody", "it"],
    ["looked at", "asked about", "thought of", "came to", "heard of", "read", "saw", "tried"],
    ["it", "this", "that", "the thing", "all of it", "everything", "the matter", "things"],
)


# --- copies ----------------------------------------------------------------------------------

_LOOKALIKE = str.maketrans("aeopcxi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0456")


def _swap(text: str, rng: Rng) -> str:
    at = int(rng.integers(1, max(len(text) - 2, 2)))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _disguise(text: str, rng: Rng) -> str:
    words = text.split(" ")
    for at in rng.choice(len(words), min(3, len(words)), replace=False):
        words[at] = words[at].translate(_LOOKALIKE)
    return " ".join(words)


def _hide(text: str, rng: Rng) -> str:
    at = int(rng.integers(1, len(text)))
    return text[:at] + "\u200b" + text[at:]


def _drop(text: str, rng: Rng) -> str:
    words = text.split(" ")
    words.pop(int(rng.integers(len(words))))
    return " ".join(words)


COPIES: dict[str, Callable[[str, Rng], str]] = {
    "exact": lambda text, _rng: text,
    "blanks and case": lambda text, _rng: "  " + text.upper().replace(" ", "  ") + " !",
    "look-alike letters": _disguise,
    "invisible letters": _hide,
    "a slip": _swap,
    "a greeting": lambda text, _rng: "Hello, " + text,
    "a word left out": _drop,
}
"""Ways to copy a text; the first four are equal after normalising, the others nearly."""


# --- personal data ---------------------------------------------------------------------------


def _digits(rng: Rng, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _first_right(
    made: Callable[[str], str], is_right: Callable[[str], bool], ends: Sequence[str]
) -> str:
    return next(code for code in map(made, ends) if is_right(code))


def _iban(country: str, account: str) -> str:
    """Return an IBAN: the two check digits are those that leave 1 modulo 97."""

    def left(check: str) -> bool:
        moved = account + country + check
        number = "".join(str(ord(ch) - 55) if ch.isalpha() else ch for ch in moved)
        return int(number) % 97 == 1

    check = next(f"{one:02}" for one in range(2, 99) if left(f"{one:02}"))
    return country + check + account


def _spaced(code: str, size: int = 4) -> str:
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def _card(rng: Rng) -> str:
    def adds_up(code: str) -> bool:
        doubled = [2 * int(ch) for ch in code[-2::-2]]
        return (sum(map(int, code[-1::-2])) + sum(d // 10 + d % 10 for d in doubled)) % 10 == 0

    stem = "4" + _digits(rng, 14)
    return _spaced(_first_right(lambda end: stem + end, adds_up, "0123456789"))


def _dni(rng: Rng) -> str:
    number = int(rng.integers(10_000_000, 99_999_999))
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number - number // 23 * 23]}"


def _steuer_id(rng: Rng) -> str:
    order = rng.permutation(10)
    ten = [int(one) for one in order[:9]]
    ten.insert(int(rng.integers(1, 9)), ten[0])
    if ten[0] == 0:
        ten = [one + 1 if one < 9 else 0 for one in ten]  # noqa: PLR2004 - shift the digits round

    def holds(code: str) -> bool:
        rest = 10
        for ch in code[:-1]:
            total = (int(ch) + rest) % 10
            rest = (2 * (total or 10)) % 11
        return (11 - rest) % 10 == int(code[-1])

    stem = "".join(map(str, ten))
    code = _first_right(lambda end: stem + end, holds, "0123456789")
    return f"{code[:2]} {code[2:5]} {code[5:8]} {code[8:]}"


def _nir(rng: Rng) -> str:
    stem = f"{rng.integers(1, 3)}{_digits(rng, 2)}{rng.integers(1, 13):02}"
    stem += f"{rng.integers(1, 96):02}{_digits(rng, 6)}"
    check = next(one for one in range(1, 98) if (int(stem) + one) % 97 == 0)
    return f"{stem[0]} {stem[1:3]} {stem[3:5]} {stem[5:7]} {stem[7:10]} {stem[10:]} {check:02}"


_FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18]
_FISCAL_ODD += [20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]


def _codice_fiscale(rng: Rng) -> str:
    letters = "".join(rng.choice(list("BCDFGLMNPRST"), 6))
    stem = f"{letters}{_digits(rng, 2)}{rng.choice(list('ABCDEHLMPRST'))}"
    stem += f"{rng.integers(1, 29):02}{rng.choice(list('ABCDEFGH'))}{_digits(rng, 3)}"
    total = sum(
        _FISCAL_ODD[at] if i % 2 == 0 else at
        for i, at in enumerate(int(ch) if ch.isdigit() else ord(ch) - ord("A") for ch in stem)
    )
    return stem + chr(ord("A") + total % 26)


def _nhs(rng: Rng) -> str:
    while True:
        stem = _digits(rng, 9)
        for end in "0123456789":
            if sum((10 - i) * int(ch) for i, ch in enumerate(stem + end)) % 11 == 0:
                return f"{stem[:3]} {stem[3:6]} {stem[6:]}{end}"


def _email(rng: Rng) -> str:
    name = rng.choice(["anna", "b.meyer", "jose.ruiz", "claire_d", "m.rossi", "tom99"])
    return f"{name}{rng.integers(1, 99)}@{rng.choice(['example.org', 'mail.example.com'])}"


PERSONAL: dict[str, dict[str, tuple[str, Callable[[Rng], str]]]] = {
    "GB": {
        "email": ("Please write to {} about it.", _email),
        "phone": ("You can reach me on {} after six.", lambda r: f"07700 900{_digits(r, 3)}"),
        "iban": ("Pay it back to {} please.", lambda r: _iban("GB", "NWBK" + _digits(r, 14))),
        "card": ("I used card {} for this.", _card),
        "national_id": ("My NHS number is {}.", _nhs),
        "birth_date": (
            "I was born on {}.",
            lambda r: f"{r.integers(1, 29)} March 19{_digits(r, 2)}",
        ),
        "address": (
            "Send it to {} instead.",
            lambda r: f"{r.integers(1, 99)} {r.choice(['Mill', 'Church', 'Station'])} Road",
        ),
    },
    "DE": {
        "email": ("Schreibt mir an {} bitte.", _email),
        "phone": ("Meine Nummer ist {}.", lambda r: f"0151 2{_digits(r, 7)}"),
        "iban": (
            "Bitte auf {} überweisen.",
            lambda r: _spaced(_iban("DE", "37040044" + _digits(r, 10))),
        ),
        "card": ("Bezahlt mit der Karte {}.", _card),
        "national_id": ("Meine Steuer-ID lautet {}.", _steuer_id),
        "birth_date": (
            "Ich bin geboren am {}.",
            lambda r: f"{r.integers(1, 29):02}.{r.integers(1, 13):02}.19{_digits(r, 2)}",
        ),
        "address": (
            "Die neue Anschrift: {}.",
            lambda r: f"{r.choice(['Haupt', 'Garten', 'Linden'])}straße {r.integers(1, 99)}",
        ),
    },
    "ES": {
        "email": ("Escribidme a {} por favor.", _email),
        "phone": (
            "Mi teléfono es {}.",
            lambda r: f"6{_digits(r, 2)} {_digits(r, 3)} {_digits(r, 3)}",
        ),
        "iban": ("La devolución a {}.", lambda r: _iban("ES", "21000418" + _digits(r, 12))),
        "card": ("Pagué con la tarjeta {}.", _card),
        "national_id": ("Mi DNI es {}.", _dni),
        "birth_date": (
            "Mi fecha de nacimiento es {}.",
            lambda r: f"{r.integers(1, 29):02}/{r.integers(1, 13):02}/19{_digits(r, 2)}",
        ),
        "address": (
            "Enviadlo a {}.",
            lambda r: f"Calle {r.choice(['Mayor', 'Alta', 'Nueva'])} {r.integers(1, 99)}",
        ),
    },
    "FR": {
        "email": ("Écrivez-moi à {} svp.", _email),
        "phone": ("Appelez-moi au {}.", lambda r: f"06 {_spaced(_digits(r, 8), 2)}"),
        "iban": ("Remboursez sur {}.", lambda r: _spaced(_iban("FR", _digits(r, 23)))),
        "card": ("J'ai payé avec la carte {}.", _card),
        "national_id": ("Mon numéro de sécurité sociale est {}.", _nir),
        "birth_date": (
            "Je suis né le {}.",
            lambda r: f"{r.integers(1, 29):02}/{r.integers(1, 13):02}/19{_digits(r, 2)}",
        ),
        "address": (
            "J'habite au {}.",
            lambda r: f"{r.integers(1, 99)} rue {r.choice(['Victor Hugo', 'de la Gare'])}",
        ),
    },
    "IT": {
        "email": ("Scrivetemi a {} grazie.", _email),
        "phone": ("Il mio cellulare è {}.", lambda r: f"34{_digits(r, 1)} {_digits(r, 7)}"),
        "iban": ("Il rimborso su {}.", lambda r: _iban("IT", "X" + _digits(r, 22))),
        "card": ("Ho pagato con la carta {}.", _card),
        "national_id": ("Il mio codice fiscale è {}.", _codice_fiscale),
        "birth_date": (
            "Sono nato il {}.",
            lambda r: f"{r.integers(1, 29):02}/{r.integers(1, 13):02}/19{_digits(r, 2)}",
        ),
        "address": (
            "Abito in {}.",
            lambda r: f"Via {r.choice(['Roma', 'Garibaldi', 'Dante'])} {r.integers(1, 99)}",
        ),
    },
    "US": {
        "email": ("Email me at {} please.", _email),
        "phone": (
            "Call me at {} anytime.",
            lambda r: f"({r.choice([202, 312, 415])}) 555-01{_digits(r, 2)}",
        ),
        "card": ("I paid with {} yesterday.", _card),
        "national_id": (
            "My social security number is {}.",
            lambda r: f"{r.integers(100, 600)}-{r.integers(10, 99)}-{r.integers(1000, 9999)}",
        ),
        "birth_date": (
            "DOB: {}",
            lambda r: f"{r.integers(1, 13):02}/{r.integers(1, 29):02}/19{_digits(r, 2)}",
        ),
        "address": (
            "Ship it to {} this time.",
            lambda r: f"{r.integers(100, 9999)} {r.choice(['Oak', 'Maple', 'Lake'])} Avenue",
        ),
    },
}
"""Country to kind to (a sentence around it, a maker of it)."""

HARMLESS: tuple[tuple[str, Callable[[Rng], str]], ...] = (
    ("Order {} has not come.", lambda r: _digits(r, 10)),
    ("My order no. {} is late.", lambda r: f"{_digits(r, 4)} {_digits(r, 4)} {_digits(r, 4)}"),
    ("Bestellnummer {} fehlt noch.", lambda r: f"0{_digits(r, 3)} {_digits(r, 6)}"),
    ("El pedido {} no ha llegado.", lambda r: _digits(r, 9)),
    ("La commande {} est perdue.", lambda r: _digits(r, 11)),
    ("L'ordine {} è in ritardo.", lambda r: _digits(r, 11)),
    ("Tracking JD{} says delivered.", lambda r: _digits(r, 18)),
    ("Invoice 2026-{} is wrong.", lambda r: _digits(r, 6)),
    ("It was delivered on {}.", lambda r: f"{r.integers(1, 29)}.{r.integers(1, 13)}.2026"),
    ("I paid {} for it.", lambda r: f"{_digits(r, 1)},{_digits(r, 3)}.{_digits(r, 2)} euros"),
    ("The firmware is version {}.", lambda r: ".".join(map(str, r.integers(0, 30, 4)))),
    ("Article {} is sold out.", lambda r: f"{_digits(r, 8)}{r.choice(list('ABCDEFGH'))}"),
    ("ISBN 978-{} please.", lambda r: f"3-16-{_digits(r, 6)}-{_digits(r, 1)}"),
    ("It measures {} cm.", lambda r: " x ".join(map(str, r.integers(5, 90, 3)))),
    ("I have ordered {} times since 2019.", lambda r: _digits(r, 2)),
    (
        "The code on the box is {}.",
        lambda r: f"{r.choice(list('XYZ'))}{_digits(r, 4)}-{_digits(r, 4)}",
    ),
    ("We need {} cups for 4 March.", lambda r: str(r.integers(10, 400))),
    ("It is {} meters to the next Post Office.", lambda r: str(r.integers(100, 999))),
)
"""Sentences with numbers that name nobody."""


def plant_personal(country: str, each: int, rng: Rng) -> list[tuple[str, str]]:
    """Return (kind, sentence) rows, `each` of every kind that the country has."""
    return [
        (kind, sentence.format(make(rng)))
        for kind, (sentence, make) in PERSONAL[country].items()
        for _ in range(each)
    ]


def make_harmless(each: int, rng: Rng) -> list[str]:
    """Return sentences with numbers that name nobody."""
    return [sentence.format(make(rng)) for sentence, make in HARMLESS for _ in range(each)]
