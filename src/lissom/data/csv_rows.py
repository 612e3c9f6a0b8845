"""Records of a CSV file, as RFC 4180 has them, that never lose a line.

Ours rather than a library's because of what must happen when a file is not quite CSV: a quote
that is never closed may cost one row, not the rest of the file, and each row that is lost has to
be named by its line. Readers that we tried either stop, pad, or swallow.

Source: RFC 4180 (2005), section 2.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RECORD_LIMIT = 64 << 20
_FAR_END_LINES = 100
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file.

    Args:
        line: 1-based line it begins on.
        cells: its cells; for a damaged record, its first line cut at every delimiter.
        chars: characters it takes in the file.
        trouble: what is wrong with its quotes, or "".
        is_blank: the line is empty.
    """

    line: int
    cells: list[str]
    chars: int
    trouble: str = ""
    is_blank: bool = False


class _Lines:
    """Lines that can be put back, with the number of the one that was taken last."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        line = self._back.popleft() if self._back else next(self._lines, None)
        self.number += line is not None
        return line

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def records(lines: Iterable[str], delimiter: str | None) -> Iterator[Record]:
    r"""Cut lines into records.

    Quoted cells may hold delimiters, line breaks and doubled quotes. A record whose quotes do
    not add up is given back as its first line alone, with `trouble` set; reading goes on at the
    next line. For the next hundred lines, or until its far end is found, a stray quote counts as
    trouble too.

    Args:
        lines: text lines with their ends.
        delimiter: one character; None when the file has a single column, so that a comma in a
            text is a comma.

    >>> [r.cells for r in records(['a,b\n', '"x, ""y""\n', 'z",1\n'], ",")]
    [['a', 'b'], ['x, "y"\nz', '1']]
    """
    source = _Lines(lines)
    doubtful_until = 0
    while (first := source.take()) is not None:
        line = source.number
        if '"' not in first:
            yield _plain(first, delimiter, line)
            continue
        cells, taken, trouble = _quoted(first, delimiter, source)
        is_far_end = not trouble and line <= doubtful_until and _has_stray_quote(first, delimiter)
        if is_far_end:
            trouble = "it follows a row with a damaged quote and holds a stray quote"
        if trouble and delimiter is None:
            # One column: nothing to tell apart, so the line as it stands is the text.
            source.put_back(taken[1:])
            yield _plain(first, delimiter, line)
        elif trouble:
            if first.count('"') % 2:
                # An odd quote opens a damaged cell, or is the far end of one.
                doubtful_until = line if is_far_end else line + _FAR_END_LINES
            source.put_back(taken[1:])
            plain = _plain(first, delimiter, line)
            yield Record(line, plain.cells, plain.chars, trouble)
        else:
            yield Record(line, cells, sum(map(len, taken)))


def sniff(lines: list[str]) -> str | None:
    r"""Return the delimiter: the one in the header that most first rows agree with.

    None means a single column. Ties go to the one that makes more columns, then to the comma.

    >>> sniff(["text;label\n", "well, yes;a\n"]), sniff(["text\n", "well, yes\n"])
    (';', None)
    """
    best: tuple[float, int] = (0.0, 1)
    chosen = None
    for delimiter in _DELIMITERS:
        # The last record may be cut off by the end of the sample.
        found = [
            len(r.cells) for r in records(lines, delimiter) if not r.trouble and not r.is_blank
        ]
        if not found or found[0] == 1:
            continue
        score = (Counter(found)[found[0]] / len(found), found[0])
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _plain(first: str, delimiter: str | None, line: int) -> Record:
    text = first.rstrip("\r\n")
    cells = [text] if delimiter is None else text.split(delimiter)
    return Record(line, cells, len(first), is_blank=not text)


def _quoted(first: str, delimiter: str | None, source: _Lines) -> tuple[list[str], list[str], str]:
    """Return (cells, lines taken, trouble) of a record with at least one quote in it."""
    cells: list[str] = []
    taken = [first]
    text, at = first, 0
    while True:
        if not text.startswith('"', at):
            end = text.find(delimiter, at) if delimiter else -1
            if end < 0:
                cells.append(text[at:].rstrip("\r\n"))
                return cells, taken, ""
            cells.append(text[at:end])
            at = end + 1
            continue
        cell, at, is_closed = _cell(text, at + 1, source, taken)
        text = taken[-1]
        if not is_closed:
            return cells, taken, "a quote is opened here and never closed"
        cells.append(cell)
        if delimiter and text.startswith(delimiter, at):
            at += 1
        elif text[at : at + 3].strip("\r\n"):
            return cells, taken, "a quote inside a quoted cell is not doubled"
        else:
            return cells, taken, ""


def _cell(text: str, at: int, source: _Lines, taken: list[str]) -> tuple[str, int, bool]:
    """Read a quoted cell from after its quote; return (cell, position after it, is closed)."""
    pieces: list[str] = []
    size = 0
    while True:
        end = text.find('"', at)
        if end >= 0 and not text.startswith('""', end):
            pieces.append(text[at:end])
            return "".join(pieces), end + 1, True
        if end >= 0:
            pieces.append(text[at : end + 1])
            at = end + 2
            continue
        pieces.append(text[at:])
        size += len(text)
        following = source.take() if size < RECORD_LIMIT else None
        if following is None:
            return "", at, False
        taken.append(following)
        text, at = following, 0


def _has_stray_quote(first: str, delimiter: str | None) -> bool:
    """Say whether a cell that begins without a quote holds one."""
    cells = first.split(delimiter) if delimiter else [first]
    return any('"' in cell and not cell.startswith('"') for cell in cells)


def column_names(cells: list[str]) -> tuple[list[str], list[str]]:
    """Return (names, notes): every column gets a name of its own.

    >>> names, notes = column_names(["text", "", "text"])
    >>> names, notes[0]
    (['text', 'column_2', 'text_2'], 'Two columns are called "text"; one is "text_2" here.')
    """
    names: list[str] = []
    notes: list[str] = []
    for position, cell in enumerate(cells, 1):
        wanted = name = cell.strip() or f"column_{position}"
        copies = 1
        while name in names or (copies > 1 and name in cells):
            copies += 1
            name = f"{wanted}_{copies}"
        if copies > 1:
            notes.append(f'Two columns are called "{wanted}"; one is "{name}" here.')
        names.append(name)
    return names, notes
