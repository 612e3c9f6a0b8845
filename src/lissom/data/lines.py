"""Bytes into lines of text: which encoding, and what to say where it is not one encoding."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from lissom.errors import TooLongLineError

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_LIMIT_MIB = 64
_MOST = LINE_LIMIT_MIB << 20
_SAMPLE = 1 << 16

# What browsers read as windows-1252: cp1252, and the five bytes it leaves out as themselves.
_CP1252 = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)
}


@dataclass(slots=True)
class Encoding:
    """What was learned about the bytes while they were read.

    Args:
        name: the encoding the start of the file shows.
        wide: lines with a character beyond ASCII that are good UTF-8.
        mended: 1-based lines that are not UTF-8 and were read as cp1252.
    """

    name: str = "utf-8"
    wide: int = 0
    mended: list[int] = field(default_factory=list)

    def note(self) -> str:
        """Return a sentence about lines that were read in another way, or ""."""
        if not self.mended:
            return ""
        count, first = len(self.mended), self.mended[0]
        if not self.wide:
            return "The file is not UTF-8; it was read as cp1252 (Western European Windows)."
        return (
            f"The file mixes encodings: {count} lines (the first is line {first}) are not UTF-8 "
            "and were read as cp1252. Check their accents."
        )


def read_lines(raw: IO[bytes], name: str, seen: Encoding) -> Iterator[str]:
    r"""Give a file's lines with their line ends, in constant memory.

    A byte order mark decides; then every second byte being NUL means UTF-16; else each line is
    UTF-8, or cp1252 where it is not: real cp1252 almost never forms valid UTF-8 by chance, so a
    file in two encodings comes out right as well.

    Args:
        raw: an open binary file at its start.
        name: the file, for the error.
        seen: filled in while the lines are read.

    Raises:
        TooLongLineError: a line over 64 MiB.

    >>> seen = Encoding()
    >>> list(read_lines(io.BytesIO(b"text\ncaf\xe9\n"), "demo.csv", seen)), seen.mended
    (['text\n', 'café\n'], [2])
    """
    head = raw.read(_SAMPLE)
    wide = _wide_encoding(head)
    if wide:
        seen.name = wide
        end = "\n" if b"\n" in head else "\r"
        yield from _wide_lines(io.BufferedReader(_Joined(head, raw)), wide, name, end)
        return
    mark = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
    head = head.removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(_cut(head, raw, mark, name), 1):
        try:
            text_line = line.decode()
        except UnicodeDecodeError:
            seen.mended.append(number)
            text_line = line.decode("latin-1").translate(_CP1252)
        else:
            seen.wide += not line.isascii()
        yield text_line


def _wide_lines(raw: IO[bytes], codec: str, name: str, end: str) -> Iterator[str]:
    text = io.TextIOWrapper(raw, codec, "replace", end)
    for number, line in enumerate(iter(lambda: text.readline(_MOST), ""), 1):
        _check(line, end, name, number)
        yield line.removeprefix("\ufeff") if number == 1 else line


def _cut(head: bytes, raw: IO[bytes], end: bytes, name: str) -> Iterator[bytes]:
    """Give lines of bytes; only old Macintosh files end a line with a carriage return alone."""
    whole = io.BufferedReader(_Joined(head, raw), _SAMPLE)
    if end == b"\n":
        for number, line in enumerate(iter(lambda: whole.readline(_MOST), b""), 1):
            _check(line, end, name, number)
            yield line
        return
    rest = b""
    for piece in iter(lambda: whole.read(_SAMPLE), b""):
        *lines, rest = (rest + piece).split(end)
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest


def _check(line: str | bytes, end: str | bytes, name: str, number: int) -> None:
    if len(line) >= _MOST and line[-1:] != end:
        raise TooLongLineError(name, number, LINE_LIMIT_MIB)


def _wide_encoding(head: bytes) -> str:
    """Return the UTF-16 or UTF-32 codec that the start of a file shows, or ""."""
    for mark, codec in ((b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be")):
        if head.startswith(mark):
            return codec
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return codec
    # Latin text in UTF-16 without a mark has a NUL in nearly every second byte.
    sample = head[:2048]
    for start, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[start::2]
        if len(half) >= 8 and half.count(0) > 0.8 * len(half):  # noqa: PLR2004 - see above
            return codec
    return ""


class _Joined(io.RawIOBase):
    """The start of a file that was already read, then the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # io passes any writable buffer
        piece = self._head.read(len(view)) or self._rest.read(len(view))
        view[: len(piece)] = piece
        return len(piece)
