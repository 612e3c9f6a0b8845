"""Cells that look like they name a person: patterns, each with a check that chance rarely passes.

Numbers of orders, invoices and parcels are what these patterns meet most, so each asks for more
than a shape: a checksum, a known prefix, or a word that says what the number is.

Source: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN, mod 97); numbering plans from phonenumbers; the
numbers that states give stand in lissom.audit.national.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import phonenumbers

from lissom.audit.addresses import find_addresses
from lissom.audit.national import find_numbers, luhn, names_goods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["email", "iban", "card", "national_id", "birth_date", "ip", "phone", "address"]
Span = tuple[int, int]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}")
_DIGITS = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-])")
_BORN = re.compile(
    r"(?i)(?<!\w)(?:born(?: on)?(?: the)?|d\.?o\.?b\.?|date of birth|birth ?date|birthday"
    r"|geboren(?: am| op)?|geb\.|geburtsdatum|geboortedatum|n[ée]e? le|date de naissance"
    r"|nacid[oa](?: el)?|fecha de nacimiento|nat[oa] il|data di nascita|data de nascimento"
    r"|data urodzenia|urodzon[ya])(?: is| was| ist| es| est)?[\s:]{1,3}"
    r"(\d{1,2}(?:st|nd|rd|th|\.)?[ ./-]{1,2}(?:\d{1,2}|[^\W\d_]{3,10})[ ,./-]{1,2}(?:19|20)?\d{2}"
    r"|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?!on)[^\W\d_]{3,10} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2})(?!\d)"
)
_FULL_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}-\d{1,2}-\d{1,2})(?!\d)"
)
_BIRTH_WORD = re.compile(
    r"(?i)(?<!\w)(?:birth ?(?:day|date)|date of birth|d\.?o\.?b\.?|geburts(?:tag|datum)"
    r"|anniversaire|date de naissance|cumplea[nñ]os|fecha de nacimiento|compleanno"
    r"|data di nascita|verjaardag|geboortedatum|urodzin\w*)(?!\w)"
)
_IT_IS = re.compile(r"(?i)(?:'s|\u2019s|\bis|\bwas|\bist|\bes|\best|\b[eè]|[:,])\s*$")
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w./]*\d)")
_IP6 = re.compile(r"(?<![\w:])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:]{6,39}(?![\w:/])")
_PHONE = re.compile(r"(?<![\w.,+/-])(?:\+|00)?\(?\d(?:[ ()./-]{0,2}\d){6,15}(?!\w)")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?: .*)?")
_PHONE_WORD = re.compile(
    r"(?i)\b(?:phones?|call|ring|tel|telephone|mobile|cell|whatsapp|text me|sms|reach me"
    r"|telefon\w*|handy\w*|anruf\w*|ruf\w*|nummer ist|tel[eé]fono|m[oó]vil|ll[aá]m\w*"
    r"|t[eé]l[eé]phone\w*|appel\w*|portable|cellulare|chiam\w*|bel|bellen|telefoon\w*|mobiel"
    r"|telefone|telem[oó]vel|celular|ligue|kom[oó]rka|zadzwo[nń]\w*)\b"
)
_VERSION = re.compile(
    r"(?i)\b(?:v|ver|versions?|releases?|firmware|before|prior to|upgraded?|updated?)\b[^\n]{0,25}$"
    r"|\bv\.? ?$"
)
# How people of the USA and Canada write a number that begins with no nought.
_DASHED = re.compile(r"\d{3}[-.]\d{3}[-.]\d{4}")
_LONE_DIGIT = re.compile(r"(?<!\d)\d\.\d|\d\.\d(?!\d)|^(?:\d{1,3}\.){3}\d{1,3}$")
"""Between dots, one digit alone makes a version, not a phone number."""

_FEWEST_DIGITS = 4
_IBAN_LENGTHS = {
    code[:2]: int(code[2:])
    for code in re.findall(
        r"\w{4}",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 "
        "DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 "
        "IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 "
        "MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 "
        "ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20",
    )
}
_REGIONS = (
    "GB",
    "DE",
    "ES",
    "US",
    "FR",
    "AT",
    "IT",
    "NL",
    "BE",
    "CH",
    "IE",
    "PT",
    "PL",
    "SE",
    "AU",
    "BR",
    "IN",
)


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
    has_number = sum(map(text.count, "0123456789")) >= _FEWEST_DIGITS or not text.isascii()
    for kind, finder in _FINDERS if has_number or "@" in text else _FINDERS[-1:]:
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


def redact(text: str, found: list[Sighting]) -> str:
    """Return the text with each find replaced by what it was, so that it still reads.

    Two different ones of a kind are told apart by a number; the same one twice is the same one.

    >>> text = "Call +44 20 7946 0958, not +44 20 7946 0959; mail jo@example.org"
    >>> redact(text, find_personal(text))
    'Call [phone 1], not [phone 2]; mail [email]'
    """
    values: dict[str, dict[str, int]] = {}
    for one in found:
        seen = values.setdefault(one.kind, {})
        seen.setdefault(text[one.start : one.end], len(seen) + 1)
    pieces = []
    at = 0
    for one in found:
        seen = values[one.kind]
        number = f" {seen[text[one.start : one.end]]}" if len(seen) > 1 else ""
        pieces += [text[at : one.start], f"[{_CALLED[one.kind]}{number}]"]
        at = one.end
    return "".join([*pieces, text[at:]])


_CALLED: dict[Kind, str] = {
    "email": "email",
    "iban": "bank account",
    "card": "card number",
    "national_id": "identity number",
    "birth_date": "date of birth",
    "ip": "internet address",
    "phone": "phone",
    "address": "postal address",
}


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
    for start, end, _ in find_numbers(text):
        yield start, end


def _birth_dates(text: str) -> Iterator[Span]:
    yield from (match.span(1) for match in _BORN.finditer(text))
    for match in _FULL_DATE.finditer(text):
        before = text[max(0, match.start() - 90) : match.start()]
        if _BIRTH_WORD.search(before) and _IT_IS.search(before):
            yield match.span()


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
    if raw.startswith("+"):
        return _parses("+" + raw.lstrip("+0"), (None,), phonenumbers.is_possible_number)
    if names_goods(before) or _VERSION.search(before) or _LONE_DIGIT.search(raw):
        return False
    if raw.startswith("00"):
        return _parses("+" + raw.lstrip("0"), (None,), phonenumbers.is_possible_number)
    if _PHONE_WORD.search(before):
        return _parses(raw, _REGIONS, phonenumbers.is_possible_number)
    if _DASHED.fullmatch(raw):
        return _parses(raw, ("US",), phonenumbers.is_valid_number)
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
    ("birth_date", _birth_dates),
    ("ip", _ips),
    ("phone", _phones),
    ("address", find_addresses),
)
