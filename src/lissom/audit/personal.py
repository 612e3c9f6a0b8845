"""Cells that look like they name a person: patterns, each with a check that chance rarely passes.

Numbers of orders, invoices and parcels are what these patterns meet most, so each asks for more
than a shape: a checksum, a known prefix, or a word that says what the number is.

Source: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN, mod 97), ISO 7064 mod 11,10 (German tax number),
Spanish Orden de 9-9-1985 (DNI letter), HMRC NIM39110 (national insurance number), NHS Data
Dictionary (NHS number); numbering plans from phonenumbers.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["email", "iban", "card", "national_id", "ip", "phone"]
Span = tuple[int, int]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}")
_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-])")
_TAX = re.compile(r"(?<![\w+])\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)")
_DNI = re.compile(r"(?<!\w)(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z](?!\w)")
_NINO = re.compile(
    r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D](?!\w)"
)
_NHS = re.compile(r"(?i)\bNHS\b[^\d\n]{0,20}(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\w)")
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w./]*\d)")
_IP6 = re.compile(r"(?<![\w:])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{6,39}(?![\w:/])")
_PHONE = re.compile(r"(?<![\w.,+/-])(?:\+|00)?\(?\d(?:[ ()./-]{0,2}\d){6,15}(?!\w)")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?: .*)?")
_PHONE_WORD = re.compile(
    r"(?i)\b(?:phones?|call|ring|tel|telephone|mobile|cell|whatsapp|text me|sms|reach me"
    r"|telefon\w*|handy\w*|anruf\w*|ruf\w*|nummer ist|tel[eé]fono|m[oó]vil|ll[aá]m\w*)\b"
)
_OTHER_NUMBER = re.compile(
    r"(?i)(?:order|invoice|ref|reference|tracking|parcel|ticket|case|item|article|isbn|ean|sku"
    r"|serial|bestell\w*|rechnung\w*|sendung\w*|artikel\w*|auftrag\w*|pedido|factura"
    r"|seguimiento|#)[^\n]{0,15}$"
)
_VERSION = re.compile(
    r"(?i)\b(?:v|ver|versions?|releases?|firmware|before|prior to|upgraded?|updated?)\b[^\n]{0,25}$"
    r"|\bv\.? ?$"
)
_IBAN_LENGTHS = {
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IT": 27,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "SE": 24,
    "SI": 19,
    "SK": 24,
}
_REGIONS = ("GB", "DE", "ES", "US", "FR", "AT")
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A piece of text that looks like personal data.

    Args:
        kind: what it looks like.
        start: first character.
        end: one past the last.
    """

    kind: Kind
    start: int
    end: int


