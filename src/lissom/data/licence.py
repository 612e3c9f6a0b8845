"""Licences as SPDX writes them, and what each allows.

The table holds what the texts of common licences say of four things. It is no legal advice; what
is not in it, or is in dispute, is left open for a person.

Source: SPDX specification 3.0, annex on licence expressions; SPDX licence list 3.27; the texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from lissom.errors import LicenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    _Read = Callable[[], "Expression"]
    _Weigh = Callable[[list[bool | None], str], bool | None]

Act = Literal["commercial use", "redistribution", "changes"]
ACTS: tuple[Act, ...] = ("commercial use", "redistribution", "changes")


@dataclass(frozen=True, slots=True)
class Licence:
    """What a licence allows; None where its text leaves it open, or nobody here has read it.

    Args:
        commercial: use for gain.
        redistribution: passing it on.
        changes: passing on what was made from it.
        share_alike: what was made from it stays under the same licence.
    """

    commercial: bool | None = None
    redistribution: bool | None = None
    changes: bool | None = None
    share_alike: bool | None = None

    def allows(self, act: Act) -> bool | None:
        """Say whether an act is allowed, or None where that is open.

        >>> Licence(commercial=False).allows("commercial use")
        False
        """
        return {
            "commercial use": self.commercial,
            "redistribution": self.redistribution,
            "changes": self.changes,
        }[act]


FREE = Licence(commercial=True, redistribution=True, changes=True, share_alike=False)
SHARED_ALIKE = Licence(commercial=True, redistribution=True, changes=True, share_alike=True)
NOT_FOR_GAIN = Licence(commercial=False, redistribution=True, changes=True, share_alike=False)
NOTHING = Licence(commercial=False, redistribution=False, changes=False, share_alike=False)
OPEN = Licence()


def _cc(kind: str, licence: Licence) -> dict[str, Licence]:
    versions = ("1.0", "2.0", "2.5", "3.0", "4.0")
    return {f"CC-{kind}-{version}": licence for version in versions}


def _gnu(names: Sequence[str]) -> dict[str, Licence]:
    return {f"{name}{end}": SHARED_ALIKE for name in names for end in ("", "-only", "-or-later")}


KNOWN: dict[str, Licence] = {
    **dict.fromkeys(
        (
            *("0BSD", "AFL-3.0", "Apache-1.1", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause"),
            *("BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0"),
            *("DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "ECL-2.0", "etalab-2.0", "ISC", "MIT", "MIT-0"),
            *("MS-PL", "NCSA", "ODC-By-1.0", "OFL-1.1", "OGL-UK-3.0", "PDDL-1.0", "PostgreSQL"),
            *(
                "LicenseRef-own",
                "PSF-2.0",
                "Python-2.0",
                "Unicode-3.0",
                "Unlicense",
                "UPL-1.0",
                "W3C",
                "X11",
                "Zlib",
            ),
        ),
        FREE,
    ),
    **dict.fromkeys(
        (
            *("CDLA-Sharing-1.0", "CECILL-2.1", "EPL-1.0", "EPL-2.0", "EUPL-1.1", "EUPL-1.2"),
            *("MPL-1.1", "MPL-2.0", "MS-RL", "ODbL-1.0", "OSL-3.0"),
        ),
        SHARED_ALIKE,
    ),
    **_gnu(("GPL-2.0", "GPL-3.0", "LGPL-2.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0", "GFDL-1.3")),
    **_cc("BY", FREE),
    **_cc("BY-SA", SHARED_ALIKE),
    **_cc("BY-ND", Licence(commercial=True, redistribution=True, changes=False, share_alike=False)),
    **_cc("BY-NC", NOT_FOR_GAIN),
    **_cc(
        "BY-NC-SA",
        Licence(commercial=False, redistribution=True, changes=True, share_alike=True),
    ),
    **_cc(
        "BY-NC-ND",
        Licence(commercial=False, redistribution=True, changes=False, share_alike=False),
    ),
    "PolyForm-Noncommercial-1.0.0": NOT_FOR_GAIN,
    "NONE": NOTHING,
    **dict.fromkeys(("BUSL-1.1", "SSPL-1.0", "PolyForm-Small-Business-1.0.0", "NOASSERTION"), OPEN),
}
"""SPDX identifier to what it allows. NONE: nobody gave a licence, so nothing is allowed.

LicenseRef-own is our word for what is the user's own: they may do with it what they like.
"""

LISTED = frozenset(KNOWN) - {"LicenseRef-own", "NONE", "NOASSERTION"}
"""Those that stand on SPDX's own list, and so have a page and a place in its schemas."""

