"""Personal data is found by its checks; numbers of orders are not."""

from __future__ import annotations

import pytest

from lissom.audit import find_personal, mask


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "Mail me: jo.doe+shop@mail.example.org."),
        ("email", "schreib an jürgen@beispiel.de bitte"),
        ("phone", "Call me on +44 20 7946 0958"),
        ("phone", "my number: +1 (202) 555-0143"),
        ("phone", "Tel. 030 901820"),
        ("phone", "Mein Handy ist 0151 23456789"),
        ("phone", "mi teléfono es 612 345 678"),
        ("phone", "It is 020 7946 0958 in the evening"),
        ("card", "I paid with 4111 1111 1111 1111 today"),
        ("card", "5500-0000-0000-0004"),
        ("card", "amex 378282246310005"),
        ("iban", "DE89 3704 0044 0532 0130 00 is mine"),
        ("iban", "gb82west12345698765432"),
        ("iban", "ES9121000418450200051332, thanks"),
        ("ip", "it came from 203.0.113.77 again"),
        ("ip", "address 2001:db8::8a2e:370:7334 is mine"),
        ("national_id", "My DNI is 12345678Z"),
        ("national_id", "NIE X1234567L"),
        ("national_id", "Steuer-ID 86 095 742 719"),
        ("national_id", "NI number QQ is wrong, AB 12 34 56 C is right"),
        ("national_id", "NHS number 943 476 5919"),
    ],
)
def test_personal_data_is_found(kind: str, text: str) -> None:
    found = find_personal(text)
    assert [one.kind for one in found] == [kind]
    assert text[found[0].start + 1 : found[0].end] not in mask(text, found)


@pytest.mark.parametrize(
    "text",
    [
        "Order 4711223344 has not come",
        "order no. 020 7946 0958 please",
        "Bestellnummer 030 901820",
        "invoice 2026-000123 of 12.11.2026",
        "from 2026-11-23 10:15 to 24/11/2026",
        "tracking JD014600003828392812",
        "tracking 1Z 999 AA1 01 2345 6784",
        "card 4111 1111 1111 1112",
        "ISBN 978-3-16-148410-0",
        "EAN 4006381333931",
        "DE89 3704 0044 0532 0130 01",
        "12345678A is no DNI",
        "86 095 742 718",
        "NHS number 943 476 5918",
        "firmware version 1.2.3.4 and v10.20.30.40",
        "our router is 192.168.1.1, the host 127.0.0.1",
        "it cost 1,234,567.89 and weighs 12.500 kg",
        "at 10:15:30 or 12::",
        "follow @shop and write me",
        "1234567 1000000 2000000",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_personal(text) == []


def test_finds_do_not_overlap() -> None:
    found = find_personal("DE89370400440532013000, 4111111111111111 and jo@example.org")
    assert [one.kind for one in found] == ["iban", "card", "email"]


@pytest.mark.timeout(200)
def test_hostile_texts_take_no_time() -> None:
    for piece in (
        "a.",
        "1 ",
        "1-",
        "(1",
        "a@a.",
        "A1",
        "1:",
        "DE89 3704 ",
        "+",
        "Calle A ",
        "12 rue A ",
        "born 1",
    ):
        find_personal(piece * 20_000)
