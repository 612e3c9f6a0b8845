"""The classes as their owner describes them: a list on the command line, or a small file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lissom.data.lines import Encoding, read_lines
from lissom.data.loaded import load
from lissom.data.source import Place, find_places, open_place
from lissom.errors import ClassListError, SourceMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

_NAME_COLUMNS = ("name", "class", "label", "category", "intent", "klasse", "clase")
_DESCRIPTION_COLUMNS = ("description", "meaning", "definition", "beschreibung", "descripcion")
_EXAMPLE = "example"
_BETWEEN_EXAMPLES = re.compile(r"\s*[|\n]\s*")
_MOST_NAMED = 5
_LONGEST_NAME = 200
"""Longer is a sentence that stands where a name should."""


@dataclass(frozen=True, slots=True)
class Described:
    """One class in the words of whoever knows it.

    Args:
        name: the label.
        description: what belongs in it; may be "".
        examples: texts that its owner would put in it; they are words about the class, not rows,
            so nothing is ever measured on them.
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()


def read_classes(source: str | Path | Sequence[str]) -> tuple[Described, ...]:
    """Read a list of classes.

    Args:
        source: names in a list; or names with commas between them ("refund, praise"); or the path
            of a file: a table (CSV, TSV, JSON lines, Parquet, a workbook) with a column `name`
            and, if wanted, `description` and `example...`; a .txt file with one class on each
            line, its description after a colon; a .toml file with `name = "description"` lines or
            a `[name]` section with `description` and `examples`.

    Returns:
        The classes in the order in which they stand there, each once.

    Raises:
        ClassListError: a name is missing, blank, far too long, or stands twice.
        SourceMissingError: it looks like a path and nothing is there.

    >>> [one.name for one in read_classes("late parcel, refund,praise")]
    ['late parcel', 'refund', 'praise']
    """
    if not isinstance(source, str | Path):
        return _checked("the list of classes", [Described(str(name).strip()) for name in source])
    path = Path(source)
    if not _is_file(path):
        text = str(source)
        if isinstance(source, Path) or ("," not in text and _looks_like_a_path(text)):
            beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
            raise SourceMissingError(text, beside)
        return _checked(
            "the list of classes", [Described(part.strip()) for part in text.split(",")]
        )
    plain = path.name.lower().removesuffix(".gz")
    if plain.endswith(".txt"):
        return _checked(path.name, _from_lines(path))
    if plain.endswith(".toml"):
        return _checked(path.name, _from_toml(path))
    return _checked(path.name, _from_table(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a long list of names is no file name that a system would accept
        return False


def _looks_like_a_path(text: str) -> bool:
    return "/" in text or "\\" in text or bool(re.search(r"\.\w{2,7}$", text.strip()))


def _from_lines(path: Path) -> list[Described]:
    found = []
    with open_place(Place(path.name, str(path), "csv")) as raw:
        for line in read_lines(raw, path.name, Encoding()):
            name, _, description = line.strip().partition(":")
            if name.strip() and not name.startswith("#"):
                found.append(Described(name.strip(), description.strip()))
    return found


def _from_toml(path: Path) -> list[Described]:
    with open_place(Place(path.name, str(path), "csv")) as raw:
        try:
            table = tomllib.loads(raw.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ClassListError(path.name, f"it is not TOML ({error})") from error
    return [_from_entry(path.name, name, value) for name, value in table.items()]


def _from_entry(where: str, name: str, value: object) -> Described:
    if isinstance(value, str):
        return Described(name.strip(), value.strip())
    if isinstance(value, dict) and not set(value) - {"description", "examples"}:
        description, examples = value.get("description", ""), value.get("examples", [])
        if isinstance(description, str) and _are_texts(examples):
            kept = tuple(text.strip() for text in examples if text.strip())
            return Described(name.strip(), description.strip(), kept)
    why = f'"{name}" is neither a description nor a section with description and examples'
    raise ClassListError(where, why)


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(text, str) for text in found)


def _from_table(path: Path) -> list[Described]:
    frame = load(find_places(path)[0]).frame
    columns = {name.strip().casefold(): name for name in frame.columns}
    named = next((columns[name] for name in _NAME_COLUMNS if name in columns), None)
    if named is None:
        found = ", ".join(f'"{name}"' for name in frame.columns[:_MOST_NAMED])
        raise ClassListError(path.name, f'there is no column "name" among its columns {found}')
    described = next((columns[name] for name in _DESCRIPTION_COLUMNS if name in columns), None)
    example_columns = [name for plain, name in columns.items() if plain.startswith(_EXAMPLE)]
    descriptions = _cells(frame, described)
    rows = [_cells(frame, name) for name in example_columns]
    return [
        Described(name, descriptions[at], _examples(row[at] for row in rows))
        for at, name in enumerate(_cells(frame, named))
    ]


def _cells(frame: pl.DataFrame, column: str | None) -> list[str]:
    if column is None:
        return [""] * frame.height
    cells: list[str] = frame[column].fill_null("").str.strip_chars().to_list()
    return cells


def _examples(cells: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip() for cell in cells for part in _BETWEEN_EXAMPLES.split(cell))
    return tuple(part for part in parts if part)


def _checked(where: str, found: list[Described]) -> tuple[Described, ...]:
    if not found:
        raise ClassListError(where, "it names no class")
    seen: dict[str, int] = {}
    for number, one in enumerate(found, 1):
        if not one.name:
            raise ClassListError(where, f"class {number} has no name")
        if len(one.name) > _LONGEST_NAME:
            why = f'class {number} is called "{one.name[:40]}..." ({len(one.name)} characters)'
            raise ClassListError(where, why)
        if one.name in seen:
            why = f'"{one.name}" stands there twice, as class {seen[one.name]} and {number}'
            raise ClassListError(where, why)
        seen[one.name] = number
    return tuple(found)


__all__ = ["Described", "read_classes"]
