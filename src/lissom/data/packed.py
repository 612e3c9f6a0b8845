"""Normalised texts end to end in one array, and the pieces that they are made of.

A million texts of fifteen words are 90 MB here; Python's own strings would take twice as much. In a
file they take no memory at all, since only the part that is looked at is read.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from lissom.data.normal import normalise_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    Texts = Sequence[str] | pl.Series

GRAM = 4
MIN_WORDS = 4
MIN_CHARS = 20
_BATCH = 16_384
_ASCII = 128


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Normalised texts.

    Args:
        raw: the UTF-8 bytes of all texts, each with a blank before and after it; may be a file.
        starts: (texts + 1,) where each begins in `raw`.
        digests: (texts,) 64-bit digest of each; equal texts have equal ones, and two different
            texts of a million share one by accident once in 30 million files.
        is_blank: (texts,) nothing is left of it.
        is_long: (texts,) long enough to be compared with texts that are not equal.
    """

    raw: NDArray[np.uint8]
    starts: NDArray[np.int64]
    digests: NDArray[np.uint64]
    is_blank: NDArray[np.bool_]
    is_long: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.digests)


def batches_of(texts: Texts, size: int = _BATCH) -> Iterator[list[str]]:
    """Give texts as lists of at most `size`; a column is never a list as a whole.

    >>> [len(batch) for batch in batches_of(["a", "b", "c"], 2)]
    [2, 1]
    """
    for start in range(0, len(texts), size):
        part = texts[start : start + size]
        yield list(part) if isinstance(part, list | tuple) else _cells(part)


def _cells(part: Sequence[str] | pl.Series) -> list[str]:
    return [cell or "" for cell in part]


def pack(*parts: Texts, folder: Path | None = None) -> Packed:
    """Normalise texts and put them end to end.

    Args:
        parts: lists or columns, one after the other; a column may hold nulls, which count as "".
        folder: where a temporary file may hold the bytes; None keeps them in memory. The file has
            no name and goes when nothing refers to it any longer.

    >>> packed = pack(["Where is it?"], ["where is IT", " "])
    >>> bytes(packed.raw), packed.is_blank.tolist(), bool(packed.digests[0] == packed.digests[1])
    (b' where is it  where is it   ', [False, False, True], True)
    """
    total = sum(map(len, parts))
    lengths = np.zeros(total + 1, np.int64)
    digests = np.zeros(total, np.uint64)
    is_long = np.zeros(total, np.bool_)
    done = 0
    put = io.BytesIO() if folder is None else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `_view`
    for batch in (batch for texts in parts for batch in batches_of(texts)):
        keys = normalise_all(batch)
        part = slice(done, done + len(keys))
        digests[part] = np.frombuffer(
            b"".join([hashlib.blake2b(key, digest_size=8).digest() for key in keys]), np.uint64
        )
        is_long[part] = [_is_long(key) for key in keys]
        lengths[1:][part] = np.fromiter(map(len, keys), np.int64, len(keys)) + 2
        put.write(b"".join([b" %b " % key for key in keys]))
        done += len(keys)
    raw = _view(put)
    return Packed(raw, np.cumsum(lengths), digests, lengths[1:] == 2, is_long)  # noqa: PLR2004 - the two blanks


def _view(written: IO[bytes]) -> NDArray[np.uint8]:
    """Return what was written as an array; a file is closed, and read where it is looked at."""
    if isinstance(written, io.BytesIO):
        return np.frombuffer(written.getvalue(), np.uint8)
    with written:
        written.flush()
        size = written.tell()
        # There is no map of nothing.
        return np.memmap(written, np.uint8, "r", shape=(size,)) if size else np.zeros(0, np.uint8)


def _is_long(key: bytes) -> bool:
    if key.count(b" ") < MIN_WORDS - 1 or len(key) < MIN_CHARS:
        return False
    return key.isascii() or len(key.decode()) >= MIN_CHARS


def gram_hashes(
    packed: Packed, rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the hashed 4-character pieces of some texts end to end, repeats and all.

    Args:
        packed: the texts.
        rows: which ones; each must have at least 2 characters.

    Returns:
        The hashes, and (rows + 1,) where those of each text begin.

    >>> hashes, starts = gram_hashes(pack(["abc"]), np.array([0]))
    >>> len(hashes), starts.tolist()
    (2, [0, 2])
    """
    sizes = packed.starts[rows + 1] - packed.starts[rows]
    ends = np.cumsum(sizes)
    whole = int(ends[-1]) if len(rows) else 0
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        taken = np.asarray(packed.raw[packed.starts[rows[0]] : packed.starts[rows[-1] + 1]])
    else:
        inside = np.arange(whole) - np.repeat(ends - sizes, sizes)
        taken = packed.raw[np.repeat(packed.starts[rows], sizes) + inside]
    if not whole or taken.max() < _ASCII:
        codes = taken.astype(np.uint32)
    else:
        # Pieces are of characters, not of bytes, so that no alphabet is cut shorter than another.
        is_first = (taken & 0xC0) != 0x80  # noqa: PLR2004 - how UTF-8 marks the bytes that follow
        ends = np.cumsum(is_first)[ends - 1]
        codes = np.frombuffer(taken.tobytes().decode().encode("utf-32-le"), np.uint32)
    return _hash(codes, ends)


def _hash(
    codes: NDArray[np.uint32], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    count = max(len(codes) - GRAM + 1, 0)
    mixed = np.zeros(count, np.uint32)
    for offset in range(GRAM):
        # Four codes of 21 bits do not fit into 32; the multiplier is Knuth's, the mixing below it
        # brings the high bits down.
        mixed *= np.uint32(0x9E3779B1)
        mixed += codes[offset : offset + count]
        mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x85EBCA77)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE3D)
    mixed ^= mixed >> np.uint32(16)
    keep = np.ones(count, np.bool_)
    # A piece that begins among the last three characters of a text runs over into the next.
    for back in range(1, GRAM):
        last = ends - back
        keep[last[(last >= 0) & (last < count)]] = False
    starts = np.zeros(len(ends) + 1, np.int64)
    sizes = np.diff(ends, prepend=0)
    np.cumsum(np.maximum(sizes - GRAM + 1, 0), out=starts[1:])
    return mixed[keep], starts


def distinct_grams(
    packed: Packed, rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return each text's different pieces, sorted; the position in `rows` is in the upper half.

    >>> keys, starts = distinct_grams(pack(["aaaaaaa"]), np.array([0]))
    >>> len(keys), starts.tolist()
    (3, [0, 3])
    """
    hashes, starts = gram_hashes(packed, rows)
    owner = np.repeat(np.arange(len(rows), dtype=np.uint64), np.diff(starts))
    keys = (owner << np.uint64(32)) | hashes
    keys.sort()
    keys = keys[np.r_[True, keys[1:] != keys[:-1]]] if len(keys) else keys
    bounds = np.arange(len(rows) + 1, dtype=np.uint64) << np.uint64(32)
    return keys, np.searchsorted(keys, bounds).astype(np.int64)
