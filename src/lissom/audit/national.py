"""Numbers that a state gives to a person, each with the check that its state put into it.

Digits pass a check of one digit by chance once in ten, so a number with a weak check counts only
after a word that says what it is. One with two check digits, a check letter at a set place, or a
date inside it counts by itself.

Sources: Spain, Orden de 9-9-1985; Germany, ISO 7064 mod 11,10 (Steuer-ID); France, INSEE (NIR);
Italy, D.M. 23-12-1976 (codice fiscale); Netherlands, Logisch ontwerp BSN (11-proef); Belgium,
KB 3-4-1984; Poland, Dz.U. 1979 nr 15 poz. 94 (PESEL); Portugal, Portaria 1.º 386/98 (NIF);
Sweden, SKV 704; Finland, Väestörekisterikeskus (HETU); Norway, Skatteetaten (fødselsnummer);
Denmark, CPR; Switzerland, AHV (EAN-13); Austria, ASVG (SVNR); Ireland, PPSN; Britain, HMRC NIM39110
and the NHS Data Dictionary; USA, SSA POMS RM 10201.035; Canada, SIN (Luhn); Mexico, RENAPO (CURP);
Brazil, Receita Federal (CPF); India, UIDAI (Verhoeff), Income Tax Department (PAN); Australia, ATO
(TFN); Turkey, NVİ; China, GB 11643-1999; South Korea, resident registration number; South Africa,
Home Affairs.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BEFORE = r"(?<![\w.,+/-])"
_AFTER = r"(?![\w-])(?![.,/]\d)"
_NEAR = 28
"""Characters before a number in which the word that names it must stand."""


_GOODS = re.compile(
    r"(?i)(?:order|invoice|ref|reference|tracking|parcel|ticket|case|item|article|isbn|ean|sku"
    r"|serial|bestell\w*|rechnung\w*|sendung\w*|artikel\w*|auftrag\w*|pedido|factura"
    r"|seguimiento|commande|facture|colis|ordine|fattura|spedizione|pakket|factuur|#)[^\n]{0,15}$"
)


def names_goods(before: str) -> bool:
    """Say whether the words before a number make it one of an order, a parcel, an article.

    >>> names_goods("my order no. "), names_goods("my number is ")
    (True, False)
    """
    return bool(_GOODS.search(before))


@dataclass(frozen=True, slots=True)
class Number:
    """One kind of number.

    Args:
        country: two letters.
        name: what it is called there.
        shape: how it is written.
        holds: checks the characters without blanks and signs, in capitals.
        word: what has to stand before it, or None where the check is enough.
    """

    country: str
    name: str
    shape: re.Pattern[str]
    holds: Callable[[str], bool]
    word: re.Pattern[str] | None = None


def find_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, country) of the national numbers in a text; they may overlap.

    >>> [country for _, _, country in find_numbers("My DNI is 12345678Z")]
    ['ES']
    """
    for number in NUMBERS:
        for match in number.shape.finditer(text):
            before = text[max(0, match.start() - _NEAR) : match.start()]
            if number.word is None and names_goods(before):
                continue
            if number.word is not None and not number.word.search(before):
                continue
            if number.holds(re.sub(r"[\s./-]", "", match[0]).upper()):
                yield match.start(), match.end(), number.country


