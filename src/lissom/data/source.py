"""Where rows come from: a path, an address; opened, unpacked, and its format named."""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from lissom.data.fetch import fetch, is_address
from lissom.errors import DamagedSourceError, SourceMissingError, UnknownFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

Format = Literal["csv", "jsonl", "parquet", "excel"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xls": "excel",
    ".xlsb": "excel",
    ".ods": "excel",
}
KNOWN_ENDINGS = (*FORMATS, ".csv.gz", ".tsv.gz", ".jsonl.gz")


@dataclass(frozen=True, slots=True)
class Place:
    """One file to read.

    Args:
        name: as the user would say it ("inbox.csv").
        where: a path, or an http(s) address.
        format: what its ending says.
    """

    name: str
    where: str
    format: Format


def find_places(source: str | Path) -> list[Place]:
    """Return the files that a path, folder or address stands for, in order of their names.

    Hidden files and files of other kinds in a folder are left alone.

    Raises:
        SourceMissingError: nothing is there.
        UnknownFormatError: the ending says nothing we know.
    """
    text = str(source)
    if is_address(text):
        name = urlsplit(text).path.rsplit("/", 1)[-1] or text
        return [Place(name, text, _format(name))]
    path = Path(text)
    if path.is_dir():
        inside = [p for p in sorted(path.iterdir()) if p.is_file() and _is_known(p.name)]
        if not inside:
            raise SourceMissingError(text)
        return [Place(f"{path.name}/{p.name}", str(p), _format(p.name)) for p in inside]
    if not path.is_file():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SourceMissingError(text, beside)
    return [Place(path.name, text, _format(path.name))]


@contextmanager
def open_place(place: Place) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, unpacked if it is gzip, whatever its ending says.

    Raises:
        DamagedSourceError: the packed file breaks off or is damaged; also while it is read.
        FetchError: see `fetch`.
        SourceMissingError: the file may not be read.
    """
    try:
        with fetch(place.where) if is_address(place.where) else Path(place.where).open("rb") as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if is_packed:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield raw
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DamagedSourceError(place.name, f"the packed file is damaged ({error})") from error
    except PermissionError as error:
        raise SourceMissingError(place.where) from error


def _format(name: str) -> Format:
    stem = name.lower().removesuffix(".gz")
    ending = "." + stem.rsplit(".", 1)[-1] if "." in stem else ""
    if ending not in FORMATS:
        raise UnknownFormatError(name, ending, KNOWN_ENDINGS)
    return FORMATS[ending]


def _is_known(name: str) -> bool:
    stem = name.lower().removesuffix(".gz")
    return not name.startswith(".") and stem.endswith(tuple(FORMATS))
