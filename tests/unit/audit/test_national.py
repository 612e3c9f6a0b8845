"""A number of a state is found by its own check, and one wrong digit hides it."""

from __future__ import annotations

import re

import pytest

from lissom.audit import find_personal, mask, redact
from lissom.audit.national import COUNTRIES, find_numbers

# Examples that the states, or those who explain their numbers, have published.
PUBLISHED = {
    "ES": ["DNI 12345678Z", "NIE X1234567L"],
    "DE": ["Steuer-ID 86 095 742 719"],
    "GB": ["AB 12 34 56 C", "NHS number 943 476 5919"],
    "FR": ["2 55 08 14 168 025 38"],
    "IT": ["RSSMRA85T10A562S", "codice fiscale rssmra85t10a562s"],
    "NL": ["BSN 111222333", "burgerservicenummer is 1112.22.333"],
    "BE": ["85.07.30-033.28", "17073003384"],
    "PL": ["PESEL 44051401359", "PESEL: 02070803628"],
    "PT": ["NIF 123456789"],
    "SE": ["811218-9876", "19811218-9876"],
    "FI": ["131052-308T"],
    "NO": ["29029600013"],
    "DK": ["CPR 070761-4285"],
    "CH": ["756.9217.0769.85"],
    "AT": ["SVNR 1237 010180"],
    "IE": ["PPSN 1234567T", "PPS number 1234567FA"],
    "US": ["123-45-6789", "SSN 123 45 6789"],
    "CA": ["SIN 046 454 286"],
    "MX": ["BOXW310820HNERXN09"],
    "BR": ["390.533.447-05", "CPF 39053344705"],
    "IN": ["Aadhaar 2345 6789 0124", "PAN ABCPE1234F"],
    "AU": ["TFN 123 456 782"],
    "TR": ["TC kimlik no 10000000146"],
    "CN": ["11010519491231002X"],
    "KR": ["900101-1234568"],
    "ZA": ["ID number 8001015009087"],
}
WEAK = {"US", "IN", "DK", "GB"}
"""Some of their numbers have no check digit, so one wrong digit is another right number."""


def test_every_country_has_an_example() -> None:
    assert set(PUBLISHED) == set(COUNTRIES)


@pytest.mark.parametrize(
    ("country", "text"), [(one, text) for one, texts in PUBLISHED.items() for text in texts]
)
def test_a_published_number_is_found(country: str, text: str) -> None:
    assert country in {found for _, _, found in find_numbers(f"mine: {text}, thanks")}


@pytest.mark.parametrize(
    ("country", "text"),
    [(one, texts[0]) for one, texts in PUBLISHED.items() if one not in WEAK],
)
def test_with_any_other_last_digit_it_is_none(country: str, text: str) -> None:
    place = max(match.start() for match in re.finditer(r"\d", text))
    others = [text[:place] + digit + text[place + 1 :] for digit in "0123456789"]
    found = [
        other
        for other in others
        if country in {one for _, _, one in find_numbers(f"mine: {other}, thanks")}
    ]
    assert text in found
    assert len(found) <= 2  # some checks call 0 and 10 the same


@pytest.mark.parametrize(
    "text",
    [
        "order 86 095 742 719",
        "parcel number 29029600013",
        "111222333 is the article",
        "part 1234567T",
        "123 45 6789 pieces",
        "Bestellung 12345678Z",
    ],
)
def test_numbers_of_goods_are_left_alone(text: str) -> None:
    assert list(find_numbers(text)) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "send it to 18 Tanner's Row, Bexcombe, BE4 7QP please"),
        ("address", "Neue Anschrift: Lindenkamp 8, 20095 Hamburg"),
        ("address", "vivo en la Calle de Alcalá 45"),
        ("address", "au 12 rue de la Paix, 75002 Paris"),
        ("address", "abito in Via Roma 12"),
        ("address", "Keizersgracht 123 in Amsterdam"),
        ("birth_date", "I was born on 3 March 1985"),
        ("birth_date", "geboren am 17.08.2018"),
        ("birth_date", "they want my date of birth. Why? It's 17/09/1958"),
        ("birth_date", "née le 12/04/1990"),
        ("national_id", "passport number C01X00T47"),
        ("phone", "202-555-0143 works too"),
        ("phone", "appelez-moi au 06 12 34 56 78"),
    ],
)
def test_what_has_no_check_is_found_by_its_words(kind: str, text: str) -> None:
    assert [one.kind for one in find_personal(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "the order of 12.11.2026 is for her birthday",
        "I need 2 Tide Bowls by 4 March",
        "it is a long way 5 times over",
        "he was born in 1985",
        "the ring 5 fits",
    ],
)
def test_what_only_sounds_alike_is_left_alone(text: str) -> None:
    assert find_personal(text) == []


def test_a_placeholder_says_what_was_there_and_is_not_found_again() -> None:
    text = "Mail jo@example.org or al@example.org, not jo@example.org; born on 3 March 1985"
    plain = redact(text, find_personal(text))
    assert plain == "Mail [email 1] or [email 2], not [email 1]; born on [date of birth]"
    assert find_personal(plain) == []


def test_what_is_shown_keeps_only_the_first_letter() -> None:
    text = "18 Tanner's Row, Bexcombe, BE4 7QP"
    assert mask(text, find_personal(text)) == "1***"