def luhn(digits: str) -> bool:
    """Check the last digit of a card number and of some national numbers.

    Source: Luhn (1960), US patent 2,950,048.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the sum of its digits
    return total % 10 == 0


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12  # noqa: PLR2004 - the longest months


def _spain(code: str) -> bool:
    number = code[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == code[-1]


def _germany(digits: str) -> bool:
    """Check that one digit of ten stands there twice or thrice, and the last one checks."""
    often = [count for count in Counter(digits[:10]).values() if count > 1]
    if digits[0] == "0" or len(often) != 1 or often[0] > 3:  # noqa: PLR2004 - twice or thrice
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def _france(code: str) -> bool:
    # Corsica's departments have a letter, which counts as a number.
    plain = code[:13].replace("2A", "19").replace("2B", "18")
    is_month = 1 <= int(code[3:5]) <= 12 or 20 <= int(code[3:5]) <= 42  # noqa: PLR2004 - unknown months
    return is_month and plain.isdigit() and 97 - int(plain) % 97 == int(code[13:])


_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)


def _italy(code: str) -> bool:
    places = [int(ch) if ch.isdigit() else ord(ch) - 65 for ch in code[:15]]
    total = sum(_ODD[at] if i % 2 == 0 else at for i, at in enumerate(places))
    return total % 26 == ord(code[15]) - 65


def _netherlands(digits: str) -> bool:
    return int(digits) > 0 and _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _belgium(digits: str) -> bool:
    if not _is_date(digits[4:6], digits[2:4]):
        return False
    check = int(digits[9:])
    # Born from 2000 on, a 2 is put before the number.
    return any(97 - int(turn + digits[:9]) % 97 == check for turn in ("", "2"))


def _poland(digits: str) -> bool:
    month = int(digits[2:4]) % 20
    right = (10 - _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10) % 10
    return _is_date(digits[4:6], str(month)) and right == int(digits[10])


def _portugal(digits: str) -> bool:
    rest = _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return digits[0] in "1235689" and (0 if rest < 2 else 11 - rest) == int(digits[8])  # noqa: PLR2004 - 0 and 1 have no digit


def _sweden(digits: str) -> bool:
    ten = digits[-10:]
    day = int(ten[4:6]) % 60  # a coordination number adds 60 to the day
    return _is_date(str(day), ten[2:4]) and luhn(ten)


def _finland(code: str) -> bool:
    digits = re.sub(r"\D", "", code[:-1])
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]
    return _is_date(digits[:2], digits[2:4]) and check == code[-1]


def _norway(digits: str) -> bool:
    first = -_weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -_weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = int(digits[:2]) % 40  # a D number adds 40 to the day
    return _is_date(str(day), digits[2:4]) and digits[9:] == f"{first}{second}"


def _denmark(digits: str) -> bool:
    # The check was given up in 2007, so the date and the word have to do.
    return _is_date(digits[:2], digits[2:4])


def _switzerland(digits: str) -> bool:
    return -_weighted(digits, (1, 3) * 6) % 10 == int(digits[12])


def _austria(digits: str) -> bool:
    check = _weighted(digits[:3] + digits[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
    return _is_date(digits[4:6], digits[6:8]) and check == int(digits[3])


def _ireland(code: str) -> bool:
    total = _weighted(code[:7], (8, 7, 6, 5, 4, 3, 2))
    total += 9 * (ord(code[8]) - 64) if len(code) > 8 and code[8] != "W" else 0  # noqa: PLR2004 - the second letter
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == code[7]


def _nhs(digits: str) -> bool:
    return -_weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(digits[9])


def _usa(digits: str) -> bool:
    is_area = digits[:3] not in {"000", "666"} and digits[0] != "9"
    return is_area and digits[3:5] != "00" and digits[5:] != "0000"


def _india(digits: str) -> bool:
    """Check by Verhoeff's scheme: a walk through the symmetries of a pentagon."""
    state = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        turned = digit
        for _ in range(place % 8):
            turned = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[turned]
        state = _turn(state, turned)
    return state == 0 and digits[0] not in "01"


def _turn(left: int, right: int) -> int:
    if left < 5:  # noqa: PLR2004 - the first five are turns, the others mirrors
        return (left + right) % 5 if right < 5 else (left + right - 5) % 5 + 5  # noqa: PLR2004 - likewise
    return (left - 5 - right) % 5 + 5 if right < 5 else (left - right) % 5  # noqa: PLR2004 - likewise


