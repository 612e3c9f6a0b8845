"""Streets with a number, in the order and with the words that six languages have for them.

There is no check digit in an address, so a name alone is not enough: it takes a number, a word for
street, and capitals where the language writes them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r"[A-Z\u00c0-\u00de\u0141\u015a\u017b][\w'\u2019.-]{1,20}"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,3}}"

# A headline writes every word with a capital: "24 Pictures That Make Way".
_SMALL = r"(?!(?:That|Are|Who|Of|Is|To|The|Make|Can|Will|And|For|In|On|You|Your|Their|This|By)\b)"

_ENGLISH = (
    rf"(?<![\w.,$€£])\d{{1,4}}[A-Za-z]? (?:{_SMALL}{_NAME} ){{1,2}}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Row|Close|Court|Square|Terrace|Crescent|Boulevard|Blvd|Gardens|Grove|Hill"
    r"|Parade|Mews|Walk|Highway|Parkway|Yard|Wharf|Quay|Place|Way)\b(?!-)\.?"
)
_GERMAN_AND_DUTCH = (
    r"(?<!\w)[A-Z\u00c4\u00d6\u00dc][\w-]{2,24}(?:stra(?:ss|\u00df)e|str\.|weg|platz|allee|gasse"
    r"|damm|ufer|kamp|ring|straat|laan|plein|gracht|kade) \d{1,4} ?[a-zA-Z]?(?!\w|\.\d)"
)
_GERMAN = rf"(?<!\w)(?:Am|An der|Im|Zum|Zur) {_NAME} \d{{1,3}}[a-z]?(?!\w)"
_SOUTHERN = (
    r"(?<!\w)(?:[Cc]alle|C/|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Vv]ia|[Vv]iale|[Pp]iazza"
    r"|[Cc]orso|[Rr]ua|ul\.|[Uu]lica)(?: (?:de|del|della|dei|la|las|los|da|do|dos)){0,2}"
    rf" {_NAMES},? (?:n[\u00ba\u00b0.] ?)?\d{{1,4}}(?![\w/])"
)
_FRENCH = (
    r"(?<!\w)\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|chemin|place|impasse|all[ée]e"
    rf"|quai)(?: (?:de|du|des|la|le|les)){{0,2}} (?:l'|d'|de l')?{_NAMES}"
)
_STREETS = tuple(map(re.compile, (_ENGLISH, _GERMAN_AND_DUTCH, _GERMAN, _SOUTHERN, _FRENCH)))
_POSTCODE = re.compile(
    rf",? {{0,2}}(?:(?:Flat|Apt\.?|Unit|App\.?) \w{{1,4}}, )?(?:{_NAME}(?: {_NAME})?,? )?"
    rf"(?:[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}(?!\w)"
    rf"|(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: [A-Z]{{2}})? {_NAME})"
)
"""The place behind the street; found only together with one, since five digits are much else."""


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of streets with a number, and the place behind them.

    >>> [text[a:b] for text in ["to 18 Tanner's Row, Bexcombe, BE4 7QP"]
    ...  for a, b in find_addresses(text)]
    ["18 Tanner's Row, Bexcombe, BE4 7QP"]
    """
    for pattern in _STREETS:
        for match in pattern.finditer(text):
            place = _POSTCODE.match(text, match.end())
            end = place.end() if place else match.end()
            yield match.start(), match.start() + len(text[match.start() : end].rstrip(".,-'"))
