"""JSON read with limits, and written in one form only."""

from __future__ import annotations

import json
import math
import re

import numpy as np

from lissom.bundle.limits import JSON_VALUES
from lissom.bundle.malformed import Malformed

# A string that never ends matches too: else every quote in it would be tried in turn, which takes
# quadratic time on a hostile file.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_PIECE_BYTES = 1 << 20
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_VALUES = bytes.maketrans(b"[{", b",,")
"""A value stands at the very start, after every comma, and after every bracket that opens."""


def canonical(tree: object) -> bytes:
    r"""Return the only bytes that stand for this JSON value.

    Keys sorted by code point, no space between tokens, UTF-8, nothing escaped but what JSON
    demands, one line feed at the end. For whole numbers and ASCII keys, which is all we have, this
    is RFC 8785 and a line feed.

    >>> canonical({"b": 1, "a": "é"})
    b'{"a":"\xc3\xa9","b":1}\n'
    """
    text = json.dumps(
        tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode() + b"\n"


def parse(raw: bytes, *, max_depth: int) -> object:
    """Read JSON strictly: UTF-8, no key twice, no NaN, no infinity, no deeper than `max_depth`.

    Raises:
        Malformed: it is not that.

    >>> parse(b'{"a": [1]}', max_depth=2)
    {'a': [1]}
    """
    # Counted first: the parser recurses, and must not be led deeper than this; and an empty list,
    # which is 3 bytes here, is 64 in memory.
    deepest, values = measure(raw)
    if deepest > max_depth:
        message = f"nested deeper than {max_depth} levels"
        raise Malformed(message)
    if values > JSON_VALUES:
        message = f"more than {JSON_VALUES} values"
        raise Malformed(message)
    try:
        tree: object = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except Malformed:
        raise
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start})"
        raise Malformed(message) from error
    except ValueError as error:
        message = f"not JSON ({error})"
        raise Malformed(message) from error
    if b"\\ud" in raw.lower():
        _refuse_halves(tree)
    return tree


def measure(raw: bytes) -> tuple[int, int]:
    """Return how deep brackets nest outside strings, and the most values that there can be.

    Neither is ever too little for valid JSON.

    >>> measure(b'{"[[[": [1, 2]}')
    (2, 4)
    """
    # Piece by piece: all at once would take many times the memory of the file itself.
    bare = memoryview(_STRING.sub(b"", raw))
    deepest = level = values = 0
    for start in range(0, len(bare), _PIECE_BYTES):
        steps = _STEPS[np.frombuffer(bare[start : start + _PIECE_BYTES], np.uint8)]
        levels = np.cumsum(steps, dtype=np.int32)
        deepest = max(deepest, level + int(levels.max(initial=0)))
        level += int(levels[-1])
        values += bytes(bare[start : start + _PIECE_BYTES]).translate(_VALUES).count(b",")
    return deepest, values + 1


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                message = f'the key "{key}" stands twice'
                raise Malformed(message)
            seen.add(key)
    return found


def _refuse_halves(tree: object) -> None:
    """Refuse an escaped half of a character, which JSON lets pass and UTF-8 cannot write."""
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        message = "a text in it holds half a character"
        raise Malformed(message) from error


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        message = f"{digits[:20]} is too large for a number"
        raise Malformed(message)
    return found


def _refuse_constant(name: str) -> object:
    message = f"{name} is not a JSON number"
    raise Malformed(message)