def find_personal(text: str) -> list[Sighting]:
    """Return what looks like personal data, in order, without overlaps.

    >>> [s.kind for s in find_personal("Write to jo@example.org or +44 20 7946 0958")]
    ['email', 'phone']
    >>> find_personal("Order 4711 2233 4455 of 12.11.2026")
    []
    """
    found: list[Sighting] = []
    for kind, finder in _FINDERS:
        for start, end in finder(text):
            if all(end <= other.start or start >= other.end for other in found):
                found.append(Sighting(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def mask(text: str, found: list[Sighting]) -> str:
    """Return the text with all but the first character of each find blacked out.

    >>> mask("I am jo@example.org", find_personal("I am jo@example.org"))
    'I am j***'
    """
    pieces = []
    at = 0
    for one in found:
        pieces += [text[at : one.start + 1], "***"]
        at = one.end
    return "".join([*pieces, text[at:]])


def luhn(digits: str) -> bool:
    """Check a card number's last digit.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the sum of its digits
    return total % 10 == 0


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        taken = 0
        for end in range(match.start(), match.end()):
            taken += text[end] != " "
            if taken == length:
                compact = text[match.start() : end + 1].replace(" ", "").upper()
                is_whole = not text[end + 1 : end + 2].isalnum()
                if is_whole and _mod_97(compact) == 1:
                    yield match.start(), end + 1
                break


def _mod_97(iban: str) -> int:
    return int("".join(str(int(ch, 36)) for ch in iban[4:] + iban[:4])) % 97


def _cards(text: str) -> Iterator[Span]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _is_card_shape(digits) and luhn(digits):
            yield match.span()


def _is_card_shape(digits: str) -> bool:
    """Go by the prefixes and lengths that the large networks use."""
    size, four = len(digits), int(digits[:4])
    is_visa = digits[0] == "4" and size in {13, 16, 19}
    is_mastercard = size == 16 and (5100 <= four <= 5599 or 2221 <= four <= 2720)  # noqa: PLR2004 - its ranges
    is_amex = size == 15 and digits[:2] in {"34", "37"}  # noqa: PLR2004 - its length
    is_discover = size == 16 and (four == 6011 or digits[:2] == "65")  # noqa: PLR2004 - likewise
    return is_visa or is_mastercard or is_amex or is_discover


def _national_ids(text: str) -> Iterator[Span]:
    for match in _DNI.finditer(text):
        if _is_dni(match[0].replace("-", "").upper()):
            yield match.span()
    for match in _TAX.finditer(text):
        if _is_german_tax(match[0].replace(" ", "")):
            yield match.span()
    yield from (match.span() for match in _NINO.finditer(text))
    for match in _NHS.finditer(text):
        if _is_nhs(re.sub(r"\D", "", match[1])):
            yield match.span(1)


def _is_dni(code: str) -> bool:
    number = code[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(number) % 23] == code[-1]


def _is_german_tax(digits: str) -> bool:
    """Check that one digit of ten stands there twice or thrice, and the last one checks."""
    often = [count for count in Counter(digits[:10]).values() if count > 1]
    if digits[0] == "0" or len(often) != 1 or often[0] > 3:  # noqa: PLR2004 - twice or thrice
        return False
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def _is_nhs(digits: str) -> bool:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return (11 - total % 11) % 11 == int(digits[9])


def _ips(text: str) -> Iterator[Span]:
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if not _VERSION.search(before) and _is_outside(match[0]):
                yield match.span()


def _is_outside(address: str) -> bool:
    """Say whether this is an address that could be someone's: not a home network's own."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    inside = ("10.", "127.", "192.168.", "0.", "255.")
    return not (found.is_loopback or found.is_link_local or address.startswith(inside))


def _phones(text: str) -> Iterator[Span]:
    for match in _PHONE.finditer(text):
        if not _DATE.fullmatch(match[0]) and _is_phone(text, match):
            yield match.span()


def _is_phone(text: str, match: re.Match[str]) -> bool:
    """Believe a country code; else want a word about phones, or spacing and a valid number."""
    raw = match[0]
    before = text[max(0, match.start() - 40) : match.start()]
    if raw.startswith(("+", "00")):
        return _parses("+" + raw.lstrip("+0"), (None,), phonenumbers.is_possible_number)
    if _OTHER_NUMBER.search(before):
        return False
    if _PHONE_WORD.search(before):
        return _parses(raw, _REGIONS, phonenumbers.is_possible_number)
    is_spaced = bool(re.search(r"\d[ ()./-]+\d", raw)) and raw[0] in "0("
    return is_spaced and _parses(raw, _REGIONS, phonenumbers.is_valid_number)


def _parses(
    raw: str,
    regions: tuple[str | None, ...],
    check: Callable[[phonenumbers.PhoneNumber], bool],
) -> bool:
    for region in regions:
        try:
            if check(phonenumbers.parse(raw, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


_FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[Span]]], ...] = (
    ("email", _emails),
    ("iban", _ibans),
    ("card", _cards),
    ("national_id", _national_ids),
    ("ip", _ips),
    ("phone", _phones),
)