_BY_LOWER = {name.lower(): name for name in KNOWN}
_PIECE = re.compile(r"\s*([()]|[A-Za-z0-9][A-Za-z0-9.:+-]*)")
_OWN = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_WORDS = frozenset(("AND", "OR", "WITH"))
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Expression:
    """A licence expression, read.

    Args:
        text: in one form: known identifiers as SPDX spells them, operators in capitals.
        licence: what it allows as a whole.
        unknown: identifiers in it that nobody here has read.
    """

    text: str
    licence: Licence
    unknown: tuple[str, ...] = ()


def read_licence(text: str) -> Expression:
    """Read an SPDX expression such as "MIT OR (Apache-2.0 AND CC-BY-4.0)".

    Of "A OR B" the freer may be chosen; "A AND B" binds to both. WITH adds permissions only.

    Raises:
        LicenceError: it is no such expression.

    >>> read_licence("cc-by-nc-4.0 or MIT").licence.commercial
    True
    >>> read_licence("MIT AND CC-BY-NC-4.0").licence.commercial
    False
    """
    pieces = _split(text)
    reader = _Reader(text, pieces)
    found = reader.any_of()
    if reader.at < len(pieces):
        raise LicenceError(text, f'"{pieces[reader.at]}" does not belong there')
    return found


def allow(licences: Iterable[Licence], act: Act) -> bool | None:
    """Say whether all of these allow an act: False if one forbids it, None if one leaves it open.

    >>> allow([FREE, OPEN], "changes"), allow([FREE, OPEN, NOTHING], "changes")
    (None, False)
    """
    said = [licence.allows(act) for licence in licences]
    if False in said:
        return False
    return None if None in said else True


def _split(text: str) -> list[str]:
    pieces, at = [], 0
    while at < len(text.rstrip()):
        match = _PIECE.match(text, at)
        if match is None or len(text) > _LONGEST:
            raise LicenceError(text, "it holds something that is no name, AND, OR, WITH or bracket")
        pieces.append(match[1])
        at = match.end()
    return pieces


class _Reader:
    """Reads pieces from left to right: OR binds least, then AND, then WITH."""

    def __init__(self, text: str, pieces: list[str]) -> None:
        self.text, self.pieces, self.at = text, pieces, 0
        self._deep = 0

    def any_of(self) -> Expression:
        parts = self._parts("OR", self._all_of)
        return _join(parts, " OR ", _freer)

    def _all_of(self) -> Expression:
        parts = self._parts("AND", self._one)
        return _join(parts, " AND ", _stricter)

    def _parts(self, word: str, read: _Read) -> list[Expression]:
        parts = [read()]
        while self._next().upper() == word:
            self.at += 1
            parts.append(read())
        return parts

    def _one(self) -> Expression:
        if self._next() == "(":
            return self._bracket()
        found = self._name()
        if self._next().upper() != "WITH":
            return found
        self.at += 1
        exception = self._next()
        if not exception or exception in "()" or exception.upper() in _WORDS:
            raise LicenceError(self.text, "after WITH there is no exception")
        self.at += 1
        return Expression(f"{found.text} WITH {exception}", found.licence, found.unknown)

    def _bracket(self) -> Expression:
        self.at, self._deep = self.at + 1, self._deep + 1
        if self._deep > 20:  # noqa: PLR2004 - nobody writes that by hand, and the reader recurses
            raise LicenceError(self.text, "its brackets nest too deep")
        found = self.any_of()
        if self._next() != ")":
            raise LicenceError(self.text, "a bracket is not closed")
        self.at, self._deep = self.at + 1, self._deep - 1
        return Expression(f"({found.text})", found.licence, found.unknown)

    def _name(self) -> Expression:
        name = self._next()
        if not name or name in "()" or name.upper() in _WORDS:
            raise LicenceError(self.text, "a name is missing")
        self.at += 1
        plain, later = name.rstrip("+"), "+" if name.endswith("+") else ""
        known = _BY_LOWER.get(plain.lower())
        if known is not None:
            return Expression(known + later, KNOWN[known])
        if _OWN.fullmatch(plain):
            return Expression(name, OPEN)
        near = get_close_matches(plain, KNOWN, n=1, cutoff=0.8)
        return Expression(name, OPEN, (f"{plain} (did you mean {near[0]}?)" if near else plain,))

    def _next(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""


def _join(parts: list[Expression], word: str, weigh: _Weigh) -> Expression:
    if len(parts) == 1:
        return parts[0]
    licence = Licence(
        *(
            weigh([getattr(part.licence, name) for part in parts], name)
            for name in ("commercial", "redistribution", "changes", "share_alike")
        )
    )
    unknown = tuple(name for part in parts for name in part.unknown)
    return Expression(word.join(part.text for part in parts), licence, unknown)


def _freer(said: list[bool | None], name: str) -> bool | None:
    # To be bound to share alike is the burden, so there the better of two is False.
    good = name != "share_alike"
    return good if good in said else None if None in said else not good


def _stricter(said: list[bool | None], name: str) -> bool | None:
    bad = name == "share_alike"
    return bad if bad in said else None if None in said else not bad
