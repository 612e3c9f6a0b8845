"""How an error shows what it was given: short, on one line, and the nearest known name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


REFUSED = "It will not be opened. Fetch it again, or build it again."


def short(value: str, limit: int = 60) -> str:
    """Return the value, cut where it is longer than `limit` characters."""
    return value if len(value) <= limit else value[: limit - 3] + "..."


def one_line(text: str, limit: int = 300) -> str:
    """Return words of any language without what could drive a terminal, and not long."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return short(plain, limit)


def did_you_mean(value: str, known: Sequence[str]) -> str:
    """Return a question that names the nearest known value, or nothing."""
    near = get_close_matches(value, known, n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def shown(name: str, limit: int = 80) -> str:
    r"""Return a name from a stranger so that it can be printed: ASCII, no control codes, not long.

    >>> shown("model\x1b[2J.onnx")
    'model\\x1b[2J.onnx'
    """
    plain = name.encode("ascii", "backslashreplace").decode()
    plain = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in plain)
    return plain if len(plain) <= limit else plain[: limit - 3] + "..."