def _brazil(digits: str) -> bool:
    first = _weighted(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    second = _weighted(digits, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[9:] == f"{first}{second}"


def _mexico(code: str) -> bool:
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    total = sum(alphabet.index(ch) * (18 - i) for i, ch in enumerate(code[:17]))
    return _is_date(code[8:10], code[6:8]) and -total % 10 == int(code[17])


def _australia(digits: str) -> bool:
    return _weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def _turkey(digits: str) -> bool:
    odd, even = sum(map(int, digits[0:9:2])), sum(map(int, digits[1:8:2]))
    tenth, eleventh = (odd * 7 - even) % 10, sum(map(int, digits[:10])) % 10
    return digits[9:] == f"{tenth}{eleventh}"


def _china(code: str) -> bool:
    total = sum(int(ch) * 2 ** (17 - i) for i, ch in enumerate(code[:17]))
    return _is_date(code[12:14], code[10:12]) and "10X98765432"[total % 11] == code[17]


def _korea(digits: str) -> bool:
    check = (11 - _weighted(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return _is_date(digits[4:6], digits[2:4]) and check == int(digits[12])


def _south_africa(digits: str) -> bool:
    return _is_date(digits[4:6], digits[2:4]) and digits[10] in "01" and luhn(digits)


def _always(_code: str) -> bool:
    return True


def _number(
    country: str, name: str, shape: str, holds: Callable[[str], bool], word: str = ""
) -> Number:
    named = re.compile(rf"(?i)(?<!\w)(?:{word})(?!\w)[^\d\n]*$") if word else None
    return Number(country, name, re.compile(_BEFORE + shape + _AFTER), holds, named)


_NINO = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]"
_FISCAL = r"(?i:[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z])"

NUMBERS: tuple[Number, ...] = (
    _number("ES", "DNI, NIE", r"(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]", _spain),
    _number("DE", "Steuer-ID", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _germany),
    _number("GB", "national insurance number", _NINO, _always),
    _number("GB", "NHS number", r"\d{3}[ -]?\d{3}[ -]?\d{4}", _nhs, r"NHS(?: number| no\.?)?"),
    _number("FR", "NIR", r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}", _france),
    _number("IT", "codice fiscale", _FISCAL, _italy),
    _number(
        "NL",
        "BSN",
        r"\d{4}[. ]?\d{2}[. ]?\d{3}",
        _netherlands,
        r"BSN|burgerservicenummer|sofinummer",
    ),
    _number("BE", "rijksregisternummer", r"\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}[. ]?\d{2}", _belgium),
    _number("PL", "PESEL", r"\d{11}", _poland, "PESEL(?:u|em)?"),
    _number("PT", "NIF", r"\d{3} ?\d{3} ?\d{3}", _portugal, "NIF|contribuinte"),
    _number("SE", "personnummer", r"(?:\d{2})?\d{6}[-+]\d{4}", _sweden),
    _number("FI", "henkilötunnus", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _finland),
    _number("NO", "fødselsnummer", r"\d{6} ?\d{5}", _norway),
    _number("DK", "CPR-nummer", r"\d{6}-?\d{4}", _denmark, r"CPR(?:-?(?:nummer|nr\.?))?"),
    _number("CH", "AHV-Nummer", r"756\.?\d{4}\.?\d{4}\.?\d{2}", _switzerland),
    _number(
        "AT",
        "Sozialversicherungsnummer",
        r"\d{4} ?\d{6}",
        _austria,
        r"SV-?(?:Nr\.?|Nummer)|SVNR|Sozialversicherungsnummer|Versicherungsnummer",
    ),
    _number("IE", "PPSN", r"\d{7}[A-W][A-IW]?", _ireland, r"PPSN?(?: number| no\.?)?"),
    _number("US", "social security number", r"\d{3}-\d{2}-\d{4}", _usa),
    _number(
        "US",
        "social security number",
        r"\d{3} ?\d{2} ?\d{4}",
        _usa,
        r"SSN|social security(?: number| no\.?)?",
    ),
    _number(
        "CA", "SIN", r"\d{3}[ -]?\d{3}[ -]?\d{3}", luhn, r"SIN|social insurance(?: number| no\.?)?"
    ),
    _number("MX", "CURP", r"(?i:[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d)", _mexico),
    _number("BR", "CPF", r"\d{3}\.\d{3}\.\d{3}-\d{2}", _brazil),
    _number("BR", "CPF", r"\d{11}", _brazil, "CPF"),
    _number("IN", "Aadhaar", r"\d{4}[ -]\d{4}[ -]\d{4}", _india, r"Aadh?aar|UIDAI|UID"),
    _number(
        "IN",
        "PAN",
        r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]",
        _always,
        r"PAN(?: card)?(?: number| no\.?)?",
    ),
    _number("AU", "TFN", r"\d{3} ?\d{3} ?\d{3}", _australia, r"TFN|tax file(?: number| no\.?)?"),
    _number(
        "TR",
        "TC kimlik",
        r"[1-9]\d{10}",
        _turkey,
        r"T\.?C\.?(?: ?kimlik)?(?: ?(?:no|numara\w*))?|kimlik(?: ?no| ?numara\w*)?",
    ),
    _number("CN", "resident identity number", r"[1-8]\d{5}(?:19|20)\d{9}[\dXx]", _china),
    _number("KR", "resident registration number", r"\d{6}-[1-8]\d{6}", _korea),
    _number(
        "ZA",
        "identity number",
        r"\d{13}",
        _south_africa,
        r"(?:SA )?ID(?: number| no\.?)?|identity(?: number| no\.?)?",
    ),
    _number(
        "any",
        "passport number",
        r"(?=(?:[A-Z]*\d){5})[A-Z\d]{7,9}",
        _always,
        r"passport(?: number| no\.?)?|reisepass\w*|pass(?:nummer|-nr\.?)|passeport|pasaporte"
        r"|passaporto|passaporte|paspoort\w*",
    ),
)
"""Every number that is known; the countries stand in docs/findings.md."""

COUNTRIES = tuple(dict.fromkeys(one.country for one in NUMBERS if one.country.isupper()))
