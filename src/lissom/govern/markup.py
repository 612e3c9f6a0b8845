"""HTML that cannot be broken by what a user wrote.

Only `text`, `user` and `tag` make `Markup`, so the type checker finds a string that nobody escaped.
"""

from __future__ import annotations

import html
import unicodedata
from typing import NewType

Markup = NewType("Markup", str)

_VOID = frozenset({"meta", "br", "hr", "col"})
_KEPT_CONTROLS = frozenset("\n\t")
# Cc control, Cf invisible format (bidi and zero width), Cs half of a pair, Co private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
# Joiners that emoji and several scripts need; they hide nothing in a box of their own.
_JOINERS = frozenset("\u200c\u200d")


def clean(raw: str) -> str:
    r"""Return text whose invisible and direction-changing characters can be seen.

    >>> clean("pay\u202eload\x00")
    'pay[U+202E]load[U+0000]'
    """
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(
        f"[U+{ord(sign):04X}]" if _is_unseen(sign) else sign for sign in raw.replace("\u2028", "\n")
    )


def text(raw: str) -> Markup:
    """Return any text as HTML that shows exactly it.

    >>> text('<b> & "you"')
    '&lt;b&gt; &amp; &quot;you&quot;'
    """
    return Markup(html.escape(clean(raw)))


def user(raw: str) -> Markup:
    """Return what a user wrote, kept from turning the direction of the words around it.

    >>> user("<script>")
    '<bdi>&lt;script&gt;</bdi>'
    """
    return tag("bdi", text(raw if raw.strip() else "(blank)"))


def tag(element: str, *children: Markup, **attributes: str) -> Markup:
    """Return one element; attribute values are escaped, a trailing "_" in a name is dropped.

    >>> tag("a", text("up"), href='"#', class_="x")
    '<a href="&quot;#" class="x">up</a>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in attributes.items()
    )
    if element in _VOID:
        return Markup(f"<{element}{given}>")
    return Markup(f"<{element}{given}>{''.join(children)}</{element}>")


def join(*parts: Markup) -> Markup:
    """Return the parts one after the other."""
    return Markup("".join(parts))


def _is_unseen(sign: str) -> bool:
    if sign in _KEPT_CONTROLS or sign in _JOINERS:
        return False
    return unicodedata.category(sign) in _UNSEEN
