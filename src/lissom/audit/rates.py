"""How often each kind of finding was wrong when it was measured.

The figures stand in rates.json, which `make bench-audit` writes from what it measured: rows with a
known fault were planted among rows that were known to be clean, and what was named besides them
was counted. They speak of those rows; on yours the rate may be another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a kind of finding is wrong.

    Args:
        value: share of the rows named that were named wrongly, in [0, 1]; None if not measured.
        basis: on how many rows, and how.
    """

    value: float | None
    basis: str


_NOT_MEASURED = Rate(None, "not measured")
_BY_DEFINITION = Rate(0.0, "a count of your rows: it cannot be wrong")

COUNTED = frozenset({"label.imbalance", "label.rare", "text.blank", "text.long"})
"""Kinds that only count what is there."""


def _read() -> dict[str, Rate]:
    raw = files("lissom.audit").joinpath("rates.json").read_text(encoding="utf-8")
    return {kind: Rate(one["value"], one["basis"]) for kind, one in json.loads(raw).items()}


KNOWN = _read()


def known_rate(kind: str) -> Rate:
    """Return the measured rate of a kind, or the reason why there is none.

    >>> known_rate("text.blank").value, known_rate("nothing.like.it").basis
    (0.0, 'not measured')
    """
    if kind in COUNTED:
        return _BY_DEFINITION
    return KNOWN.get(kind, _NOT_MEASURED)
