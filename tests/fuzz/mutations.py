"""Changes to files that know their form, so that what is changed is still read far enough.

Bytes changed at random rarely get past the first check of a JSON, a protobuf or a safetensors file.
These changes keep the form and lie about the content: sizes, kinds, names, nesting, repeats.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Change = Callable[[bytes, random.Random], bytes]

ODD_VALUES = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 1e308, -0.0, 0.5),
    *("", "a", "\x00", "\u202e", "é", "a" * 300, "../../x", "model.onnx", "1.0", "9.9"),
    *([], {}, [[]], {"": {}}, ["a", "a"]),
)
ODD_TEXTS = (b"1e999", b"NaN", b'"\\ud800"', b"-", b"[" * 70, b'{"a":1,"a":2}', b"0" * 50)
ODD_NUMBERS = (0, 1, 7, 14, 127, 128, 255, 2**16, 2**31, 2**32, 2**63, 2**64 - 1)
_VARINT, _BYTES = 0, 2


def change_bytes(raw: bytes, chance: random.Random) -> bytes:
    """Flip, cut, repeat or put in bytes anywhere."""
    at = chance.randrange(len(raw) + 1)
    to = min(len(raw), at + chance.choice((0, 1, 2, 4, 8, 64)))
    new = chance.choice(
        (
            b"",
            raw[at:to] * 2,
            chance.randbytes(to - at or 1),
            chance.choice(ODD_TEXTS),
            chance.choice(ODD_NUMBERS).to_bytes(8, "little"),
        )
    )
    return raw[:at] + new + raw[to:]


def change_json(raw: bytes, chance: random.Random) -> bytes:
    """Change one value of a JSON tree, or its bytes where it is none."""
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        return change_bytes(raw, chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        tree = _change_tree(tree, chance)
    changed = json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return change_bytes(changed, chance) if chance.random() < 0.1 else changed


def change_protobuf(raw: bytes, chance: random.Random) -> bytes:
    """Change, drop, repeat, renumber or nest one field of a message, at any depth."""
    fields = read_fields(raw)
    if not fields:
        return change_bytes(raw, chance)
    at = chance.randrange(len(fields))
    number, value = fields[at]
    if isinstance(value, bytes) and read_fields(value) and chance.random() < 0.7:
        fields[at] = (number, change_protobuf(value, chance))
        return write_fields(fields)
    match chance.randrange(6):
        case 0:
            del fields[at]
        case 1:
            fields.insert(chance.randrange(len(fields) + 1), fields[at])
        case 2:
            fields[at] = (chance.choice((*range(1, 27), 99)), value)
        case 3:
            fields[at] = (number, chance.choice(ODD_NUMBERS))
        case 4 if isinstance(value, bytes):
            fields[at] = (number, change_bytes(value, chance))
        case _:
            fields[at] = (number, write_fields([(number, value)]))
    return write_fields(fields)


def change_tensors(raw: bytes, chance: random.Random) -> bytes:
    """Change the header of a safetensors file, its stated length, or its numbers."""
    size = int.from_bytes(raw[:8], "little")
    if chance.random() < 0.1 or size > len(raw) - 8:
        return change_bytes(raw, chance)
    header = change_json(raw[8 : 8 + size], chance)
    stated = chance.choice(ODD_NUMBERS) if chance.random() < 0.1 else len(header)
    rest = raw[8 + size :]
    if chance.random() < 0.3:
        rest = change_bytes(rest, chance)
    return min(stated, 2**64 - 1).to_bytes(8, "little") + header + rest


def change_lines(raw: bytes, chance: random.Random) -> bytes:
    """Drop, repeat, swap or change a line of a text."""
    lines = raw.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            lines[at] = change_bytes(lines[at], chance)
    return b"\n".join(lines)


def read_fields(raw: bytes) -> list[tuple[int, bytes | int]]:
    """Return the fields of a message, or nothing where it is none."""
    fields: list[tuple[int, bytes | int]] = []
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        if key & 7 == _VARINT:
            value, at = _varint(raw, at)
            fields.append((key >> 3, value))
        elif key & 7 == _BYTES:
            size, at = _varint(raw, at)
            if at + size > len(raw):
                return []
            fields.append((key >> 3, raw[at : at + size]))
            at += size
        else:
            return []
    return fields


def write_fields(fields: list[tuple[int, bytes | int]]) -> bytes:
    out = bytearray()
    for number, value in fields:
        if isinstance(value, int):
            out += _written(number << 3) + _written(value)
        else:
            out += _written(number << 3 | _BYTES) + _written(len(value)) + value
    return bytes(out)


def _change_tree(tree: object, chance: random.Random) -> object:
    """Return the tree with one place in it changed."""
    if chance.random() < 0.85:
        if isinstance(tree, dict) and tree:
            return _change_object(dict(tree), chance)
        if isinstance(tree, list) and tree:
            return _change_list(list(tree), chance)
    return [tree] if chance.random() < 0.1 else chance.choice(ODD_VALUES)


def _change_object(found: dict[str, object], chance: random.Random) -> dict[str, object]:
    key = chance.choice(list(found))
    match chance.randrange(8):
        case 0:
            del found[key]
        case 1:
            found[chance.choice(("", "a", key + "x", "type", "\x00"))] = found.pop(key)
        case 2:
            found["run"] = chance.choice(ODD_VALUES)
        case _:
            found[key] = _change_tree(found[key], chance)
    return found


def _change_list(found: list[object], chance: random.Random) -> list[object]:
    at = chance.randrange(len(found))
    match chance.randrange(5):
        case 0:
            del found[at]
        case 1:
            found *= chance.choice((2, 3, 30))
        case _:
            found[at] = _change_tree(found[at], chance)
    return found


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    found = 0
    for i in range(10):
        if at + i >= len(raw):
            break
        found |= (raw[at + i] & 0x7F) << (7 * i)
        if raw[at + i] < 0x80:
            return found, at + i + 1
    return 7, len(raw) + 1  # a wire type that is none: read_fields gives up


def _written(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
