"""Markdown that shows exactly what it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lissom.govern.markup import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]|<>~$&]|^[-+#=](?!\w))")


def plain(raw: str) -> str:
    r"""Return any text as Markdown that shows exactly it, on one line.

    >>> plain("<b> | [x](y)\nz")
    '\\<b\\> \\| \\[x\\](y) z'
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(clean(raw).split())) or "(blank)"


def unescape(shown: str) -> str:
    r"""Return what `plain` was given, for a place that is no Markdown.

    >>> unescape(plain("a_b"))
    'a_b'
    """
    return re.sub(r"\\(.)", r"\1", shown)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: str = "") -> str:
    """Return a table; cells are Markdown already.

    Args:
        head: one heading for each column.
        rows: cells.
        numbers: one letter for each column: "n" sets it to the right.

    >>> table(("A", "B"), [("x", "1")], " n").splitlines()[1]
    '|---|---:|'
    """
    kinds = numbers.ljust(len(head))
    line = "|".join("---:" if kind == "n" else "---" for kind in kinds)
    body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((f"| {' | '.join(head)} |", f"|{line}|", *body))


def bullets(lines: Sequence[str]) -> str:
    r"""Return a list of lines, which are Markdown already.

    >>> bullets(("a", "b"))
    '- a\n- b'
    """
    return "\n".join(f"- {line}" for line in lines)
